/**
 * Says what must hold after a run, from the semantics of two-way membership alone. It knows no links, groups or tables:
 * it remembers, for each recording, which entries of both sides were in step when they were last seen together.
 */

type Side = "a" | "b";
type Entries = ReadonlySet<string>;

/** What a run sees of one recording: entries that are there, on each side, of those that a search can find. */
export interface Sighting {
  readonly a: Entries;
  readonly b: Entries;
  /** Nothing is known of one of the sides, or not of all its entries. */
  readonly known: "all" | "in part" | "not";
  /** Both catalogues have it. */
  readonly shared: boolean;
  /** More than one entry on both sides: there are several right answers to what stands for what. */
  readonly manyToMany: boolean;
  /** A side will not take it in this run. */
  readonly refused: boolean;
}

export type Rule =
  | "what a side has and nobody deleted is on both"
  | "what was deleted on one side leaves the other and stays away"
  | "what was never agreed on is not removed"
  | "nothing is made twice, and nothing that nobody has"
  | "what is not known is not touched"
  | "both sides end in step";

interface Memory {
  readonly a: Entries;
  readonly b: Entries;
  /** Entries were not known while others were decided: either answer is right until all are seen together. */
  readonly doubtful: boolean;
}

const nothingAgreed: Memory = { a: new Set(), b: new Set(), doubtful: false };

export class TwoWayOracle {
  readonly #memories = new Map<number, Memory>();

  /** What is wrong with how a run has left a recording, and takes note of it. */
  *judge(recording: number, before: Sighting, after: Record<Side, Entries>): Generator<{ rule: Rule; what: string }> {
    const memory = this.#memories.get(recording) ?? nothingAgreed;
    const say = (rule: Rule) => ({ rule, what: `${shown(before)} became ${shown(after)}, ${shown(memory)} agreed` });
    if (before.known === "not") {
      if (!same(before.a, after.a) || !same(before.b, after.b)) yield say("what is not known is not touched");
      return;
    }
    const removed = { a: minus(before.a, after.a), b: minus(before.b, after.b) };
    const made = { a: minus(after.a, before.a), b: minus(after.b, before.b) };
    for (const side of ["a", "b"] as const) {
      const other = side === "a" ? "b" : "a";
      if (!memory.doubtful && minus(removed[side], memory[side]).size > 0)
        yield say("what was never agreed on is not removed");
      const isNeeded = before[side].size === removed[side].size && before[other].size > 0;
      if (before.known === "all" && made[side].size > (isNeeded || before.manyToMany ? 1 : 0)) {
        yield say("nothing is made twice, and nothing that nobody has");
      }
    }
    const doubtful = before.known === "in part" || memory.doubtful;
    if (before.known === "in part") {
      this.#memories.set(recording, { a: join(memory.a, after.a), b: join(memory.b, after.b), doubtful: true });
      return;
    }
    const expected = doubtful || before.manyToMany ? undefined : expectedOf(memory, before);
    if (expected === undefined) {
      if (before.shared && !before.refused && after.a.size > 0 !== after.b.size > 0)
        yield say("both sides end in step");
    } else {
      for (const side of ["a", "b"] as const) {
        if (!same(removed[side], expected.leaves[side])) {
          const rule =
            expected.leaves[side].size > 0
              ? "what was deleted on one side leaves the other and stays away"
              : "what a side has and nobody deleted is on both";
          yield say(rule);
        }
        const isMade = expected.missing === side && before.shared && !before.refused;
        if (made[side].size !== (isMade ? 1 : 0)) {
          yield say(
            isMade
              ? "what a side has and nobody deleted is on both"
              : "what was deleted on one side leaves the other and stays away",
          );
        }
      }
    }
    const inStep = after.a.size > 0 && after.b.size > 0;
    this.#memories.set(recording, inStep ? { ...after, doubtful: false } : nothingAgreed);
  }
}

/** What leaves each side, and the side on which it is missing then. */
function expectedOf(
  memory: Memory,
  now: Sighting,
): { readonly leaves: Record<Side, Entries>; readonly missing?: Side } {
  const agreed = memory.a.size > 0 && memory.b.size > 0;
  const none: Entries = new Set();
  const leaves = {
    a: agreed && now.b.size === 0 ? both(now.a, memory.a) : none,
    b: agreed && now.a.size === 0 ? both(now.b, memory.b) : none,
  };
  // What came since was not deleted by anybody, so it is wanted on both.
  const stays = { a: now.a.size - leaves.a.size, b: now.b.size - leaves.b.size };
  if (stays.a > 0 && stays.b === 0) return { leaves, missing: "b" };
  return stays.b > 0 && stays.a === 0 ? { leaves, missing: "a" } : { leaves };
}

function minus(left: Entries, right: Entries): Entries {
  return new Set([...left].filter((entry) => !right.has(entry)));
}

function both(left: Entries, right: Entries): Entries {
  return new Set([...left].filter((entry) => right.has(entry)));
}

function join(left: Entries, right: Entries): Entries {
  return new Set([...left, ...right]);
}

function same(left: Entries, right: Entries): boolean {
  return left.size === right.size && [...left].every((entry) => right.has(entry));
}

function shown({ a, b }: Record<Side, Entries>): string {
  return `${[...a, ...b].join(" ") || "nothing"}`;
}
