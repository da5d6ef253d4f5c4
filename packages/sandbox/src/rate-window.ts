/** A number of requests in a rolling stretch of time. */
export interface RateLimit {
  readonly requests: number;
  readonly perMs: number;
}

/** Counts requests of one client in a rolling window. Refused requests do not count. */
export class RateWindow {
  #admittedAt: number[] = [];

  /** Admits the request, or says in how many ms the next one will be admitted. */
  admit(now: number, limit: RateLimit): number | undefined {
    let expired = 0;
    while (expired < this.#admittedAt.length && (this.#admittedAt[expired] ?? 0) <= now - limit.perMs) expired += 1;
    if (expired > 0) this.#admittedAt = this.#admittedAt.slice(expired);
    const oldest = this.#admittedAt[this.#admittedAt.length - limit.requests];
    if (oldest !== undefined) return oldest + limit.perMs - now;
    this.#admittedAt.push(now);
    return undefined;
  }
}
