import { type Action, type DecisionRow, decisionTables } from "@syncer/core";

/** What an action is in words, for people who run a sync and do not write one. */
const words: { readonly [A in Action]: string } = {
  nothing: "nothing",
  wait: "nothing now; looked at again by the next run",
  "create A": "create on A",
  "create B": "create on B",
  "update A": "update A from B",
  "update B": "update B from A",
  "remove A": "delete on A, under the guard",
  "remove B": "delete on B, under the guard",
  link: "link, if both are equal; else as edited on both",
  drop: "forget the link",
  detach: "keep B's, remember that A let go (`detached`)",
  suppress: "do not make it again (`suppressed`)",
  "edit/edit": "conflict: edited on both",
  "delete/edit": "conflict: deleted on A, edited on B",
  "edit/delete": "conflict: edited on A, deleted on B",
};

/** The two-way table, row by row as the code has it; the first row that fits decides. */
export function twoWayTable(): readonly string[] {
  return [
    "| A | B | link | what happens |",
    "| --- | --- | --- | --- |",
    ...decisionTables["two-way"].map((row) => `| ${statesOf(row)} | ${whatHappens(row)} |`),
  ];
}

/** The rows in which a one-way table says something else than the two-way one. */
export function oneWayTable(): readonly string[] {
  const { additive, mirror, prune } = decisionTables;
  const rows = decisionTables["two-way"].flatMap((row, index) => {
    const actions = [additive, mirror, prune].map((table) => table[index]?.action ?? row.action);
    if (actions.every((action) => action === row.action)) return [];
    return [`| ${statesOf(row)} | ${[row.action, ...actions].map((action) => words[action]).join(" | ")} |`];
  });
  return [
    "| A | B | link | two-way | additive | mirror | mirror with prune |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
  ];
}

/** Where a one-way state ends, what both last agreed on is known; else what differs counts as edited on both. */
function whatHappens({ action, link }: DecisionRow): string {
  if (action !== "link" || (link !== "detached" && link !== "suppressed")) return words[action];
  return "link again; what was edited since is an edit";
}

function statesOf({ a, b, link }: DecisionRow): string {
  const state = (text: string) => (text === "*" ? "any" : `\`${text}\``);
  return `${state(a)} | ${state(b)} | ${link === "*" ? "any" : link}`;
}
