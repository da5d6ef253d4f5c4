import type { PairPlan, PlannedOperation } from "../plans/plan.ts";
import { fingerprintHash } from "../runs/fingerprint.ts";
import type { RunContext } from "../runs/run-context.ts";
import type { DocumentSide, DocumentSides } from "./document-side.ts";
import { getDocument } from "./read-documents.ts";
import { matchesBase } from "./side-state.ts";

/**
 * Finds the operations whose source is no longer what it was when they were planned: one probe tells that nothing moved,
 * else each document is asked for by its id. The document that is written looks after itself, see `lookFirst`.
 */
export async function sourcesMoved(
  context: RunContext,
  sides: DocumentSides,
  plan: PairPlan,
  operations: readonly PlannedOperation[],
): Promise<ReadonlySet<PlannedOperation>> {
  const moved = new Set<PlannedOperation>();
  const hasher = await context.parts.hashes.forTenant(context.pair.tenant_id);
  for (const [letter, side] of [["from", sides.a] as const, ["to", sides.b] as const]) {
    // A merge rests on both sides, also where it writes only one of them.
    const isRead = ({ kind, on }: PlannedOperation) => kind === "merge" || (on !== undefined && on !== side.open.side);
    const read = operations.filter((operation) => isRead(operation) && operation.links.length > 0);
    if (read.length === 0 || (await unmoved(context, side, plan.basis[letter]))) continue;
    for (const operation of read) {
      const id = letter === "from" ? operation.fromId : operation.toId;
      if (id === undefined) continue;
      const now = await getDocument(side, id);
      const gone = now !== undefined && "gone" in now;
      const expected = operation.document?.[letter];
      const holds = operation.kind === "delete" ? gone : now && !("gone" in now) && matchesBase(hasher, expected, now);
      if (!holds) moved.add(operation);
    }
  }
  return moved;
}

async function unmoved(context: RunContext, { open, collection }: DocumentSide, before: PairPlan["basis"]["from"]) {
  const { probe } = collection.read;
  if (!probe?.exact || before.fingerprint === undefined) return false;
  const { fingerprint } = await probe.read(open.session, { rows: before.rows });
  return (await fingerprintHash(context, open, fingerprint)) === before.fingerprint;
}
