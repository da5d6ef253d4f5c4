import type { RateLimit } from "../contract/index.ts";

/**
 * How much of a window may be made up for after we were late ourselves (a timer that fired late, a blocked event loop,
 * all places taken). Without it every millisecond of lateness is lost for good, which at a fast clock is much.
 */
const CATCH_UP_SHARE = 0.1;

/**
 * A service counts a request when it comes in, which is some time between its turn and its answer. This share of a window is
 * waited for the answer before it is taken for granted that it had come in: longer answers took their time at the service.
 */
const ON_ITS_WAY_SHARE = 0.05;

/** Units that went out together: their places in the ring, and what stands there as long as they are under way. */
export interface Sent {
  readonly from: number;
  readonly units: number;
  readonly atMs: number;
}

/**
 * When the next request of a budget may go out. Two rules, both in units of cost:
 * - the window: of any `perMs`, at most `requests` units; kept exactly, by the times of the last `requests` units, from the
 *   last moment at which the service may have counted one to the first at which it may count the next
 * - the pace: units are spread evenly over the window, so that there is no burst for a stricter or differently
 *   counted limit to trip over; after own lateness up to a tenth of a window is made up for
 *
 * Plain data and arithmetic: time is handed in.
 */
export class Pace {
  readonly #windowMs: number;
  readonly #spacingMs: number;
  readonly #onItsWayMs: number;
  /** By when each of the last units had come in at the service: a ring whose next place holds the one that went out first. */
  readonly #counted: number[];
  #next = 0;
  /** When the next unit is due by the even spread. */
  #dueMs = Number.NEGATIVE_INFINITY;

  constructor(limit: Pick<RateLimit, "requests" | "perMs">) {
    // Less than one request a window is one request in a longer window.
    const units = Math.max(1, Math.floor(limit.requests));
    this.#windowMs = limit.requests < 1 ? limit.perMs / limit.requests : limit.perMs;
    this.#spacingMs = this.#windowMs / units;
    this.#onItsWayMs = this.#windowMs * ON_ITS_WAY_SHARE;
    this.#counted = new Array<number>(units).fill(Number.NEGATIVE_INFINITY);
  }

  /** The earliest moment at which `cost` units may go out, as things stand. It may lie in the past. */
  readyAt(cost: number): number {
    let lastCountedMs = Number.NEGATIVE_INFINITY;
    // Each on its own: what went out first may have come in last.
    for (let unit = 0; unit < this.#units(cost); unit += 1) {
      lastCountedMs = Math.max(lastCountedMs, this.#counted[this.#at(this.#next + unit)] ?? lastCountedMs);
    }
    return Math.max(this.#dueMs, lastCountedMs + this.#windowMs);
  }

  /**
   * Notes that `cost` units go out now. Call only when `readyAt(cost) <= nowMs`.
   * @param waitingSinceMs since when somebody has been waiting without a break: only that time is made up for
   * @returns to be handed to `answered` when it is over
   */
  take(cost: number, nowMs: number, waitingSinceMs: number): Sent {
    const units = this.#units(cost);
    const baseMs = Math.max(this.#dueMs, waitingSinceMs, nowMs - this.#windowMs * CATCH_UP_SHARE);
    this.#dueMs = Math.min(baseMs, nowMs) + units * this.#spacingMs;
    const sent = { from: this.#next, units, atMs: nowMs };
    this.#note(sent, nowMs + this.#onItsWayMs);
    this.#next = this.#at(this.#next + units);
    return sent;
  }

  /** Notes that a request was answered, or given up, so that it had come in by now if ever. */
  answered(sent: Sent, nowMs: number): void {
    const { atMs } = sent;
    const assumedMs = atMs + this.#onItsWayMs;
    // Its places are those of later ones if it took more than a window.
    if (nowMs < assumedMs && this.#counted[sent.from] === assumedMs) this.#note(sent, Math.max(atMs, nowMs));
  }

  /** Units that the window still holds. */
  remaining(nowMs: number): number {
    return this.#counted.filter((countedMs) => countedMs + this.#windowMs <= nowMs).length;
  }

  /** When the window will be empty again if nothing more goes out; `nowMs` if it is. */
  wholeAt(nowMs: number): number {
    return Math.max(nowMs, Math.max(...this.#counted) + this.#windowMs);
  }

  #note({ from, units }: Sent, countedMs: number): void {
    for (let unit = 0; unit < units; unit += 1) this.#counted[this.#at(from + unit)] = countedMs;
  }

  #at(place: number): number {
    return place % this.#counted.length;
  }

  /** More units than the whole window holds would never fit; they take all of it. */
  #units(cost: number): number {
    return Math.min(this.#counted.length, Math.max(1, Math.ceil(cost)));
  }
}
