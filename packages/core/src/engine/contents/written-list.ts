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
  /** Additions and removals on this side, by the id that is written; of a log one for each time that it happened. */
  readonly items: ReadonlyMap<string, readonly PlannedOperation[]>;
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
  return Map.groupBy(items, (operation) => idOn(context, open, operation));
}

/** What a call is journalled as: the operation behind each entry, or the arrangement itself for a copy that is moved. */
export function operationsOf(
  context: RunContext,
  { open: written, arrange, items }: WrittenList,
  [call, ...later]: readonly [OrderedCall, ...OrderedCall[]],
  isReported: (operation: PlannedOperation) => boolean,
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
  const column = written === context.from ? "fromId" : "toId";
  const wanted = call.kind === "insert" ? "add" : "remove";
  const taken = new Set<PlannedOperation>();
  const toGo = copiesToGo(later);
  return idsOf().map((id) => {
    const own = (items.get(id) ?? []).filter(({ kind }) => kind === wanted);
    // Of copies that go one after another the last one ends the link: should the run end before it, the item is still there.
    const open = own.filter((each) => !isReported(each)).length;
    if (open > 0 && open <= (toGo.get(id) ?? 0)) return { ...arrange, [column]: id };
    // A further copy of what is done has no operation of its own.
    const left = own.filter((each) => !isReported(each));
    const item = left.find((each) => !taken.has(each)) ?? left.at(-1);
    if (item) taken.add(item);
    return item ?? { ...arrange, [column]: id };
  });
}

function copiesToGo(calls: readonly OrderedCall[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const call of calls) {
    if (call.kind !== "remove") continue;
    for (const { token } of call.entries) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  return counts;
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

/** Copies are put where the list is arranged: without one that the service does not take it is not what it was to become. */
export function lacksCopy(operations: readonly PlannedOperation[], outcomes: readonly WriteOutcome[]): boolean {
  return operations.some(({ kind }, at) => {
    const result = outcomes[at]?.result;
    return kind === "arrange" && (result === "refused" || result === "not-found");
  });
}
