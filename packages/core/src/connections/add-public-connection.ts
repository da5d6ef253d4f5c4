import { ServiceError, type UserProfile } from "../contract/index.ts";
import { readProfile } from "./account.ts";
import { assertPublic } from "./authorization-of.ts";
import { checkRequest, requestSchemas } from "./check-request.ts";
import { announceSaved } from "./complete-authorization.ts";
import { toInfo } from "./connection-rows.ts";
import { type ConnectionsOptions, DEFAULT_TENANT } from "./connections-options.ts";
import { isPassing } from "./oauth-failure.ts";
import { saveConnection } from "./save-connection.ts";
import type { AddPublicRequest, CallbackResult } from "./types.ts";

/**
 * Connects an account whose data the service shows to anybody. No token is involved; the user says whose account it is.
 * If the service cannot be asked now, the given id is believed.
 *
 * @throws {ServiceError} the service says that there is no such account, or that it is not public
 */
export async function addPublicConnection(
  options: ConnectionsOptions,
  request: AddPublicRequest,
): Promise<CallbackResult> {
  checkRequest("connections.addPublic", requestSchemas.addPublic, request);
  const { tenantId = DEFAULT_TENANT, userId, service, accountId } = request;
  const provider = options.providers.get(service);
  assertPublic(provider);
  const profile = await readProfile(options, provider, { tenantId, accountId, grantedScopes: [] }).catch(
    (error: unknown): UserProfile => {
      if (error instanceof ServiceError && !isPassing(error)) throw error;
      return { externalId: accountId };
    },
  );
  const saved = await saveConnection(options, {
    tenantId,
    userId,
    service,
    hasher: await options.hashes.forTenant(tenantId),
    authorizedAtMs: options.clock.now(),
    refreshExpiresAtMs: null,
    account: { profile },
    connectionId: null,
    sealTokens: async () => ({
      access_token: null,
      refresh_token: null,
      token_type: null,
      token_expiry: "never",
      token_expires_at: null,
      scopes: "",
    }),
  });
  announceSaved(options, saved, []);
  return { connection: toInfo(saved.row), outcome: saved.outcome, missingScopes: [], profile };
}
