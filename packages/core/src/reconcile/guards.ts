import type { Decision } from "./reconcile.ts";

/** Defaults of the guard on conclusions from absence. */
export const guardDefaults = {
  /** So many are always let through. */
  few: 4,
  /** More than `few` and more than this share of the links holds the run. */
  share: 0.2,
} as const;

export type HoldReason =
  /** More items are missing than a person would delete in a day. */
  | "mass-removal"
  /** A side that had items lists none at all. */
  | "side-empty"
  /** The first prune of a pair, or a plan that follows a change of mode or scope, or a restored database. */
  | "needs-confirmation";

export interface GuardInput {
  readonly decisions: readonly Decision[];
  /** Links in force before this run. */
  readonly links: number;
  /** Conclusions from absence that earlier runs acted on within the last 24 h. */
  readonly removedLately: number;
  /** A side with links that was read and lists nothing. */
  readonly emptySide: boolean;
  /** Nothing may be concluded from absence without a person. */
  readonly confirmFirst: boolean;
}

export interface GuardVerdict {
  /** What may go ahead. */
  readonly released: readonly Decision[];
  /** What waits for a person, or for a listing that no longer says so. */
  readonly held: readonly Decision[];
  readonly reasons: readonly HoldReason[];
}

/** Conclusions that rest on something being missing. A listing that lies leads to exactly these. */
const fromAbsence: ReadonlySet<Decision["action"]> = new Set(["remove", "detach", "suppress", "drop"]);

/**
 * Holds back conclusions from absence when they are too many to be believed. What rests on presence goes ahead,
 * unless a side lists nothing at all: then nothing is believed.
 */
export function guard(input: GuardInput): GuardVerdict {
  const absent = input.decisions.filter(({ action }) => fromAbsence.has(action));
  const reasons: HoldReason[] = [];
  if (absent.length > 0) {
    // A shared item counts as many as the entries that stand for it, and a stray, which no link knows, as one.
    const missing = absent.reduce((sum, { keys }) => sum + Math.max(1, keys.length), input.removedLately);
    if (missing > guardDefaults.few && missing > guardDefaults.share * (input.links + input.removedLately)) {
      reasons.push("mass-removal");
    }
    if (input.confirmFirst) reasons.push("needs-confirmation");
  }
  if (input.emptySide && input.decisions.length > 0) reasons.push("side-empty");
  if (reasons.length === 0) return { released: input.decisions, held: [], reasons };
  if (reasons.includes("side-empty")) return { released: [], held: input.decisions, reasons };
  return { released: input.decisions.filter(({ action }) => !fromAbsence.has(action)), held: absent, reasons };
}
