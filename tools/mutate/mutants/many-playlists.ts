import { mutantArea } from "../mutant.ts";

export const area = mutantArea(
  "many-playlists",
  { file: "packages/core/src/engine/runs/in-ranges.ts", tests: ["e2e/scenarios/many-playlists.test.ts"] },
  [
    {
      id: "one-range",
      description: "names all lists of a pair in one statement",
      find: "PAIRS_AT_ONCE = 200",
      replace: "PAIRS_AT_ONCE = 200_000",
    },
    {
      id: "last-range",
      description: "leaves out what does not fill a range",
      find: "start < values.length; start += most)",
      replace: "start + most <= values.length; start += most)",
    },
  ],
);
