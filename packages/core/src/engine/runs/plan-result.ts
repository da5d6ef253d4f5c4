import { SyncerError } from "../../errors/index.ts";
import type { PairPlan, PairPlanResult } from "../plans/plan.ts";
import type { ResolvedPair } from "../requests/request.ts";
import type { PairRow } from "./run-context.ts";

/** What planning one pair of several came to: its failure does not fail the others. */
export async function planResult(
  pair: PairRow,
  { source, target }: ResolvedPair,
  planning: Promise<PairPlan>,
): Promise<PairPlanResult> {
  try {
    return { ok: true, ...(await planning) };
  } catch (error) {
    if (!SyncerError.is(error)) throw error;
    return { ok: false, pairId: pair.id, source: source.provider.name, target: target.provider.name, error };
  }
}
