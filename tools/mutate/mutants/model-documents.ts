import { mutantArea } from "../mutant.ts";

const engine = (name: string) => `packages/core/src/engine/documents/${name}.ts`;
const conflicts = "packages/core/src/reconcile/conflicts.ts";

/** Mistakes in the sync of documents, for the model to find in histories that nobody thought of. */
export const area = mutantArea(
  "model-documents",
  {
    file: "packages/core/src/reconcile/documents.ts",
    tests: ["e2e/model/documents.test.ts"],
    env: { SOAK_STEPS: "100000", SOAK_SHRINK: "no", CI: "1" },
    stuckMs: 600_000,
  },
  [
    {
      id: "links-what-differs",
      description: "two documents that meet for the first time and differ are linked as they are",
      find: `const then = action === "link" && !equal ? toBeAgreed(table, member) : action;`,
      replace: `const then = action;`,
    },
    {
      id: "forgets-decisions",
      description: "leaves a conflict as it is although a person has decided it",
      find: `if (recorded && recorded.decision === undefined) return "nothing";`,
      replace: `if (recorded) return "nothing";`,
    },
    {
      id: "decides-the-other-way",
      description: "carries out the opposite of what a person has decided",
      find: `const winner = recorded?.decision ?? winnerOf(`,
      replace: `const winner = (recorded?.decision && otherThan(recorded.decision)) ?? winnerOf(`,
    },
    {
      id: "one-way-writes-back",
      description: "one-way, a merge writes the side that is read, too",
      find: `...(twoWay ? {} : { on: "b" }), conflict`,
      replace: `conflict`,
    },
    {
      id: "target-never-newest",
      description: "newest-wins lets the source win whenever it was changed",
      file: conflicts,
      find: `return later ?? source;`,
      replace: `return source;`,
    },
    {
      id: "newest-deletes",
      description: "newest-wins lets each deletion win",
      file: conflicts,
      find: `return deleter !== undefined && later === deleter ? deleter : otherThan(deleter ?? "a");`,
      replace: `return deleter ?? "b";`,
    },
    {
      id: "keeps-removed-elements",
      description: "a merged set keeps what the second side took away",
      file: engine("merge-documents"),
      find: `if (!removedOnA && !removedOnB) merged.push(element);`,
      replace: `if (!removedOnA) merged.push(element);`,
    },
    {
      id: "merges-by-one-side",
      description: "a merge does not see what the second side has changed",
      file: engine("merge-documents"),
      find: `(["a", "b"] as const).filter((side) => isChanged(hasher, field, sides[side]))`,
      replace: `(["a"] as const).filter((side) => isChanged(hasher, field, sides[side]))`,
    },
    {
      id: "base-is-now",
      description: "without a base nothing counts as changed",
      file: engine("changed-fields"),
      find: `if (!base) return true;`,
      replace: `if (!base) return false;`,
    },
    {
      id: "all-has-changed",
      description: "each field that is known of before counts as changed",
      file: engine("changed-fields"),
      find: `String(before) !== String(hash)`,
      replace: `String(before) !== ""`,
    },
    {
      id: "moved-goes-ahead",
      description: "a plan is carried out although a document it was read from is another now",
      file: engine("apply-documents"),
      find: `const holding = linked.filter((operation) => !moved.has(operation));`,
      replace: `const holding = linked.filter(() => moved.size >= 0);`,
    },
    {
      id: "abandons-the-unknown",
      description: "a call of unknown outcome counts as never made",
      file: engine("apply-documents"),
      find: `if (error instanceof OutcomeUnknownError) {`,
      replace: `if (error instanceof OutcomeUnknownError) {\n      await this.#abandon(operation, intent);`,
    },
    {
      id: "recovers-deletions-blindly",
      description: "an interrupted deletion counts as made although the document is there",
      file: engine("recover-documents"),
      find: `return !seen && reading.complete && !reading.unreadable.has(intent.writtenId) ? "deleted" : "nothing";`,
      replace: `return "deleted";`,
    },
    {
      id: "writes-without-looking",
      description: "where a service has no conditional writes the document is not looked at before it is written",
      file: engine("write-document"),
      find: `return now && matchesBase(hasher, expected, now) ? now : "moved";`,
      replace: `return now ?? "moved";`,
    },
    {
      id: "takes-others-edits",
      description: "an edit of somebody else beside the fields that are written counts as agreed on",
      file: engine("write-document"),
      find: `return call.kind === "update" ? withoutOthers(hasher, call, base) : base;`,
      replace: `return call.kind !== undefined ? base : withoutOthers(hasher, call, base);`,
    },
    {
      id: "closes-unread-conflicts",
      description: "an open conflict ends when probes say that nothing has changed",
      file: engine("decide-documents"),
      find: `if (!isTold(readings.a, aId) && !isTold(readings.b, bId)) continue;`,
      replace: `if (readings.a.extent === "unchanged" && readings.b.extent === "unchanged" && !conflicts) return;`,
    },
    {
      id: "rests-for-ever",
      description: "what was written back and forth is never taken up again",
      file: engine("document-links"),
      find: `row.state === "oscillating" && (row.retry_at ?? 0) <= nowMs;`,
      replace: `row.state === "oscillating" && (row.retry_at ?? 0) <= 0 * nowMs;`,
    },
  ],
);
