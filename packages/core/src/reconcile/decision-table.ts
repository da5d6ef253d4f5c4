/**
 * The decision tables, as data that a reader can hold against the semantics.
 *
 * A is the side that is read from first: the pair's source, or its target where the mode is `sync-to`. B is the other.
 * States of a side, against the link:
 *
 * - `=` present, as linked      - `~` present, and another than linked      - `-` proven gone
 * - `+` present, no link yet    - `0` not there, no link
 * - `?` not known: unread, unreadable, out of scope, inside a consistency window, taken down by the service
 *
 * A reference in a set has nothing to edit, so there `~` does not occur. What is not linked has no last agreed state
 * to differ from: it is present (`=`) or gone.
 */
export type SideState = "=" | "~" | "-" | "?" | "+" | "0";

/**
 * - `none`: no link. `linked`: both sides agreed, if only on what they disagree about.
 * - `unresolved`: one side has it; no counterpart was found, was sure enough, was accepted, or has been written yet.
 * - `detached`: gone from A, kept on B (additive). `suppressed`: the copy was deleted on B and stays so (additive).
 */
export type TableLinkState = "none" | "linked" | "unresolved" | "detached" | "suppressed";

/**
 * - `nothing`; `wait`: nothing now, because a side is not known
 * - `create`, `update`, `remove`: writes to that side, so that it is what the other is
 * - `link`: both have it, record that. `drop`: forget the link, both sides let go
 * - `detach`, `suppress`: record that one side let go and no write follows
 * - `edit/edit`, `delete/edit`, `edit/delete`: conflicts, what A did first; the policy decides, see `conflicts.ts`
 */
export type Action =
  | "nothing"
  | "wait"
  | "create A"
  | "create B"
  | "update A"
  | "update B"
  | "remove A"
  | "remove B"
  | "link"
  | "drop"
  | "detach"
  | "suppress"
  | ConflictAction;

export type ConflictAction = "edit/edit" | "delete/edit" | "edit/delete";

export interface DecisionRow {
  readonly a: SideState | "*";
  readonly b: SideState | "*";
  readonly link: TableLinkState | "*";
  readonly action: Action;
}

export type TableName = "two-way" | "additive" | "mirror" | "prune";

type Cells = readonly [a: DecisionRow["a"], b: DecisionRow["b"], link: DecisionRow["link"], action: Action];

/** The first row that fits decides. */
const twoWay: readonly Cells[] = [
  ["?", "*", "*", "wait"],
  ["*", "?", "*", "wait"],

  ["=", "=", "linked", "nothing"],
  ["~", "=", "linked", "update B"],
  ["=", "~", "linked", "update A"],
  ["~", "~", "linked", "edit/edit"],
  ["-", "=", "linked", "remove B"],
  ["=", "-", "linked", "remove A"],
  ["-", "-", "linked", "drop"],
  ["-", "~", "linked", "delete/edit"],
  ["~", "-", "linked", "edit/delete"],

  ["+", "0", "none", "create B"],
  ["0", "+", "none", "create A"],
  ["+", "+", "none", "link"],

  // One side has had it, the other has never been agreed on.
  ["=", "0", "unresolved", "create B"],
  ["0", "=", "unresolved", "create A"],
  ["=", "+", "unresolved", "link"],
  ["+", "=", "unresolved", "link"],
  ["-", "0", "unresolved", "drop"],
  ["0", "-", "unresolved", "drop"],
  ["-", "+", "unresolved", "drop"],
  ["+", "-", "unresolved", "drop"],

  // Left from one-way times. A state is lifted when the item is back on the side where it had gone.
  ["=", "=", "detached", "link"],
  ["=", "-", "detached", "create B"],
  ["-", "=", "detached", "nothing"],
  ["-", "-", "detached", "drop"],

  ["=", "=", "suppressed", "link"],
  ["=", "-", "suppressed", "nothing"],
  ["-", "=", "suppressed", "create A"],
  ["-", "-", "suppressed", "drop"],
];

/** Additive differs from two-way in these rows only: A is never written, and nothing is taken from B. */
const additiveOnly: readonly Cells[] = [
  ["=", "~", "linked", "nothing"],
  ["-", "=", "linked", "detach"],
  ["-", "~", "linked", "detach"],
  ["=", "-", "linked", "suppress"],
  ["~", "-", "linked", "suppress"],
  ["0", "+", "none", "nothing"],
  ["0", "=", "unresolved", "drop"],
  ["-", "=", "suppressed", "drop"],
];

/** Mirror differs from additive in these rows only: B is what A is, whatever happened to B. */
const mirrorOnly: readonly Cells[] = [
  ["=", "~", "linked", "update B"],
  ["~", "~", "linked", "update B"],
  ["-", "=", "linked", "remove B"],
  ["-", "~", "linked", "remove B"],
  ["=", "-", "linked", "create B"],
  ["~", "-", "linked", "create B"],
];

/**
 * Prune is mirror that also clears B of what A does not have; always asked for explicitly. Where mirror forgets the link
 * of something that B has, prune removes it at once: as a stray it would go in the next run anyway.
 */
const pruneOnly: readonly Cells[] = [
  ["0", "+", "none", "remove B"],
  ["-", "+", "unresolved", "remove B"],
  ["0", "=", "unresolved", "remove B"],
  ["-", "=", "detached", "remove B"],
  ["-", "=", "suppressed", "remove B"],
];

const additive = overlay(twoWay, additiveOnly);
const mirror = overlay(additive, mirrorOnly);

export const decisionTables: { readonly [T in TableName]: readonly DecisionRow[] } = {
  "two-way": twoWay.map(toRow),
  additive: additive.map(toRow),
  mirror: mirror.map(toRow),
  prune: overlay(mirror, pruneOnly).map(toRow),
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

const sideStates: readonly SideState[] = ["=", "~", "-", "?", "+", "0"];
const linkStates: readonly TableLinkState[] = ["none", "linked", "unresolved", "detached", "suppressed"];

const lookup: { readonly [T in TableName]: ReadonlyMap<string, Action> } = {
  "two-way": index(decisionTables["two-way"]),
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
