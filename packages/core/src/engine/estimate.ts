import type { PlanEstimate, PlannedOperation } from "./plan.ts";
import { membershipOf } from "./read-side.ts";
import type { RunContext } from "./run-context.ts";

/** What applying will cost, from the provider's batch sizes and its declared rate. */
export function estimate(context: RunContext, operations: readonly PlannedOperation[]): PlanEstimate {
  const { to, parts } = context;
  const batchSize = membershipOf(context, to).write?.batchSize ?? { add: 1, remove: 1 };
  const count = (kind: PlannedOperation["kind"]) => operations.filter((operation) => operation.kind === kind).length;
  const requests = Math.ceil(count("add") / batchSize.add) + Math.ceil(count("remove") / batchSize.remove);
  const { rateLimit } = to.provider.transport;
  return { requests, expectedEndMs: parts.clock.now() + Math.ceil((requests * rateLimit.perMs) / rateLimit.requests) };
}
