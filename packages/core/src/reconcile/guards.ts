import { otherThan, type SideLetter } from "./conflicts.ts";
import type { Decision } from "./reconcile.ts";

/** Defaults of the guards. */
export const guardDefaults = {
  /** So many conclusions from absence are always let through. */
  few: 4,
  /** More than `few` and more than this share of the links holds the run. */
  share: 0.2,
  /** From so many links on, changes of more than `changedShare` of them at once hold the run. */
  manyLinks: 20,
  changedShare: 0.8,
} as const;

export type HoldReason =
  /** More items are missing than a person would delete in a day. */
  | "mass-removal"
  /** More items were changed at once than a person would change. */
  | "mass-change"
  /** A side that had items lists none at all. */
  | "side-empty"
  /** The first prune of a pair, or a plan that follows a change of mode or scope, or a restored database. */
  | "needs-confirmation";

export interface GuardInput {
  readonly decisions: readonly Decision[];
  /** Links in force before this run. */
  readonly links: number;
  /** By side: items taken within the last 24 h from the other one, because they were missing on this one. */
  readonly removedLately: { readonly [S in SideLetter]: number };
  /** A side with links that was read and lists nothing. */
  readonly emptySide: boolean;
  /** By side: linked items that are another than was agreed on. */
  readonly changed: { readonly [S in SideLetter]: number };
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

/** What one listing shows of the items that links say are there. */
export interface Shown {
  /** Rows that it has, whatever they are. */
  readonly rows: number;
  /** Items that are known to be there. */
  readonly known: number;
  /** Those of them that it lacks. */
  readonly missing: number;
}

/** Whether nothing may be concluded from what a listing lacks: it lacks so much that a run would be held for it. */
export function isIncredible({ rows, known, missing }: Shown): boolean {
  if (rows === 0 && known > 0) return true;
  return missing > guardDefaults.few && missing > guardDefaults.share * known;
}

/** Conclusions that rest on something being missing. A listing that lies leads to exactly these. */
export const fromAbsence: ReadonlySet<string> = new Set(["remove", "detach", "suppress", "drop"]);

/**
 * Holds back conclusions from absence when they are too many to be believed, and changes when a whole side seems to
 * have changed at once. What rests on presence goes ahead, unless a side lists nothing at all: then nothing is believed.
 */
export function guard(input: GuardInput): GuardVerdict {
  const { decisions } = input;
  const absent = decisions.filter(({ action }) => fromAbsence.has(action));
  const reasons: HoldReason[] = [];
  if (absent.length > 0) {
    if (tooManyMissing(input, absent, "a") || tooManyMissing(input, absent, "b")) reasons.push("mass-removal");
    if (input.confirmFirst) reasons.push("needs-confirmation");
  }
  const changed = changesHeld(input);
  if (changed.size > 0) reasons.push("mass-change");
  if (input.emptySide && decisions.length > 0) reasons.push("side-empty");
  if (reasons.length === 0) return { released: decisions, held: [], reasons };
  if (reasons.includes("side-empty")) return { released: [], held: decisions, reasons };
  const missing = reasons.some((reason) => reason !== "mass-change") ? new Set(absent) : new Set<Decision>();
  const isHeld = (decision: Decision) => missing.has(decision) || changed.has(decision);
  return { released: decisions.filter((each) => !isHeld(each)), held: decisions.filter(isHeld), reasons };
}

/** A shared item counts as many as the entries that stand for it, and a stray, which no link knows, as one. */
function tooManyMissing({ links, removedLately }: GuardInput, absent: readonly Decision[], side: SideLetter): boolean {
  const lately = removedLately[side];
  const missing = absent
    .filter((decision) => missingOn(decision).includes(side))
    .reduce((sum, { keys }) => sum + Math.max(1, keys.length), 0);
  const all = missing + lately;
  return missing > 0 && all > guardDefaults.few && all > guardDefaults.share * (links + lately);
}

/** A conclusion or an operation, by what it does and to which side. */
interface Concluded {
  readonly action: string;
  readonly on?: SideLetter | undefined;
}

/** The sides on which something has to be missing for this conclusion; none if it rests on no absence. */
export function missingOn({ action, on }: Concluded): readonly SideLetter[] {
  switch (action) {
    case "remove":
      return on === undefined ? [] : [otherThan(on)];
    case "detach":
      return ["a"];
    case "suppress":
      return ["b"];
    case "drop":
      return ["a", "b"];
    default:
      return [];
  }
}

/** What would carry the changes of a side over that seems to have changed as a whole. */
function changesHeld({ decisions, links, changed }: GuardInput): ReadonlySet<Decision> {
  const whole = (["a", "b"] as const).filter(
    (side) => links >= guardDefaults.manyLinks && changed[side] > guardDefaults.changedShare * links,
  );
  if (whole.length === 0) return new Set();
  const writes = new Set<Decision["action"]>(["update", "merge"]);
  return new Set(
    decisions.filter(
      ({ action, on }) => writes.has(action) && (on === undefined || whole.some((side) => otherThan(side) === on)),
    ),
  );
}
