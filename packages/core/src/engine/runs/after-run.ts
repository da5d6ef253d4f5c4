import type { SyncerError } from "../../errors/index.ts";
import type { Row, Statement } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { containerFailure } from "../membership/read-side.ts";
import type { PairPlan } from "../plans/plan.ts";
import type { ApplyResult } from "./ledger.ts";
import type { PairRow } from "./run-context.ts";

/** What the run leaves on the pair. A hold stays until a listing no longer says so or a person confirms it. */
export function afterRun(
  parts: EngineParts,
  pair: PairRow,
  plan: PairPlan,
  result: ApplyResult,
  untilMs: number | undefined,
): Statement {
  const now = parts.clock.now();
  const pause = result.error && pauseReason(result.error);
  if (pause) announcePause(parts, pair, pause);
  const paused = pause ? { state: "paused" as const, state_reason: pause } : {};
  if (plan.undoes !== undefined) {
    // What was to happen next is still to happen. A prune would take what was put back: it is to be confirmed anew.
    const set = { last_run_at: now, not_before: untilMs ?? null, pruned_once: false, updated_at: now, ...paused };
    return { update: "sync_pairs", set, where: { id: pair.id } };
  }
  const set: Partial<Row<"sync_pairs">> = {
    last_run_at: now,
    not_before: untilMs ?? null,
    held_plan_hash: plan.hold?.hash ?? null,
    updated_at: now,
    ...paused,
    ...(plan.hold ? {} : { delete_free: false, confirmed_plan_hash: null }),
    ...(result.settled ? { last_success_at: now } : {}),
    ...(pair.prune && result.settled ? { pruned_once: true } : {}),
  };
  return { update: "sync_pairs", set, where: { id: pair.id } };
}

/** When both connections were last in sync by some pair, for their user to see. By id, so that no two runs wait for each other. */
export function afterSync({ clock }: EngineParts, pair: PairRow, plan: PairPlan, result: ApplyResult): Statement[] {
  if (!result.settled || plan.undoes !== undefined) return [];
  const now = clock.now();
  const ids = [...new Set([pair.source_connection_id, pair.target_connection_id])].sort();
  return ids.map((id) => ({ update: "user_services", set: { last_sync_at: now, updated_at: now }, where: { id } }));
}

/** What a failure says of the pair as a whole. */
export function pauseReason(error: SyncerError): string | undefined {
  if (error.code === "auth.wrong-account") return "pair.account-changed";
  if (error.code === "auth.scope-missing") return "pair.permission-lost";
  return containerFailure(error);
}

export function announcePause({ emit }: EngineParts, pair: PairRow, why: string): void {
  emit({ type: "pair.paused", tenantId: pair.tenant_id, userId: pair.user_id, pairId: pair.id, reason: why });
}

/** Tells of what waits for a person, once; of what containers hold by the pair of their own that they are. */
export function announceHolds({ emit }: EngineParts, pair: PairRow, plan: PairPlan): void {
  for (const { pairId, hold, heldBefore } of [{ ...plan, heldBefore: pair.held_plan_hash }, ...(plan.contents ?? [])]) {
    if (!hold || heldBefore === hold.hash) continue;
    emit({
      type: "plan.held",
      tenantId: pair.tenant_id,
      userId: pair.user_id,
      pairId,
      planHash: hold.hash,
      reasons: hold.reasons,
      operations: hold.operations.length,
    });
  }
}
