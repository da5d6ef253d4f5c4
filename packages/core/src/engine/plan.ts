import type { AvailableMode } from "../contract/index.ts";
import type { SyncerError } from "../errors/index.ts";
import type { SyncType, UniversalItem } from "../items/index.ts";
import type { Comparison } from "../matching/index.ts";
import type { HoldReason, LinkState } from "../reconcile/index.ts";
import type { Reason } from "./reasons.ts";
import type { RequestCounts, UnmatchedItem } from "./report.ts";
import type { SyncOptions } from "./request.ts";

export type Side = "source" | "target";

/** How a counterpart was found, in the order of cost. */
export type MatchedBy = "held-key" | "held-match" | "lookup" | "search" | "override";

export interface MatchInfo {
  readonly by: MatchedBy;
  /** 0..1, to be read as a probability. */
  readonly confidence: number;
  /** What decided: see `describeMatch`. Absent where nothing had to be weighed. */
  readonly comparison?: Comparison;
  /** What was compared with, content in memory only. */
  readonly candidate?: UniversalItem;
}

/** What a link must still be for an operation to be carried out. Without a state there must be none. */
export interface LinkPrecondition {
  readonly key: string;
  readonly state?: LinkState;
  /** Rises each time the link is dropped or re-pointed. */
  readonly generation: number;
  /** The item on the side that is read, which the link belongs to. */
  readonly fromId: string;
}

/**
 * One decided step. `add` and `remove` are writes to the service that is written; the others change links only.
 */
export interface PlannedOperation {
  /** The same decision has the same id, also after a crash; a favourite removed and added again has another. */
  readonly id: string;
  readonly kind: "add" | "remove" | "link" | "detach" | "suppress" | "drop";
  /** The item on the side that is read. */
  readonly fromId?: string;
  /** The item on the side that is written. */
  readonly toId?: string;
  /** The links concerned, the primary one first. */
  readonly links: readonly LinkPrecondition[];
  readonly reason: Reason;
  readonly match?: MatchInfo;
  /** Content, for people to look at; in memory only. */
  readonly item?: UniversalItem;
  /** The service that is read was asked for the missing item by id and still has it: nobody but the user removed it. */
  readonly asked?: true;
  /** Its links stand beside the primary link of an item that is shared; that one is not among `links`. */
  readonly joins?: true;
}

/** What a guard keeps back until a person confirms exactly this, or until a later listing no longer says so. */
export interface Hold {
  /** Names what is held; `engine.confirm` takes it. */
  readonly hash: string;
  readonly reasons: readonly HoldReason[];
  readonly operations: readonly PlannedOperation[];
}

/** What applying will cost, as far as the figures of the provider tell. */
export interface PlanEstimate {
  readonly requests: number;
  /** At the declared rate, in ms since the epoch. */
  readonly expectedEndMs: number;
}

/** What a side was when the plan was made; what is stored of it once the plan has been applied. */
export interface SideBasis {
  readonly rows: number;
  /** Keyed hash. Absent if the reading proves nothing. */
  readonly fingerprint?: string;
  readonly listedAtMs: number;
}

/** What was asked for; a pair that is not stored yet is stored from this when its plan is applied. */
export interface PlannedRequest {
  readonly sourceConnectionId: string;
  readonly targetConnectionId: string;
  readonly mode: AvailableMode;
  readonly type: SyncType;
  readonly options: SyncOptions;
}

export interface PairPlan {
  readonly pairId: string;
  readonly request: PlannedRequest;
  /** Of the pair's settings; a pair that was changed since refuses the plan. */
  readonly pairVersion: number;
  readonly basis: { readonly from: SideBasis; readonly to: SideBasis };
  readonly type: SyncType;
  /** Services by side, and which side is read from and which is written. */
  readonly source: string;
  readonly target: string;
  readonly from: Side;
  readonly to: Side;
  readonly operations: readonly PlannedOperation[];
  readonly hold?: Hold;
  readonly unmatched: readonly UnmatchedItem[];
  /** Neither side has changed since the last run, and nothing is open. */
  readonly quiet: boolean;
  /** What planning itself has cost. */
  readonly requests: { readonly source: RequestCounts; readonly target: RequestCounts };
  readonly estimate: PlanEstimate;
  /** Names the operations and the pair's version; `apply` refuses a plan that does not match it. */
  readonly hash: string;
  readonly plannedAtMs: number;
  /** The links of the pair had been lost: what both sides have is linked anew, what was deleted since may come again. */
  readonly rebuild?: boolean;
  /** Set when a service asked for quiet before everything was resolved; the rest follows in a later run. */
  readonly deferredUntilMs?: number;
}

export type PairPlanResult =
  | ({ readonly ok: true } & PairPlan)
  | {
      readonly ok: false;
      readonly pairId?: string;
      readonly source: string;
      readonly target: string;
      readonly error: SyncerError;
    };

/** A dry run: pure data, with content in memory for people to look at. `engine.apply` does exactly this. */
export interface Plan {
  readonly tenantId: string;
  readonly userId: string;
  readonly pairs: readonly PairPlanResult[];
}
