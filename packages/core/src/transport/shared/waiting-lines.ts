import type { Quiet } from "../governor.ts";
import type { Slot } from "./decide.ts";

/** A place that this process has, under way or about to be. */
export interface Place {
  untilMs: number;
}

/** A request that waits, and what it has been given so far. */
export interface Waiter {
  readonly party: string;
  readonly cost: number;
  readonly maxWaitMs: number;
  /** When it asks next. */
  dueMs: number;
  /** How many slots it has come too late for. */
  misses: number;
  slot: Slot | undefined;
  ticket: number | undefined;
  place: Place | undefined;
  chargedAtMs: number | undefined;
  /** It goes out when its slot comes, with this: the store has been asked. */
  ready: { readonly standing: Quiet | undefined } | undefined;
  /** It waits no more; what it has is given up when the store has answered. */
  isGone: boolean;
  /** The store is being asked for it. */
  isAsking: boolean;
  start(place: Place, standing: Quiet | undefined): void;
  refuse(error: unknown): void;
}

/**
 * Those who wait in this process. The first of each party ask the store, which serves them as they come, so that parties
 * are served in turns over all processes; the others wait behind them.
 */
export class WaitingLines {
  /** How many of a party ask at once: one, where slots are far apart. */
  readonly #abreast: number;
  readonly #parties = new Map<string, Set<Waiter>>();
  readonly #front = new Set<Waiter>();

  constructor(abreast: number) {
    this.#abreast = abreast;
  }

  get isEmpty(): boolean {
    return this.#parties.size === 0;
  }

  /** Those who ask, longest waiting first. */
  get front(): Iterable<Waiter> {
    return this.#front;
  }

  all(): Waiter[] {
    return [...this.#parties.values()].flatMap((line) => [...line]);
  }

  add(waiter: Waiter): void {
    const line = this.#parties.get(waiter.party) ?? new Set();
    this.#parties.set(waiter.party, line.add(waiter));
    this.#moveUp(line);
  }

  remove(waiter: Waiter): void {
    const line = this.#parties.get(waiter.party);
    this.#front.delete(waiter);
    if (!line?.delete(waiter)) return;
    if (line.size === 0) this.#parties.delete(waiter.party);
    else this.#moveUp(line);
  }

  /** Somebody of a party who could use a slot of this cost, and has none. */
  heir(party: string, cost: number): Waiter | undefined {
    for (const waiter of this.#front) {
      if (waiter.party === party && waiter.cost <= cost && !waiter.slot && !waiter.isAsking) return waiter;
    }
    return undefined;
  }

  hasTicket(party: string): boolean {
    return [...this.#front].some((waiter) => waiter.party === party && waiter.ticket !== undefined);
  }

  /** Those of a party who wait for one of them. */
  wake(party: string, nowMs: number): void {
    for (const waiter of this.#front) {
      if (waiter.party === party && waiter.dueMs === Number.POSITIVE_INFINITY) waiter.dueMs = nowMs;
    }
  }

  #moveUp(line: Set<Waiter>): void {
    let place = 0;
    for (const waiter of line) {
      if (place === this.#abreast) return;
      this.#front.add(waiter);
      place += 1;
    }
  }
}
