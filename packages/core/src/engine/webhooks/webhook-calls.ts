import { InvalidRequestError } from "../../errors/index.ts";
import type { SyncType } from "../../items/index.ts";
import { assertPublicUrl } from "../../transport/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { PairOwner } from "../requests/pairs.ts";
import { parseOwner } from "../requests/request.ts";
import { type ChannelRow, channelsOf, openAddress, type WatchedCollection } from "./channel-rows.ts";
import { endNow } from "./end-channel.ts";
import { openChannel } from "./open-channel.ts";
import { collectionsMeant, pairsOn, type WatchTarget } from "./watched-collections.ts";

export { receive } from "./receive.ts";
export { renewDue } from "./renew-due.ts";

/** A channel as it stands: handles, times and codes only. */
export interface ChannelInfo {
  readonly id: string;
  readonly connectionId: string;
  readonly service: string;
  readonly type: SyncType;
  /** `opening`: the service is being asked. `open`: it calls. `stopping`: replaced or not wanted, and to be ended there. */
  readonly state: ChannelRow["status"];
  readonly expiresAtMs: number;
  readonly createdAtMs: number;
  /** Why it could not be replaced or stopped the last time. */
  readonly errorCode?: string;
}

const LONGEST_ADDRESS = 2_000;

export interface StopReport {
  /** Channels that have ended. */
  readonly stopped: number;
  /** Channels that could not be stopped now; `renewDue` tries again until they end by themselves. */
  readonly left: number;
}

/** @see Webhooks.open */
export async function open(
  parts: EngineParts,
  request: WatchTarget & { readonly address: string },
  signal: AbortSignal,
): Promise<readonly ChannelInfo[]> {
  const address = await parseAddress(request?.address);
  const channels: ChannelInfo[] = [];
  for (const collection of await collectionsMeant(parts, request)) {
    const row = await openOne(parts, collection, address, signal);
    if (row) channels.push(toInfo(row));
  }
  return channels;
}

/** @throws {InvalidRequestError} `service.url-refused`, `request.invalid` */
async function parseAddress(given: string): Promise<string> {
  const address = String(await assertPublicUrl(given));
  if (address.length <= LONGEST_ADDRESS) return address;
  throw new InvalidRequestError("request.invalid", { path: "request.address", problem: "it is too long" });
}

/** One collection has one channel, so one that is open and calls the same address is left as it is. */
async function openOne(
  parts: EngineParts,
  collection: WatchedCollection,
  address: string,
  signal: AbortSignal,
): Promise<ChannelRow | undefined> {
  const now = parts.clock.now();
  const { open, opening } = await currentOf(parts, collection);
  if (opening && opening.due_at > now) return opening;
  if (open && open.expires_at > now && (await openAddress(parts, open)) === address) return open;
  const opened = await openChannel(parts, { collection, address, ...(open ? { replaces: open } : {}) }, signal);
  if (!opened) {
    const current = await currentOf(parts, collection);
    return current.opening ?? current.open;
  }
  if (open) await endNow(parts, open.id, signal);
  return opened;
}

async function currentOf(parts: EngineParts, collection: WatchedCollection) {
  const rows = await parts.storage.select({
    table: "watch_channels",
    where: { ...channelsOf(collection), status: { in: ["opening", "open"] } },
    orderBy: ["created_at", "id"],
    descending: true,
  });
  return {
    open: rows.find(({ status }) => status === "open"),
    opening: rows.find(({ status }) => status === "opening"),
  };
}

/** @see Webhooks.list */
export async function list(parts: EngineParts, owner: PairOwner): Promise<ChannelInfo[]> {
  const { tenantId, userId } = parseOwner(owner);
  const rows = await parts.storage.select({
    table: "watch_channels",
    where: { tenant_id: tenantId, user_id: userId },
    orderBy: ["created_at", "id"],
  });
  return rows.map(toInfo);
}

/** @see Webhooks.stop */
export async function stop(parts: EngineParts, target: WatchTarget, signal: AbortSignal): Promise<StopReport> {
  let stopped = 0;
  let left = 0;
  for (const collection of await collectionsMeant(parts, target)) {
    if ("pairId" in target && (await isSharedBy(parts, collection, target.pairId))) continue;
    const rows = await parts.storage.select({ table: "watch_channels", where: channelsOf(collection) });
    for (const row of rows) {
      const ending = await endNow(parts, row.id, signal);
      if (ending === "stopped" || ending === "forgotten") stopped += 1;
      else left += 1;
    }
  }
  return { stopped, left };
}

/** Whether another pair wants to hear of it, too. */
async function isSharedBy(parts: EngineParts, collection: WatchedCollection, pairId: string | undefined) {
  return pairId !== undefined && (await pairsOn(parts, collection)).some(({ id }) => id !== pairId);
}

function toInfo(row: ChannelRow): ChannelInfo {
  return {
    id: row.id,
    connectionId: row.connection_id,
    service: row.service,
    type: row.sync_type as SyncType,
    state: row.status,
    expiresAtMs: row.expires_at,
    createdAtMs: row.created_at,
    ...(row.error_code === null ? {} : { errorCode: row.error_code }),
  };
}
