import { mutantArea } from "../mutant.ts";

const documents = "packages/core/src/engine/documents";
const rules = "packages/calendar/src/rules";

/** Mistakes in what a pair leaves out, what it changes on the way, and what only one side has. */
export const area = mutantArea(
  "rules",
  {
    file: `${documents}/shared-form.ts`,
    tests: [
      "packages/core/test/engine/documents/shared-form.test.ts",
      "packages/core/test/engine/documents/rules.test.ts",
      "packages/core/test/engine/documents/unfinished.test.ts",
      "packages/calendar/test/event-rules.test.ts",
    ],
    env: { FC_RUNS: "300" },
  },
  [
    {
      id: "hidden-lost",
      description: "writes an entry without what only this side has of it",
      find: "{ ...hidden, ...pick(now, () => true) }",
      replace: "{ ...pick(now, () => true) }",
    },
    {
      id: "hidden-of-another-sort",
      description: "keeps the colour of an instance that there is no longer",
      find: "sortOf(kind, old) === sortOf(kind, now) ? pick(old, isHidden) : {}",
      replace: "pick(old, isHidden)",
    },
    {
      id: "hidden-of-old-names",
      description: "puts what an instance had at a time at which the series has none any more",
      find: "isOfOldNames ? {} : (stood.get(field) ?? {})",
      replace: "stood.get(field) ?? {}",
    },
    {
      id: "empty-entries-compared",
      description: "takes an entry of which the other side can hold nothing for one that it lacks",
      find: "return Object.fromEntries(all.filter(([, entry]) => Object.keys(entry).length > 0));",
      replace: "return Object.fromEntries(all);",
    },
    {
      id: "own-on-update",
      description: "writes what stands for a masked field over what the side has there",
      find: "const own = before ? {} : pick",
      replace: "const own = pick",
    },
    {
      id: "own-unknown-to-service",
      description: "sends a service a field that it does not have",
      find: "pick(form.rules.own ?? {}, holds)",
      replace: "form.rules.own ?? {}",
    },
    {
      id: "masked-is-shown",
      description: "copies what is masked",
      file: `${documents}/document-side.ts`,
      find: ".filter((field) => !own.has(field))",
      replace: "",
    },
    {
      id: "out-is-gone",
      description: "goes on with what both sides have moved out of scope",
      file: `${documents}/scope-by-rules.ts`,
      find: 'return scopes.some((scope) => scope === "in" ||',
      replace: 'return aId !== undefined && bId !== undefined || scopes.some((scope) => scope === "in" ||',
    },
    {
      id: "margin-makes-copies",
      description: "makes what stands at the edge of a window",
      file: `${documents}/scope-by-rules.ts`,
      find: '(scope === "margin" && aId !== undefined && bId !== undefined)',
      replace: 'scope === "margin"',
    },
    {
      id: "margin-lets-go",
      description: "lets go of what time has moved to the edge of a window",
      file: `${documents}/scope-by-rules.ts`,
      find: ' || (scope === "margin" && aId !== undefined && bId !== undefined)',
      replace: "",
    },
    {
      id: "time-moves-nothing",
      description: "waits a week for a listing that shows what time has brought nearer",
      file: `${documents}/read-documents.ts`,
      find: "scan.leavesOut || side.movesWithTime",
      replace: "scan.leavesOut",
    },
    {
      id: "rest-is-left",
      description: "leaves a document as a cut-off write has left it",
      file: `${documents}/plan-documents.ts`,
      find: "const restates = isUnfinished ? ({ rest: true } as const) : restated(on, id);",
      replace: "const restates = restated(on, id);",
    },
    {
      id: "rest-writes-fields",
      description: "writes all fields again where only the rest of a write is to be done",
      file: `${documents}/document-operations.ts`,
      find: 'if ("rest" in restates) return { item: {},',
      replace: 'if ("rest" in restates) return { item: seen.item,',
    },
    {
      id: "window-of-masters",
      description: "looks at the first instance of a series only",
      file: `${rules}/scope-of-event.ts`,
      find: "instancesOf(event, { ...range, most: FIRST_FEW + special.length })",
      replace: "instancesOf(event, { most: 1 })",
    },
    {
      id: "window-without-moved",
      description: "overlooks an instance that was moved into the window",
      file: `${rules}/scope-of-event.ts`,
      find: "if (special.some(overlaps)) return true;",
      replace: "",
    },
    {
      id: "no-margin",
      description: "has no margin around a window",
      file: `${rules}/scope-of-event.ts`,
      find: "const MARGIN_MS = 2 * DAY_MS;",
      replace: "const MARGIN_MS = 0;",
    },
    {
      id: "prefix-put-back",
      description: "marks a copy again whose user took the prefix away",
      file: `${rules}/copied-texts.ts`,
      find: "texts.title === undefined || !isMarked",
      replace: "texts.title === undefined",
    },
    {
      id: "links-lost",
      description: "an edit of the copy takes the address of the call from the original",
      file: `${rules}/copied-texts.ts`,
      find: "const kept = before?.[field]?.match(CALLS) ?? [];",
      replace: "const kept: string[] = [];",
    },
    {
      id: "links-of-instances",
      description: "an instance says what its series says, and differs on both sides for ever",
      file: `${rules}/copied-texts.ts`,
      find: "tidyOverrides(series, Object.fromEntries(overrides) as EventOverrides)",
      replace: "Object.fromEntries(overrides) as EventOverrides",
    },
  ],
);
