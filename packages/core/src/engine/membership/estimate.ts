import type { PlanEstimate, PlannedOperation } from "../plans/plan.ts";
import type { OpenSide, RunContext } from "../runs/run-context.ts";
import { membershipOf } from "./read-side.ts";

/** What applying will cost, from the providers' batch sizes and their declared rates; both services work at once. */
export function estimate(context: RunContext, operations: readonly PlannedOperation[]): PlanEstimate {
  const sides = [context.from, context.to].map((open) => estimateOn(context, open, operations));
  return {
    requests: sides.reduce((sum, { requests }) => sum + requests, 0),
    expectedEndMs: context.parts.clock.now() + Math.max(...sides.map(({ takesMs }) => takesMs)),
  };
}

function estimateOn(context: RunContext, open: OpenSide, operations: readonly PlannedOperation[]) {
  const batchSize = membershipOf(context, open).write?.batchSize ?? { add: 1, remove: 1 };
  const count = (kind: "add" | "remove") =>
    operations.filter((each) => each.kind === kind && each.on === open.side).length;
  const requests = Math.ceil(count("add") / batchSize.add) + Math.ceil(count("remove") / batchSize.remove);
  const { rateLimit } = open.provider.transport;
  return { requests, takesMs: Math.ceil((requests * rateLimit.perMs) / rateLimit.requests) };
}
