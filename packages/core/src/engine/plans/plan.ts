import type { SyncMode } from "../../contract/index.ts";
import type { SyncerError } from "../../errors/index.ts";
import type { SyncType, UniversalItem } from "../../items/index.ts";
import type { AnyComparison } from "../../matching/index.ts";
import type { HoldReason, LinkState } from "../../reconcile/index.ts";
import type { PlannedConflict } from "../documents/conflict-records.ts";
import type { SideBase } from "../documents/field-hashes.ts";
import type { ShownDocument } from "../documents/seen-document.ts";
import type { ItemOutcome, RequestCounts, UnmatchedItem } from "../reports/report.ts";
import type { PairContainers } from "../requests/pair-containers.ts";
import type { SyncOptions } from "../requests/request.ts";
import type { Reason } from "./reasons.ts";

export type Side = "source" | "target";

/**
 * How a counterpart was found, in the order of cost. `chain`: through other pairs of the user, which link both with the
 * same item of a third service. `override`: the user said so.
 */
export type MatchedBy = "held-key" | "held-match" | "chain" | "lookup" | "search" | "override";

export interface MatchInfo {
  readonly by: MatchedBy;
  /** 0..1, to be read as a probability. */
  readonly confidence: number;
  /** What decided: see `describeMatch`. Absent where nothing had to be weighed. */
  readonly comparison?: AnyComparison;
  /** Why nothing had to be weighed. */
  readonly reason?: Reason;
  /** What was compared with, content in memory only. */
  readonly candidate?: UniversalItem;
}

export type WriteKind = "add" | "remove" | "arrange" | "create" | "update" | "delete" | "merge";
export type OperationKind = WriteKind | "link" | "advance" | "detach" | "suppress" | "drop" | "conflict" | "rest";

/** What a link must still be for an operation to be carried out. Without a state there must be none. */
export interface LinkPrecondition {
  readonly key: string;
  readonly state?: LinkState;
  /** Rises each time the link is dropped or re-pointed. */
  readonly generation: number;
  /** The link's items: on the side that is read from first, and on the other; as far as it has them. */
  readonly fromId?: string;
  readonly toId?: string;
  /** Its item on the other side is let go of: with another one, or none, it is of the next generation. */
  readonly repoints?: true;
  /** In a ring of pairs, of a link that goes: the sides that do not have its item any more. */
  readonly goneFrom?: readonly ("from" | "to")[];
}

/**
 * One decided step. `add` and `remove` (references), `arrange` (the order of a list; where what is added and removed stands in
 * a list, it is done as part of this), `create`, `update`, `delete` and `merge` (documents) are writes to
 * the side {@link PlannedOperation.on}; the others change links only: `advance` records that both sides are in step,
 * `conflict` that they are not and nobody has won, `rest` that a document was written back and forth too often.
 */
export interface PlannedOperation {
  /** The same decision has the same id, also after a crash; a favourite removed and added again has another. */
  readonly id: string;
  readonly kind: OperationKind;
  /** The side that is written. Absent: no service is, or both are (`merge`). */
  readonly on?: Side;
  /** The item on the side that is read from first. */
  readonly fromId?: string;
  /** The item on the other side. */
  readonly toId?: string;
  /** The links concerned, the primary one first. */
  readonly links: readonly LinkPrecondition[];
  readonly reason: Reason;
  readonly match?: MatchInfo;
  /** Content, for people to look at; in memory only. */
  readonly item?: UniversalItem | object;
  /**
   * The services that lack it were asked for the item by id and still know it, so that nobody but the user removed it; or
   * nothing rests on what is missing.
   */
  readonly asked?: true;
  /** Of a creation: the fields that the service does not have, as `field.<name>`; see {@link ItemOutcome.losses}. */
  readonly losses?: readonly string[];
  /** Of a document: what is written, and what both sides are. */
  readonly document?: DocumentChange;
  /** Of a list: what it is and what it shall be. */
  readonly arrangement?: PlannedArrangement;
  /** In a ring of pairs: when somebody wished for it, in ms since the epoch; passed on with what is written. */
  readonly wishedAtMs?: number;
  /** Its links stand beside the primary link of an item that is shared; that one is not among `links`. */
  readonly joins?: true;
  /** Of a write: whether `engine.undo` can take it back, as long as nobody changes anything in between. */
  readonly undo?: UndoForecast;
  /** The run whose write this takes back. */
  readonly undoes?: string;
}

