import { describe, expect, it } from "vitest";
import { type BrokenNoteRule, noteHistory, noteViolationsOf } from "./support/documents/history.ts";
import { holdsFor, patient } from "./support/random-runs.ts";

const rules: readonly BrokenNoteRule[] = [
  "what one side changed reaches the other",
  "what one side deleted leaves the other",
  "what both changed ends as the policy says",
  "a deletion against an edit ends as the policy says",
  "what is in step, or nowhere, stays so",
  "what is not known is not touched",
  "mirror makes B what A is, and never writes A",
  "a second run has nothing to do",
  "a run says whether it is settled",
];

describe("in invented histories of documents that are edited on both sides", patient, () => {
  it.each(rules)("%s", (rule) => {
    holdsFor(`document histories, ${rule}`, noteHistory, (invented) => {
      expect(noteViolationsOf(invented).filter((violation) => violation.rule === rule)).toEqual([]);
    });
  });
});
