import { otherThan, type SideLetter, winnerOf } from "./conflicts.ts";
import { type Action, type ConflictAction, decide, type TableName } from "./decision-table.ts";
import { isThere } from "./entries.ts";
import type { Member } from "./groups.ts";
import type { Decision, DocumentFacts } from "./reconcile.ts";

/** What is to happen, without the links that it concerns. */
export type Outcome = Pick<Decision, "action" | "on" | "conflict">;

/**
 * What becomes of a document, after what the table says of it: documents can be equal without being linked so, and differ
 * in ways that a policy has to settle.
 */
export function ofDocument(
  documents: DocumentFacts,
  table: TableName,
  member: Member,
  action: Action | undefined,
): Action | Outcome | undefined {
  if (action === undefined || action === "wait") return action;
  const differed = member.conflict || isConflict(action) || action === "update A" || action === "update B";
  // Most items need nothing, and nobody has to look whether they are equal.
  const equal = (differed || action === "link") && areEqual(documents, member);
  if (equal && differed) return { action: "advance" };
  const then = action === "link" && !equal ? toBeAgreed(table, member) : action;
  if (isConflict(then)) return settled(documents, table, member, then);
  // Both are again as they were agreed on, however that looks on either service.
  const asAgreed = then === "nothing" && member.a === "present" && member.b === "present";
  return member.conflict && asAgreed ? { action: "advance" } : then;
}

/**
 * Two documents that are to be linked and differ. Met for the first time, they are treated as both edited. Where a
 * one-way state ends, what they were when they last agreed is known, and tells who has edited since.
 */
function toBeAgreed(table: TableName, { link, a, b }: Member): Action | undefined {
  const known = link === "detached" || link === "suppressed";
  const action = decide(table, known && a === "present" ? "=" : "~", known && b === "present" ? "=" : "~", "linked");
  return action === "nothing" ? "link" : action;
}

/** What a person decided, or else the policy, makes of a conflict. What is on record without a decision stays so. */
function settled(
  documents: DocumentFacts,
  table: TableName,
  { key, aId, bId, conflict }: Member,
  kind: ConflictAction,
): Outcome | "nothing" {
  const recorded = conflict ? documents.recorded(key) : undefined;
  if (recorded && recorded.decision === undefined) return "nothing";
  const later = aId === undefined || bId === undefined ? undefined : documents.later(aId, bId);
  const winner = recorded?.decision ?? winnerOf(documents.policy, kind, documents.source, later);
  const twoWay = table === "two-way";
  if (winner === "fields") return { action: "merge", ...(twoWay ? {} : { on: "b" }), conflict: { kind, winner } };
  // One-way, A is never written: where B wins, both stay as they are.
  if (winner === "nobody" || (winner === "b" && !twoWay)) {
    return { action: "conflict", conflict: { kind, winner: "nobody" } };
  }
  return { ...writeFor(kind, winner), conflict: { kind, winner } };
}

/** The write that makes the other side what the winner is: gone, made again, or changed. */
function writeFor(kind: ConflictAction, winner: SideLetter): Outcome {
  const on = otherThan(winner);
  if (kind === "edit/edit") return { action: "update", on };
  const deleter = kind === "delete/edit" ? "a" : "b";
  return { action: winner === deleter ? "remove" : "create", on };
}

function areEqual({ equal }: DocumentFacts, { a, b, aId, bId }: Member): boolean {
  return isThere(a) && isThere(b) && aId !== undefined && bId !== undefined && equal(aId, bId);
}

export function isConflict(action: Action | Outcome | undefined): action is ConflictAction {
  return action === "edit/edit" || action === "delete/edit" || action === "edit/delete";
}
