import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { guard, otherThan, type SideLetter } from "../../src/reconcile/index.ts";
import { holdsFor, patient } from "./support/random-runs.ts";
import { Libraries } from "./support/two-way/libraries.ts";
import { carryOutTwoWay, decideTwoWay, type Links, presenceOn, type Run } from "./support/two-way/run.ts";

/**
 * Libraries of 40 items of one entry each. Their recordings are beyond those of the small world, so each finds its
 * counterpart by its number.
 */
class Numbered extends Libraries {
  override isHidden(): boolean {
    return false;
  }

  override counterpart(side: SideLetter, entry: string): string {
    return `${otherThan(side)}${entry.slice(1)}`;
  }
}

const ITEMS = 40;
const DAY_HOURS = 24;
const sides: readonly SideLetter[] = ["a", "b"];
const entriesOn = (side: SideLetter) => Array.from({ length: ITEMS }, (_, item) => `${side}${item}.0`);
const everything = [...entriesOn("a"), ...entriesOn("b")];

interface Round {
  readonly hours: number;
  /** Entries missing from listings that call themselves complete. */
  readonly hidden: ReadonlySet<string>;
  readonly added: string;
}

function lie(side: SideLetter): fc.Arbitrary<readonly string[]> {
  const all = entriesOn(side);
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant<string[]>([]) },
    { weight: 3, arbitrary: fc.subarray(all, { maxLength: 8 }) },
    { weight: 2, arbitrary: fc.subarray(all) },
    { weight: 1, arbitrary: fc.constant(all) },
  );
}

const history = fc.record({
  start: fc.subarray(everything),
  rounds: fc.array(
    fc.record({
      hours: fc.integer({ min: 1, max: 30 }),
      hidden: fc.tuple(lie("a"), lie("b")).map(([a, b]): ReadonlySet<string> => new Set([...a, ...b])),
      added: fc.constantFrom(...everything),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

interface Outcome {
  readonly links: number;
  /** Items that were taken from each side, in this run and in the day before it. */
  readonly removed: { readonly [S in SideLetter]: number };
  readonly removedEarlier: { readonly [S in SideLetter]: number };
  readonly reasons: readonly string[];
}

class GuardedPair {
  readonly libraries = new Numbered();
  readonly #links: Links = new Map();
  readonly #removals: { readonly hour: number; readonly from: SideLetter; readonly count: number }[] = [];
  #hour = 0;

  constructor(start: readonly string[]) {
    for (const entry of start) this.libraries[sideOf(entry)].add(entry);
    this.run(new Set());
  }

  wait(hours: number): void {
    this.#hour += hours;
  }

  run(hidden: ReadonlySet<string>): Outcome {
    const run: Run = { libraries: this.libraries, links: this.#links, sight: { unknown: new Set(), hidden } };
    const removedEarlier = { a: this.#removedLately("a"), b: this.#removedLately("b") };
    const before = { a: new Set(this.libraries.a), b: new Set(this.libraries.b) };
    const links = this.#links.size;
    const decided = decideTwoWay(run);
    const verdict = guard({
      decisions: decided.decisions,
      links,
      // What was missing on one side was taken from the other.
      removedLately: { a: removedEarlier.b, b: removedEarlier.a },
      emptySide:
        links > 0 && sides.some((side) => !entriesOn(side).some((id) => presenceOn(run, side)(id) === "present")),
      changed: { a: 0, b: 0 },
      confirmFirst: false,
    });
    carryOutTwoWay(run, { decisions: verdict.released, unmatched: decided.unmatched });
    const taken = (side: SideLetter) => [...before[side]].filter((entry) => !this.libraries[side].has(entry)).length;
    const removed = { a: taken("a"), b: taken("b") };
    for (const from of sides) this.#removals.push({ hour: this.#hour, from, count: removed[from] });
    return { links, removed, removedEarlier, reasons: verdict.reasons };
  }

  #removedLately(side: SideLetter): number {
    return this.#removals
      .filter(({ hour, from }) => from === side && hour > this.#hour - DAY_HOURS)
      .reduce((sum, { count }) => sum + count, 0);
  }
}

function sideOf(entry: string): SideLetter {
  return entry.startsWith("a") ? "a" : "b";
}

function play(
  { start, rounds }: { start: readonly string[]; rounds: readonly Round[] },
  each: (outcome: Outcome) => void,
) {
  const pair = new GuardedPair(start);
  for (const { hours, hidden, added } of rounds) {
    pair.wait(hours);
    pair.libraries[sideOf(added)].add(added);
    each(pair.run(hidden));
  }
  return pair;
}

/** The libraries are bigger here. */
const SHARE = 1 / 3;

describe("under the guard, in invented two-way histories of listings that lie", patient, () => {
  it("takes from either side at most 4 items, or a fifth of the links, in any 24 hours", () => {
    holdsFor(
      "guarded two-way histories, bounded",
      history,
      (invented) => {
        play(invented, ({ links, removed, removedEarlier }) => {
          for (const side of sides) {
            if (removed[side] === 0) continue;
            const inADay = removed[side] + removedEarlier[side];
            const had = links + removedEarlier[side];
            expect(inADay <= 4 || inADay * 5 <= had, `${inADay} of ${had} taken from ${side}`).toBe(true);
          }
        });
      },
      SHARE,
    );
  });

  it("D1: takes and makes nothing while a side that had items lists none", () => {
    holdsFor(
      "guarded two-way histories, empty",
      history,
      ({ start, rounds }) => {
        const pair = new GuardedPair(start);
        for (const { hours, hidden } of rounds) {
          pair.wait(hours);
          const before = { a: new Set(pair.libraries.a), b: new Set(pair.libraries.b) };
          const { reasons } = pair.run(hidden);
          if (!reasons.includes("side-empty")) continue;
          expect(pair.libraries.a).toEqual(before.a);
          expect(pair.libraries.b).toEqual(before.b);
        }
      },
      SHARE,
    );
  });

  it("D1, D2: heals at the next listings that tell the truth, without a person: nothing that a user had is lost", () => {
    holdsFor(
      "guarded two-way histories, healed",
      history,
      (invented) => {
        const pair = play(invented, () => {});
        pair.run(new Set());
        const items = new Set(
          [...invented.start, ...invented.rounds.map(({ added }) => added)].map((id) => id.slice(1)),
        );
        for (const side of sides) {
          expect(new Set([...pair.libraries[side]].map((id) => id.slice(1))), side).toEqual(items);
        }
        expect(pair.run(new Set())).toMatchObject({ removed: { a: 0, b: 0 }, reasons: [] });
      },
      SHARE,
    );
  });
});
