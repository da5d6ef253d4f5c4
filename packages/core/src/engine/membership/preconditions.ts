import type { PairPlan, PlannedOperation } from "../plans/plan.ts";
import { fingerprintHash } from "../runs/fingerprint.ts";
import type { OpenSide, RunContext } from "../runs/run-context.ts";
import { membershipOf } from "./read-side.ts";

/**
 * Finds the operations whose ground has moved since they were planned: an item that left the side it came from must
 * not be added, one that came back must not be removed. One probe tells that nothing moved; only else is that side
 * listed again. The side that is written needs no look: adding what is there and removing what is not are harmless.
 */
export async function checkPresence(
  context: RunContext,
  plan: PairPlan,
  operations: readonly PlannedOperation[],
): Promise<ReadonlySet<PlannedOperation>> {
  const moved = new Set<PlannedOperation>();
  for (const read of [context.from, context.to]) {
    const writes = operations.filter(({ kind, on }) => (kind === "add" || kind === "remove") && on !== read.side);
    if (writes.length === 0 || (await unmoved(context, read, plan))) continue;
    const present = await listIds(context, read);
    for (const operation of writes) {
      const stands = operation.links.some(({ fromId, toId }) => {
        const id = read === context.from ? fromId : toId;
        return id !== undefined && present.has(id);
      });
      if (operation.kind === "add" ? !stands : stands) moved.add(operation);
    }
  }
  return moved;
}

/**
 * Whether each side that is to be written is still as it was read for the plan; one probe each. What is not written is
 * of no matter here.
 */
export async function writtenAsRead(
  context: RunContext,
  plan: PairPlan,
  operations: readonly PlannedOperation[],
): Promise<{ readonly from: boolean; readonly to: boolean }> {
  const asRead = async (open: OpenSide) => {
    const isWritten = operations.some(({ kind, on }) => (kind === "add" || kind === "remove") && on === open.side);
    return !isWritten || (await unmoved(context, open, plan));
  };
  return { from: await asRead(context.from), to: await asRead(context.to) };
}

async function unmoved(context: RunContext, open: OpenSide, { basis }: PairPlan): Promise<boolean> {
  const probe = membershipOf(context, open).read.probe;
  const before = open === context.from ? basis.from : basis.to;
  if (!probe || before.fingerprint === undefined) return false;
  const { fingerprint } = await probe.read(open.session, { rows: before.rows });
  return (await fingerprintHash(context, open, fingerprint)) === before.fingerprint;
}

async function listIds(context: RunContext, open: OpenSide): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for await (const page of membershipOf(context, open).read.list(open.session, {})) {
    for (const { id } of page.entries) if (id !== undefined) ids.add(id);
  }
  return ids;
}
