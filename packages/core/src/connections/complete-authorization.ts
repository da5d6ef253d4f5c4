import type { AnyProvider, OAuth2Authorization, TokenAnswer, UserProfile } from "../contract/index.ts";
import { AuthorizationError, SyncerError } from "../errors/index.ts";
import { justIssued, readProfile } from "./account.ts";
import { oauth2Of } from "./authorization-of.ts";
import { checkRequest, requestSchemas } from "./check-request.ts";
import { announce, report } from "./connection-events.ts";
import { sealTokens, toInfo } from "./connection-rows.ts";
import type { ConnectionsOptions } from "./connections-options.ts";
import { canRefresh, createOAuthClient } from "./oauth-client.ts";
import { callbackFailure } from "./oauth-failure.ts";
import { consumePending, findPending, openPending, type PendingRow } from "./pending-authorization.ts";
import { type Callback, readCallback } from "./read-callback.ts";
import { type SavedConnection, saveConnection } from "./save-connection.ts";
import { readScopes } from "./scopes.ts";
import type { CallbackResult, CompleteRequest } from "./types.ts";

/** A person waits for the callback's page; who they are can be found out later. */
const PROFILE_WAIT_MS = 5_000;

/**
 * Finishes a sign-in with what the service sent back.
 *
 * Whoever holds the state finishes it: no cookie of the callback's host is asked for, because some services refuse
 * `localhost` as a redirect URL and others `127.0.0.1`, so that a session cookie may not reach the callback.
 */
export async function completeAuthorization(
  options: ConnectionsOptions,
  request: CompleteRequest,
): Promise<CallbackResult> {
  checkRequest("connections.complete", requestSchemas.complete, request);
  const provider = options.providers.get(request.service);
  const authorization = oauth2Of(provider, "engine.connections.addPublic()");
  const callback = readCallback(authorization, request);
  const { pending, answer } = await exchange(options, provider, authorization, callback, request);
  const authorizedAtMs = options.clock.now();
  assertKeepable(provider.name, authorization, answer);

  const asked = readScopes(pending.scopes);
  const granted = answer.scopes ?? asked;
  const account = await whoSignedIn(options, provider, pending.tenant_id, answer.accessToken, granted);
  const lifetimeMs = authorization.refreshTokenLifetimeMs;
  const saved = await saveConnection(options, {
    tenantId: pending.tenant_id,
    userId: pending.user_id,
    service: provider.name,
    hasher: await options.hashes.forTenant(pending.tenant_id),
    authorizedAtMs,
    refreshExpiresAtMs: lifetimeMs === undefined ? null : authorizedAtMs + lifetimeMs,
    account,
    connectionId: pending.connection_id,
    // An older refresh token belongs to an older consent, so it is not kept.
    sealTokens: (owner) =>
      sealTokens(options.encryption, owner, answer, authorizedAtMs, { refresh_token: null, scopes: pending.scopes }),
  });
  const missingScopes = asked.filter((scope) => !granted.includes(scope));
  announceSaved(options, saved, missingScopes);
  return {
    connection: toInfo(saved.row),
    outcome: saved.outcome,
    missingScopes,
    ...("profile" in account ? { profile: account.profile } : {}),
  };
}

async function exchange(
  options: ConnectionsOptions,
  provider: AnyProvider,
  authorization: OAuth2Authorization,
  callback: Callback,
  request: CompleteRequest,
): Promise<{ pending: PendingRow; answer: TokenAnswer }> {
  if (callback.state === undefined) throw callbackFailure(provider.name, asError(callback));
  const pending = await findPending(options, callback.state, request);
  // Whatever our own keys may fail at, fails before the sign-in is used up.
  const { codeVerifier, redirectUrl } = await openPending(options, pending);
  await options.hashes.forTenant(pending.tenant_id);
  const client = await createOAuthClient(options, provider, authorization, pending.tenant_id);
  await consumePending(options, pending);
  if (callback.kind === "error") throw callbackFailure(provider.name, callback.error);
  const answer = await client.exchangeCode({ code: callback.code, redirectUrl, codeVerifier });
  return { pending, answer };
}

function asError(callback: Callback) {
  return callback.kind === "error" ? callback.error : "other";
}

/** A connection that could not be kept alive is refused while the user is still there to do something about it. */
function assertKeepable(service: string, authorization: OAuth2Authorization, answer: TokenAnswer): void {
  const kept = answer.refreshToken !== undefined || answer.expiresIn === "never" || !canRefresh(authorization);
  if (!kept) throw new AuthorizationError("auth.refresh-token-missing", { service });
}

async function whoSignedIn(
  options: ConnectionsOptions,
  provider: AnyProvider,
  tenantId: string,
  accessToken: string,
  grantedScopes: readonly string[],
): Promise<{ profile: UserProfile } | { failure: unknown }> {
  try {
    const tokens = justIssued(provider.name, accessToken);
    const session = { tenantId, tokens, grantedScopes, maxWaitMs: PROFILE_WAIT_MS };
    return { profile: await readProfile(options, provider, session) };
  } catch (failure) {
    report(options, {
      level: "warn",
      event: "connection.profile-failed",
      tenantId,
      service: provider.name,
      code: SyncerError.is(failure) ? failure.code : "unexpected",
    });
    return { failure };
  }
}

export function announceSaved(
  options: ConnectionsOptions,
  { row, outcome, merged }: SavedConnection,
  missingScopes: readonly string[],
): void {
  const owner = { tenantId: row.tenant_id, userId: row.user_id, service: row.service };
  if (merged) {
    announce(options, { type: "connection.merged", ...owner, connectionId: merged.id, intoConnectionId: row.id });
  }
  announce(options, { type: `connection.${outcome}`, ...owner, connectionId: row.id, missingScopes });
}
