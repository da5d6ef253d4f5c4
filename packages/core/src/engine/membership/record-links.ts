import { recordsOf, unmatchedRecord } from "../links/link-records.ts";
import { writeLinks } from "../links/links.ts";
import type { PairPlan, PlannedOperation } from "../plans/plan.ts";
import { pendingLinks } from "../runs/intents.ts";
import type { Ledger } from "../runs/ledger.ts";
import type { RunContext } from "../runs/run-context.ts";
import { isOfWrongCopy, rememberWrongCopies } from "./wrong-copies.ts";

/** Links that remember a miss. */
export async function rememberUnmatched(
  context: RunContext,
  ledger: Ledger,
  unmatched: PairPlan["unmatched"],
): Promise<void> {
  const records = unmatched.flatMap((item) => unmatchedRecord(item) ?? []);
  await ledger.commitInLots(records, (lot) => writeLinks(context, lot));
}

/** What this pair put where it is by mistake, before the links go that tell so; also where its removal is held. */
export async function rememberWrong(
  context: RunContext,
  ledger: Ledger,
  { hold }: Pick<PairPlan, "hold">,
  holding: readonly PlannedOperation[],
): Promise<void> {
  const wrong = [...holding, ...(hold?.operations ?? [])].filter(isOfWrongCopy);
  await ledger.commitInLots(wrong, (lot) => rememberWrongCopies(context, lot));
}

/** Operations that change links only. */
export async function changeLinks(
  context: RunContext,
  ledger: Ledger,
  operations: readonly PlannedOperation[],
): Promise<void> {
  await ledger.commitInLots(operations, (lot) =>
    writeLinks(
      context,
      lot.flatMap((each) => recordsOf(context, each)),
    ),
  );
  for (const operation of operations) {
    if (operation.kind === "link") ledger.report(operation, "linked", operation.reason);
  }
}

/** So that the next run does not look up again what this one found and did not get to write. */
export async function rememberLeft(
  context: RunContext,
  ledger: Ledger,
  operations: readonly PlannedOperation[],
): Promise<void> {
  const left = operations.filter((operation) => operation.kind === "add" && ledger.wasLeft(operation));
  await ledger.commitInLots(left, (lot) => pendingLinks(context, lot));
}
