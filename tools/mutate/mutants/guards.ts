import { mutantArea } from "../mutant.ts";

const held = "return missing > 0 && all > guardDefaults.few && all > guardDefaults.share * (links + lately);";
const count = "sum + Math.max(1, keys.length)";
const absences = `new Set(["remove", "detach", "suppress", "drop"])`;
const eitherSide = `if (tooManyMissing(input, absent, "a") || tooManyMissing(input, absent, "b")) reasons`;
const whole = "links >= guardDefaults.manyLinks && changed[side] > guardDefaults.changedShare * links";
const carriedOver = "(on === undefined || whole.some((side) => otherThan(side) === on))";

const planning = "packages/core/src/engine/documents/plan-documents.ts";
const takedown = "packages/core/src/engine/membership/takedown.ts";

export const area = mutantArea(
  "guards",
  {
    file: "packages/core/src/reconcile/guards.ts",
    tests: [
      "packages/core/test/reconcile/guards.test.ts",
      "packages/core/test/reconcile/guarded-histories.test.ts",
      "packages/core/test/reconcile/guarded-two-way-histories.test.ts",
      "packages/core/test/engine/documents/guards-and-listings.test.ts",
      "packages/core/test/engine/two-way/takedown.test.ts",
      "packages/core/test/engine/two-way/cursors.test.ts",
    ],
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
      replace: held.replace("all > guardDefaults.few", "all >= guardDefaults.few"),
    },
    {
      id: "share-inclusive",
      description: "at least a fifth instead of more than a fifth",
      find: held,
      replace: held.replace("all > guardDefaults.share", "all >= guardDefaults.share"),
    },
    {
      id: "either-bound",
      description: "one bound is enough to hold",
      find: held,
      replace: held.replace("few && all", "few || all"),
    },
    {
      id: "few-only",
      description: "the share is not looked at",
      find: held,
      replace: "return missing > 0 && all > guardDefaults.few;",
    },
    {
      id: "share-of-what-is-left",
      description: "measures against the links that are left",
      find: held,
      replace: held.replace("(links + lately)", "links"),
    },
    {
      id: "forgetful",
      description: "forgets the last 24 hours",
      find: "const lately = removedLately[side];",
      replace: "const lately = 0;",
    },
    {
      id: "lately-of-other-side",
      description: "adds what was missing on the other side within the last 24 hours",
      find: "const lately = removedLately[side];",
      replace: "const lately = removedLately[otherThan(side)];",
    },
    {
      id: "held-for-yesterday",
      description: "holds a side on which nothing is missing now, for what was missing before",
      find: held,
      replace: held.replace("missing > 0 && ", ""),
    },
    {
      id: "a-only",
      description: "counts what is missing on A only",
      find: eitherSide,
      replace: `if (tooManyMissing(input, absent, "a")) reasons`,
    },
    {
      id: "b-only",
      description: "counts what is missing on B only",
      find: eitherSide,
      replace: `if (tooManyMissing(input, absent, "b")) reasons`,
    },
    {
      id: "both-sides",
      description: "holds only when too many are missing on both sides",
      find: eitherSide,
      replace: eitherSide.replace("||", "&&"),
    },
    {
      id: "sides-added-up",
      description: "adds up what is missing on both sides",
      find: "missingOn(decision).includes(side)",
      replace: "missingOn(decision).length > 0",
    },
    {
      id: "written-side-missing",
      description: "takes the side from which an item is removed for the one on which it is missing",
      find: "return on === undefined ? [] : [otherThan(on)];",
      replace: "return on === undefined ? [] : [on];",
    },
    {
      id: "detach-is-missing-on-b",
      description: "takes what A let go for missing on B",
      find: `    case "detach":
      return ["a"];`,
      replace: `    case "detach":
      return ["b"];`,
    },
    {
      id: "suppress-is-missing-on-a",
      description: "takes a copy deleted on B for missing on A",
      find: `    case "suppress":
      return ["b"];`,
      replace: `    case "suppress":
      return ["a"];`,
    },
    {
      id: "drop-is-missing-on-a",
      description: "takes what both sides let go for missing on A only",
      find: `return ["a", "b"];`,
      replace: `return ["a"];`,
    },
    {
      id: "shared-counts-one",
      description: "a shared item counts as one",
      find: count,
      replace: "sum + Math.min(1, Math.max(1, keys.length))",
    },
    { id: "stray-counts-none", description: "a stray counts as nothing", find: count, replace: "sum + keys.length" },
    ...(["remove", "detach", "suppress", "drop"] as const).map((action) => ({
      id: `${action}-is-presence`,
      description: `takes ${action} for a conclusion from presence`,
      find: absences,
      replace: `new Set(${JSON.stringify(["remove", "detach", "suppress", "drop"].filter((each) => each !== action))})`,
    })),
    ...(["create", "link", "update", "conflict"] as const).map((action) => ({
      id: `${action}-is-absence`,
      description: `takes ${action} for a conclusion from absence`,
      find: absences,
      replace: `new Set(["remove", "detach", "suppress", "drop", "${action}"])`,
    })),
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
      find: "if (input.emptySide && decisions.length > 0)",
      replace: "if (false)",
    },
    {
      id: "empty-side-holds-nothing",
      description: "holds an empty plan",
      find: "if (input.emptySide && decisions.length > 0)",
      replace: "if (input.emptySide)",
    },
    {
      id: "empty-side-halves",
      description: "goes ahead with what rests on presence when a side lists nothing",
      find: `if (reasons.includes("side-empty")) return`,
      replace: "if (reasons.length > 9) return",
    },
    {
      id: "held-stops-all",
      description: "holds what rests on presence too",
      find: "released: decisions.filter((each) => !isHeld(each)), held: decisions.filter(isHeld), reasons",
      replace: "released: [], held: decisions, reasons",
    },
    {
      id: "held-goes-ahead",
      description: "says that it holds and lets everything go",
      find: "released: decisions.filter((each) => !isHeld(each)), held",
      replace: "released: decisions, held",
    },

    {
      id: "many-links-fewer",
      description: "holds changes of 19 links",
      find: "manyLinks: 20",
      replace: "manyLinks: 19",
    },
    { id: "many-links-more", description: "lets 20 links change", find: "manyLinks: 20", replace: "manyLinks: 21" },
    { id: "changed-lower", description: "holds at 79 %", find: "changedShare: 0.8", replace: "changedShare: 0.79" },
    { id: "changed-higher", description: "lets 81 % change", find: "changedShare: 0.8", replace: "changedShare: 0.81" },
    {
      id: "changed-inclusive",
      description: "holds changes of exactly 80 %",
      find: whole,
      replace: whole.replace("changed[side] >", "changed[side] >="),
    },
    {
      id: "changes-added-up",
      description: "adds up what changed on both sides",
      find: whole,
      replace: whole.replace("changed[side]", "changed.a + changed.b"),
    },
    {
      id: "changes-of-written-side",
      description: "holds what is written to the side that changed",
      find: carriedOver,
      replace: carriedOver.replace("otherThan(side) === on", "side === on"),
    },
    {
      id: "changes-hold-both-ways",
      description: "holds what the changed side would get as well",
      find: carriedOver,
      replace: "true",
    },
    {
      id: "merges-go-ahead",
      description: "lets merges with a side go that has changed as a whole",
      find: `new Set<Decision["action"]>(["update", "merge"])`,
      replace: `new Set<Decision["action"]>(["update"])`,
    },
    {
      id: "merges-of-both-go-ahead",
      description: "lets merges go that write both sides",
      find: carriedOver,
      replace: "whole.some((side) => otherThan(side) === on)",
    },
    {
      id: "copies-are-changes",
      description: "holds new copies when a side has changed as a whole",
      find: `new Set<Decision["action"]>(["update", "merge"])`,
      replace: `new Set<Decision["action"]>(["update", "merge", "create"])`,
    },
    {
      id: "changes-unheld",
      description: "says that a side has changed and lets its changes go",
      find: "missing.has(decision) || changed.has(decision)",
      replace: "missing.has(decision)",
    },
    {
      id: "changes-hold-removals",
      description: "holds few removals because much has changed",
      find: `reasons.some((reason) => reason !== "mass-change")`,
      replace: "reasons.length > 0",
    },
    {
      id: "changes-free-removals",
      description: "lets removals go because much has changed too",
      find: `reasons.some((reason) => reason !== "mass-change")`,
      replace: `reasons.every((reason) => reason !== "mass-change")`,
    },
    {
      id: "holds-without-asking",
      description: "what is made again while something is held rests on a listing alone",
      file: planning,
      find: "    ...verdict.released,\n    // Where the later",
      replace: "    ...(verdict.held.length > 0 ? [] : verdict.released),\n    // Where the later",
    },
    {
      id: "held-without-times",
      description: "shows a person what nobody would do: which of two was later is not asked",
      file: planning,
      find: 'context.pair.conflict_policy === "newest-wins" ?',
      replace: 'context.pair.conflict_policy === "merge" ?',
    },
    {
      id: "lets-go-unasked",
      description: "lets go of what its service withdrew",
      file: takedown,
      find: "decisions.filter(({ action }) => fromAbsence.has(action));",
      replace: 'decisions.filter(({ action }) => action === "remove" || action === "drop");',
    },
    {
      id: "forgets-the-suppressed",
      description: "forgets what must not come back while its service has it withdrawn",
      file: takedown,
      find: 'return state === "linked" || (state === "suppressed" && side === "a");',
      replace: 'return state === "linked";',
    },
    {
      id: "old-plan-looks",
      description: "believes a look after a plan of earlier",
      file: "packages/core/src/engine/membership/apply-membership.ts",
      find: "given ? await writtenAsRead(this.#context, this.#plan, holding) : { from: true, to: true };",
      replace: "given ? { from: true, to: true } : await writtenAsRead(this.#context, this.#plan, holding);",
    },
    {
      id: "pages-of-moments",
      description: "remembers the last page of a listing that was read at different moments",
      file: "packages/core/src/engine/membership/read-side.ts",
      find: "return this.#fingerprints.size === 1 ? told : undefined;",
      replace: "return [...this.#fingerprints].at(-1) ?? told;",
    },
    {
      id: "withdrawn-for-ever",
      description: "never asks again for what was missing because its service had withdrawn it",
      file: "packages/core/src/engine/membership/plan-membership.ts",
      find: "return withdrawn.size === 0 ? reading",
      replace: "return withdrawn.size >= 0 ? reading",
    },
  ],
);
