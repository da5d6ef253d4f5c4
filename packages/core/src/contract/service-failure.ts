import type { ErrorCode, ErrorParams } from "../errors/error-texts.ts";
import type { Remedy } from "../errors/syncer-error.ts";
import { SyncerError } from "../errors/syncer-error.ts";

/**
 * What went wrong at a service, told by what the caller can do. A provider maps its service's answers to these in one
 * file; nothing else knows what that service's failures look like. `reason` is a short code, never a service's text.
 */
export type ServiceFailure =
  /** Too many requests. The transport reads Retry-After itself; `retryAfterMs` is for services that say it elsewhere. `quota`: a long (daily) one. */
  | { readonly kind: "rate-limited"; readonly retryAfterMs?: number; readonly quota?: boolean }
  /** The access token is not taken: one refresh, one repeat, then reauthorization. */
  | { readonly kind: "unauthorized" }
  /** The user has to sign in again; refreshing is pointless. */
  | { readonly kind: "reauthorization-required"; readonly reason: string }
  | { readonly kind: "missing-scope"; readonly scope?: string }
  | { readonly kind: "forbidden"; readonly reason: string }
  | { readonly kind: "not-found" }
  /** Our request is refused as it is; for a batch the engine bisects, for one item it is that item's failure. */
  | { readonly kind: "invalid"; readonly reason: string }
  /** A write of what is there already, where the service calls that an error. */
  | { readonly kind: "already-there" }
  /** A conditional write found another version (412, 409): read again, decide again. */
  | { readonly kind: "version-moved" }
  | { readonly kind: "collection-full" }
  /** The token with which a delta was to go on is not taken any more (410): list whole. */
  | { readonly kind: "token-expired" }
  /** A passing failure: 5xx, busy. */
  | { readonly kind: "unavailable" }
  /** The application as a whole is refused; the operator has to act. Opens the circuit. */
  | { readonly kind: "outage"; readonly reason: string };

type ServiceErrorCode = Extract<ErrorCode, `service.${string}`>;

/** A service refused or failed. Decide on `failure.kind`. */
export class ServiceError<C extends ServiceErrorCode = ServiceErrorCode> extends SyncerError<C> {
  override readonly name: string = "ServiceError";
  readonly service: string;
  readonly failure: ServiceFailure;
  constructor(service: string, failure: ServiceFailure, code: C, params: ErrorParams<C>, options?: ErrorOptions) {
    super(code, params, remedyOf(failure), options);
    this.service = service;
    this.failure = failure;
  }
}

function remedyOf(failure: ServiceFailure): Remedy {
  switch (failure.kind) {
    case "rate-limited":
    case "unavailable":
      return "retry";
    case "unauthorized":
    case "reauthorization-required":
    case "missing-scope":
      return "reconnect";
    case "outage":
      return "operate";
    default:
      return "change-request";
  }
}

/** Builds the error that belongs to a failure, so that every provider's failures read alike. */
export function serviceError(service: string, route: string, status: number, failure: ServiceFailure): ServiceError {
  switch (failure.kind) {
    case "rate-limited":
      return new ServiceError(service, failure, "service.rate-limited", {
        service,
        retryAfterMs: failure.retryAfterMs ?? 0,
      });
    case "unavailable":
      return new ServiceError(service, failure, "service.unavailable", { service, route, status });
    case "not-found":
      return new ServiceError(service, failure, "service.not-found", { service, route });
    case "invalid":
      return new ServiceError(service, failure, "service.invalid-request", { service, route, reason: failure.reason });
    case "already-there":
      return new ServiceError(service, failure, "service.invalid-request", { service, route, reason: "already there" });
    case "version-moved":
      return new ServiceError(service, failure, "service.invalid-request", { service, route, reason: "version moved" });
    case "token-expired":
      return new ServiceError(service, failure, "service.invalid-request", { service, route, reason: "token expired" });
    case "collection-full":
      return new ServiceError(service, failure, "service.collection-full", { service });
    case "outage":
      return new ServiceError(service, failure, "service.outage", { service, reason: failure.reason });
    case "forbidden":
      return new ServiceError(service, failure, "service.forbidden", { service, route, reason: failure.reason });
    case "missing-scope":
      return new ServiceError(service, failure, "service.forbidden", {
        service,
        route,
        reason: failure.scope ? `missing scope ${failure.scope}` : "missing scope",
      });
    case "unauthorized":
    case "reauthorization-required":
      return new ServiceError(service, failure, "service.forbidden", { service, route, reason: "not authorized" });
  }
}

/** A 2xx answer that is not what the service's documentation says. It proves nothing, least of all emptiness. */
export class MalformedAnswerError extends SyncerError<"service.malformed-answer"> {
  override readonly name = "MalformedAnswerError";
  constructor(service: string, route: string, problem: string, options?: ErrorOptions) {
    super("service.malformed-answer", { service, route, problem }, "report", options);
  }
}

/** A write whose answer was lost. It may have happened: look it up before repeating it. */
export class OutcomeUnknownError extends SyncerError<"service.outcome-unknown"> {
  override readonly name = "OutcomeUnknownError";
  constructor(service: string, route: string, options?: ErrorOptions) {
    super("service.outcome-unknown", { service, route }, "retry", options);
  }
}

/** A service asked for more quiet than a run may wait. The run ends here and is due again at `untilMs`. */
export class DeferredError extends SyncerError<"run.deferred"> {
  override readonly name = "DeferredError";
  readonly untilMs: number;
  constructor(service: string, untilMs: number, options?: ErrorOptions) {
    super("run.deferred", { service, untilMs }, "retry", options);
    this.untilMs = untilMs;
  }
}
