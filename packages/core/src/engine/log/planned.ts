import type { Statement } from "../../ports/index.ts";
import type { PlannedOperation } from "../plans/plan.ts";
import { reason } from "../plans/reasons.ts";
import type { ItemOutcome, UnmatchedItem } from "../reports/report.ts";
import type { RunContext } from "../runs/run-context.ts";
import type { Counterparts } from "./find-counterparts.ts";
import type { LogOperations } from "./log-operations.ts";
import type { LogWorld } from "./log-world.ts";

export type Commit = (statements: readonly Statement[]) => Promise<void>;

/** What is to be done, and what else a plan tells. */
export interface Planned {
  readonly operations: readonly PlannedOperation[];
  readonly unmatched: readonly UnmatchedItem[];
  readonly recovered: readonly ItemOutcome[];
  /** Entries of the list that is written; 0 for a log, of which nobody tells. */
  readonly rows: number;
  /** Requests that carrying it out takes, about. */
  readonly requests: number;
  readonly readAgain: boolean;
  /** What could not be looked at. */
  readonly left?: readonly ItemOutcome[];
  readonly deferredUntilMs?: number;
}

export const nothing: Planned = {
  operations: [],
  unmatched: [],
  recovered: [],
  rows: 0,
  requests: 0,
  readAgain: false,
};

/** Of what was not found, earlier plays than the one that remembers it. */
export function missedAgain(
  { choice }: LogWorld,
  { missed, unmatched }: Counterparts,
  operations: LogOperations,
): readonly PlannedOperation[] {
  const remembered = new Set(unmatched.map(({ link }) => link?.key));
  return choice.fresh
    .filter(({ key, itemId }) => missed.has(itemId) && !remembered.has(key))
    .map((play) => operations.drop(play, reason("drop.resting", {})));
}

/** What these calls have done is known by now. */
export function abandon({ parts, pair }: RunContext, ids: readonly string[]): Statement[] {
  const set = { state: "abandoned", updated_at: parts.clock.now() } as const;
  return [{ update: "intents", set, where: { pair_id: pair.id, id: { in: ids } } }];
}
