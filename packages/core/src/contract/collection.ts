import type { ItemKindName } from "../items/index.ts";
import type { ScopeNeeds } from "./authorization.ts";
import type { Session } from "./session.ts";

/** One row of a listing. `id` is the service's own id of the item, an opaque string. */
export type ListedEntry<TNative> =
  | {
      readonly state: "listed";
      readonly id: string;
      readonly native: TNative;
      /** When the user added it, in ms since the epoch. */
      readonly addedAtMs?: number;
    }
  /** Listed without content (withdrawn, null): keeps its place; says nothing about the item's absence. */
  | { readonly state: "unreadable"; readonly id?: string }
  /** Something that no other service can hold (a local file, an upload). Reported, never synced. */
  | { readonly state: "unsyncable"; readonly id?: string; readonly reason: UnsyncableReason };

export type UnsyncableReason = "local-file" | "upload" | "episode" | "followed" | "shown-elsewhere" | "unsupported";

/** One page of a listing. */
export interface ListPage<TNative> {
  readonly entries: readonly ListedEntry<TNative>[];
  /** The service's own count of the whole collection, where it gives one. */
  readonly total?: number;
  /** The service's own checksum or version of the whole collection, where it gives one. */
  readonly checksum?: string;
  /**
   * What a later probe is compared with, on the last page or on each. Pages that tell different ones were read at
   * different moments, and none is remembered. Built from ids, counts and times; no content.
   * @see CollectionProbe
   */
  readonly fingerprint?: string;
}

export interface ListOptions {
  /** Rows per request; the collection's own `pageSize` if absent. Never above the service's limit. */
  readonly pageSize?: number;
}

/** A cheap look that stands for a listing: one request that tells whether anything changed since the last one. */
export interface CollectionProbe {
  /**
   * `true`: an equal fingerprint proves that nothing changed (a version, a checksum). `false`: a hint (a total and an
   * outermost item), which may stand for a listing for a day at most.
   */
  readonly exact: boolean;
  /**
   * @param expected.rows the number of rows that the collection had, or should have now
   * @returns the present number of rows as far as the service says, and the fingerprint to compare
   */
  read(session: Session, expected: { readonly rows: number }): Promise<ProbeAnswer>;
}

export interface ProbeAnswer {
  readonly rows?: number;
  readonly fingerprint: string;
}

/** What became of one item of a write. `unknown`: the answer was lost; look before repeating. */
export interface WriteOutcome {
  readonly id: string;
  readonly result: "written" | "already-there" | "not-found" | "refused" | "unknown";
  /** A short code with `refused`. */
  readonly reason?: string;
}

/** A set or an ordered list of references into the service's catalogue (favourites, the tracks of a playlist). */
export interface MembershipCollection<TNative = unknown> {
  readonly shape: "membership";
  readonly kind: ItemKindName;
  readonly scopes: ScopeNeeds;
  readonly read: MembershipReader<TNative>;
  /** Absent: the service, or this mode of it, cannot be written. */
  readonly write?: MembershipWriter;
}

export interface MembershipReader<TNative> {
  /** Largest page that the service allows. */
  readonly pageSize: number;
  /** Whether `total` counts exactly the rows that a full listing gives. */
  readonly totals: "exact" | "inexact";
  /** Order in which rows come. */
  readonly order: "newest-first" | "oldest-first" | "none";
  /**
   * Lists everything, page by page, in the service's order.
   * Offsets and cursors are taken out of a `next` link, never its URL.
   * @throws {MalformedAnswerError} a 2xx that is not a listing; never an empty page instead
   */
  list(session: Session, options: ListOptions): AsyncIterable<ListPage<TNative>>;
  readonly probe?: CollectionProbe;
}

export interface MembershipWriter {
  /** Most ids that one call of `add` or `remove` may carry. */
  readonly batchSize: { readonly add: number; readonly remove: number };
  /** For this long after a write, listings may not show it. */
  readonly consistencyWindowMs: number;
  /** Most items that the collection can hold, where the service has a limit. */
  readonly maxItems?: number;
  /**
   * Adds references; exactly one request. The caller keeps to `batchSize`, gives each id once, and bisects a batch
   * that fails as `invalid`, `not-found` or `already-there` as a whole.
   * @returns one outcome per id, in the order given
   */
  add(session: Session, ids: readonly string[]): Promise<readonly WriteOutcome[]>;
  /** Removes references; exactly one request; as `add`. Removing what is not there is `not-found` or `written`. */
  remove(session: Session, ids: readonly string[]): Promise<readonly WriteOutcome[]>;
}
