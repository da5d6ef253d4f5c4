import { type AnyProvider, type OAuth2Authorization, serviceError, type TokenAnswer } from "../contract/index.ts";
import { AuthorizationError, StorageError, SyncerError } from "../errors/index.ts";
import { announce, report } from "./connection-events.ts";
import { type ConnectionRow, openTokens, readConnection, refTo, sealTokens } from "./connection-rows.ts";
import type { ConnectionsOptions } from "./connections-options.ts";
import { canRefresh, createOAuthClient } from "./oauth-client.ts";
import { GrantRefused } from "./oauth-failure.ts";
import type { ReauthorizationReason } from "./reasons.ts";
import { LEASE_MS, takeRefreshLease } from "./refresh-lease.ts";
import { assertAuthorized, reauthorizationError, requireReauthorization } from "./require-reauthorization.ts";
import { audit, unchanged } from "./save-connection.ts";
import type { HeldTokens } from "./token-cache.ts";
import type { ConnectionRef } from "./types.ts";

/** A token that ends within this time is renewed before it is used. */
const MARGIN_MS = 60_000;
/** More refreshes than this in the window mean that fresh tokens are refused: a loop that only annoys the service. */
const MOST_REFRESHES = 3;
const STORM_WINDOW_MS = 10 * 60_000;
/** How often a worker looks whether another one has finished the refresh. */
const LOOK_AGAIN_MS = 250;
/** A worker that dies with the lease is outlived, and one more after it. */
const LONGEST_WAIT_MS = 2 * LEASE_MS;
/** A rotated refresh token that is not stored is a lost connection, so a failing storage is asked again. */
const SAVE_RETRIES_MS = [100, 400, 1_600] as const;

/** Why tokens are to be renewed; decides when they have been. */
export type RenewalReason =
  | { readonly kind: "ending" }
  | { readonly kind: "refused"; readonly accessToken: string }
  | { readonly kind: "asked"; readonly tokenVersion: number };

/** Tokens that a service gave and the storage did not take; the next attempt stores them instead of asking for others. */
export type UnsavedAnswers = Map<
  string,
  { readonly version: number; readonly answer: TokenAnswer; readonly arrivedAtMs: number }
>;

export interface RefreshContext {
  readonly options: ConnectionsOptions;
  readonly provider: AnyProvider;
  /** Absent: there is nothing to renew tokens with. */
  readonly authorization: OAuth2Authorization | undefined;
  readonly unsaved: UnsavedAnswers;
}

export function needsRenewal(
  { options, authorization }: RefreshContext,
  held: HeldTokens,
  why: RenewalReason,
): boolean {
  switch (why.kind) {
    case "refused":
      return held.tokens.accessToken === why.accessToken;
    case "asked":
      return held.row.token_version === why.tokenVersion;
    case "ending":
      return isEnding(held.row, options.clock.now(), canRefresh(authorization));
  }
}

function isEnding({ token_expiry, token_expires_at }: ConnectionRow, nowMs: number, renewable: boolean): boolean {
  if (token_expires_at === null) return false;
  if (renewable) return nowMs >= token_expires_at - MARGIN_MS;
  // What cannot be renewed is used to its end; an end that we guessed is none.
  return token_expiry === "at" && nowMs >= token_expires_at;
}

/** @throws {InvalidRequestError} `connection.unknown`; @throws {AuthorizationError} `auth.reauthorization-required` */
export async function readTokens({ storage, encryption }: ConnectionsOptions, ref: ConnectionRef): Promise<HeldTokens> {
  const row = await readConnection(storage, ref);
  const tokens = await openTokens(encryption, row);
  // Made while the provider showed public data only; now it wants tokens.
  if (!tokens) throw reauthorizationError(row, "token-expired");
  return { row, tokens };
}

/**
 * Renews a connection's tokens, once in the whole fleet: under a short lease, read again inside it, and written on
 * condition that nobody else has, before they are used.
 *
 * @throws {AuthorizationError} `auth.reauthorization-required`, `auth.refresh-storm`, `auth.client-refused`
 * @throws {ServiceError} the token endpoint cannot answer now; the connection stays as it is
 */
export async function refreshTokens(
  context: RefreshContext,
  ref: ConnectionRef,
  why: RenewalReason,
): Promise<HeldTokens> {
  const { clock, random } = context.options;
  const giveUpAtMs = clock.now() + LONGEST_WAIT_MS;
  while (clock.now() < giveUpAtMs) {
    const held = await readTokens(context.options, ref);
    if (why.kind !== "asked") assertAuthorized(held.row);
    if (!needsRenewal(context, held, why)) return held;
    const { authorization } = context;
    if (!canRefresh(authorization) || held.tokens.refreshToken === undefined) return withoutRefresh(context, held, why);
    const lease = await takeRefreshLease(context.options, held.row);
    if (!lease) {
      await clock.sleep(LOOK_AGAIN_MS * (1 + random.uniform()));
      continue;
    }
    try {
      const renewed = await refreshUnderLease({ ...context, authorization }, ref, why);
      if (renewed) return renewed;
    } finally {
      await lease.release().catch(() => undefined);
    }
  }
  throw serviceError(context.provider.name, "the token endpoint", 503, { kind: "unavailable" });
}

