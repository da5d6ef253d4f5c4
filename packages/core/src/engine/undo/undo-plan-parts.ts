import type { PairPlan, Side } from "../plans/plan.ts";
import { planHash } from "../plans/plan-hash.ts";
import { planHead } from "../plans/plan-parts.ts";
import { type Reason, reason } from "../plans/reasons.ts";
import { requestsOf } from "../reports/build-reports.ts";
import type { ItemOutcome } from "../reports/report.ts";
import { isTwoWay, type RunContext } from "../runs/run-context.ts";
import type { Journal, WrittenItem } from "./journal.ts";
import { refusedItem, type UndoneRun, type UndoSteps } from "./undo-items.ts";

/** Why nothing on that side can be taken back by this pair, if that is so. */
export function barred(context: RunContext, side: Side): Reason | undefined {
  if (context.inRing) return reason("undo.in-ring", {});
  return isTwoWay(context) || context.to.side === side ? undefined : reason("undo.not-written", {});
}

/** What is left of a journal when what this pair does not write is taken out. */
export function asWritten(context: RunContext, journal: Journal): Journal {
  return { ...journal, written: journal.written.filter(({ side }) => barred(context, side) === undefined) };
}

/** What is not taken back: what this pair does not write, and what nobody knows to have been written. */
export function asLeft(context: RunContext, { written, open }: Journal): ItemOutcome[] {
  return [
    ...written.flatMap((item) => {
      const bar = barred(context, item.side);
      return bar ? [refusedItem(context, item, bar)] : [];
    }),
    ...open.map((item) => notKnown(context, item)),
  ];
}

export function notKnown(context: RunContext, item: WrittenItem): ItemOutcome {
  return { ...refusedItem(context, item, reason("refused.outcome-unknown", {})), kind: "left" };
}

/** Steps as the plan of a pair. */
export function undoPlanOf(
  context: RunContext,
  run: UndoneRun,
  { operations, notUndone }: UndoSteps,
  more: readonly ItemOutcome[],
): PairPlan {
  const now = context.parts.clock.now();
  const unread = { rows: 0, listedAtMs: now };
  return {
    ...planHead(context),
    basis: { from: unread, to: unread },
    operations,
    recovered: [],
    unmatched: [],
    notUndone: [...notUndone, ...more],
    quiet: operations.length === 0,
    readAgain: false,
    requests: requestsOf(context),
    estimate: { requests: operations.length, expectedEndMs: now },
    hash: planHash(context.pair, operations),
    plannedAtMs: now,
    undoes: run.jobId,
  };
}
