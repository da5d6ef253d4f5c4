import type { AnyProvider, Session } from "../contract/index.ts";
import { InvalidRequestError, SyncerError } from "../errors/index.ts";
import type { Statement } from "../ports/index.ts";
import { announce, report } from "./connection-events.ts";
import { type ConnectionRow, eraseConnection, openTokens } from "./connection-rows.ts";
import type { ConnectionsOptions } from "./connections-options.ts";
import { createOAuthClient } from "./oauth-client.ts";
import { audit } from "./save-connection.ts";
import { stopChannels } from "./stop-channels.ts";
import type { DisconnectResult } from "./types.ts";

/**
 * Ends a connection: stops its channels and revokes its grant where the service can, and erases its tokens and everything known of it in one
 * step, its pairs with their links, runs and schedules included. A pair without one side has no meaning, and what
 * belonged to an account does not outlive the user's consent. With the last connection to a service go the overrides
 * that name ids of it. The audit log keeps that it happened.
 *
 * A service that fails to revoke does not keep the tokens here.
 */
export async function disconnect(
  options: ConnectionsOptions,
  row: ConnectionRow,
  openSession: () => Promise<Session>,
): Promise<DisconnectResult> {
  await stopChannels(options, row, openSession);
  const revocation = await revoke(options, row);
  const { id, tenant_id, user_id, service } = row;
  const result = await options.storage.write({
    guards: [{ table: "user_services", where: { id, tenant_id }, must: "exist" }],
    statements: [
      ...eraseConnection(row),
      ...(await eraseOverrides(options, row)),
      ...(revocation === "revoked" ? [audit(options, "connection.revoked", row)] : []),
      audit(options, "connection.disconnected", row),
    ],
  });
  if (!result.applied) throw new InvalidRequestError("connection.unknown", { connectionId: id });
  announce(options, {
    type: "connection.disconnected",
    tenantId: tenant_id,
    userId: user_id,
    service,
    connectionId: id,
  });
  const [asSource = 0, asTarget = 0] = result.affected;
  return { revocation, removedPairs: asSource + asTarget };
}

async function eraseOverrides(
  { storage }: ConnectionsOptions,
  { id, tenant_id, user_id, service }: ConnectionRow,
): Promise<Statement[]> {
  const where = { tenant_id, user_id };
  const others = await storage.count({ table: "user_services", where: { ...where, service, id: { not: id } } });
  if (others > 0) return [];
  return [
    { delete: "match_overrides", where: { ...where, service_a: service } },
    { delete: "match_overrides", where: { ...where, service_b: service } },
  ];
}

async function revoke(options: ConnectionsOptions, row: ConnectionRow): Promise<DisconnectResult["revocation"]> {
  if (row.access_token === null) return "nothing-to-revoke";
  try {
    const provider: AnyProvider = options.providers.get(row.service);
    const { authorization } = provider;
    if (authorization.kind !== "oauth2" || authorization.endpoints.revoke === undefined) return "unsupported";
    const tokens = await openTokens(options.encryption, row);
    const client = await createOAuthClient(options, provider, authorization, row.tenant_id);
    // RFC 7009 §2.1: with the refresh token, the access tokens of the grant go too.
    if (tokens?.refreshToken !== undefined) await client.revoke(tokens.refreshToken, "refresh_token");
    else if (tokens) await client.revoke(tokens.accessToken, "access_token");
    return "revoked";
  } catch (error) {
    report(options, {
      level: "warn",
      event: "connection.revocation-failed",
      tenantId: row.tenant_id,
      service: row.service,
      connectionId: row.id,
      code: SyncerError.is(error) ? error.code : "unexpected",
    });
    return "failed";
  }
}
