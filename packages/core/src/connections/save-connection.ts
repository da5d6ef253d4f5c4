import type { UserProfile } from "../contract/index.ts";
import { auditEntry, newHandle, sealContext, type TenantHasher } from "../crypto/index.ts";
import { AuthorizationError, StorageError } from "../errors/index.ts";
import type { Guard, Statement } from "../ports/index.ts";
import { accountHashes, sealAccount, unknownAccount } from "./account.ts";
import { type ConnectionRow, eraseConnection, type TokenColumns } from "./connection-rows.ts";
import type { ConnectionsOptions } from "./connections-options.ts";

/** How often a connection is synced when nobody says otherwise. */
const DEFAULT_FREQUENCY_MS = 86_400_000;
/** Writers that came first, one after another, before we give up. */
const ATTEMPTS = 5;

/** What a user just allowed. */
export interface NewGrant {
  readonly tenantId: string;
  readonly userId: string;
  readonly service: string;
  readonly hasher: TenantHasher;
  readonly authorizedAtMs: number;
  readonly refreshExpiresAtMs: number | null;
  /** Who signed in, or why the service did not tell. */
  readonly account: { readonly profile: UserProfile } | { readonly failure: unknown };
  /** Where the server is, if the user named one. */
  readonly serverUrl?: string;
  /** The connection that was to be renewed. */
  readonly connectionId: string | null;
  /** Seals the tokens for the row that they go into. */
  readonly sealTokens: (owner: { readonly id: string; readonly tenant_id: string }) => Promise<TokenColumns>;
}

export interface SavedConnection {
  readonly row: ConnectionRow;
  readonly outcome: "connected" | "reconnected";
  /** A connection whose account was unknown until now and turned out to be this one's. */
  readonly merged?: ConnectionRow;
}

/**
 * Stores a grant where it belongs: in the connection that the user has to this account, or in a new one.
 * Old tokens are replaced in one step, whatever is done with them at the same time.
 * @throws {AuthorizationError} `auth.wrong-account`; nothing is overwritten then
 */
export async function saveConnection(options: ConnectionsOptions, grant: NewGrant): Promise<SavedConnection> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { target, merged } = await findTarget(options, grant);
    const saved = target ? await replace(options, grant, target, merged) : await insert(options, grant);
    if (saved) return saved;
  }
  throw new StorageError("storage.conflict", { what: "the connection" });
}

async function findTarget(
  options: ConnectionsOptions,
  grant: NewGrant,
): Promise<{ target?: ConnectionRow; merged?: ConnectionRow }> {
  const renewed = await findRenewed(options, grant);
  if (renewed && renewed.account_id !== null) {
    assertSameAccount(grant, renewed);
    return { target: renewed };
  }
  const known = "profile" in grant.account ? await findByAccount(options, grant, grant.account.profile) : undefined;
  if (known) return renewed ? { target: known, merged: renewed } : { target: known };
  return renewed ? { target: renewed } : {};
}

/** If it was disconnected while the user was away consenting, they get a new one. */
async function findRenewed({ storage }: ConnectionsOptions, grant: NewGrant): Promise<ConnectionRow | undefined> {
  const { connectionId, tenantId, userId } = grant;
  if (connectionId === null) return undefined;
  const where = { id: connectionId, tenant_id: tenantId, user_id: userId };
  return (await storage.select({ table: "user_services", where }))[0];
}

/** Links belong to an account. Tokens of one that cannot be shown to be the same never get into the connection. */
function assertSameAccount({ account, hasher, service }: NewGrant, renewed: ConnectionRow): void {
  if ("failure" in account) throw account.failure;
  if (accountHashes(hasher, service, account.profile).includes(renewed.account_hash)) return;
  throw new AuthorizationError("auth.wrong-account", { service, connectionId: renewed.id });
}

export async function findByAccount(
  { storage }: Pick<ConnectionsOptions, "storage">,
  { tenantId, userId, service, hasher }: Pick<NewGrant, "tenantId" | "userId" | "service" | "hasher">,
  profile: UserProfile,
): Promise<ConnectionRow | undefined> {
  const hashes = accountHashes(hasher, service, profile);
  const rows = await storage.select({
    table: "user_services",
    where: { tenant_id: tenantId, user_id: userId, service, account_hash: { in: hashes } },
  });
  return rows.find((row) => row.account_hash === hashes[0]) ?? rows[0];
}

