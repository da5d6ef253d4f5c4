import { type BatchResult, type StorageAdapter, StorageError } from "@syncer/core";

/**
 * When which call fails. Calls are counted from 1, reads and writes apart.
 *
 * - `before-commit`: nothing was done, and the caller hears of a failure
 * - `after-commit`: everything was done, and the caller hears of a failure: a COMMIT whose result is unknown
 */
export interface FaultPlan {
  /** Which writes fail, and how. */
  readonly writes?: ReadonlyMap<number, "before-commit" | "after-commit">;
  /** Which calls of `select` and `count` fail. */
  readonly reads?: ReadonlySet<number>;
  /** From this write on everything fails, as when the database has gone or the process was killed. */
  readonly diesAtWrite?: number;
}

export interface FaultyStorage extends StorageAdapter {
  /** Writes that were asked for so far, failed ones counted. */
  readonly writesSoFar: number;
  readonly readsSoFar: number;
}

/** Passes everything to another adapter but for the planned calls, which fail with `storage.failed`. */
export function faultyStorage(inner: StorageAdapter, plan: FaultPlan): FaultyStorage {
  let writes = 0;
  let reads = 0;
  let isDead = false;

  const beforeRead = (operation: string): void => {
    reads += 1;
    if (isDead || plan.reads?.has(reads)) throw fault(operation, "before");
  };

  return {
    get writesSoFar() {
      return writes;
    },
    get readsSoFar() {
      return reads;
    },
    migrate: () => inner.migrate(),
    close: () => inner.close(),
    async select(query) {
      beforeRead("select");
      return inner.select(query);
    },
    async count(query) {
      beforeRead("count");
      return inner.count(query);
    },
    async write(batch): Promise<BatchResult> {
      writes += 1;
      if (plan.diesAtWrite !== undefined && writes >= plan.diesAtWrite) isDead = true;
      const planned = plan.writes?.get(writes);
      if (isDead || planned === "before-commit") throw fault("write", "before");
      const result = await inner.write(batch);
      if (planned === "after-commit") throw fault("write", "after");
      return result;
    },
  };
}

function fault(operation: string, moment: "before" | "after"): StorageError {
  return new StorageError("storage.failed", { operation }, { cause: new Error(`planned fault ${moment} the commit`) });
}
