import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { guard } from "../../src/reconcile/index.ts";
import { policy } from "./support/arbitraries.ts";
import { holdsFor, patient } from "./support/random-runs.ts";
import { honest, type Reading, type ReadSpec, read } from "./support/reading.ts";
import { carryOut, decideRun, type Links } from "./support/sync-run.ts";
import { aId, entryOf, recordingOf, World, type WorldShape } from "./support/world.ts";

/** 32 recordings that A may have, every fourth by two entries, and 4 that are B's own. */
const shape: WorldShape = {
  recordingOfEntry: Array.from({ length: 40 }, (_, entry) => (entry < 32 ? entry : (entry - 32) * 4)),
  recordings: 36,
};
const entries = shape.recordingOfEntry.length;
const DAY_HOURS = 24;

interface GuardedRound {
  readonly hours: number;
  /** Places missing from listings that call themselves complete. */
  readonly hiddenOnA: ReadonlySet<number>;
  readonly hiddenOnB: ReadonlySet<number>;
  /** An entry that the user adds to A. */
  readonly added: number;
}

function lie(places: number): fc.Arbitrary<ReadonlySet<number>> {
  const all = Array.from({ length: places }, (_, place) => place);
  return fc
    .oneof(
      { weight: 4, arbitrary: fc.constant<number[]>([]) },
      { weight: 3, arbitrary: fc.subarray(all, { maxLength: 8 }) },
      { weight: 2, arbitrary: fc.subarray(all) },
      { weight: 1, arbitrary: fc.constant(all) },
    )
    .map((hidden) => new Set(hidden));
}

