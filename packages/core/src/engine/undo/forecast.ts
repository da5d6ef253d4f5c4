import type { OperationKind, PairPlan, PlannedOperation, UndoForecast } from "../plans/plan.ts";
import { reason } from "../plans/reasons.ts";
import type { RunContext } from "../runs/run-context.ts";
import { shapeName } from "../runs/shapes.ts";

const WRITES: ReadonlySet<OperationKind> = new Set(["add", "remove", "arrange", "create", "update", "merge", "delete"]);

const ofPlays: UndoForecast = { possible: false, reason: reason("undo.of-plays", {}) };

/** The plan with what undoing each of its writes will be able to do, said before anything is written. */
export function withForecasts<P extends PairPlan>(context: Pick<RunContext, "inRing" | "pair" | "from">, plan: P): P {
  const isLog = shapeName(context) === "log";
  const told = (operations: readonly PlannedOperation[]) =>
    operations.map((each) =>
      WRITES.has(each.kind) ? { ...each, undo: isLog ? ofPlays : forecast(context, each) } : each,
    );
  const { hold, contents } = plan;
  return {
    ...plan,
    operations: told(plan.operations),
    ...(hold ? { hold: { ...hold, operations: told(hold.operations) } } : {}),
    ...(contents ? { contents: contents.map((each) => withForecasts(context, each)) } : {}),
  };
}

/** By what is known before the write; the same that undoing the run comes to as long as nobody changes anything. */
function forecast(
  { inRing }: Pick<RunContext, "inRing">,
  { kind, reason: why }: Pick<PlannedOperation, "kind" | "reason">,
): UndoForecast {
  if (inRing) return { possible: false, reason: reason("undo.in-ring", {}) };
  if (kind === "update" || kind === "merge" || kind === "delete") {
    return { possible: false, reason: reason("undo.no-content", {}) };
  }
  if (why.code === "remove.by-override") return { possible: false, reason: reason("undo.by-override", {}) };
  return { possible: true };
}
