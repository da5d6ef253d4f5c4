import { MalformedAnswerError, ServiceError, serviceError } from "../contract/index.ts";
import { AuthorizationError, type SyncerError } from "../errors/index.ts";

/** Error codes of RFC 6749 §5.2, RFC 7009 and RFC 6749 §4.1.2.1; nothing else of an answer gets into our errors. */
const knownErrors = [
  "invalid_request",
  "invalid_client",
  "invalid_grant",
  "unauthorized_client",
  "unsupported_grant_type",
  "unsupported_response_type",
  "unsupported_token_type",
  "invalid_scope",
  "access_denied",
  "server_error",
  "temporarily_unavailable",
] as const;

export type OAuthErrorCode = (typeof knownErrors)[number] | "other";

export function asOAuthErrorCode(value: unknown): OAuthErrorCode {
  return knownErrors.find((known) => known === value) ?? "other";
}

/** The service does not take the code or refresh token that we sent: `invalid_grant`. */
export class GrantRefused extends Error {
  override readonly name = "GrantRefused";
}

/** What an OAuth endpoint answered, as far as failures are judged by it. */
export interface OAuthEndpointAnswer {
  readonly service: string;
  /** Names the endpoint in errors. */
  readonly route: string;
  readonly status: number;
  readonly error: OAuthErrorCode | undefined;
  readonly retryAfterMs: number | undefined;
}

/**
 * Judges an answer that is no success. The body never becomes part of the error: token endpoints repeat what they were
 * sent, and answers may hold tokens.
 */
export function oauthFailure(answer: OAuthEndpointAnswer): SyncerError | GrantRefused {
  const { service, route, status, error, retryAfterMs } = answer;
  if (status === 429) {
    return serviceError(service, route, status, {
      kind: "rate-limited",
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  if (status >= 500 || status === 408) return serviceError(service, route, status, { kind: "unavailable" });
  switch (error) {
    case "invalid_grant":
      return new GrantRefused();
    case "invalid_client":
    case "unauthorized_client":
      return new AuthorizationError("auth.client-refused", { service });
    case "server_error":
    case "temporarily_unavailable":
      return serviceError(service, route, status, { kind: "unavailable" });
    case undefined:
      break;
    default:
      return serviceError(service, route, status, { kind: "invalid", reason: error });
  }
  if (status === 401) return new AuthorizationError("auth.client-refused", { service });
  if (status >= 400) return serviceError(service, route, status, { kind: "invalid", reason: `status ${status}` });
  const problem = status === 200 ? "it is no token answer (RFC 6749 §5.1)" : `unexpected status ${status}`;
  return new MalformedAnswerError(service, route, problem);
}

/** A callback that brings an error other than the user's refusal (RFC 6749 §4.1.2.1). */
export function callbackFailure(service: string, error: OAuthErrorCode): SyncerError {
  const route = "the authorization page";
  switch (error) {
    case "access_denied":
      return new AuthorizationError("auth.consent-denied", { service });
    case "unauthorized_client":
    case "invalid_client":
      return new AuthorizationError("auth.client-refused", { service });
    case "server_error":
    case "temporarily_unavailable":
      return serviceError(service, route, 503, { kind: "unavailable" });
    default:
      return serviceError(service, route, 400, { kind: "invalid", reason: error });
  }
}

/** Whether trying again later may help, with nothing changed in between. */
export function isPassing(error: unknown): boolean {
  return (
    error instanceof ServiceError && (error.failure.kind === "unavailable" || error.failure.kind === "rate-limited")
  );
}
