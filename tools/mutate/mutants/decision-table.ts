import { type Mutant, mutantArea } from "../mutant.ts";

type Flip = Omit<Mutant, "file">;

/** A row as it is written in the table, with other actions in its place. */
function flipped(row: string, ...actions: readonly string[]): Flip[] {
  const cells: readonly string[] = JSON.parse(row);
  const [a, b, link, action] = cells;
  return actions.map((other) => ({
    id: `${a} ${b} ${link} ${action}, ${other} instead`,
    description: `A ${a}, B ${b}, ${link === "*" ? "any link" : link}: ${action} becomes ${other}`,
    find: row,
    replace: JSON.stringify([a, b, link, other]),
  }));
}

export const area = mutantArea(
  "table",
  {
    file: "packages/core/src/reconcile/decision-table.ts",
    tests: ["packages/core/test/reconcile/histories.test.ts", "packages/core/test/reconcile/decision-table.test.ts"],
  },
  [
    ...flipped(`["?", "*", "*", "wait"]`, "nothing", "drop"),
    ...flipped(`["*", "?", "*", "wait"]`, "nothing", "drop"),

    ...flipped(`["=", "=", "linked", "nothing"]`, "remove", "create"),
    ...flipped(`["-", "=", "linked", "detach"]`, "remove", "drop", "nothing"),
    ...flipped(`["=", "-", "linked", "suppress"]`, "create", "drop", "nothing"),
    ...flipped(`["-", "-", "linked", "drop"]`, "nothing", "create", "suppress"),

    ...flipped(`["+", "0", "none", "create"]`, "nothing", "link", "suppress"),
    ...flipped(`["+", "+", "none", "link"]`, "nothing", "create", "remove"),
    ...flipped(`["0", "+", "none", "nothing"]`, "remove"),

    ...flipped(`["=", "0", "unresolved", "create"]`, "nothing", "suppress"),
    ...flipped(`["=", "+", "unresolved", "link"]`, "nothing", "create"),
    ...flipped(`["-", "0", "unresolved", "drop"]`, "nothing", "create"),
    ...flipped(`["-", "+", "unresolved", "drop"]`, "remove", "nothing"),

    ...flipped(`["=", "=", "detached", "link"]`, "nothing", "drop"),
    ...flipped(`["=", "-", "detached", "create"]`, "nothing", "suppress"),
    ...flipped(`["-", "=", "detached", "nothing"]`, "remove", "drop"),
    ...flipped(`["-", "-", "detached", "drop"]`, "nothing", "create"),

    ...flipped(`["=", "=", "suppressed", "link"]`, "nothing", "remove"),
    ...flipped(`["=", "-", "suppressed", "nothing"]`, "create", "drop"),
    ...flipped(`["-", "=", "suppressed", "drop"]`, "nothing", "remove", "detach"),
    ...flipped(`["-", "-", "suppressed", "drop"]`, "nothing", "create"),

    ...flipped(`["-", "=", "linked", "remove"]`, "detach", "drop"),
    ...flipped(`["=", "-", "linked", "create"]`, "suppress", "nothing"),

    ...flipped(`["0", "+", "none", "remove"]`, "nothing"),
    ...flipped(`["-", "+", "unresolved", "remove"]`, "drop"),
    ...flipped(`["-", "=", "detached", "remove"]`, "nothing"),
    ...flipped(`["-", "=", "suppressed", "remove"]`, "drop", "nothing"),

    {
      id: "mirror-is-additive",
      description: "mirror is built without its own rows",
      find: "mirror: overlay(additive, mirrorOnly).map(toRow)",
      replace: "mirror: additive.map(toRow)",
    },
    {
      id: "mirror-is-prune",
      description: "mirror is built with the rows of prune",
      find: "mirror: overlay(additive, mirrorOnly).map(toRow)",
      replace: "mirror: overlay(overlay(additive, mirrorOnly), pruneOnly).map(toRow)",
    },
    {
      id: "prune-is-not-mirror",
      description: "prune is built without the rows of mirror",
      find: "prune: overlay(overlay(additive, mirrorOnly), pruneOnly).map(toRow)",
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
  ],
);
