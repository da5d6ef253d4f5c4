/**
 * The decision table of one-way membership sync, as data that a reader can check.
 *
 * A is the side that is read from first, B the side that is written. States of a side, against the link:
 *
 * - `=` present, as linked          - `+` present, no link yet
 * - `-` proven gone                 - `0` not there, no link
 * - `?` not known: unread, unreadable, inside a consistency window, taken down by the service
 *
 * In a set of references there is nothing to edit, so no side is ever "changed".
 */
export type SideState = "=" | "-" | "?" | "+" | "0";

/**
 * - `none`: no link. `linked`: both sides agreed.
 * - `unresolved`: A has it, no counterpart was found, was sure enough, or was accepted by the service.
 * - `detached`: gone from A, kept on B (additive). `suppressed`: the copy was deleted on B and stays so (additive).
 */
export type TableLinkState = "none" | "linked" | "unresolved" | "detached" | "suppressed";

/**
 * - `nothing`; `wait`: nothing now, because a side is not known
 * - `create`: add to B. `link`: both have it, record that. `remove`: take from B
 * - `detach`, `suppress`: record that one side let go and no write follows
 * - `drop`: forget the link, both sides let go
 */
export type Action = "nothing" | "wait" | "create" | "link" | "remove" | "detach" | "suppress" | "drop";

export interface DecisionRow {
  readonly a: SideState | "*";
  readonly b: SideState | "*";
  readonly link: TableLinkState | "*";
  readonly action: Action;
}

export type TableName = "additive" | "mirror" | "prune";

type Cells = readonly [a: DecisionRow["a"], b: DecisionRow["b"], link: DecisionRow["link"], action: Action];

/** The first row that fits decides. */
const additive: readonly Cells[] = [
  ["?", "*", "*", "wait"],
  ["*", "?", "*", "wait"],

  ["=", "=", "linked", "nothing"],
  ["-", "=", "linked", "detach"],
  ["=", "-", "linked", "suppress"],
  ["-", "-", "linked", "drop"],

  ["+", "0", "none", "create"],
  ["+", "+", "none", "link"],
  ["0", "+", "none", "nothing"],

  ["=", "0", "unresolved", "create"],
  ["=", "+", "unresolved", "link"],
  ["-", "0", "unresolved", "drop"],
  ["-", "+", "unresolved", "drop"],

  // A state is lifted when the item is back on the side where it had gone.
  ["=", "=", "detached", "link"],
  ["=", "-", "detached", "create"],
  ["-", "=", "detached", "nothing"],
  ["-", "-", "detached", "drop"],

  ["=", "=", "suppressed", "link"],
  ["=", "-", "suppressed", "nothing"],
  ["-", "=", "suppressed", "drop"],
  ["-", "-", "suppressed", "drop"],
];

/** Mirror differs from additive in these rows only. */
const mirrorOnly: readonly Cells[] = [
  ["-", "=", "linked", "remove"],
  ["=", "-", "linked", "create"],
];

/**
 * Prune is mirror that also clears B of what A does not have; always asked for explicitly. Where mirror forgets the link
 * of something that B has, prune removes it at once: as a stray it would go in the next run anyway.
 */
const pruneOnly: readonly Cells[] = [
  ["0", "+", "none", "remove"],
  ["-", "+", "unresolved", "remove"],
  ["-", "=", "detached", "remove"],
  ["-", "=", "suppressed", "remove"],
];

export const decisionTables: { readonly [T in TableName]: readonly DecisionRow[] } = {
  additive: additive.map(toRow),
  mirror: overlay(additive, mirrorOnly).map(toRow),
  prune: overlay(overlay(additive, mirrorOnly), pruneOnly).map(toRow),
};

function toRow([a, b, link, action]: Cells): DecisionRow {
  return { a, b, link, action };
}

function overlay(base: readonly Cells[], changes: readonly Cells[]): readonly Cells[] {
  return base.map((row) => changes.find(([a, b, link]) => a === row[0] && b === row[1] && link === row[2]) ?? row);
}

/**
 * What to do with one item.
 * @returns `undefined` if no row fits: a combination that cannot come about, and a bug if it does
 */
export function decide(table: TableName, a: SideState, b: SideState, link: TableLinkState): Action | undefined {
  return lookup[table].get(`${a}${b}${link}`);
}

const sideStates: readonly SideState[] = ["=", "-", "?", "+", "0"];
const linkStates: readonly TableLinkState[] = ["none", "linked", "unresolved", "detached", "suppressed"];

const lookup: { readonly [T in TableName]: ReadonlyMap<string, Action> } = {
  additive: index(decisionTables.additive),
  mirror: index(decisionTables.mirror),
  prune: index(decisionTables.prune),
};

function index(rows: readonly DecisionRow[]): ReadonlyMap<string, Action> {
  const actions = new Map<string, Action>();
  for (const a of sideStates) {
    for (const b of sideStates) {
      for (const link of linkStates) {
        const row = rows.find((row) => fits(row.a, a) && fits(row.b, b) && fits(row.link, link));
        if (row) actions.set(`${a}${b}${link}`, row.action);
      }
    }
  }
  return actions;
}

function fits(cell: string, state: string): boolean {
  return cell === "*" || cell === state;
}
