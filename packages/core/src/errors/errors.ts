import type { ErrorCode, ErrorParams } from "./error-texts.ts";
import { SyncerError } from "./syncer-error.ts";

type CodesOf<Prefix extends string> = Extract<ErrorCode, `${Prefix}.${string}`>;

/** The request, or the state it meets, does not allow what was asked. Nothing was done. */
export class InvalidRequestError<
  C extends
    | CodesOf<"request" | "connection" | "pair" | "plan" | "engine">
    | "override.unknown"
    | "conflict.unknown"
    | "conflict.resolved"
    | CodesOf<"undo">
    | "schedule.unknown"
    | "job.unknown"
    | "job.not-dead"
    | "job.direct"
    | "service.unknown"
    | "service.not-connected"
    | "service.ambiguous"
    | "service.url-refused"
    | "service.id-refused" = CodesOf<"request" | "connection" | "pair" | "plan" | "engine">,
> extends SyncerError<C> {
  override readonly name = "InvalidRequestError";
  constructor(code: C, params: ErrorParams<C>, options?: ErrorOptions) {
    super(code, params, "change-request", options);
  }
}

/** One thing wrong with a configuration: where, what was expected, and how to mend it. */
export interface ConfigurationProblem {
  /** For example `providers[1].clientId`. */
  readonly path: string;
  readonly expected: string;
  readonly fix: string;
}

/** All problems of a configuration, reported together. */
export class ConfigurationError extends SyncerError<"config.invalid"> {
  override readonly name = "ConfigurationError";
  readonly problems: readonly ConfigurationProblem[];
  constructor(problems: readonly ConfigurationProblem[], options?: ErrorOptions) {
    const lines = problems.map(({ path, expected, fix }) => `- ${path}: expected ${expected}. ${fix}`);
    super("config.invalid", { problems: lines.join("\n") }, "change-request", options);
    this.problems = problems;
  }
}

/** An authorization did not come about, or has ended; the user has to go through consent (again). */
export class AuthorizationError<C extends CodesOf<"auth"> = CodesOf<"auth">> extends SyncerError<C> {
  override readonly name = "AuthorizationError";
  constructor(code: C, params: ErrorParams<C>, options?: ErrorOptions) {
    super(code, params, remedyOfAuthorization(code), options);
  }
}

function remedyOfAuthorization(code: CodesOf<"auth">) {
  switch (code) {
    case "auth.client-refused":
      return "operate";
    case "auth.redirect-refused":
    case "auth.kind-mismatch":
    case "auth.code-missing":
      return "change-request";
    case "auth.refresh-storm":
      return "retry";
    default:
      return "reconnect";
  }
}

/** A key or ciphertext is not as it must be. Nothing was overwritten. */
export class CryptoError<C extends CodesOf<"crypto"> = CodesOf<"crypto">> extends SyncerError<C> {
  override readonly name = "CryptoError";
  constructor(code: C, params: ErrorParams<C>, options?: ErrorOptions) {
    super(code, params, "operate", options);
  }
}

/** The storage failed or refused. `storage.conflict` means that another writer came first: read again. */
export class StorageError<C extends CodesOf<"storage"> = CodesOf<"storage">> extends SyncerError<C> {
  override readonly name = "StorageError";
  constructor(code: C, params: ErrorParams<C>, options?: ErrorOptions) {
    super(code, params, code === "storage.conflict" ? "retry" : "operate", options);
  }
}

/** A lane of the queue takes no more jobs for now; what waits there has to be begun first. */
export class QueueFullError extends SyncerError<"queue.full"> {
  override readonly name = "QueueFullError";
  constructor(lane: "manual" | "automatic", size: number, options?: ErrorOptions) {
    super("queue.full", { lane, size }, "retry", options);
  }
}

/** The queue that wakes workers is closed or does not answer. Jobs stand in the storage all the same. */
export class QueueError<
  C extends Exclude<CodesOf<"queue">, "queue.full"> = Exclude<CodesOf<"queue">, "queue.full">,
> extends SyncerError<C> {
  override readonly name = "QueueError";
  constructor(code: C, params: ErrorParams<C>, options?: ErrorOptions) {
    super(code, params, code === "queue.closed" ? "change-request" : "retry", options);
  }
}

/** A run ended before its work was done; what was done is recorded, and the next run goes on from there. */
export class RunError<C extends CodesOf<"run"> = CodesOf<"run">> extends SyncerError<C> {
  override readonly name = "RunError";
  constructor(code: C, params: ErrorParams<C>, options?: ErrorOptions) {
    super(code, params, "retry", options);
  }
}