/** What a plan says beforehand of undoing one of its writes. */
export type UndoForecast = { readonly possible: true } | { readonly possible: false; readonly reason: Reason };

/** A list on one side, as ids of its entries; what has no id is `#` and its place. */
export interface PlannedArrangement {
  /** What it was when this was planned. */
  readonly was: readonly string[];
  readonly becomes: readonly string[];
  /** What its user had made of it, as stored keys, where an earlier run began to rearrange it and did not get to the end. */
  readonly before?: readonly string[];
  /** The fewest steps that lead there, each of one entry. */
  readonly moves: number;
  readonly inserts: number;
  readonly removes: number;
}

/** What an operation does to a document, and what it rests on. */
export interface DocumentChange {
  /** The fields that are written. Content; in memory only. */
  readonly item?: object;
  /** Hashes of what the written document shall be. */
  readonly meant?: string;
  /** What both sides are; hashes. Absent: not there. */
  readonly from?: SideBase;
  readonly to?: SideBase;
  /** What both sides are, as the services show it. Content; in memory only. */
  readonly shown?: { readonly from?: ShownDocument; readonly to?: ShownDocument };
  /** Both sides had changed it. */
  readonly conflict?: PlannedConflict;
  /** The record of a conflict that this ends. */
  readonly ends?: string;
  /** Stored keys of ids, by side, that are replaced by others. */
  readonly replaced?: { readonly from?: string; readonly to?: string };
  /** What both sides last agreed on stays what the link has of it. */
  readonly keepsBase?: true;
  /** How often in a row it was written alternately from both sides. */
  readonly turns?: number;
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
  /** The service's own word, with which the next delta goes on; opaque. */
  readonly token?: string;
  /** It stands for a listing for a day at most, see the column of that name. */
  readonly forADay?: true;
  readonly listedAtMs: number;
}

/** What was asked for; a pair that is not stored yet is stored from this when its plan is applied. */
export interface PlannedRequest {
  readonly sourceConnectionId: string;
  readonly targetConnectionId: string;
  /** By side, the containers whose documents are synced, by the services' own ids. */
  readonly containers?: PairContainers;
  readonly mode: SyncMode;
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
  readonly source: string;
  readonly target: string;
  /** The side that is read from first, and the other. Two-way, both are read and written. */
  readonly from: Side;
  readonly to: Side;
  readonly operations: readonly PlannedOperation[];
  readonly hold?: Hold;
  /** What calls of an earlier run, whose answers were lost, have done after all. */
  readonly recovered: readonly ItemOutcome[];
  readonly unmatched: readonly UnmatchedItem[];
  /** Neither side has changed since the last run, and nothing is open. */
  readonly quiet: boolean;
  /** The next run reads everything: something is let go of that one side still has. */
  readonly readAgain: boolean;
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
  /** It takes back what this run has done. */
  readonly undoes?: string;
  /** What of that run cannot be taken back, and why. */
  readonly notUndone?: readonly ItemOutcome[];
  /** Of containers: what changes in those whose contents have changed. */
  readonly contents?: readonly ContentsPlan[];
  /** Of documents: what a service refused lately, and is not asked for again for a while. */
  readonly resting?: readonly PlannedOperation[];
  /** What could not be looked at now, and why: contents of containers, the playlist of a log. */
  readonly left?: readonly ItemOutcome[];
}

/** Which container of each side is meant, by the services' ids; one that is still to be made has none. */
export interface ContainerIds {
  readonly source?: string;
  readonly target?: string;
}

/** The plan for what one pair of containers holds; carried out after the containers themselves. */
export interface ContentsPlan extends PairPlan {
  /** Of the link of the two containers, in the pair of the containers. */
  readonly link: { readonly key: string; readonly generation: number };
  readonly containers: ContainerIds;
  /** What was held of it before. */
  readonly heldBefore: string | null;
  /**
   * Keys of the links of what both will hold, in order; in that of the source, where they differ on purpose. Absent: something
   * cannot be put in its place now, and what both last agreed on stays so.
   */
  readonly agreed?: readonly string[];
  /** The same in the order of the target, where that was left another one by taking a run back. */
  readonly agreedOnTarget?: readonly string[];
  /** Both sides, as ids of their entries, when this was planned. */
  readonly lists: { readonly from: readonly string[]; readonly to: readonly string[] };
  /** What the services called the contents then, if they do. */
  readonly versions: { readonly from?: string; readonly to?: string };
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
