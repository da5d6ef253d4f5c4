import { StorageError, SyncerError } from "@syncer/core";
import { FailedCommand } from "../shared/program.ts";
import { UnknownCommit } from "./postgres-connection.ts";

const SERIALIZATION_FAILURE = "40001";
const DEADLOCK = "40P01";
const UNIQUE_VIOLATION = "23505";

/** Another batch got in the way and this one was rolled back: it may be tried again from the beginning. */
export function isConflict(error: unknown): boolean {
  const state = stateOf(driverError(error));
  return state === SERIALIZATION_FAILURE || state === DEADLOCK;
}

/** A key is taken, maybe by a batch that was faster. */
export function isTakenKey(error: unknown): boolean {
  return error instanceof FailedCommand && stateOf(error.cause) === UNIQUE_VIOLATION;
}

/** What the server refuses at a commit has been rolled back; about anything else (the connection broke) nothing is known. */
export function hasRolledBack(error: unknown): boolean {
  const state = stateOf(driverError(error));
  return state !== undefined && !isLostState(state);
}

/** Whether the connection is gone; it can no longer be used. */
export function isLost(error: unknown): boolean {
  if (error instanceof UnknownCommit) return true;
  const cause = driverError(error);
  if (!(cause instanceof Error)) return false;
  const state = stateOf(cause);
  if (state !== undefined) return isLostState(state);
  if ("code" in cause && ["ECONNRESET", "EPIPE", "ETIMEDOUT"].includes(String(cause.code))) return true;
  // The driver gives these no code.
  return /^Connection terminated|not queryable|^Client was closed/.test(cause.message);
}

/** Connection exceptions, and a server that shuts down, crashed or was told to end the connection. */
function isLostState(state: string): boolean {
  return state.startsWith("08") || ["57P01", "57P02", "57P03", "57P05", "25P03"].includes(state);
}

/** The port's error for one of the driver's, of which the cause keeps what cannot hold a stored value. */
export function toStorageError(error: unknown, operation: string): unknown {
  if (SyncerError.is(error)) return error;
  const driver = driverError(error);
  const cause = withoutValues(driver);
  // Class 23: integrity constraint violations.
  if (error instanceof FailedCommand && stateOf(driver)?.startsWith("23")) {
    return new StorageError("storage.constraint", { table: error.table }, { cause });
  }
  return new StorageError("storage.failed", { operation }, { cause });
}

function driverError(error: unknown): unknown {
  return error instanceof FailedCommand || error instanceof UnknownCommit ? driverError(error.cause) : error;
}

/** SQLSTATE: five characters, by which PostgreSQL tells its errors apart. Node's codes have more. */
function stateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" && /^[0-9A-Z]{5}$/.test(error.code) && !/^E[A-Z]{4}$/.test(error.code)
    ? error.code
    : undefined;
}

/** What of a server's error says where, and never what. */
const PLACES = ["severity", "schema", "table", "column", "constraint", "routine"] as const;

/**
 * A server's error tells stored values in its `detail`, in some messages (class 22: data exceptions) and, with some
 * drivers, the statement with its parameters. Whoever logs an error logs its cause, so they stay behind.
 */
function withoutValues(error: unknown): unknown {
  const state = stateOf(error);
  if (state === undefined || !(error instanceof Error)) return error;
  const message = state.startsWith("22") ? "a value was refused" : error.message;
  const found = error as unknown as Record<string, unknown>;
  const places = PLACES.flatMap((name) => (typeof found[name] === "string" ? [[name, found[name]]] : []));
  const copy = new Error(message);
  copy.name = "PostgresError";
  return Object.assign(copy, { code: state, ...Object.fromEntries(places) });
}
