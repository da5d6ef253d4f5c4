import type { Row, Statement } from "../../ports/index.ts";
import type { PairPlan, SideBasis } from "../plans/plan.ts";
import { sealToken } from "./cursor-token.ts";
import { fingerprintHash } from "./fingerprint.ts";
import type { OpenSide, RunContext } from "./run-context.ts";

/** How many rows one side has gained and lost by what was written. */
export interface Written {
  readonly added: number;
  readonly removed: number;
  /** Rows that are still there and no longer what they were. */
  readonly changed?: number;
  /** Rows of which the service said that they were so already, while the reading had shown them otherwise. */
  readonly already?: number;
}

export interface Ending {
  /** Everything that was planned is done, and what was read stands for what is there. */
  readonly settled: boolean;
  /** By side: it was as it was read until it was written, so that what is there now is what was read and what was written. */
  readonly fresh: { readonly from: boolean; readonly to: boolean };
}

/**
 * Records where both readings ended. A side that was written is looked at once more, with one probe: if it holds as
 * many rows as it should, the next run can tell by a probe that nothing changed; if not, it lists. So it does where the
 * side had changed since it was read: people may have put one in and taken one out.
 */
export async function settleCursors(
  context: RunContext,
  { basis }: PairPlan,
  ending: Ending,
  written: { readonly from: Written; readonly to: Written },
): Promise<Statement[]> {
  const { from, to } = context;
  const { settled, fresh } = ending;
  const after = async (open: OpenSide, side: "from" | "to") =>
    await basisAfter(context, open, basis[side], written[side], settled && fresh[side]);
  return [
    await cursorOf(context, from, await after(from, "from"), settled),
    await cursorOf(context, to, await after(to, "to"), settled),
  ];
}

async function basisAfter(
  context: RunContext,
  open: OpenSide,
  basis: SideBasis,
  written: Written,
  looks: boolean,
): Promise<SideBasis> {
  const { added, removed, changed = 0, already = 0 } = written;
  const isWritten = added + removed + changed + already > 0;
  // The next delta tells what we have written, too, which is no news then.
  if (basis.token !== undefined) {
    const { fingerprint: _, ...told } = basis;
    return isWritten ? { ...told, rows: basis.rows + added - removed } : basis;
  }
  // What was read was no state of the service any more: it may come to be so again, and must be seen then.
  if (already > 0) return bare(basis);
  if (added + removed + changed === 0) return basis;
  // That as many rows are there as should be says nothing of what is in them.
  const isSet = open.provider.collections[context.pair.sync_type]?.shape === "membership";
  return looks && isSet ? await lookAgain(context, open, basis, written) : bare(basis);
}

async function lookAgain(context: RunContext, open: OpenSide, before: SideBasis, written: Written): Promise<SideBasis> {
  const rows = before.rows + written.added - written.removed;
  const collection = open.provider.collections[context.pair.sync_type];
  const probe = collection?.shape === "membership" ? collection.read.probe : undefined;
  if (!probe || before.fingerprint === undefined) return bare({ ...before, rows });
  try {
    const answer = await probe.read(open.session, { rows });
    if (answer.rows !== rows) return bare({ ...before, rows });
    // Somebody may have put one in and taken one out meanwhile, so it does not stand for a listing for ever.
    return { ...before, rows, forADay: true, fingerprint: await fingerprintHash(context, open, answer.fingerprint) };
  } catch {
    // The work is done and recorded; without this look the next run lists, nothing worse.
    return bare({ ...before, rows });
  }
}

function bare({ rows, listedAtMs }: SideBasis): SideBasis {
  return { rows, listedAtMs };
}

async function cursorOf(
  { pair, parts }: RunContext,
  open: OpenSide,
  basis: SideBasis,
  settled: boolean,
): Promise<Statement> {
  const now = parts.clock.now();
  const of = { pair_id: pair.id, side: open.side, tenant_id: pair.tenant_id };
  const row: Row<"sync_cursors"> = {
    ...of,
    rows: basis.rows,
    fingerprint: settled ? (basis.fingerprint ?? null) : null,
    listed_at: basis.listedAtMs,
    settled,
    for_a_day: basis.forADay ?? false,
    // What is not dealt with would not be told again.
    token_sealed: settled && basis.token !== undefined ? await sealToken(parts, of, basis.token) : null,
    created_at: now,
    updated_at: now,
  };
  return { insert: "sync_cursors", rows: [row], onConflict: "replace" };
}
