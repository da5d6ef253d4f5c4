import type { TenantHasher } from "../../crypto/index.ts";
import type { PairPlan, PlannedOperation } from "../plans/plan.ts";

/** By what a stored plan knows an operation of one pair again: its id in clear may hold ids of items. */
export function operationKey(hasher: TenantHasher, pairId: string, operationId: string): string {
  return hasher.hash("planned-operation", `${pairId}\n${operationId}`);
}

/** Whether it writes to a service; others change only what is remembered. */
export function isWrite({ on, kind }: Pick<PlannedOperation, "on" | "kind">): boolean {
  return on !== undefined || kind === "merge";
}

/** A plan, and the plans for what its containers hold. */
export function withContents(plan: PairPlan): readonly PairPlan[] {
  return [plan, ...(plan.contents ?? [])];
}
