import type { PlanEstimate, PlannedOperation } from "../plans/plan.ts";
import type { RunContext } from "../runs/run-context.ts";
import type { DocumentSide, DocumentSides } from "./document-side.ts";

/** What applying will cost: a request for each document, two where it has to be looked at before it is written. */
export function estimateDocuments(
  { parts }: RunContext,
  sides: DocumentSides,
  operations: readonly PlannedOperation[],
): PlanEstimate {
  const estimates = [sides.a, sides.b].map((side) => estimateOn(side, operations));
  return {
    requests: estimates.reduce((sum, { requests }) => sum + requests, 0),
    expectedEndMs: parts.clock.now() + Math.max(...estimates.map(({ takesMs }) => takesMs)),
  };
}

function estimateOn({ open, collection }: DocumentSide, operations: readonly PlannedOperation[]) {
  const looksFirst = collection.write?.preconditions === "none";
  const requests = operations
    .filter(({ kind, on }) => on === open.side || kind === "merge")
    .reduce((sum, { kind }) => sum + (looksFirst && kind !== "create" ? 2 : 1), 0);
  const { rateLimit } = open.provider.transport;
  return { requests, takesMs: Math.ceil((requests * rateLimit.perMs) / rateLimit.requests) };
}
