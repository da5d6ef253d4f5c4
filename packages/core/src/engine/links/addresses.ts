import type { Side } from "../plans/plan.ts";
import type { PairRow } from "../runs/run-context.ts";

/** As much of a pair as tells what it stands between. */
export type PairSides = Pick<
  PairRow,
  "id" | "source_connection_id" | "source_container" | "target_connection_id" | "target_container"
>;

export const pairSideColumns = [
  "id",
  "source_connection_id",
  "source_container",
  "target_connection_id",
  "target_container",
] as const satisfies readonly (keyof PairSides)[];

/** Where the items of one side are: a connection, or one container of it. Two pairs that share an address share the items. */
export function addressOf(pair: PairSides, side: Side): string {
  return side === "source"
    ? address(pair.source_connection_id, pair.source_container)
    : address(pair.target_connection_id, pair.target_container);
}

function address(connectionId: string, container: string): string {
  return container === "" ? connectionId : `${connectionId} ${container}`;
}

/** Where a pair leads to from an address, if that is one of its sides. */
export function otherAddress(pair: PairSides, from: string): string | undefined {
  const [source, target] = [addressOf(pair, "source"), addressOf(pair, "target")];
  if (source === from) return target;
  return target === from ? source : undefined;
}
