const BUCKET_MS = 15 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/**
 * Units spent in the last 24 hours, for services that count by the day. Rolling, because most do not say when their
 * day begins; kept in quarters of an hour, which frees a unit at most that much too late and never too early.
 */
export class DayQuota {
  readonly #perDay: number;
  readonly #spent = new Map<number, number>();

  constructor(perDay: number) {
    this.#perDay = perDay;
  }

  /** Takes `cost` units, or says when there will be enough. More than a day's units are taken when all are free. */
  take(cost: number, nowMs: number): { readonly untilMs: number } | "taken" {
    const units = Math.min(cost, this.#perDay);
    let free = this.remaining(nowMs);
    if (free >= units) {
      const bucket = Math.floor(nowMs / BUCKET_MS);
      this.#spent.set(bucket, (this.#spent.get(bucket) ?? 0) + cost);
      return "taken";
    }
    for (const [bucket, spent] of this.#spent) {
      free += spent;
      if (free >= units) return { untilMs: (bucket + 1) * BUCKET_MS + DAY_MS };
    }
    return { untilMs: nowMs + DAY_MS };
  }

  /** Gives back what was taken at `takenAtMs` and not used. */
  giveBack(cost: number, takenAtMs: number): void {
    const bucket = Math.floor(takenAtMs / BUCKET_MS);
    const spent = this.#spent.get(bucket);
    if (spent !== undefined) this.#spent.set(bucket, Math.max(0, spent - cost));
  }

  remaining(nowMs: number): number {
    let spent = 0;
    for (const [bucket, units] of this.#spent) {
      if ((bucket + 1) * BUCKET_MS + DAY_MS <= nowMs) this.#spent.delete(bucket);
      else spent += units;
    }
    return Math.max(0, this.#perDay - spent);
  }
}
