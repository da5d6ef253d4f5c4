import { sha256 } from "@noble/hashes/sha2.js";
import { fromBase64url, sealContext, toBase64url } from "../crypto/index.ts";
import { AuthorizationError } from "../errors/index.ts";
import type { Row } from "../ports/index.ts";
import type { ConnectionsOptions } from "./connections-options.ts";

export type PendingRow = Row<"pending_oauth_auth">;

const STATE_BYTES = 32;
const PENDING_LIFETIME_MS = 10 * 60_000;

/** What a user set out to do; remembered until the callback comes. */
export interface PendingInput {
  readonly tenantId: string;
  readonly userId: string;
  readonly service: string;
  readonly redirectUrl: string;
  /** In their stored form. */
  readonly scopes: string;
  readonly connectionId: string | null;
}

/** Remembers a sign-in that begins. The state leaves this process only towards the user; stored is its hash. */
export async function storePending(
  { storage, encryption, clock, random }: ConnectionsOptions,
  input: PendingInput,
): Promise<{ state: string; codeVerifier: string; expiresAtMs: number }> {
  const stateBytes = random.bytes(STATE_BYTES);
  const state = toBase64url(stateBytes);
  const codeVerifier = toBase64url(random.bytes(32));
  const nowMs = clock.now();
  const owner = { tenant_id: input.tenantId, state_hash: hashOf(stateBytes) };
  const row: PendingRow = {
    ...owner,
    user_id: input.userId,
    service: input.service,
    code_verifier: await encryption.seal(codeVerifier, sealContext("pending_oauth_auth", "code_verifier", owner)),
    redirect_url: await encryption.seal(input.redirectUrl, sealContext("pending_oauth_auth", "redirect_url", owner)),
    scopes: input.scopes,
    connection_id: input.connectionId,
    expires_at: nowMs + PENDING_LIFETIME_MS,
    created_at: nowMs,
    updated_at: nowMs,
  };
  await storage.write({ statements: [{ insert: "pending_oauth_auth", rows: [row] }] });
  return { state, codeVerifier, expiresAtMs: row.expires_at };
}

/** Who the callback's host says it is for. */
export interface CallbackOwner {
  readonly service: string;
  readonly tenantId?: string;
  readonly userId?: string;
}

/**
 * Finds the sign-in that a state belongs to. Nothing is used up yet: a foreign caller must not end another one's.
 * @throws {AuthorizationError} `auth.state-unknown`, `auth.state-foreign`, `auth.state-expired`
 */
export async function findPending(
  { storage, clock }: ConnectionsOptions,
  state: string,
  owner: CallbackOwner,
): Promise<PendingRow> {
  const stateBytes = fromBase64url(state);
  if (stateBytes?.length !== STATE_BYTES) throw new AuthorizationError("auth.state-unknown", {});
  const rows = await storage.select({ table: "pending_oauth_auth", where: { state_hash: hashOf(stateBytes) } });
  const row = rows[0];
  if (!row) throw new AuthorizationError("auth.state-unknown", {});
  const foreign =
    row.service !== owner.service ||
    (owner.tenantId !== undefined && row.tenant_id !== owner.tenantId) ||
    (owner.userId !== undefined && row.user_id !== owner.userId);
  if (foreign) throw new AuthorizationError("auth.state-foreign", {});
  if (clock.now() >= row.expires_at) {
    await storage.write({ statements: [{ delete: "pending_oauth_auth", where: { state_hash: row.state_hash } }] });
    throw new AuthorizationError("auth.state-expired", {});
  }
  return row;
}

export async function openPending(
  { encryption }: ConnectionsOptions,
  row: PendingRow,
): Promise<{ codeVerifier: string; redirectUrl: string }> {
  const [codeVerifier, redirectUrl] = await Promise.all([
    encryption.open(row.code_verifier, sealContext("pending_oauth_auth", "code_verifier", row)),
    encryption.open(row.redirect_url, sealContext("pending_oauth_auth", "redirect_url", row)),
  ]);
  return { codeVerifier, redirectUrl };
}

/**
 * Uses a sign-in up, before its code is: of two callbacks at once, one goes on.
 * @throws {AuthorizationError} `auth.state-unknown`: another callback was faster
 */
export async function consumePending({ storage }: ConnectionsOptions, { state_hash }: PendingRow): Promise<void> {
  const result = await storage.write({
    guards: [{ table: "pending_oauth_auth", where: { state_hash }, must: "exist" }],
    statements: [{ delete: "pending_oauth_auth", where: { state_hash } }],
  });
  if (!result.applied) throw new AuthorizationError("auth.state-unknown", {});
}

/** A plain hash is enough: nobody guesses 32 random bytes. */
function hashOf(stateBytes: Uint8Array): string {
  return toBase64url(sha256(stateBytes));
}
