import type { Row, Statement } from "../ports/index.ts";
import type { PairPlan, SideBasis } from "./plan.ts";
import { fingerprintHash, membershipOf } from "./read-side.ts";
import type { OpenSide, RunContext } from "./run-context.ts";

/**
 * Records where both readings ended. A side that was written is looked at once more, with one probe: if it holds as
 * many rows as it should, the next run can tell by a probe that nothing changed; if not, it lists.
 */
export async function settleCursors(
  context: RunContext,
  plan: PairPlan,
  settled: boolean,
  written: { readonly added: number; readonly removed: number },
): Promise<Statement[]> {
  const { from, to } = context;
  const touched = written.added > 0 || written.removed > 0;
  const after = touched && settled ? await lookAgain(context, to, plan.basis.to, written) : plan.basis.to;
  return [
    cursorOf(context, from, plan.basis.from, settled),
    cursorOf(context, to, touched && !settled ? bare(after) : after, settled),
  ];
}

async function lookAgain(
  context: RunContext,
  open: OpenSide,
  before: SideBasis,
  written: { readonly added: number; readonly removed: number },
): Promise<SideBasis> {
  const rows = before.rows + written.added - written.removed;
  const probe = membershipOf(context, open).read.probe;
  if (!probe || before.fingerprint === undefined) return bare({ ...before, rows });
  try {
    const answer = await probe.read(open.session, { rows });
    if (answer.rows !== rows) return bare({ ...before, rows });
    return { ...before, rows, fingerprint: await fingerprintHash(context, open, answer.fingerprint) };
  } catch {
    // The work is done and recorded; without this look the next run lists, nothing worse.
    return bare({ ...before, rows });
  }
}

function bare({ rows, listedAtMs }: SideBasis): SideBasis {
  return { rows, listedAtMs };
}

function cursorOf({ pair, parts }: RunContext, open: OpenSide, basis: SideBasis, settled: boolean): Statement {
  const now = parts.clock.now();
  const row: Row<"sync_cursors"> = {
    pair_id: pair.id,
    side: open.side,
    tenant_id: pair.tenant_id,
    rows: basis.rows,
    fingerprint: settled ? (basis.fingerprint ?? null) : null,
    listed_at: basis.listedAtMs,
    settled,
    created_at: now,
    updated_at: now,
  };
  return { insert: "sync_cursors", rows: [row], onConflict: "replace" };
}
