import type { SyncType } from "../items/index.ts";

export type SyncAction = "create" | "update" | "delete";

/** One item as read from a service. `data` is content: it lives in memory only. */
export interface SyncItem<T> {
  readonly externalId: string;
  readonly itemType: string;
  readonly action: SyncAction;
  /** Absent for deletions. */
  readonly data?: T;
  readonly lastModifiedMs?: number;
  /** Keyed hash of the canonical form; absent where the caller gave no key. */
  readonly checksum?: string;
}

/** An item that could not be read, without failing the rest. */
export interface SyncError {
  readonly externalId?: string;
  readonly code: string;
}

/** One page of what `syncUserData` yields. */
export interface SyncResult<T> {
  readonly syncType: SyncType;
  readonly items: readonly SyncItem<T>[];
  readonly errors: readonly SyncError[];
  readonly counts: Readonly<Record<SyncAction, number>>;
  readonly total?: number;
  /** `true` on the last page of its sync type. */
  readonly complete: boolean;
}