const guardedHistory = fc.record({
  policy,
  start: fc.subarray(Array.from({ length: entries }, (_, entry) => entry)),
  rounds: fc.array(
    fc.record({
      hours: fc.integer({ min: 1, max: 30 }),
      hiddenOnA: lie(entries),
      hiddenOnB: lie(shape.recordings),
      added: fc.nat({ max: entries - 1 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

/** How many conclusions a run drew from what was missing on each side, told from what it did, not from what it said. */
interface Concluded {
  readonly a: number;
  readonly b: number;
}

interface Outcome {
  readonly linksBefore: number;
  readonly concludedEarlier: Concluded;
  readonly concluded: Concluded;
  readonly reasons: readonly string[];
  readonly created: readonly string[];
}

class GuardedPair {
  readonly world = new World(shape, () => true);
  readonly #links: Links = new Map();
  readonly #concluded: (Concluded & { readonly hour: number })[] = [];
  #hour = 0;

  wait(hours: number): void {
    this.#hour += hours;
  }

  run(table: "additive" | "mirror" | "prune", { a, b }: { a: ReadSpec; b: ReadSpec }): Outcome {
    const { world } = this;
    const onA = read(world.a, entryOf, a);
    const onB = read(world.b, recordingOf, b);
    const before = { links: new Map(this.#links), b: new Set(world.b) };
    const concludedEarlier = this.#concluded
      .filter(({ hour }) => hour > this.#hour - DAY_HOURS)
      .reduce((sum, { a, b }) => ({ a: sum.a + a, b: sum.b + b }), { a: 0, b: 0 });

    const { decisions } = decideRun({ world, links: this.#links, table, a: onA, b: onB });
    const verdict = guard({
      decisions,
      links: before.links.size,
      removedLately: concludedEarlier,
      emptySide: isEmptied(onA, before.links.size) || isEmptied(onB, before.links.size),
      changed: { a: 0, b: 0 },
      confirmFirst: false,
    });
    carryOut({ world, links: this.#links }, verdict.released);

    const concluded = this.#countConcluded(before);
    this.#concluded.push({ hour: this.#hour, ...concluded });
    const created = [...world.b].filter((bId) => !before.b.has(bId));
    return { linksBefore: before.links.size, concludedEarlier, concluded, reasons: verdict.reasons, created };
  }

  #countConcluded(before: { links: Links; b: ReadonlySet<string> }): Concluded {
    const concluded = { a: 0, b: 0 };
    for (const [key, { state, bId }] of before.links) {
      const now = this.#links.get(key)?.state;
      if (now === state || now === "linked") continue;
      if (now !== "suppressed") concluded.a++;
      // A link that is forgotten with nothing removed was believed to be gone from B as well.
      const removed = bId !== undefined && before.b.has(bId) && !this.world.b.has(bId);
      if (now === "suppressed" || (now === undefined && !removed)) concluded.b++;
    }
    const linkedIds = new Set([...before.links.values()].map(({ bId }) => bId));
    concluded.a += [...before.b].filter((bId) => !this.world.b.has(bId) && !linkedIds.has(bId)).length;
    return concluded;
  }
}

function isEmptied({ rows }: Reading, links: number): boolean {
  return links > 0 && rows.length === 0;
}

function begun({ policy, start }: { policy: "additive" | "mirror" | "prune"; start: readonly number[] }): GuardedPair {
  const pair = new GuardedPair();
  for (const entry of start) pair.world.edit({ do: "add-to-a", entry });
  if (policy !== "prune") for (const recording of [32, 33, 34, 35]) pair.world.edit({ do: "add-to-b", recording });
  pair.run(policy, { a: honest, b: honest });
  return pair;
}

function reads({ hiddenOnA, hiddenOnB }: GuardedRound) {
  return { a: { ...honest, hidden: hiddenOnA }, b: { ...honest, hidden: hiddenOnB } };
}

/** The world is bigger here. */
const SHARE = 1 / 3;

describe("under the guard, in invented histories of listings that lie", patient, () => {
  it("believes of either side that at most 4, or a fifth of the links, are missing in any 24 hours", () => {
    holdsFor(
      "guarded histories, bounded",
      guardedHistory,
      ({ policy, start, rounds }) => {
        const pair = begun({ policy, start });
        for (const round of rounds) {
          pair.wait(round.hours);
          pair.world.edit({ do: "add-to-a", entry: round.added });
          const { concluded, concludedEarlier, linksBefore } = pair.run(policy, reads(round));
          for (const side of ["a", "b"] as const) {
            if (concluded[side] === 0) continue;
            const inADay = concluded[side] + concludedEarlier[side];
            const links = linksBefore + concludedEarlier[side];
            expect(inADay <= 4 || inADay * 5 <= links, `${inADay} of ${links} missing on ${side}`).toBe(true);
          }
        }
      },
      SHARE,
    );
  });

  it("goes ahead with what rests on presence, unless a side lists nothing", () => {
    holdsFor(
      "guarded histories, presence",
      guardedHistory,
      ({ policy, start, rounds }) => {
        const pair = begun({ policy, start });
        for (const round of rounds) {
          pair.wait(round.hours);
          const bId = pair.world.bIdOf(shape.recordingOfEntry[round.added]!);
          const isNew = !pair.world.b.has(bId) && !pair.world.a.has(aId(round.added));
          pair.world.edit({ do: "add-to-a", entry: round.added });
          const { reasons, created } = pair.run(policy, reads(round));
          if (reasons.includes("side-empty")) expect(created).toEqual([]);
          else if (isNew && !round.hiddenOnA.has(round.added)) expect(created).toContain(bId);
        }
      },
      SHARE,
    );
  });

  it("D1, D2: heals at the next listings that tell the truth, without a person, and nothing is lost", () => {
    holdsFor(
      "guarded histories, healed",
      guardedHistory,
      ({ policy, start, rounds }) => {
        const pair = begun({ policy, start });
        const ownBefore = [...pair.world.b].filter((bId) => recordingOf(bId) >= 32);
        for (const round of rounds) {
          pair.wait(round.hours);
          pair.run(policy, reads(round));
        }
        expect(pair.run(policy, { a: honest, b: honest }).reasons).toEqual([]);
        const wanted = start.map((entry) => pair.world.bIdOf(shape.recordingOfEntry[entry]!));
        expect([...pair.world.b].sort()).toEqual([...new Set([...wanted, ...ownBefore])].sort());
        expect(pair.run(policy, { a: honest, b: honest })).toMatchObject({
          concluded: { a: 0, b: 0 },
          created: [],
          reasons: [],
        });
      },
      SHARE,
    );
  });
});
