import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holdsFor, patient } from "./support/random-runs.ts";
import {
  type BrokenRule,
  type Moment,
  playTwoWay,
  runTwoWay,
  twoWayHistory,
  violationsOf,
} from "./support/two-way/history.ts";
import { recordings } from "./support/two-way/libraries.ts";
import { carryOutTwoWay, decideTwoWay } from "./support/two-way/run.ts";

const rules: readonly BrokenRule[] = [
  "what a side has and nobody deleted is on both",
  "what was deleted on one side leaves the other and stays away",
  "what was never agreed on is not removed",
  "nothing is made twice, and nothing that nobody has",
  "what is not known is not touched",
  "both sides end in step",
  "a second run has nothing to do",
  "a run says whether it is settled",
];

describe("in invented histories of two libraries that sync both ways", patient, () => {
  it.each(rules)("%s", (rule) => {
    holdsFor(`two-way histories, ${rule}`, twoWayHistory, (invented) => {
      expect(violationsOf(invented).filter((violation) => violation.rule === rule)).toEqual([]);
    });
  });

  it("have the same on both sides when a run is cut off after any of its steps and run again", () => {
    holdsFor("two-way histories, cut anywhere", fc.tuple(twoWayHistory, fc.nat({ max: 6 })), ([invented, steps]) => {
      const taken = invented.map((round) => ({ ...round, refused: new Set<number>() }));
      playTwoWay(taken, (moment) => {
        const cut = copyOf(moment);
        carryOutTwoWay(cut, { decisions: decideTwoWay(cut).decisions.slice(0, steps), unmatched: [] });
        runTwoWay(cut);
        runTwoWay(moment);
        expect(itemsOf(cut)).toEqual(itemsOf(moment));
      });
    });
  });
});

function copyOf(moment: Moment): Moment {
  return { ...moment, libraries: moment.libraries.copy(), links: new Map(moment.links) };
}

/** Which recordings each side has, by whatever entries. */
function itemsOf({ libraries }: Moment) {
  return recordings.map((_, recording) => [
    libraries.of("a", recording).size > 0,
    libraries.of("b", recording).size > 0,
  ]);
}
