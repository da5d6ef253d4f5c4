import type { RequestPurpose } from "../../contract/index.ts";
import type { SyncerError } from "../../errors/index.ts";
import type { UniversalItem } from "../../items/index.ts";
import type { ContainerIds, Hold, LinkPrecondition, MatchInfo, Side } from "../plans/plan.ts";
import type { Reason } from "../plans/reasons.ts";

/**
 * - `succeeded`: everything planned was done. `partial`: some items were refused or are left for the next run
 * - `held`: a guard waits for a person. `deferred`: a service asked for quiet; due again at `deferredUntilMs`
 * - `failed`: nothing more could be done; see `error`. `busy`: another run holds the pair. `dry-run`: nothing applied
 */
export type RunStatus = "succeeded" | "partial" | "held" | "deferred" | "failed" | "busy" | "dry-run";

/** Requests that went out to one service, by purpose, repeats included. Token and identity requests are among them. */
export type RequestCounts = { readonly [P in RequestPurpose]?: number };

export interface ItemOutcome {
  readonly kind: "added" | "updated" | "removed" | "linked" | "already-there" | "conflict" | "refused" | "left";
  /** The side that was written, or would have been. */
  readonly on?: Side;
  readonly fromId?: string;
  readonly toId?: string;
  readonly reason?: Reason;
  /** How the counterpart was found. */
  readonly match?: MatchInfo;
  /** Content, in memory only. */
  readonly item?: UniversalItem | object;
  /**
   * What the service written cannot hold as it is on the other side, and was left out or put differently: `field.<name>` for a field
   * that it does not have, else a code of its provider's. No content.
   */
  readonly losses?: readonly string[];
  /** What holds it, where it stands in a container. */
  readonly containers?: ContainerIds;
}

/** An item which has no counterpart (yet). */
export interface UnmatchedItem {
  /** The side that has it, and its id there. */
  readonly side: Side;
  readonly itemId: string;
  readonly verdict: "uncertain" | "not-found" | "unplayable" | "failed" | "ambiguous" | "unsyncable" | "by-override";
  readonly reason: Reason;
  readonly match?: MatchInfo;
  /** Content, in memory only. */
  readonly item?: UniversalItem | object;
  /** When it is looked for again, in ms since the epoch. Absent for what no search can help. */
  readonly retryAtMs?: number;
  /** How often it has been looked for, this time included. */
  readonly attempts: number;
  /** The link that remembers it. Absent for what cannot be synced at all. */
  readonly link?: LinkPrecondition;
  /** What holds it, where it stands in a container. */
  readonly containers?: ContainerIds;
}

/** What a guard keeps back of what one pair of containers holds. `engine.confirm` takes its pair and its hash. */
export interface HeldContents {
  readonly pairId: string;
  readonly containers: ContainerIds;
  readonly hold: Hold;
}

export interface SyncCounts {
  readonly added: number;
  readonly updated: number;
  readonly removed: number;
  readonly linked: number;
  readonly refused: number;
  /** Not reached, or with an unknown outcome: the next run goes on with these. */
  readonly left: number;
  /** Items that both sides changed and that nobody has decided yet. */
  readonly conflicts: number;
  readonly uncertain: number;
  readonly notFound: number;
  /** No other service can hold these, or an override says that none shall. */
  readonly unsyncable: number;
}

/** What became of one pair. Content in it lives in memory; what is stored of a run are its counts. */
export interface PairReport {
  readonly pairId: string;
  readonly jobId?: string;
  readonly status: RunStatus;
  readonly counts: SyncCounts;
  /** Every item that was written, linked, refused or left; unchanged ones are not listed. */
  readonly items: readonly ItemOutcome[];
  readonly unmatched: readonly UnmatchedItem[];
  readonly hold?: Hold;
  readonly heldContents?: readonly HeldContents[];
  /** The links of the pair had been lost, and the run made them anew. */
  readonly rebuild?: boolean;
  readonly requests: { readonly source: RequestCounts; readonly target: RequestCounts };
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly deferredUntilMs?: number;
  readonly error?: SyncerError;
}

export interface SyncReport {
  readonly pairs: readonly PairReport[];
}
