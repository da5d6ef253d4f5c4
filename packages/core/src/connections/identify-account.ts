import type { AnyProvider, UserProfile } from "../contract/index.ts";
import { sealContext, type TenantHasher } from "../crypto/index.ts";
import { InvalidRequestError, StorageError } from "../errors/index.ts";
import type { TokenSource } from "../transport/types.ts";
import { readProfile, sealAccount } from "./account.ts";
import { announce } from "./connection-events.ts";
import { type ConnectionRow, eraseConnection, openTokens, readConnection, refTo } from "./connection-rows.ts";
import type { ConnectionsOptions } from "./connections-options.ts";
import { audit, findByAccount, unchanged } from "./save-connection.ts";
import { readScopes } from "./scopes.ts";

const ATTEMPTS = 5;

/**
 * Finds out whose account a connection is, where the service failed to tell at sign-in. No session opens before that,
 * so nothing has been synced with the connection yet.
 *
 * If the user has another connection to the same account, this one's tokens (if they are from the later consent) go to
 * that one, and this one is erased with its pairs.
 *
 * @throws {InvalidRequestError} `connection.unknown`: it has just been merged into the other one
 * @throws {ServiceError} the service still does not tell
 */
export async function identifyAccount(
  options: ConnectionsOptions,
  provider: AnyProvider,
  row: ConnectionRow,
  tokens: TokenSource,
): Promise<ConnectionRow> {
  const { tenant_id: tenantId, user_id: userId, service } = row;
  const profile = await readProfile(options, provider, { tenantId, tokens, grantedScopes: readScopes(row.scopes) });
  const hasher = await options.hashes.forTenant(tenantId);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const present = await readConnection(options.storage, refTo(row));
    if (present.account_id !== null) return present;
    const known = await findByAccount(options, { tenantId, userId, service, hasher }, profile);
    if (!known) {
      const identified = await setAccount(options, hasher, present, profile);
      if (identified) return identified;
    } else if (await mergeInto(options, known, present)) {
      const owner = { tenantId, userId, service, connectionId: row.id };
      announce(options, { type: "connection.merged", ...owner, intoConnectionId: known.id });
      throw new InvalidRequestError("connection.unknown", { connectionId: row.id });
    }
  }
  throw new StorageError("storage.conflict", { what: "the connection" });
}

async function setAccount(
  { storage, encryption, clock }: ConnectionsOptions,
  hasher: TenantHasher,
  present: ConnectionRow,
  profile: UserProfile,
): Promise<ConnectionRow | undefined> {
  const set = {
    ...(await sealAccount(encryption, hasher, present, present.service, profile, present)),
    updated_at: clock.now(),
  };
  try {
    const statements = [{ update: "user_services", set, where: { id: present.id } }] as const;
    const result = await storage.write({ guards: [unchanged(present)], statements });
    return result.applied ? { ...present, ...set } : undefined;
  } catch (error) {
    // The account was connected in this very moment.
    if (error instanceof StorageError && error.code === "storage.constraint") return undefined;
    throw error;
  }
}

async function mergeInto(options: ConnectionsOptions, known: ConnectionRow, present: ConnectionRow): Promise<boolean> {
  const { storage, clock } = options;
  const isLater = present.authorized_at >= known.authorized_at;
  const set = isLater ? { ...(await movedGrant(options, known, present)), updated_at: clock.now() } : {};
  const result = await storage.write({
    guards: [unchanged(known), unchanged(present)],
    statements: [
      ...eraseConnection(present),
      audit(options, "connection.merged", present),
      ...(isLater
        ? ([{ update: "user_services", set, increment: { token_version: 1 }, where: { id: known.id } }] as const)
        : []),
    ],
  });
  return result.applied;
}

/** Ciphertexts are bound to their row, so tokens that move are sealed anew. */
async function movedGrant({ encryption }: ConnectionsOptions, to: ConnectionRow, from: ConnectionRow) {
  const tokens = await openTokens(encryption, from);
  const seal = (column: "access_token" | "refresh_token", value: string | undefined) =>
    value === undefined ? null : encryption.seal(value, sealContext("user_services", column, to));
  return {
    access_token: await seal("access_token", tokens?.accessToken),
    refresh_token: await seal("refresh_token", tokens?.refreshToken),
    token_type: from.token_type,
    token_expiry: from.token_expiry,
    token_expires_at: from.token_expires_at,
    scopes: from.scopes,
    authorized_at: from.authorized_at,
    refresh_expires_at: from.refresh_expires_at,
    state: "active",
    state_reason: null,
  } as const;
}
