const BUCKET_MS = 15 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/**
 * Units spent in the last 24 hours, for services that count by the day. Rolling, because most do not say when their
 * day begins; kept in quarters of an hour, which frees a unit at most that much too late and never too early.
 */
export class DayQuota {
  readonly #perDay: number;
  readonly #spent: Map<number, number>;

  /** @param spent what was spent before: quarters of an hour since the epoch, earliest first, and their units */
  constructor(perDay: number, spent: Iterable<readonly [number, number]> = []) {
    this.#perDay = perDay;
    this.#spent = new Map(spent);
  }

  /** What has been spent, as the constructor takes it. */
  get spent(): [number, number][] {
    return [...this.#spent];
  }

  /** Takes `cost` units, or says when there will be enough. More than a day's units are taken when all are free. */
  take(cost: number, nowMs: number): { readonly untilMs: number } | "taken" {
    const untilMs = this.freeAt(cost, nowMs);
    if (untilMs > nowMs) return { untilMs };
    const bucket = Math.floor(nowMs / BUCKET_MS);
    this.#spent.set(bucket, (this.#spent.get(bucket) ?? 0) + cost);
    return "taken";
  }

  /** When `cost` units can be taken; `nowMs` if they can be at once. */
  freeAt(cost: number, nowMs: number): number {
    const units = Math.min(cost, this.#perDay);
    let free = this.remaining(nowMs);
    if (free >= units) return nowMs;
    for (const [bucket, spent] of this.#spent) {
      free += spent;
      if (free >= units) return (bucket + 1) * BUCKET_MS + DAY_MS;
    }
    return nowMs + DAY_MS;
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
