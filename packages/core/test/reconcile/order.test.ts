import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LinkFacts, type LinkState, type ReconcileInput, reconcile } from "../../src/reconcile/index.ts";
import { history, policy } from "./support/arbitraries.ts";
import { carryOutRun, type Moment, playHistory, readings } from "./support/history.ts";
import { holdsFor, patient } from "./support/random-runs.ts";
import type { ReadSpec } from "./support/reading.ts";
import { carryOut, decideRun, type Links, recordUnmatched } from "./support/sync-run.ts";

const linkStates: readonly LinkState[] = [
  "linked",
  "pending",
  "unmatched",
  "uncertain",
  "refused",
  "detached",
  "suppressed",
];
const presence = fc.constantFrom("present" as const, "absent" as const, "unknown" as const);
const bId = fc.constantFrom("b0", "b1", "b2");

/** Inputs of any kind, also such as no history leads to. */
const anyInput: fc.Arbitrary<ReconcileInput> = fc
  .record({
    table: policy,
    entries: fc.array(
      fc.record({
        state: fc.option(fc.constantFrom(...linkStates)),
        bId: fc.option(bId),
        alias: fc.boolean(),
        a: presence,
      }),
      { maxLength: 8 },
    ),
    b: fc.record({ b0: presence, b1: presence, b2: presence }),
    strays: fc.array(bId),
    aComplete: fc.boolean(),
  })
  .map(({ table, entries, b, strays, aComplete }) => {
    const links: LinkFacts[] = [];
    const arrivals: { key: string; aId: string; bId?: string }[] = [];
    for (const [index, { state, bId, alias }] of entries.entries()) {
      const item = { key: `k${index}`, aId: `a${index}`, ...(bId === null ? {} : { bId }) };
      if (state === null) arrivals.push(item);
      else links.push({ ...item, state, alias });
    }
    const onB = new Map(Object.entries(b));
    return {
      table,
      links,
      arrivals,
      strays,
      aComplete,
      a: (id: string) => entries[Number(id.slice(1))]?.a ?? "absent",
      b: (id: string) => onB.get(id) ?? "absent",
    };
  });

function shuffled<T>(items: Iterable<T>, order: readonly number[]): T[] {
  return [...items]
    .map((item, index) => ({ item, place: order[index % order.length]! * 1_000 + index }))
    .sort((left, right) => left.place - right.place)
    .map(({ item }) => item);
}

const order = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 12 });

describe("reconcile", patient, () => {
  it("decides the same whatever the order of links, arrivals and strays", () => {
    holdsFor("reconcile inputs, any order", fc.tuple(anyInput, order), ([input, places]) => {
      const turned = {
        ...input,
        links: shuffled(input.links, places),
        arrivals: shuffled(input.arrivals, places),
        strays: shuffled(input.strays, places),
      };
      expect(reconcile(turned)).toEqual(reconcile(input));
    });
  });

  it("decides the same whatever the pages, also where rows come twice at their seams", () => {
    const paging = fc.record({
      pageSize: fc.integer({ min: 1, max: 9 }),
      overlap: fc.nat({ max: 3 }),
      rotate: fc.nat(9),
    });
    holdsFor("reconcile histories, any pages", fc.tuple(history, paging, paging), ([invented, one, other]) => {
      playHistory(invented, {
        run: (moment) => {
          expect(decideRun(inPages(moment, one))).toEqual(decideRun(inPages(moment, other)));
          carryOutRun(moment);
        },
      });
    });
  });

  it("ends the same when a run is cut off after any of its steps and run again", () => {
    holdsFor("reconcile histories, cut anywhere", fc.tuple(history, fc.nat({ max: 6 })), ([invented, steps]) => {
      playHistory(invented, {
        run: (moment) => {
          // A listing that lies cannot be expected to tell the same lie twice.
          const honest = truthful(moment);
          const cut = copyOf(honest);
          carryOut(cut, decideRun(cut).decisions.slice(0, steps));
          rerun(cut);
          rerun(honest);
          expect(cut.world.b).toEqual(honest.world.b);
          expect(sorted(cut.links)).toEqual(sorted(honest.links));
          carryOutRun(moment);
        },
      });
    });
  });

  it("decides each link once, each item of B once, and leaves alone what is not known", () => {
    holdsFor("reconcile inputs, one decision each", anyInput, (input) => {
      const { decisions } = reconcile(input);
      const aIdOf = new Map([...input.links, ...input.arrivals].map(({ key, aId }) => [key, aId]));
      const keys = decisions.flatMap((decision) => decision.keys);
      expect(new Set(keys).size).toBe(keys.length);
      const written = decisions.flatMap(({ action, bId }) => (action === "create" || action === "remove" ? [bId] : []));
      expect(new Set(written).size).toBe(written.length);
      for (const { keys, bId } of decisions) {
        expect(keys.map((key) => input.a(aIdOf.get(key) ?? ""))).not.toContain("unknown");
        if (bId !== undefined) expect(input.b(bId)).not.toBe("unknown");
      }
    });
  });
});

function inPages(moment: Moment, paging: Pick<ReadSpec, "pageSize" | "overlap" | "rotate">): Moment {
  const { a, b } = moment.round;
  return {
    ...moment,
    links: new Map(moment.links),
    ...readings(moment.world, { a: { ...a, ...paging }, b: { ...b, ...paging } }),
  };
}

function truthful(moment: Moment): Moment {
  const round = {
    ...moment.round,
    a: { ...moment.round.a, hidden: new Set<number>() },
    b: { ...moment.round.b, hidden: new Set<number>() },
  };
  return copyOf({ ...moment, round });
}

function copyOf(moment: Moment): Moment {
  const world = moment.world.copy();
  return { ...moment, world, links: new Map(moment.links), ...readings(world, moment.round) };
}

/** Reads again and runs to the end; B's service takes everything. */
function rerun(moment: Moment): void {
  const again = { ...moment, ...readings(moment.world, moment.round) };
  const reconciliation = decideRun(again);
  carryOut(again, reconciliation.decisions);
  recordUnmatched(again.links, reconciliation);
}

function sorted(links: Links) {
  return [...links.values()].sort((left, right) => (left.key < right.key ? -1 : 1));
}
