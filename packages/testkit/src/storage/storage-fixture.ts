import type { StorageAdapter } from "@syncer/core";

/** A fresh place to store things, and ways into it. */
export interface StorageFixture {
  /** On an empty place; nothing has been migrated. */
  readonly storage: StorageAdapter;
  /** A second adapter on the same place. Needed unless `openedBy` is `nobody`. */
  readonly another?: () => StorageAdapter | Promise<StorageAdapter>;
  /** How a child process opens the same place. Needed where `openedBy` is `processes`. */
  readonly otherProcess?: {
    /** URL of a module whose default export takes `argument` and returns an adapter. */
    readonly module: string;
    readonly argument: string;
    /** For the child's `node`, for example `["--conditions=…"]`. */
    readonly nodeOptions?: readonly string[];
  };
  /** Called after each test, whether or not the adapter was closed. */
  readonly dispose?: () => void | Promise<void>;
}

/** How an adapter differs from others, within what the port allows. */
export interface StorageTraits {
  /** Whether it refuses to work before `migrate()`; one that lives in memory has nothing to migrate. */
  readonly needsMigration: boolean;
  /**
   * Who else can open the same place: `nobody` (default; it lives in one object), `adapters` of the same process (the
   * fixture then has `another`), or `processes` (it has `another` and `otherProcess`). What that makes possible is tested.
   */
  readonly openedBy?: "nobody" | "adapters" | "processes";
  /** Random histories to compare with the model, 100 unless told. */
  readonly histories?: number;
}

/** What the groups of the suite are given. */
export interface SuiteContext {
  readonly traits: StorageTraits;
  /** A migrated adapter on a fresh place, closed and disposed of after the test. */
  readonly open: () => Promise<StorageAdapter>;
  /** A fresh place, nothing migrated. */
  readonly openFixture: () => Promise<StorageFixture>;
}
