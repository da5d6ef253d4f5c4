import type { OrderedWriter, WriteOutcome } from "../../contract/index.ts";
import type { OrderedCall } from "../../ordered/index.ts";
import type { PlannedOperation } from "../plans/plan.ts";
import type { OpenSide, RunContext } from "../runs/run-context.ts";
import type { BoundContents } from "./bound-contents.ts";

/** One list that is being written, and what of the plan is about it. */
export interface WrittenList {
  readonly open: OpenSide;
  readonly writer: OrderedWriter;
  readonly contents: BoundContents;
  readonly containerId: string;
  readonly arrange: PlannedOperation;
  /** Additions and removals on this side, by the id that is written. */
  readonly items: ReadonlyMap<string, PlannedOperation>;
}

/** Whether a call goes wrong if the list is not what we know of it. */
export function hasPlaces(call: OrderedCall, length: number): boolean {
  return call.kind === "move" || call.kind === "remove" || (call.kind === "insert" && call.at < length);
}

/** What is done as part of arranging a list. */
export function isOfTheList({ kind }: PlannedOperation): boolean {
  return kind === "add" || kind === "remove" || kind === "arrange";
}

export function idOn({ from }: RunContext, open: OpenSide, { fromId, toId }: PlannedOperation): string {
  return (open === from ? fromId : toId) ?? "";
}

export function byId(open: OpenSide, context: RunContext, items: readonly PlannedOperation[]) {
  return new Map(items.map((operation) => [idOn(context, open, operation), operation]));
}

/** What a call is journalled as: the operation behind each entry, or the arrangement itself for a copy that is moved. */
export function operationsOf(
  context: RunContext,
  { open, arrange, items }: WrittenList,
  call: OrderedCall,
): PlannedOperation[] {
  const idsOf = () => {
    switch (call.kind) {
      case "insert":
      case "remove-every":
        return call.tokens;
      case "remove":
        return call.entries.map(({ token }) => token);
      default:
        return [];
    }
  };
  const column = open === context.from ? "fromId" : "toId";
  const wanted = call.kind === "insert" ? "add" : "remove";
  return idsOf().map((id) => {
    const item = items.get(id);
    return item?.kind === wanted ? item : { ...arrange, [column]: id };
  });
}

/** One for each operation of a call. A service that answers for the whole call has done all of it. */
export function outcomesOf(
  context: RunContext,
  open: OpenSide,
  call: OrderedCall,
  operations: readonly PlannedOperation[],
  answers: readonly WriteOutcome[],
): WriteOutcome[] {
  const byId = Map.groupBy(answers, ({ id }) => id);
  return operations.map((operation) => {
    const id = idOn(context, open, operation);
    const told = byId.get(id);
    return (
      (told && told.length > 1 ? told.shift() : told?.[0]) ?? {
        id,
        result: call.kind === "insert" ? "unknown" : "written",
      }
    );
  });
}

/** What did not land is no longer looked for: of those entries, no more copies than the list has. */
export function withoutMissing(
  goal: readonly string[],
  missing: ReadonlySet<string>,
  list: readonly string[],
): string[] {
  const left = new Map<string, number>();
  for (const id of list) if (missing.has(id)) left.set(id, (left.get(id) ?? 0) + 1);
  return goal.filter((id) => {
    if (!missing.has(id)) return true;
    const count = left.get(id) ?? 0;
    left.set(id, count - 1);
    return count > 0;
  });
}
