import { InvalidRequestError } from "../../errors/index.ts";
import type { PairRow } from "../runs/run-context.ts";
import type { PairPlan } from "./plan.ts";
import { planHash } from "./plan-hash.ts";

/**
 * The plan with what was held released, if it is exactly what the person confirmed. What is held of a container's contents
 * is confirmed for its own pair: where everything goes then is for the next run to plan.
 * @throws {InvalidRequestError} `plan.stale`
 */
export function withConfirmed(pair: PairRow, plan: PairPlan, confirm: string): PairPlan {
  const { hold, ...rest } = plan;
  if (!hold || hold.hash !== confirm) throw new InvalidRequestError("plan.stale", { pairId: pair.id });
  const operations = [...plan.operations, ...hold.operations];
  return { ...rest, operations, hash: planHash(pair, operations) };
}
