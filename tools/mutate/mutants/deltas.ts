import { mutantArea } from "../mutant.ts";

const documents = "packages/core/src/engine/documents";

/** Mistakes in reading by deltas: something is not told, or told and not kept. */
export const area = mutantArea(
  "deltas",
  { file: `${documents}/counterparts.ts`, tests: ["packages/core/test/engine/documents/deltas.test.ts"] },
  [
    {
      id: "delta-doubles",
      description: "makes a copy of what the other side has had for long, unlinked",
      find: "if (needsWhole(context, read, linked)) return undefined;",
      replace: "",
    },
    {
      id: "delta-of-conflicts",
      description: "takes the other side of a conflict for what it was when both last agreed",
      find: 'return link.state !== "linked" || presenceOf',
      replace: "return presenceOf",
    },
    {
      id: "delta-prunes-not",
      description: "leaves what is new on the pruned side, because a delta of the other does not tell of it",
      find: " || context.pair.prune",
      replace: "",
    },
    {
      id: "delta-counts",
      description: "forgets to count what is new, so that each later arrival means a listing",
      find: "rows + newOn(read, letter, linked).length",
      replace: "rows",
    },
    {
      id: "delta-moves",
      description: "takes a copy for the document itself under another id",
      file: `${documents}/build-world.ts`,
      find: 'if (extent === "delta" && !deleted.has(oldId)) continue;',
      replace: "",
    },
    {
      id: "delta-decides-all",
      description: "decides about documents of which nothing was read",
      file: `${documents}/decide-documents.ts`,
      find: "if (!isTold(readings.a, aId) && !isTold(readings.b, bId)) continue;",
      replace: "",
    },
    {
      id: "delta-goes-on",
      description: "goes on behind changes that could not be dealt with",
      file: "packages/core/src/engine/runs/settle-cursors.ts",
      find: "settled && basis.token !== undefined",
      replace: "basis.token !== undefined",
    },
  ],
);
