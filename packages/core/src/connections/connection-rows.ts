import type { OAuthTokens, TokenAnswer, TokenExpiry } from "../contract/index.ts";
import { sealContext } from "../crypto/index.ts";
import { InvalidRequestError } from "../errors/index.ts";
import type { Encryption, Row, Statement, StorageAdapter } from "../ports/index.ts";
import { DEFAULT_TENANT } from "./connections-options.ts";
import { readScopes, writeScopes } from "./scopes.ts";
import type { ConnectionInfo, ConnectionRef } from "./types.ts";

export type ConnectionRow = Row<"user_services">;

/** Names of token types as RFC 6750 and 9449 have them; anything else a service says is not stored. */
const TOKEN_TYPE = /^(bearer|dpop)$/i;
/** A token answer without a lifetime counts as short. */
const UNKNOWN_LIFETIME_MS = 5 * 60_000;
/** Longer than any token lives; keeps absurd answers within what a date can hold. */
const LONGEST_LIFETIME_MS = 10 * 365 * 86_400_000;

/** @throws {InvalidRequestError} `connection.unknown`, also for the connection of another tenant or user */
export async function readConnection(storage: StorageAdapter, ref: ConnectionRef): Promise<ConnectionRow> {
  const rows = await storage.select({
    table: "user_services",
    where: {
      id: ref.connectionId,
      tenant_id: ref.tenantId ?? DEFAULT_TENANT,
      ...(ref.userId === undefined ? {} : { user_id: ref.userId }),
    },
  });
  const row = rows[0];
  if (!row) throw new InvalidRequestError("connection.unknown", { connectionId: ref.connectionId });
  return row;
}

/** The same connection again, with nothing left to the caller. */
export function refTo(row: ConnectionRow): ConnectionRef & { readonly tenantId: string } {
  return { tenantId: row.tenant_id, connectionId: row.id };
}

export function toInfo(row: ConnectionRow): ConnectionInfo {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    userId: row.user_id,
    service: row.service,
    state: row.state,
    ...(row.state_reason === null ? {} : { stateReason: row.state_reason }),
    scopes: readScopes(row.scopes),
    enabled: row.enabled,
    defaultFrequencyMs: row.default_frequency_ms,
    createdAtMs: row.created_at,
    authorizedAtMs: row.authorized_at,
    ...(row.last_sync_at === null ? {} : { lastSyncAtMs: row.last_sync_at }),
    ...(row.refresh_expires_at === null ? {} : { refreshExpiresAtMs: row.refresh_expires_at }),
    accountKnown: row.account_id !== null,
  };
}

/** Columns that hold tokens; they are always written together. */
export type TokenColumns = Pick<
  ConnectionRow,
  "access_token" | "refresh_token" | "token_type" | "token_expiry" | "token_expires_at" | "scopes"
>;

/**
 * Seals a token answer for one connection.
 * @param arrivedAtMs lifetimes are counted from the answer's arrival, on our own clock
 * @param before what the answer leaves out is kept: the refresh token and the scopes
 */
export async function sealTokens(
  encryption: Encryption,
  owner: { readonly id: string; readonly tenant_id: string },
  answer: TokenAnswer,
  arrivedAtMs: number,
  before: { readonly refresh_token: string | null; readonly scopes: string },
): Promise<TokenColumns> {
  const { accessToken, refreshToken, tokenType = "bearer", expiresIn, scopes } = answer;
  const [access, refresh] = await Promise.all([
    encryption.seal(accessToken, sealContext("user_services", "access_token", owner)),
    refreshToken === undefined
      ? before.refresh_token
      : encryption.seal(refreshToken, sealContext("user_services", "refresh_token", owner)),
  ]);
  return {
    access_token: access,
    refresh_token: refresh,
    token_type: TOKEN_TYPE.test(tokenType) ? tokenType.toLowerCase() : "bearer",
    ...expiryColumns(expiresIn, arrivedAtMs),
    scopes: scopes === undefined ? before.scopes : writeScopes(scopes),
  };
}

function expiryColumns(
  expiresIn: TokenAnswer["expiresIn"],
  arrivedAtMs: number,
): Pick<ConnectionRow, "token_expiry" | "token_expires_at"> {
  if (expiresIn === "never") return { token_expiry: "never", token_expires_at: null };
  // The end is a guess then, and stored as one so that the token is renewed in time.
  if (expiresIn === undefined || !(expiresIn > 0)) {
    return { token_expiry: "unknown", token_expires_at: arrivedAtMs + UNKNOWN_LIFETIME_MS };
  }
  const lifetimeMs = Math.min(Math.floor(expiresIn * 1_000), LONGEST_LIFETIME_MS);
  return { token_expiry: "at", token_expires_at: arrivedAtMs + lifetimeMs };
}

/** @returns `undefined` if there are none (public data) */
export async function openTokens(encryption: Encryption, row: ConnectionRow): Promise<OAuthTokens | undefined> {
  if (row.access_token === null) return undefined;
  const [accessToken, refreshToken] = await Promise.all([
    encryption.open(row.access_token, sealContext("user_services", "access_token", row)),
    row.refresh_token === null
      ? undefined
      : encryption.open(row.refresh_token, sealContext("user_services", "refresh_token", row)),
  ]);
  return {
    accessToken,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    tokenType: row.token_type ?? "bearer",
    expiry: expiryOf(row),
    scopes: readScopes(row.scopes),
  };
}

function expiryOf(row: ConnectionRow): TokenExpiry {
  if (row.token_expiry === "at" && row.token_expires_at !== null) return { kind: "at", atMs: row.token_expires_at };
  return { kind: row.token_expiry === "never" ? "never" : "unknown" };
}

/** Erases a connection with all that refers to it; what hangs on its pairs goes with them. */
export function eraseConnection(row: Pick<ConnectionRow, "id" | "tenant_id">): Statement[] {
  const { id, tenant_id } = row;
  return [
    { delete: "sync_pairs", where: { tenant_id, source_connection_id: id } },
    { delete: "sync_pairs", where: { tenant_id, target_connection_id: id } },
    { delete: "pending_oauth_auth", where: { tenant_id, connection_id: id } },
    { delete: "leases", where: { name: refreshLeaseName(id) } },
    { delete: "user_services", where: { id, tenant_id } },
  ];
}

export function refreshLeaseName(connectionId: string): string {
  return `refresh:${connectionId}`;
}
