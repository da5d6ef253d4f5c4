import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { history } from "./support/arbitraries.ts";
import { carryOutRun, type Moment, playHistory, readings } from "./support/history.ts";
import { holdsFor, patient } from "./support/random-runs.ts";
import type { ReadSpec } from "./support/reading.ts";
import { carryOut, decideRun, type Links, recordUnmatched } from "./support/sync-run.ts";

describe("reconcile, one-way", patient, () => {
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
