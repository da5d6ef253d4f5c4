import { mutantArea } from "../mutant.ts";

const held = "if (missing > guardDefaults.few && missing > guardDefaults.share * (input.links + input.removedLately))";
const missing = "absent.reduce((sum, { keys }) => sum + Math.max(1, keys.length), input.removedLately)";

export const area = mutantArea(
  "guards",
  {
    file: "packages/core/src/reconcile/guards.ts",
    tests: ["packages/core/test/reconcile/guards.test.ts", "packages/core/test/reconcile/guarded-histories.test.ts"],
  },
  [
    { id: "few-3", description: "holds 4 already", find: "few: 4", replace: "few: 3" },
    { id: "few-5", description: "lets 5 go", find: "few: 4", replace: "few: 5" },
    { id: "share-lower", description: "holds at 19 %", find: "share: 0.2", replace: "share: 0.19" },
    { id: "share-higher", description: "lets 21 % go", find: "share: 0.2", replace: "share: 0.21" },
    {
      id: "few-inclusive",
      description: "at least 4 instead of more than 4",
      find: held,
      replace: held.replace("missing > guardDefaults.few", "missing >= guardDefaults.few"),
    },
    {
      id: "share-inclusive",
      description: "at least a fifth instead of more than a fifth",
      find: held,
      replace: held.replace("missing > guardDefaults.share", "missing >= guardDefaults.share"),
    },
    { id: "either-bound", description: "one bound is enough to hold", find: held, replace: held.replace("&&", "||") },
    {
      id: "few-only",
      description: "the share is not looked at",
      find: held,
      replace: "if (missing > guardDefaults.few)",
    },
    {
      id: "share-of-what-is-left",
      description: "measures against the links that are left",
      find: "(input.links + input.removedLately)",
      replace: "input.links",
    },
    {
      id: "forgetful",
      description: "forgets the last 24 hours",
      find: missing,
      replace: missing.replace("input.removedLately", "0"),
    },
    {
      id: "shared-counts-one",
      description: "a shared item counts as one",
      find: missing,
      replace: missing.replace("Math.max(1, keys.length)", "1"),
    },
    {
      id: "stray-counts-none",
      description: "a stray counts as nothing",
      find: missing,
      replace: missing.replace("Math.max(1, keys.length)", "keys.length"),
    },
    ...(["remove", "detach", "suppress", "drop"] as const).map((action) => ({
      id: `${action}-is-presence`,
      description: `takes ${action} for a conclusion from presence`,
      find: `new Set(["remove", "detach", "suppress", "drop"])`,
      replace: `new Set(${JSON.stringify(["remove", "detach", "suppress", "drop"].filter((each) => each !== action))})`,
    })),
    {
      id: "create-is-absence",
      description: "takes create for a conclusion from absence",
      find: `new Set(["remove", "detach", "suppress", "drop"])`,
      replace: `new Set(["remove", "detach", "suppress", "drop", "create"])`,
    },
    {
      id: "link-is-absence",
      description: "takes link for a conclusion from absence",
      find: `new Set(["remove", "detach", "suppress", "drop"])`,
      replace: `new Set(["remove", "detach", "suppress", "drop", "link"])`,
    },
    {
      id: "never-asks",
      description: "needs no confirmation",
      find: "if (input.confirmFirst)",
      replace: "if (false)",
    },
    {
      id: "asks-about-nothing",
      description: "wants a confirmation where nothing rests on absence",
      find: "if (absent.length > 0) {",
      replace: "{",
    },
    {
      id: "empty-side-believed",
      description: "believes a side that lists nothing",
      find: "if (input.emptySide && input.decisions.length > 0)",
      replace: "if (false)",
    },
    {
      id: "empty-side-holds-nothing",
      description: "holds an empty plan",
      find: "if (input.emptySide && input.decisions.length > 0)",
      replace: "if (input.emptySide)",
    },
    {
      id: "empty-side-halves",
      description: "goes ahead with what rests on presence when a side lists nothing",
      find: `if (reasons.includes("side-empty")) return`,
      replace: `if (reasons.length > 9) return`,
    },
    {
      id: "held-stops-all",
      description: "holds what rests on presence too",
      find: "return { released: input.decisions.filter(({ action }) => !fromAbsence.has(action)), held: absent, reasons }",
      replace: "return { released: [], held: input.decisions, reasons }",
    },
    {
      id: "held-goes-ahead",
      description: "says that it holds and lets everything go",
      find: "return { released: input.decisions.filter(({ action }) => !fromAbsence.has(action)), held: absent, reasons }",
      replace: "return { released: input.decisions, held: absent, reasons }",
    },
  ],
);
