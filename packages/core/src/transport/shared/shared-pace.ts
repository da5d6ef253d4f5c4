import type { RateLimit } from "../../contract/index.ts";

/** By how much of a window it is longer for us than for the service; see `SharedPace`. */
const MARGIN_SHARE = 0.05;
/** The part of the margin for requests that go out after their slot; the rest is for clocks that differ. */
const LATE_SHARE = 0.03;

const US_IN_MS = 1_000;

/**
 * How far apart the slots of a budget are, in microseconds: at a thousand requests a second a millisecond is a slot.
 *
 * A request goes out between its slot and `lateMs` after it, by its process's clock, and clocks may differ. So slots are
 * spread over a window that is longer by a margin: requests that are less than `perMs` apart have slots that are less
 * than `perMs` and the margin apart, and of such slots there are never more than `requests` units.
 */
export class SharedPace {
  /** Of a window, as a whole number above 0. */
  readonly units: number;
  readonly windowMs: number;
  /** How late a request may go out without anything else having to wait longer for it. */
  readonly lateMs: number;
  readonly #windowUs: number;

  constructor({ requests, perMs }: Pick<RateLimit, "requests" | "perMs">) {
    // Less than one request a window is one request in a longer window.
    this.units = Math.max(1, Math.floor(requests));
    this.windowMs = requests < 1 ? perMs / requests : perMs;
    this.lateMs = this.windowMs * LATE_SHARE;
    this.#windowUs = this.windowMs * (1 + MARGIN_SHARE) * US_IN_MS;
  }

  /**
   * From a slot of one cost to the next one of another.
   *
   * Of requests whose costs make up more than `requests`, leave out one of the least cost, `m`: each of the others has a
   * gap beside it that is at least its cost wide, in windows divided by `requests + 1 - m`, and what they cost is at
   * least that many.
   */
  gapUs(costBefore: number, cost: number): number {
    const [least, most] = costBefore < cost ? [costBefore, cost] : [cost, costBefore];
    return Math.ceil(Math.min(1, most / (this.units + 1 - least)) * this.#windowUs);
  }

  /** How much later everything after a slot is whose request may go out later than `lateMs` after it. */
  extraUs(lateMs: number): number {
    return Math.ceil(Math.max(0, lateMs - this.lateMs) * US_IN_MS);
  }

  /** What a request takes: more units than the whole window holds would never fit; they take all of it. */
  costOf(cost: number): number {
    return Math.min(this.units, Math.max(1, Math.ceil(cost)));
  }
}

export function toUs(ms: number): number {
  return ms * US_IN_MS;
}

/** The first whole millisecond that is not before it. */
export function fromUs(us: number): number {
  return Math.ceil(us / US_IN_MS);
}
