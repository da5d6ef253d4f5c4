import type { PairPlan, PlannedOperation } from "../plans/plan.ts";
import type { ItemOutcome } from "../reports/report.ts";
import type { RunContext } from "../runs/run-context.ts";
import type { ContainerSides } from "./containers-shape.ts";

/**
 * What was to be hidden and is not, because the service refuses it or nobody knows what came of it: keys of the links of these
 * containers. Whatever is put into one of them, others would see. Who sees somebody else's is for its owner to say.
 */
export function stillShown(
  context: RunContext,
  sides: ContainerSides,
  { operations, resting = [] }: PairPlan,
  outcomes: readonly ItemOutcome[],
): ReadonlySet<string> {
  const undone = new Set(outcomes.filter(({ kind }) => kind === "left" || kind === "refused").map(nameOf));
  const waiting = [...resting, ...operations.filter((each) => undone.has(nameOf(each)))];
  const hiding = waiting.filter((each) => isToHide(each) && !isOthers(context, sides, each));
  return new Set(hiding.flatMap(({ links }) => links.map(({ key }) => key)));
}

function isToHide({ document }: PlannedOperation): boolean {
  const item: { readonly public?: boolean } = document?.item ?? {};
  return item.public === false;
}

function isOthers({ from }: RunContext, { a, b }: ContainerSides, { on, fromId, toId }: PlannedOperation): boolean {
  const facts = on === from.side ? a.facts(fromId ?? "") : b.facts(toId ?? "");
  return facts?.access === "shared";
}

function nameOf({ on, fromId, toId }: Pick<ItemOutcome, "on" | "fromId" | "toId">): string {
  return JSON.stringify([on ?? "", fromId ?? "", toId ?? ""]);
}
