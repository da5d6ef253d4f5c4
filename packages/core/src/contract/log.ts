import type { ItemKindName } from "../items/index.ts";
import type { ScopeNeeds } from "./authorization.ts";
import type { ListOptions, UnsyncableReason, WriteOutcome } from "./collection.ts";
import type { Session } from "./session.ts";

/** One entry of a log. The same id at the same time is the same entry. */
export type LoggedEntry<TNative> =
  | {
      readonly state: "listed";
      /** Of the item that it is about, not of the entry. */
      readonly id: string;
      readonly native: TNative;
      /** When it happened, in ms since the epoch. */
      readonly atMs: number;
    }
  | { readonly state: "unreadable"; readonly id?: string }
  | { readonly state: "unsyncable"; readonly id?: string; readonly reason: UnsyncableReason };

export interface LogPage<TNative> {
  readonly entries: readonly LoggedEntry<TNative>[];
}

export interface LogOptions extends ListOptions {
  /** Only what happened at or after this moment (ms since the epoch) is wanted; more may come. */
  readonly sinceMs?: number;
}

/** An append-only record, newest first, of which a service shows the end (listening history). */
export interface LogCollection<TNative = unknown> {
  readonly shape: "log";
  readonly kind: ItemKindName;
  readonly scopes: ScopeNeeds;
  readonly read: LogReader<TNative>;
  /** Absent: the service does not accept entries. */
  readonly write?: LogWriter;
}

export interface LogReader<TNative> {
  readonly pageSize: number;
  /** About how many of the newest entries the service shows; older ones cannot be had. */
  readonly depth: number;
  /**
   * Newest first, as far back as asked for or as the service shows. Entries can arrive late and come twice.
   * @throws {MalformedAnswerError} a 2xx that is not a listing; never an empty page instead
   */
  list(session: Session, options: LogOptions): AsyncIterable<LogPage<TNative>>;
}

export interface LogWriter {
  /** Most entries that one call may carry. */
  readonly batchSize: number;
  /** Appends entries; exactly one request. The same entry again is `already-there`. One outcome each, in their order. */
  append(
    session: Session,
    entries: readonly { readonly id: string; readonly atMs: number }[],
  ): Promise<readonly WriteOutcome[]>;
}
