import type { ItemKindName } from "../items/index.ts";
import type { ListOptions, ListPage, WriteOutcome } from "./collection.ts";
import type { Session } from "./session.ts";

/** What a service can do to an ordered list. */
export interface OrderedCapability {
  /**
   * `range`: entries that stand together go to another place in one call. `whole-order`: one call with all entries of the
   * list in their new order. `none`: it never changes the order of what is there.
   */
  readonly moves: "range" | "whole-order" | "none";
  readonly insert: "anywhere" | "end";
  /** `entry`: one copy among others can be removed. `token`: a removal takes all copies of what it names. */
  readonly remove: "entry" | "token";
  /** How many entries (`insert`, `remove` of entries) or tokens (`remove` of tokens) one call takes; from 1. */
  readonly perCall: { readonly insert: number; readonly remove: number };
}

/** The ordered references that a container holds (the tracks of a playlist). Each function is told which container. */
export interface OrderedCollection<TNative = unknown> {
  readonly shape: "ordered";
  readonly kind: ItemKindName;
  readonly read: OrderedReader<TNative>;
  /** Absent: the service, or this mode of it, cannot be written. */
  readonly write?: OrderedWriter;
}

export interface OrderedReader<TNative> {
  /** Largest page that the service allows. */
  readonly pageSize: number;
  /** Whether `total` counts exactly the rows that a full listing gives. */
  readonly totals: "exact" | "inexact";
  /**
   * Lists all entries, page by page, in their order. Every entry is given, also what cannot be read or synced: it has a
   * place, and places are counted. Pages that tell different checksums were read at different moments.
   * @throws {MalformedAnswerError} a 2xx that is not a listing; never an empty page instead
   * @throws {ServiceError} `not-found`: the container does not exist
   */
  list(session: Session, containerId: string, options: ListOptions): AsyncIterable<ListPage<TNative>>;
}

export interface OrderedWriter {
  readonly capability: OrderedCapability;
  /** `once`: an item can stand in the list at most once. */
  readonly copies: "kept" | "once";
  /** For this long after a write, listings may not show it. */
  readonly consistencyWindowMs: number;
  /** For this long after a write, a container may tell a version that is none of before or after it; from 0. */
  readonly versionLagMs: number;
  /** Most entries that a list can hold, where the service has a limit. */
  readonly maxItems?: number;
  /**
   * Inserts references; exactly one request, at most `capability.perCall.insert`. No answer tells that they are there
   * already unless `copies` is `once`: a lost answer is never repeated without a look. The caller bisects a batch that fails
   * as `invalid`, `not-found` or `already-there` as a whole.
   * @param at the place of the first of them; absent: at the end. Never given where inserts are at the end only
   */
  insert(session: Session, containerId: string, ids: readonly string[], at?: number): Promise<OrderedAnswer>;
  /** Removes entries; exactly one request, at most `capability.perCall.remove`. */
  remove(session: Session, containerId: string, entries: readonly OrderedEntry[]): Promise<OrderedAnswer>;
  /**
   * Present where `moves` is `range`: `length` entries from `start` on go before the entry at `before`, or to the end if
   * that is the length of the list; exactly one request. Places are those before the call.
   */
  move?(session: Session, containerId: string, move: OrderedMove): Promise<OrderedAnswer>;
  /** Present where `moves` is `whole-order`: all ids of the list in their new order; exactly one request. */
  order?(session: Session, containerId: string, ids: readonly string[]): Promise<OrderedAnswer>;
}

export interface OrderedEntry {
  readonly id: string;
  /** Its place, from 0, in the list as it was before the call. Without meaning where `remove` is by `token`. */
  readonly at: number;
}

export interface OrderedMove {
  readonly start: number;
  readonly length: number;
  readonly before: number;
}

export interface OrderedAnswer {
  /** One per id, in the order given; none for `move` and `order`, which succeed or throw. */
  readonly outcomes: readonly WriteOutcome[];
  /** The version of the contents after the call, where the answer tells. */
  readonly version?: string;
}
