import { newHandle, sealContext, toBase64url } from "../../crypto/index.ts";
import type { SyncType } from "../../items/index.ts";
import type { Guard, Row } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";

export type ChannelRow = Row<"watch_channels">;

/** What a channel is about: one collection of one connection. */
export interface WatchedCollection {
  readonly tenantId: string;
  readonly userId: string;
  readonly connectionId: string;
  readonly service: string;
  readonly syncType: SyncType;
  /** The service's id of the container. */
  readonly containerId?: string;
  /** By what it is found: a keyed hash, or empty. */
  readonly container: string;
}

/** Longer than any request takes with its repetitions: whoever has not come back by then never will. */
export const LOST_AFTER_MS = 10 * 60_000;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const TOKEN_BYTES = 32;
/** A channel is replaced when one part in so many of its life is left. */
const LEAD_PART = 5;
const MOST_BACK_OFF_MS = 6 * 60 * MINUTE_MS;

/**
 * When a channel is to be replaced: when a day is left, or a fifth of its life if that is more; of a short life, half. No jitter:
 * channels are opened at any time of the day, and the host says when it calls.
 */
export function replacedAt(openedAtMs: number, expiresAtMs: number): number {
  const life = Math.max(0, expiresAtMs - openedAtMs);
  return Math.floor(expiresAtMs - Math.min(Math.max(DAY_MS, life / LEAD_PART), life / 2));
}

/** How long to wait after so many failures in a row: five minutes, doubled each time, six hours at most. */
export function backOffMs(attempts: number): number {
  return Math.min(5 * MINUTE_MS * 2 ** Math.min(attempts, 30), MOST_BACK_OFF_MS);
}

/** A service's word on when a channel ends, kept within what was asked for: its clock is not ours. */
export function endOf(expiresAtMs: number, now: number, ttlMs: number): number {
  return Math.min(Math.max(Math.floor(expiresAtMs) || now, now), now + ttlMs);
}

/** A channel as it comes into the world, and the secret that only the service gets. */
export async function newChannel(
  { encryption, hashes, clock, random }: EngineParts,
  collection: WatchedCollection,
  { address, ttlMs }: { readonly address: string; readonly ttlMs: number },
): Promise<{ readonly row: ChannelRow; readonly token: string }> {
  const { tenantId, userId, connectionId, service, syncType, containerId, container } = collection;
  const token = toBase64url(random.bytes(TOKEN_BYTES));
  const now = clock.now();
  const owner = { id: newHandle("chan", random), tenant_id: tenantId };
  const seal = (column: "container_sealed" | "address_sealed", text: string) =>
    encryption.seal(text, sealContext("watch_channels", column, owner));
  const row: ChannelRow = {
    ...owner,
    user_id: userId,
    connection_id: connectionId,
    service,
    sync_type: syncType,
    container,
    container_sealed: containerId === undefined ? null : await seal("container_sealed", containerId),
    address_sealed: await seal("address_sealed", address),
    token_hash: (await hashes.forTenant(tenantId)).hash("channel-token", token),
    resource_sealed: null,
    status: "opening",
    expires_at: now + ttlMs,
    due_at: now + LOST_AFTER_MS,
    attempts: 0,
    error_code: null,
    created_at: now,
    updated_at: now,
  };
  return { row, token };
}

export function sealResource({ encryption }: EngineParts, row: ChannelRow, resourceId: string): Promise<string> {
  return encryption.seal(resourceId, sealContext("watch_channels", "resource_sealed", row));
}

/** @returns `undefined` where nobody has told it to us */
export async function openResource({ encryption }: EngineParts, row: ChannelRow): Promise<string | undefined> {
  if (row.resource_sealed === null) return undefined;
  return await encryption.open(row.resource_sealed, sealContext("watch_channels", "resource_sealed", row));
}

export function openAddress({ encryption }: EngineParts, row: ChannelRow): Promise<string> {
  return encryption.open(row.address_sealed, sealContext("watch_channels", "address_sealed", row));
}

/** What a stored channel is about. */
export async function collectionOfChannel({ encryption }: EngineParts, row: ChannelRow): Promise<WatchedCollection> {
  const sealed = row.container_sealed;
  return {
    tenantId: row.tenant_id,
    userId: row.user_id,
    connectionId: row.connection_id,
    service: row.service,
    syncType: row.sync_type as SyncType,
    container: row.container,
    ...(sealed === null
      ? {}
      : { containerId: await encryption.open(sealed, sealContext("watch_channels", "container_sealed", row)) }),
  };
}

/** The channels of a collection. */
export function channelsOf({ tenantId, connectionId, syncType, container }: WatchedCollection) {
  return { tenant_id: tenantId, connection_id: connectionId, sync_type: syncType, container } as const;
}

/** Nobody else has dealt with this channel since it was read. */
export function asRead({ id, status, due_at }: ChannelRow): Guard {
  return { table: "watch_channels", where: { id, status, due_at }, must: "exist" };
}
