import { type Mutant, mutantArea } from "../mutant.ts";

type Flip = Omit<Mutant, "file">;

/**
 * A row as it is written in the table, with other actions in its place.
 * @param place where the same row is written twice: the table, and the line before it
 */
function flipped(
  row: string,
  others: readonly string[],
  place?: { readonly table: string; readonly after: string },
): Flip[] {
  const cells: readonly string[] = JSON.parse(row);
  const [a, b, link, action] = cells;
  const text = place ? `${place.after}\n  ${row}` : row;
  return others.map((other) => ({
    id: `${place ? `${place.table} ` : ""}${a} ${b} ${link} ${action}, ${other} instead`,
    description: `A ${a}, B ${b}, ${link === "*" ? "any link" : link}: ${action} becomes ${other}`,
    find: text,
    replace: text.replace(row, JSON.stringify([a, b, link, other]).replaceAll(",", ", ")),
  }));
}

export const area = mutantArea(
  "table",
  {
    file: "packages/core/src/reconcile/decision-table.ts",
    tests: [
      "packages/core/test/reconcile/histories.test.ts",
      "packages/core/test/reconcile/two-way-histories.test.ts",
      "packages/core/test/reconcile/document-histories.test.ts",
      "packages/core/test/reconcile/decision-table.test.ts",
    ],
    env: { FC_RUNS: "60" },
  },
  [
    ...flipped(`["?", "*", "*", "wait"]`, ["nothing", "drop"]),
    ...flipped(`["*", "?", "*", "wait"]`, ["nothing", "drop"]),

    // Both ways.
    ...flipped(`["=", "=", "linked", "nothing"]`, ["remove B", "create A"]),
    ...flipped(`["~", "=", "linked", "update B"]`, ["update A", "nothing", "edit/edit"]),
    ...flipped(`["=", "~", "linked", "update A"]`, ["update B", "nothing", "edit/edit"]),
    ...flipped(`["~", "~", "linked", "edit/edit"]`, ["update A", "update B", "nothing"]),
    ...flipped(`["-", "=", "linked", "remove B"]`, ["create A", "drop", "delete/edit"], {
      table: "two-way",
      after: `["~", "~", "linked", "edit/edit"],`,
    }),
    ...flipped(`["=", "-", "linked", "remove A"]`, ["create B", "drop", "suppress"]),
    ...flipped(`["-", "-", "linked", "drop"]`, ["nothing", "create A", "suppress"]),
    ...flipped(`["-", "~", "linked", "delete/edit"]`, ["edit/delete", "remove B", "create A"]),
    ...flipped(`["~", "-", "linked", "edit/delete"]`, ["delete/edit", "remove A", "create B"]),

    ...flipped(`["+", "0", "none", "create B"]`, ["nothing", "remove A", "link"]),
    ...flipped(`["0", "+", "none", "create A"]`, ["nothing", "remove B", "link"]),
    ...flipped(`["+", "+", "none", "link"]`, ["nothing", "create B", "remove A"]),

    ...flipped(`["=", "0", "unresolved", "create B"]`, ["nothing", "remove A"]),
    ...flipped(`["0", "=", "unresolved", "create A"]`, ["nothing", "remove B"]),
    ...flipped(`["=", "+", "unresolved", "link"]`, ["nothing", "create B"]),
    ...flipped(`["+", "=", "unresolved", "link"]`, ["nothing", "create A"]),
    ...flipped(`["-", "0", "unresolved", "drop"]`, ["nothing", "create A"]),
    ...flipped(`["0", "-", "unresolved", "drop"]`, ["nothing", "create B"]),
    ...flipped(`["-", "+", "unresolved", "drop"]`, ["remove B", "nothing"]),
    ...flipped(`["+", "-", "unresolved", "drop"]`, ["remove A", "nothing"]),

    ...flipped(`["=", "=", "detached", "link"]`, ["nothing", "drop"]),
    ...flipped(`["=", "-", "detached", "create B"]`, ["nothing", "remove A"]),
    ...flipped(`["-", "=", "detached", "nothing"]`, ["remove B", "create A", "drop"]),
    ...flipped(`["-", "-", "detached", "drop"]`, ["nothing", "create B"]),

    ...flipped(`["=", "=", "suppressed", "link"]`, ["nothing", "remove B"]),
    ...flipped(`["=", "-", "suppressed", "nothing"]`, ["create B", "remove A", "drop"]),
    ...flipped(`["-", "=", "suppressed", "create A"]`, ["nothing", "remove B"]),
    ...flipped(`["-", "-", "suppressed", "drop"]`, ["nothing", "create A"]),

    // Additive.
    ...flipped(`["=", "~", "linked", "nothing"]`, ["update B", "update A"]),
    ...flipped(`["-", "=", "linked", "detach"]`, ["remove B", "drop", "nothing"]),
    ...flipped(`["-", "~", "linked", "detach"]`, ["remove B", "delete/edit"]),
    ...flipped(`["=", "-", "linked", "suppress"]`, ["create B", "drop", "nothing"]),
    ...flipped(`["~", "-", "linked", "suppress"]`, ["create B", "edit/delete"]),
    ...flipped(`["0", "+", "none", "nothing"]`, ["remove B", "create A"]),
    ...flipped(`["0", "=", "unresolved", "drop"]`, ["create A", "remove B"]),
    ...flipped(`["-", "=", "suppressed", "drop"]`, ["nothing", "create A", "detach"]),

    // Mirror.
    ...flipped(`["=", "~", "linked", "update B"]`, ["nothing", "update A"]),
    ...flipped(`["~", "~", "linked", "update B"]`, ["edit/edit", "nothing"]),
    ...flipped(`["-", "=", "linked", "remove B"]`, ["detach", "drop"], {
      table: "mirror",
      after: `["~", "~", "linked", "update B"],`,
    }),
    ...flipped(`["-", "~", "linked", "remove B"]`, ["detach", "delete/edit"]),
    ...flipped(`["=", "-", "linked", "create B"]`, ["suppress", "nothing"]),
    ...flipped(`["~", "-", "linked", "create B"]`, ["suppress", "edit/delete"]),

    // Prune.
    ...flipped(`["0", "+", "none", "remove B"]`, ["nothing"]),
    ...flipped(`["-", "+", "unresolved", "remove B"]`, ["drop"]),
    ...flipped(`["0", "=", "unresolved", "remove B"]`, ["drop"]),
    ...flipped(`["-", "=", "detached", "remove B"]`, ["nothing"]),
    ...flipped(`["-", "=", "suppressed", "remove B"]`, ["drop", "nothing"]),

    {
      id: "additive-is-two-way",
      description: "one-way is built without its own rows, and writes A",
      find: "const additive = overlay(twoWay, additiveOnly);",
      replace: "const additive = twoWay;",
    },
    {
      id: "two-way-is-additive",
      description: "two-way is built with the rows of one-way",
      find: `"two-way": twoWay.map(toRow)`,
      replace: `"two-way": additive.map(toRow)`,
    },
    {
      id: "mirror-is-additive",
      description: "mirror is built without its own rows",
      find: "const mirror = overlay(additive, mirrorOnly);",
      replace: "const mirror = additive;",
    },
    {
      id: "mirror-is-two-way",
      description: "mirror is built on two-way, and writes A where it says nothing itself",
      find: "const mirror = overlay(additive, mirrorOnly);",
      replace: "const mirror = overlay(twoWay, mirrorOnly);",
    },
    {
      id: "mirror-is-prune",
      description: "mirror is built with the rows of prune",
      find: "mirror: mirror.map(toRow)",
      replace: "mirror: overlay(mirror, pruneOnly).map(toRow)",
    },
    {
      id: "prune-is-not-mirror",
      description: "prune is built without the rows of mirror",
      find: "prune: overlay(mirror, pruneOnly).map(toRow)",
      replace: "prune: overlay(additive, pruneOnly).map(toRow)",
    },
    {
      id: "overlay-ignores-link",
      description: "a mode's own row replaces those of other link states too",
      find: "a === row[0] && b === row[1] && link === row[2]",
      replace: "a === row[0] && b === row[1]",
    },
    {
      id: "wildcard-is-a-state",
      description: "a wildcard fits nothing",
      find: `return cell === "*" || cell === state;`,
      replace: "return cell === state;",
    },
    {
      id: "tables-exchanged",
      description: "looks two-way up in the table of mirror",
      find: `"two-way": index(decisionTables["two-way"])`,
      replace: `"two-way": index(decisionTables.mirror)`,
    },
  ],
);
