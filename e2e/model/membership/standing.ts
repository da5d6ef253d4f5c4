import type { LibraryHabits } from "@syncer/testkit";
import type { SideIndex } from "./side.ts";
import type { Known } from "./table.ts";

const DAY_MS = 24 * 60 * 60_000;

/** For how long after a change a service may still show what was before it: its lag. */
export function lagOf({ lag }: LibraryHabits): number {
  return lag.listMs;
}

/**
 * For how long a change by another hand may stay unseen. A hint may spare a listing for a day; so may a probe that was
 * read after our own writes, if it was read while something else happened, or before it showed.
 */
export function blindnessOf(habits: LibraryHabits, duringRun: boolean): number {
  const hints = habits.probe === "hint" || (habits.probe === "exact" && (duringRun || lagOf(habits) > 0));
  return lagOf(habits) + (hints ? DAY_MS : 0);
}

/** What could not be found is looked for again after 30 days at the latest. */
export const LONGEST_REST_MS = 31 * DAY_MS;

/** The longest of all blindness. */
export const LONGEST_BLINDNESS_MS = DAY_MS + 60_000;

/**
 * What the oracle knows of one song in one pair. As long as `known` is told the song is clear, and the decision table
 * says what must happen to it. Else it is clouded: of what an interrupted run did, or of what was shown to it, nobody can
 * tell what the pair knows, and only what is never right is judged.
 */
export class Standing {
  /** What the pair knows; absent while the song is clouded. */
  known: Known | undefined = "never";
  /** Of each side: before that it may show what was before the last change there. */
  readonly #blindUntilMs: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  readonly #changedMs: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  /** It could not be found, and is not looked for again before. */
  restsUntilMs = Number.NEGATIVE_INFINITY;
  /** Good runs since anything happened to it. */
  quietRuns = 0;
  /** A one-way run left it on one side only: it may have let go of it. */
  mayBeLetGo = false;

  /** It was changed there, or somebody tried to. */
  changed(on: SideIndex, atMs: number, blindMs: number): void {
    this.#changedMs[on] = atMs;
    this.#hide(on, blindMs);
    this.quietRuns = 0;
  }

  /** The service behaves in another way now. */
  habitsChanged(on: SideIndex, nowMs: number, blindMs: number): void {
    if (this.#changedMs[on] >= nowMs - LONGEST_BLINDNESS_MS) this.#hide(on, blindMs);
  }

  #hide(on: SideIndex, blindMs: number): void {
    if (blindMs > 0) this.#blindUntilMs[on] = Math.max(this.#blindUntilMs[on], this.#changedMs[on] + blindMs);
  }

  /** Whether that side may show at that time what was before the last change. */
  isBlind(on: SideIndex, atMs: number): boolean {
    return atMs < this.#blindUntilMs[on];
  }

  changedSince(on: SideIndex, sinceMs: number): boolean {
    return this.#changedMs[on] >= sinceMs;
  }
}