async function replace(
  options: ConnectionsOptions,
  grant: NewGrant,
  target: ConnectionRow,
  merged: ConnectionRow | undefined,
): Promise<SavedConnection | undefined> {
  const set = {
    ...(await grant.sealTokens(target)),
    ...(await accountOf(options, grant, target)),
    ...(await serverOf(options, grant, target)),
    ...freshGrant(grant),
    updated_at: options.clock.now(),
  };
  const guards: Guard[] = [unchanged(target), ...(merged ? [unchanged(merged)] : [])];
  const statements: Statement[] = [
    ...(merged ? [...eraseConnection(merged), audit(options, "connection.merged", merged)] : []),
    { update: "user_services", set, increment: { token_version: 1 }, where: { id: target.id } },
    ...pairsToTryAgain(target, options.clock.now()),
    audit(options, "connection.reconnected", target),
  ];
  const result = await options.storage.write({ guards, statements });
  if (!result.applied) return undefined;
  const row = { ...target, ...set, token_version: target.token_version + 1 };
  return { row, outcome: "reconnected", ...(merged ? { merged } : {}) };
}

/** Pairs that wait for a permission may have it now; the next run tells. */
function pairsToTryAgain({ id, tenant_id }: ConnectionRow, nowMs: number): Statement[] {
  const set = { state: "active", state_reason: null, updated_at: nowMs } as const;
  const where = { tenant_id, state: "paused", state_reason: "pair.permission-lost" } as const;
  return [
    { update: "sync_pairs", set, where: { ...where, source_connection_id: id } },
    { update: "sync_pairs", set, where: { ...where, target_connection_id: id } },
  ];
}

async function insert(options: ConnectionsOptions, grant: NewGrant): Promise<SavedConnection | undefined> {
  const nowMs = options.clock.now();
  const owner = { id: newHandle("con", options.random), tenant_id: grant.tenantId };
  const row: ConnectionRow = {
    ...owner,
    user_id: grant.userId,
    service: grant.service,
    ...(await accountOf(options, grant, { ...owner, account_name: null })),
    ...(await serverOf(options, grant, owner)),
    ...(await grant.sealTokens(owner)),
    ...freshGrant(grant),
    enabled: true,
    default_frequency_ms: DEFAULT_FREQUENCY_MS,
    last_sync_at: null,
    token_version: 1,
    created_at: nowMs,
    updated_at: nowMs,
  };
  try {
    await options.storage.write({
      statements: [{ insert: "user_services", rows: [row] }, audit(options, "connection.connected", row)],
    });
    return { row, outcome: "connected" };
  } catch (error) {
    // The same account was connected by another callback in this very moment; there is a row to renew now.
    if (error instanceof StorageError && error.code === "storage.constraint") return undefined;
    throw error;
  }
}

function freshGrant(grant: NewGrant) {
  return {
    authorized_at: grant.authorizedAtMs,
    refresh_expires_at: grant.refreshExpiresAtMs,
    state: "active",
    state_reason: null,
  } as const;
}

async function accountOf(
  { encryption }: ConnectionsOptions,
  { account, hasher, service }: NewGrant,
  owner: Pick<ConnectionRow, "id" | "tenant_id" | "account_name">,
) {
  if ("profile" in account) return sealAccount(encryption, hasher, owner, service, account.profile, owner);
  return unknownAccount(hasher, owner.id);
}

async function serverOf(
  { encryption }: ConnectionsOptions,
  { serverUrl }: NewGrant,
  owner: { readonly id: string; readonly tenant_id: string },
): Promise<Pick<ConnectionRow, "server_url">> {
  if (serverUrl === undefined) return { server_url: null };
  return { server_url: await encryption.seal(serverUrl, sealContext("user_services", "server_url", owner)) };
}

/** Holds as long as nobody has touched the row's tokens. */
export function unchanged(row: ConnectionRow): Guard {
  return { table: "user_services", where: { id: row.id, token_version: row.token_version }, must: "exist" };
}

export function audit(
  options: Pick<ConnectionsOptions, "clock" | "random">,
  act: Parameters<typeof auditEntry>[0],
  row: Pick<ConnectionRow, "id" | "tenant_id" | "user_id" | "service">,
): Statement {
  const subject = { tenantId: row.tenant_id, userId: row.user_id, service: row.service, subjectId: row.id };
  return auditEntry(act, subject, options);
}
