import { StorageError, SyncerError } from "@syncer/core";
import { FailedCommand } from "../shared/program.ts";

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_CONSTRAINT = 19;

/** Another connection holds the lock that is needed; waiting helps. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(driverError(error));
  return code === SQLITE_BUSY || code === SQLITE_LOCKED;
}

/**
 * The port's error for one of the driver's, which stays as the cause. SQLite names tables and columns in its messages,
 * never values.
 */
export function toStorageError(error: unknown, operation: string): unknown {
  if (SyncerError.is(error)) return error;
  const cause = driverError(error);
  if (error instanceof FailedCommand && resultCode(cause) === SQLITE_CONSTRAINT) {
    return new StorageError("storage.constraint", { table: error.table }, { cause });
  }
  return new StorageError("storage.failed", { operation }, { cause });
}

function driverError(error: unknown): unknown {
  return error instanceof FailedCommand ? error.cause : error;
}

/** SQLite's primary result code: node:sqlite gives an extended number, better-sqlite3 and libsql an extended name. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("errcode" in error && typeof error.errcode === "number") return error.errcode & 0xff;
  const name = "code" in error ? String(error.code) : "";
  if (name.startsWith("SQLITE_BUSY")) return SQLITE_BUSY;
  if (name.startsWith("SQLITE_LOCKED")) return SQLITE_LOCKED;
  return name.startsWith("SQLITE_CONSTRAINT") ? SQLITE_CONSTRAINT : undefined;
}
