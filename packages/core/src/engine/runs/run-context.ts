import type { AnyProvider, MembershipCollection, Session } from "../../contract/index.ts";
import type { ItemIds } from "../../crypto/index.ts";
import { RunError } from "../../errors/index.ts";
import type { Row } from "../../ports/index.ts";
import type { SideLetter } from "../../reconcile/index.ts";
import type { AnyDocuments } from "../documents/document-side.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { RunPhase } from "../events.ts";
import type { PairSides } from "../links/addresses.ts";
import type { Resolution } from "../membership/resolve.ts";
import type { Side } from "../plans/plan.ts";
import type { PairContainers } from "../requests/pair-containers.ts";
import type { TypedSettings } from "../requests/typed-settings.ts";
import type { GivenJob } from "./job-records.ts";
import type { RequestTally } from "./request-tally.ts";

export type PairRow = Row<"sync_pairs">;

/** One side of a pair in use. */
export interface OpenSide {
  readonly side: Side;
  readonly provider: AnyProvider;
  readonly connectionId: string;
  /** Where its items are: tells whether another pair is about the same. */
  readonly address: string;
  readonly session: Session;
  /** How ids of this side are stored; links and facts speak of stored keys, requests of ids. */
  readonly ids: ItemIds;
  readonly tally: RequestTally;
  /** The documents that the run is about, where the provider has more than one list: those of one container, or containers themselves. */
  readonly documents?: AnyDocuments;
  /** What one container holds, where the run is about that: a list of references. */
  readonly contents?: MembershipCollection;
}

/** Everything that one planning or applying of one pair works with. */
export interface RunContext {
  readonly parts: EngineParts;
  readonly pair: PairRow;
  readonly jobId: string;
  /** «A» of the decision table: the side that is read from first. */
  readonly from: OpenSide;
  /** «B» of the decision table: the side that is written; two-way, both are. */
  readonly to: OpenSide;
  /** The other pairs of the same user and type, in the order of their ids. */
  readonly others: readonly PairSides[];
  /** What is written here may come back by way of other pairs, and by then be older than what it meets. */
  readonly inRing: boolean;
  readonly signal: AbortSignal;
  /** What people typed into the pair. */
  readonly typed: TypedSettings;
  /** Where the documents of either side are, if it has several such places. */
  readonly containers: PairContainers;
  /** What was found for items of other containers, by side and id: nothing is looked for twice in one run. */
  readonly resolved?: Map<string, Resolution>;
  /** See {@link GivenJob.isSliceOver}; set only while a plan is carried out that may be left in its middle. */
  readonly isSliceOver?: GivenJob["isSliceOver"];
  progress(phase: RunPhase, done: number, total?: number): void;
}

export function isTwoWay({ pair }: Pick<RunContext, "pair">): boolean {
  return pair.mode === "bidirectional";
}

/** The side of the decision table's letter. */
export function sideOf(context: RunContext, letter: SideLetter): OpenSide {
  return letter === "a" ? context.from : context.to;
}

export function openSideOf({ from, to }: RunContext, side: Side): OpenSide {
  return from.side === side ? from : to;
}

/** The same run seen from the other side: what was read from is written. */
export function flipped(context: RunContext): RunContext {
  return { ...context, from: context.to, to: context.from };
}

/** @throws {RunError} `run.aborted` once the caller has cancelled the run */
export function assertRunning(context: RunContext): void {
  if (context.signal.aborted) throw new RunError("run.aborted", {}, { cause: context.signal.reason });
}
