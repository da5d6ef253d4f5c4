import type { Row, Statement } from "../../ports/index.ts";
import type { ConflictAction, ConflictPolicy, SideLetter, Winner } from "../../reconcile/index.ts";
import type { PlannedOperation } from "../plans/plan.ts";
import type { RunContext } from "../runs/run-context.ts";
import type { SideBase } from "./field-hashes.ts";

export type ConflictRow = Row<"conflicts">;

/** A conflict as a plan found it: what both sides were, and who wins. Hashes and times only. */
export interface PlannedConflict {
  readonly kind: ConflictAction;
  readonly policy: ConflictPolicy;
  readonly winner: Winner;
  /** A person's decision and not the policy's. */
  readonly decided: boolean;
  /** Both sides as they were found; absent: gone there. */
  readonly from?: SideBase;
  readonly to?: SideBase;
  readonly recordId: string;
  /** The record is open for this link already. */
  readonly known: boolean;
}

export async function readOpenConflicts({ parts, pair }: RunContext): Promise<ReadonlyMap<string, ConflictRow>> {
  const rows = await parts.storage.select({ table: "conflicts", where: { pair_id: pair.id, state: "open" } });
  return new Map(rows.map((row) => [row.link_key, row]));
}

/** Whether both sides, and the policy, still are what they were when the conflict was recorded. */
export function isAsRecorded(
  record: ConflictRow,
  { pair, from }: RunContext,
  now: { readonly [S in SideLetter]: string | undefined },
): boolean {
  const [source, target] = from.side === "source" ? [now.a, now.b] : [now.b, now.a];
  return (
    record.policy === pair.conflict_policy &&
    record.source_checksum === (source ?? null) &&
    record.target_checksum === (target ?? null)
  );
}

/** What a person decided, as the side of the decision table. */
export function decisionOf({ decision }: ConflictRow, { from }: RunContext): SideLetter | undefined {
  return decision === null ? undefined : decision === from.side ? "a" : "b";
}

/**
 * Records a conflict: open where nobody has won, else as settled, with both sides as they were, so that the loser can be
 * told of. One open record per link: found again, it is brought up to date.
 */
export function recordConflict(context: RunContext, linkKey: string, conflict: PlannedConflict): Statement[] {
  const { pair, parts, jobId, from } = context;
  const now = parts.clock.now();
  const open = conflict.winner === "nobody";
  const sides = from.side === "source" ? [conflict.from, conflict.to] : [conflict.to, conflict.from];
  const [source, target] = sides;
  const row: ConflictRow = {
    id: conflict.recordId,
    tenant_id: pair.tenant_id,
    user_id: pair.user_id,
    pair_id: pair.id,
    link_key: linkKey,
    job_id: jobId,
    kind: kindFromSource(conflict.kind, from.side === "source"),
    logged_as: conflict.policy === "overwrite" && !conflict.decided ? "overwrite" : "conflict",
    state: open ? "open" : "resolved",
    policy: conflict.policy,
    decision: null,
    decided_at: null,
    resolution: open ? null : resolutionOf(conflict.winner, from.side === "source"),
    resolved_at: open ? null : now,
    source_checksum: source?.checksum ?? null,
    target_checksum: target?.checksum ?? null,
    source_version: source?.version ?? null,
    target_version: target?.version ?? null,
    source_modified_at: source?.modifiedAtMs ?? null,
    target_modified_at: target?.modifiedAtMs ?? null,
    created_at: now,
    updated_at: now,
  };
  return [{ insert: "conflicts", rows: [row], onConflict: "replace" }];
}

/**
 * Records, before the winner is written, that there is a loser; open until it is. Should the process die in between, the
 * next run settles the record.
 */
export function beginConflict(context: RunContext, { links, document }: PlannedOperation): Statement[] {
  const [link] = links;
  const conflict = document?.conflict;
  if (!link || !conflict || conflict.known || conflict.winner === "nobody") return [];
  return recordConflict(context, link.key, { ...conflict, winner: "nobody" });
}

/** Nothing was written, so nobody has won. */
export function withdrawConflict({ document }: PlannedOperation): Statement[] {
  const conflict = document?.conflict;
  if (!conflict || conflict.known || conflict.winner === "nobody") return [];
  return [{ delete: "conflicts", where: { id: conflict.recordId } }];
}

/** Closes what is on record for a link that is in step again, or that both sides let go. */
export function closeConflict(
  { pair, parts }: RunContext,
  linkKey: string,
  resolution: NonNullable<ConflictRow["resolution"]>,
): Statement {
  const now = parts.clock.now();
  return {
    update: "conflicts",
    set: { state: "resolved", resolution, resolved_at: now, updated_at: now },
    where: { pair_id: pair.id, link_key: linkKey, state: "open" },
  };
}

/** Records speak of source and target, whichever side is read from first. */
function kindFromSource(kind: ConflictAction, sourceFirst: boolean): ConflictRow["kind"] {
  if (kind === "edit/edit") return "edit-edit";
  return (kind === "delete/edit") === sourceFirst ? "delete-edit" : "edit-delete";
}

function resolutionOf(winner: Winner, sourceFirst: boolean): ConflictRow["resolution"] {
  if (winner === "nobody") return null;
  if (winner === "fields") return "merged";
  return (winner === "a") === sourceFirst ? "source" : "target";
}
