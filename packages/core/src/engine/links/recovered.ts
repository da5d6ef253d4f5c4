import type { Side } from "../plans/plan.ts";
import { reason } from "../plans/reasons.ts";
import type { ItemOutcome } from "../reports/report.ts";
import type { RunContext } from "../runs/run-context.ts";
import { ItemIdBook } from "./item-id-book.ts";

/** What an interrupted call turned out to have done. Ids are stored keys. */
export interface Recovered {
  readonly key: string;
  readonly kind: "linked" | "updated" | "removed";
  /** The side that was written. */
  readonly on: Side;
  readonly aId: string | undefined;
  readonly bId: string | undefined;
}

/** As it is reported, with the services' own ids. */
export async function recoveredOutcomes(
  context: RunContext,
  recovered: readonly Recovered[],
): Promise<readonly ItemOutcome[]> {
  const book = new ItemIdBook(context);
  await book.openLinks(recovered.map(({ key }) => key));
  return recovered.map(({ kind, on, aId, bId }) => ({
    kind,
    on,
    ...(aId === undefined ? {} : { fromId: book.id("a", aId) }),
    ...(bId === undefined ? {} : { toId: book.id("b", bId) }),
    reason: reason("link.recovered", {}),
  }));
}
