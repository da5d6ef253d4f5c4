import type { RateLimit } from "../contract/index.ts";

/**
 * How much of a window may be made up for after we were late ourselves (a timer that fired late, a blocked event loop,
 * all places taken). Without it every millisecond of lateness is lost for good, which at a fast clock is much.
 */
const CATCH_UP_SHARE = 0.1;

/**
 * When the next request of a budget may go out. Two rules, both in units of cost:
 * - the window: of any `perMs`, at most `requests` units; kept exactly, by the times of the last `requests` units
 * - the pace: units are spread evenly over the window, so that there is no burst for a stricter or differently
 *   counted limit to trip over; after own lateness up to a tenth of a window is made up for
 *
 * Plain data and arithmetic: time is handed in.
 */
export class Pace {
  readonly #windowMs: number;
  readonly #spacingMs: number;
  /** When each of the last units went out: a ring whose next place holds the oldest. */
  readonly #started: number[];
  #next = 0;
  /** When the next unit is due by the even spread. */
  #dueMs = Number.NEGATIVE_INFINITY;

  constructor(limit: Pick<RateLimit, "requests" | "perMs">) {
    // Less than one request a window is one request in a longer window.
    const units = Math.max(1, Math.floor(limit.requests));
    this.#windowMs = limit.requests < 1 ? limit.perMs / limit.requests : limit.perMs;
    this.#spacingMs = this.#windowMs / units;
    this.#started = new Array<number>(units).fill(Number.NEGATIVE_INFINITY);
  }

  /** The earliest moment at which `cost` units may go out, as things stand. It may lie in the past. */
  readyAt(cost: number): number {
    const units = this.#started.length;
    const youngestToLeave = this.#started[(this.#next + this.#units(cost) - 1) % units] ?? Number.NEGATIVE_INFINITY;
    return Math.max(this.#dueMs, youngestToLeave + this.#windowMs);
  }

  /**
   * Notes that `cost` units go out now. Call only when `readyAt(cost) <= nowMs`.
   * @param waitingSinceMs since when somebody has been waiting without a break: only that time is made up for
   */
  take(cost: number, nowMs: number, waitingSinceMs: number): void {
    const units = this.#units(cost);
    const baseMs = Math.max(this.#dueMs, waitingSinceMs, nowMs - this.#windowMs * CATCH_UP_SHARE);
    this.#dueMs = Math.min(baseMs, nowMs) + units * this.#spacingMs;
    for (let unit = 0; unit < units; unit += 1) {
      this.#started[this.#next] = nowMs;
      this.#next = (this.#next + 1) % this.#started.length;
    }
  }

  /** Units that the window still holds. */
  remaining(nowMs: number): number {
    return this.#started.filter((startedMs) => startedMs + this.#windowMs <= nowMs).length;
  }

  /** When the window will be empty again if nothing more goes out; `nowMs` if it is. */
  wholeAt(nowMs: number): number {
    const latest = this.#started[(this.#next + this.#started.length - 1) % this.#started.length];
    return Math.max(nowMs, (latest ?? Number.NEGATIVE_INFINITY) + this.#windowMs);
  }

  /** More units than the whole window holds would never fit; they take all of it. */
  #units(cost: number): number {
    return Math.min(this.#started.length, Math.max(1, Math.ceil(cost)));
  }
}
