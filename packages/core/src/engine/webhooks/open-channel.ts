import {
  type ChannelRef,
  canWatch,
  DeferredError,
  MalformedAnswerError,
  ServiceError,
  type WatchedChannel,
} from "../../contract/index.ts";
import { AuthorizationError, InvalidRequestError } from "../../errors/index.ts";
import type { Statement } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import {
  type ChannelRow,
  channelsOf,
  endOf,
  newChannel,
  replacedAt,
  sealResource,
  type WatchedCollection,
} from "./channel-rows.ts";
import { assertMayWatch } from "./watched-collections.ts";

export interface Opening {
  readonly collection: WatchedCollection;
  readonly address: string;
  /** The open channel whose place the new one takes; it is then to be stopped. */
  readonly replaces?: ChannelRow;
}

const LONGEST_RESOURCE_ID = 2_000;

/**
 * Opens a channel. Its row is there before the service is asked, so that the service's first call finds it and a channel whose
 * answer is lost is not forgotten; while it is, nobody else opens one for the same collection.
 * @returns `undefined`: another process was first, or the connection has gone meanwhile
 */
export async function openChannel(
  parts: EngineParts,
  { collection, address, replaces }: Opening,
  signal: AbortSignal,
): Promise<ChannelRow | undefined> {
  const { tenantId, userId, connectionId, service, syncType, containerId } = collection;
  const provider = parts.registry.get(service);
  const { webhooks } = provider;
  if (!webhooks || !canWatch(provider, syncType)) {
    throw new InvalidRequestError("request.type-unsupported", { service, type: syncType, access: "watch" });
  }
  const ref = { tenantId, userId, connectionId };
  assertMayWatch(provider, await parts.connections.get(ref), syncType);
  const session = await parts.connections.session({ ...ref, signal });
  const ttlMs = webhooks.maxTtlMs;
  const { row, token } = await newChannel(parts, collection, { address, ttlMs });
  if (!(await announceOpening(parts, collection, row, replaces))) return undefined;
  let watched: WatchedChannel;
  try {
    watched = await webhooks.watch(session, {
      syncType,
      ...(containerId === undefined ? {} : { containerId }),
      channelId: row.id,
      address,
      token,
      ttlMs,
    });
    assertForm(service, watched);
  } catch (error) {
    await giveUp(parts, row, error);
    throw error;
  }
  const open = await recordOpen(parts, row, watched, ttlMs, replaces);
  if (!open) await takeBack(parts, row, watched.resourceId, (channel) => webhooks.stop(session, channel));
  return open;
}

/** Nobody wants it any more: stopped or disconnected while the service was asked. */
async function takeBack(
  parts: EngineParts,
  row: ChannelRow,
  resourceId: string,
  stop: (channel: ChannelRef) => Promise<void>,
): Promise<void> {
  const { storage, clock } = parts;
  const now = clock.now();
  const set = { resource_sealed: await sealResource(parts, row, resourceId), due_at: now, updated_at: now };
  await storage.write({ statements: [{ update: "watch_channels", set, where: { id: row.id, status: "stopping" } }] });
  // If this fails, whoever deals with the row next does it; if that went with its connection, the channel ends by itself.
  const isStopped = await stop({ channelId: row.id, resourceId }).then(
    () => true,
    () => false,
  );
  if (isStopped) await storage.write({ statements: [{ delete: "watch_channels", where: { id: row.id } }] });
}

async function announceOpening(
  { storage, clock }: EngineParts,
  collection: WatchedCollection,
  row: ChannelRow,
  replaces: ChannelRow | undefined,
): Promise<boolean> {
  const of = channelsOf(collection);
  const result = await storage.write({
    guards: [
      { table: "user_services", where: { id: row.connection_id, tenant_id: row.tenant_id }, must: "exist" },
      // One whose time is over was lost with its process, and stands in nobody's way.
      { table: "watch_channels", where: { ...of, status: "opening", due_at: { gt: clock.now() } }, must: "not-exist" },
      replaces
        ? { table: "watch_channels", where: { id: replaces.id, status: "open" }, must: "exist" }
        : { table: "watch_channels", where: { ...of, status: "open" }, must: "not-exist" },
    ],
    statements: [{ insert: "watch_channels", rows: [row] }],
  });
  return result.applied;
}

async function recordOpen(
  parts: EngineParts,
  row: ChannelRow,
  { resourceId, expiresAtMs }: WatchedChannel,
  ttlMs: number,
  replaces: ChannelRow | undefined,
): Promise<ChannelRow | undefined> {
  const now = parts.clock.now();
  const expires_at = endOf(expiresAtMs, now, ttlMs);
  const set = {
    status: "open",
    resource_sealed: await sealResource(parts, row, resourceId),
    expires_at,
    due_at: replacedAt(now, expires_at),
    updated_at: now,
  } as const;
  const retire: readonly Statement[] = replaces
    ? [
        {
          update: "watch_channels",
          set: { status: "stopping", due_at: now, attempts: 0, error_code: null, updated_at: now },
          where: { id: replaces.id, status: "open" },
        },
      ]
    : [];
  const result = await parts.storage.write({
    guards: [{ table: "watch_channels", where: { id: row.id, status: "opening" }, must: "exist" }],
    statements: [{ update: "watch_channels", set, where: { id: row.id } }, ...retire],
  });
  return result.applied ? { ...row, ...set } : undefined;
}

/** What the service has refused is not there. What it may have opened is remembered until it would end by itself. */
async function giveUp({ storage, clock }: EngineParts, row: ChannelRow, error: unknown): Promise<void> {
  const where = { id: row.id, status: "opening" } as const;
  const now = clock.now();
  const set = { status: "stopping", due_at: row.expires_at, updated_at: now } as const;
  // A first call may have told the service's name of it meanwhile: then it can be stopped at once.
  const known = { ...where, resource_sealed: { not: null } };
  await storage.write({
    statements: wasRefused(error)
      ? [{ delete: "watch_channels", where }]
      : [
          { update: "watch_channels", set: { ...set, due_at: now }, where: known },
          { update: "watch_channels", set, where },
        ],
  });
}

function wasRefused(error: unknown): boolean {
  if (error instanceof ServiceError) return error.failure.kind !== "unavailable";
  return error instanceof DeferredError || error instanceof AuthorizationError;
}

/** @throws {MalformedAnswerError} with such a name it could never be stopped */
function assertForm(service: string, { resourceId }: WatchedChannel): void {
  const length = typeof resourceId === "string" ? resourceId.length : 0;
  if (length > 0 && length <= LONGEST_RESOURCE_ID) return;
  throw new MalformedAnswerError(service, "watch", "it gives the channel no name that fits");
}
