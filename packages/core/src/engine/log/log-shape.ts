import type { RunContext } from "../runs/run-context.ts";
import type { ShapeOfRun } from "../runs/shapes.ts";
import { applyLog } from "./apply-log.ts";
import { planLog, recoverLog } from "./plan-log.ts";

/** A run of a log: what is new in it goes into the other side's log, or into a playlist that the pair keeps there. */
export const log: ShapeOfRun = {
  plan: (context, commit) => planLog(alone(context), commit),
  recover: (context, commit) => recoverLog(alone(context), commit),
  apply: (context, lease, plan, given) => applyLog(alone(context), lease, plan, given),
};

/** Plays are not followed through other pairs: what was played is found in the catalogue. */
function alone(context: RunContext): RunContext {
  return { ...context, others: [], inRing: false };
}
