import type { OAuth2Authorization } from "../contract/index.ts";
import { AuthorizationError, InvalidRequestError } from "../errors/index.ts";
import { asOAuthErrorCode, type OAuthErrorCode } from "./oauth-failure.ts";
import type { CompleteRequest } from "./types.ts";

/** What a callback says. */
export type Callback =
  | { readonly kind: "code"; readonly code: string; readonly state: string }
  /** `state` may be missing: some services leave it out when the user refuses. */
  | { readonly kind: "error"; readonly error: OAuthErrorCode; readonly state: string | undefined };

/**
 * Reads a callback in the standard's or the provider's way.
 * @throws {AuthorizationError} `auth.code-missing`, `auth.state-unknown` (there is none)
 * @throws {InvalidRequestError} `request.invalid`: no URL, or a parameter in it twice
 */
export function readCallback(authorization: OAuth2Authorization, request: CompleteRequest): Callback {
  const { service } = request;
  const query = queryOf(request);
  const state = query.get("state") ?? undefined;
  const { code, error } = codeOrError(authorization, query);
  if (error !== undefined) return { kind: "error", error, state };
  if (code === undefined || code === "") throw new AuthorizationError("auth.code-missing", { service });
  if (state === undefined) throw new AuthorizationError("auth.state-unknown", {});
  return { kind: "code", code, state };
}

function codeOrError(
  { dialect }: OAuth2Authorization,
  query: URLSearchParams,
): { readonly code?: string | undefined; readonly error?: OAuthErrorCode | undefined } {
  if (dialect?.readCallback) {
    const { code, denied } = dialect.readCallback(query);
    return { code, error: denied ? "access_denied" : undefined };
  }
  const error = query.get("error");
  return { code: query.get("code") ?? undefined, error: error === null ? undefined : asOAuthErrorCode(error) };
}

function queryOf(request: CompleteRequest): URLSearchParams {
  if (!("callbackUrl" in request)) {
    const { state } = request;
    return new URLSearchParams("code" in request ? { code: request.code, state } : { error: request.error, state });
  }
  const path = "connections.complete.callbackUrl";
  // Servers know the path they were called at, rarely the host: both forms are taken.
  const base = "https://callback.invalid";
  if (!URL.canParse(request.callbackUrl, base)) {
    throw new InvalidRequestError("request.invalid", { path, problem: "must be the URL that was called back" });
  }
  const query = new URL(request.callbackUrl, base).searchParams;
  for (const name of new Set(query.keys())) {
    // RFC 6749 §3.1: no parameter twice. Which of the two would be meant?
    if (query.getAll(name).length > 1) {
      throw new InvalidRequestError("request.invalid", { path, problem: "holds a parameter more than once" });
    }
  }
  return query;
}
