import type { RunContext } from "../runs/run-context.ts";
import type { ShapeOfRun } from "../runs/shapes.ts";
import { applyContainers } from "./apply-containers.ts";
import { type ContainerSide, openContainers } from "./container-side.ts";
import { planContainers, recoverContainers } from "./plan-containers.ts";

/** The containers of both sides, by the letter of the decision table. */
export interface ContainerSides {
  readonly a: ContainerSide;
  readonly b: ContainerSide;
}

/** A run of containers: first they themselves, as documents; then what is in those whose contents have changed. */
export const containers: ShapeOfRun = {
  plan: (context, commit) => planContainers(...opened(context), commit),
  recover: (context, commit) => recoverContainers(...opened(context), commit),
  apply: (context, lease, plan, given) => applyContainers(...opened(context), lease, plan, given),
};

/** Each step lists anew what it needs: between two of them a person may have looked at the plan. */
export function opened(context: RunContext): [RunContext, ContainerSides] {
  const sides = { a: openContainers(context, context.from), b: openContainers(context, context.to) };
  const from = { ...context.from, documents: sides.a.documents };
  const to = { ...context.to, documents: sides.b.documents };
  return [{ ...context, from, to }, sides];
}
