import { ServiceError } from "../contract/index.ts";
import { sealContext } from "../crypto/index.ts";
import { AuthorizationError } from "../errors/index.ts";
import { assertPublicUrl } from "../transport/index.ts";
import { justIssued, readProfile } from "./account.ts";
import { basicOf } from "./authorization-of.ts";
import { checkRequest, requestSchemas } from "./check-request.ts";
import { announceSaved } from "./complete-authorization.ts";
import { toInfo } from "./connection-rows.ts";
import { type ConnectionsOptions, DEFAULT_TENANT } from "./connections-options.ts";
import { saveConnection } from "./save-connection.ts";
import type { AddBasicRequest, CallbackResult } from "./types.ts";

/**
 * Connects an account by a name and a password that its user made for applications. The server is asked at once: a wrong password or
 * address is told while the user is still there.
 *
 * @throws {AuthorizationError} `auth.kind-mismatch`, `auth.password-refused`
 * @throws {InvalidRequestError} `service.url-refused`: the server's address
 * @throws {ServiceError} the server does not answer, or is none of this kind
 */
export async function addBasicConnection(
  options: ConnectionsOptions,
  request: AddBasicRequest,
): Promise<CallbackResult> {
  checkRequest("connections.addBasic", requestSchemas.addBasic, request);
  const { tenantId = DEFAULT_TENANT, userId, service, username, password } = request;
  const provider = options.providers.get(service);
  const { server } = basicOf(provider);
  const serverUrl = await serverOf(server, request.serverUrl, provider.transport.addresses);
  const accessToken = basicToken(username, password);
  const tokens = justIssued(service, accessToken);
  const profile = await readProfile(options, provider, { tenantId, tokens, serverUrl, grantedScopes: [] }).catch(
    (error: unknown) => {
      throw isRefusal(error) ? new AuthorizationError("auth.password-refused", { service }, { cause: error }) : error;
    },
  );
  const { encryption, hashes, clock } = options;
  const saved = await saveConnection(options, {
    tenantId,
    userId,
    service,
    hasher: await hashes.forTenant(tenantId),
    authorizedAtMs: clock.now(),
    refreshExpiresAtMs: null,
    account: { profile },
    serverUrl,
    connectionId: null,
    sealTokens: async (owner) => ({
      access_token: await encryption.seal(accessToken, sealContext("user_services", "access_token", owner)),
      refresh_token: null,
      token_type: "basic",
      token_expiry: "never",
      token_expires_at: null,
      scopes: "",
    }),
  });
  announceSaved(options, saved, []);
  return { connection: toInfo(saved.row), outcome: saved.outcome, missingScopes: [], profile };
}

/** The server answered, and would not have the password; or it was asked for a new token, of which there are none. */
function isRefusal(error: unknown): boolean {
  if (error instanceof AuthorizationError) return true;
  if (!(error instanceof ServiceError)) return false;
  return error.failure.kind === "unauthorized" || error.failure.kind === "reauthorization-required";
}

async function serverOf(
  server: string,
  given: string | undefined,
  rules: Parameters<typeof assertPublicUrl>[1],
): Promise<string> {
  if (server !== "given") return server;
  return (await assertPublicUrl(given ?? "", rules)).href;
}

/** RFC 7617 §2, in UTF-8. */
function basicToken(username: string, password: string): string {
  let text = "";
  for (const byte of new TextEncoder().encode(`${username}:${password}`)) text += String.fromCharCode(byte);
  return btoa(text);
}
