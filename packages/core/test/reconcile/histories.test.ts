import { describe, expect, it } from "vitest";
import { history } from "./support/arbitraries.ts";
import { type BrokenRule, violationsOf } from "./support/history.ts";
import { holdsFor, patient } from "./support/random-runs.ts";

const rules: readonly BrokenRule[] = [
  "what A has is on B",
  "a copy that its user deleted does not come back",
  "what A lets go in mirror leaves B",
  "what is not ours stays on B",
  "what is not known is not touched",
  "nothing is invented",
  "a second run has nothing to do",
  "a run says whether it is settled",
];

describe("in invented histories of two sides that a user edits", patient, () => {
  it.each(rules)("%s", (rule) => {
    holdsFor(`reconcile histories, ${rule}`, history, (invented) => {
      expect(violationsOf(invented).filter((violation) => violation.rule === rule)).toEqual([]);
    });
  });
});