/** Tokens that cannot be renewed: nothing to do when asked, the end of the connection when they no longer work. */
async function withoutRefresh({ options }: RefreshContext, held: HeldTokens, why: RenewalReason): Promise<HeldTokens> {
  if (why.kind === "asked") return held;
  const reason = why.kind === "refused" ? "token-refused" : "token-expired";
  await requireReauthorization(options, held.row, reason);
  throw reauthorizationError(held.row, reason);
}

/** @returns `undefined` if somebody else changed the tokens in between; they are read again then */
async function refreshUnderLease(
  context: RefreshContext & { readonly authorization: OAuth2Authorization },
  ref: ConnectionRef,
  why: RenewalReason,
): Promise<HeldTokens | undefined> {
  const { options, provider, authorization, unsaved } = context;
  const held = await readTokens(options, ref);
  if (why.kind !== "asked") assertAuthorized(held.row);
  if (!needsRenewal(context, held, why)) return held;
  const { row, tokens } = held;
  const earlier = unsaved.get(row.id);
  unsaved.delete(row.id);
  if (earlier?.version === row.token_version) return save(context, row, earlier.answer, earlier.arrivedAtMs);

  await assertNoStorm(options, row);
  const client = await createOAuthClient(options, provider, authorization, row.tenant_id);
  try {
    const answer = await client.refresh(tokens.refreshToken ?? "");
    return await save(context, row, answer, options.clock.now());
  } catch (error) {
    if (error instanceof GrantRefused) return grantRefused(context, row);
    report(options, {
      level: "warn",
      event: "token.refresh-failed",
      tenantId: row.tenant_id,
      service: row.service,
      connectionId: row.id,
      code: SyncerError.is(error) ? error.code : "unexpected",
    });
    throw error;
  }
}

async function assertNoStorm({ storage, clock }: ConnectionsOptions, row: ConnectionRow): Promise<void> {
  const refreshes = await storage.count({
    table: "audit_log",
    where: {
      tenant_id: row.tenant_id,
      user_id: row.user_id,
      act: "connection.refreshed",
      subject_id: row.id,
      at: { gt: clock.now() - STORM_WINDOW_MS },
    },
  });
  if (refreshes >= MOST_REFRESHES) throw new AuthorizationError("auth.refresh-storm", { connectionId: row.id });
}

/** Another worker may have rotated the token that we sent: only if it still is the stored one is the grant over. */
async function grantRefused({ options }: RefreshContext, row: ConnectionRow): Promise<undefined> {
  const present = await readConnection(options.storage, refTo(row));
  if (present.token_version !== row.token_version) return undefined;
  const expired = row.refresh_expires_at !== null && options.clock.now() >= row.refresh_expires_at;
  const reason: ReauthorizationReason = expired ? "grant-expired" : "grant-refused";
  const marked = await requireReauthorization(options, present, reason);
  if (marked || present.state === "needs-reauthorization") throw reauthorizationError(row, reason);
  return undefined;
}

async function save(
  context: RefreshContext,
  row: ConnectionRow,
  answer: TokenAnswer,
  arrivedAtMs: number,
): Promise<HeldTokens | undefined> {
  const { options, unsaved } = context;
  const set = {
    ...(await sealTokens(options.encryption, row, answer, arrivedAtMs, row)),
    ...(row.state === "needs-reauthorization" ? ({ state: "active", state_reason: null } as const) : {}),
    updated_at: options.clock.now(),
  };
  let applied: boolean;
  try {
    applied = await writeStubbornly(options, {
      guards: [unchanged(row)],
      statements: [
        { update: "user_services", set, increment: { token_version: 1 }, where: { id: row.id } },
        audit(options, "connection.refreshed", row),
      ],
    });
  } catch (error) {
    unsaved.set(row.id, { version: row.token_version, answer, arrivedAtMs });
    throw error;
  }
  if (!applied) return undefined;
  const owner = { tenantId: row.tenant_id, userId: row.user_id, service: row.service };
  announce(options, { type: "connection.refreshed", ...owner, connectionId: row.id });
  return readTokens(options, refTo(row));
}

/**
 * A failed write may have been done all the same; then the guard of the next one does not hold, and the tokens that are
 * read back are our own.
 */
async function writeStubbornly(
  { storage, clock }: ConnectionsOptions,
  batch: Parameters<ConnectionsOptions["storage"]["write"]>[0],
): Promise<boolean> {
  for (const waitMs of SAVE_RETRIES_MS) {
    try {
      return (await storage.write(batch)).applied;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      await clock.sleep(waitMs);
    }
  }
  return (await storage.write(batch)).applied;
}
