import * as oauth from "oauth4webapi";
import type { OAuth2Authorization } from "../contract/index.ts";
import { AuthorizationError, InvalidRequestError } from "../errors/index.ts";
import { oauth2Of } from "./authorization-of.ts";
import { checkRequest, requestSchemas } from "./check-request.ts";
import { readConnection } from "./connection-rows.ts";
import { type ConnectionsOptions, DEFAULT_TENANT } from "./connections-options.ts";
import { credentialsFor } from "./oauth-client.ts";
import { assertOAuthEndpoint } from "./oauth-endpoint.ts";
import { storePending } from "./pending-authorization.ts";
import { normalised, readScopes, scopesToAsk, writeScopes } from "./scopes.ts";
import type { AuthInitiation, BeginRequest } from "./types.ts";

/** Starts a sign-in: remembers it for ten minutes and says where to send the user. */
export async function beginAuthorization(options: ConnectionsOptions, request: BeginRequest): Promise<AuthInitiation> {
  checkRequest("connections.begin", requestSchemas.begin, request);
  const { userId, service, redirectUrl, tenantId = DEFAULT_TENANT } = request;
  const provider = options.providers.get(service);
  const authorization = oauth2Of(provider, "engine.connections.addPublic()");
  assertRedirectUrl(service, authorization, redirectUrl);
  const before = await scopesBefore(options, { ...request, tenantId });
  const scopes = normalised([...scopesToAsk(provider, request), ...(request.extraScopes ?? []), ...before]);
  const { clientId } = await credentialsFor(authorization, tenantId);
  const { state, codeVerifier, expiresAtMs } = await storePending(options, {
    tenantId,
    userId,
    service,
    redirectUrl,
    scopes: writeScopes(scopes),
    connectionId: request.connectionId ?? null,
  });
  const url = await authorizationUrl(authorization, { clientId, redirectUrl, scopes, state, codeVerifier });
  return { url, state, expiresAtMs, scopes };
}

/** A renewal asks again for what it has: services grant what this consent names, not what earlier ones did. */
async function scopesBefore(
  { storage }: ConnectionsOptions,
  { tenantId, userId, service, connectionId }: BeginRequest & { readonly tenantId: string },
): Promise<readonly string[]> {
  if (connectionId === undefined) return [];
  const row = await readConnection(storage, { tenantId, userId, connectionId });
  if (row.service !== service) throw new InvalidRequestError("connection.unknown", { connectionId });
  return readScopes(row.scopes);
}

function assertRedirectUrl(service: string, authorization: OAuth2Authorization, redirectUrl: string): void {
  const path = "connections.begin.redirectUrl";
  if (!URL.canParse(redirectUrl)) {
    throw new InvalidRequestError("request.invalid", { path, problem: "must be an absolute URL" });
  }
  const url = new URL(redirectUrl);
  const problem = generalRedirectProblem(url) ?? authorization.redirectProblem?.(url);
  if (problem !== undefined) throw new AuthorizationError("auth.redirect-refused", { service, problem });
}

function generalRedirectProblem(url: URL): string | undefined {
  // RFC 6749 §3.1.2.
  if (url.hash !== "") return "it must not have a fragment.";
  if (url.username !== "" || url.password !== "") return "it must not hold credentials.";
  if (["javascript:", "data:", "blob:", "file:"].includes(url.protocol)) return "it cannot be called back.";
  return undefined;
}

async function authorizationUrl(
  authorization: OAuth2Authorization,
  input: {
    readonly clientId: string;
    readonly redirectUrl: string;
    readonly scopes: readonly string[];
    readonly state: string;
    readonly codeVerifier: string;
  },
): Promise<string> {
  const url = assertOAuthEndpoint(authorization.endpoints.authorize);
  const { codeVerifier, ...known } = input;
  const parameters = authorization.dialect?.authorizationParameters?.(known) ?? standardParameters(known);
  // RFC 7636 §4.3.
  const proof = authorization.pkce
    ? { code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier), code_challenge_method: "S256" }
    : {};
  for (const [name, value] of Object.entries({ ...parameters, ...proof })) url.searchParams.set(name, value);
  return url.href;
}

/** RFC 6749 §4.1.1. */
function standardParameters({
  clientId,
  redirectUrl,
  scopes,
  state,
}: {
  readonly clientId: string;
  readonly redirectUrl: string;
  readonly scopes: readonly string[];
  readonly state: string;
}): Record<string, string> {
  return {
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUrl,
    ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }),
    state,
  };
}
