import { z } from "zod";
import { type ConnectionInfo, requireGranted, requireOn } from "../../connections/index.ts";
import { type AnyProvider, canWatch, collectionOf } from "../../contract/index.ts";
import { InvalidRequestError } from "../../errors/index.ts";
import type { SyncType } from "../../items/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { Side } from "../plans/plan.ts";
import { containerKey, openContainers } from "../requests/pair-containers.ts";
import { type PairOwner, readPair } from "../requests/pairs.ts";
import { parseOwner, parseWith } from "../requests/request.ts";
import type { PairRow } from "../runs/run-context.ts";
import type { ChannelRow, WatchedCollection } from "./channel-rows.ts";

/** Which collections: those of a pair's sides that wake it, or one by its connection. */
export type WatchTarget = PairOwner &
  (
    | { readonly pairId: string }
    | {
        readonly connectionId: string;
        readonly type: SyncType;
        /** Of documents in containers (the events of a calendar): the service's id of the container. */
        readonly container?: string;
      }
  );

const handle = z.string().min(1).max(200);
const targetSchema = z.union(
  [
    z.object({ pairId: handle, connectionId: z.undefined().optional() }),
    z.object({
      pairId: z.undefined().optional(),
      connectionId: handle,
      type: z.string().min(1).max(200),
      container: z.string().min(1).max(2_000).optional(),
    }),
  ],
  "name a pair by pairId, or a collection by connectionId, type and, of documents in containers, container",
);

/** The sides whose changes a pair's runs carry over: one way and additive, only the side that is read. */
export function sidesThatWake({ mode, propagation }: Pick<PairRow, "mode" | "propagation">): readonly Side[] {
  if (mode === "bidirectional" || propagation === "mirror") return ["source", "target"];
  return mode === "sync-to" ? ["target"] : ["source"];
}

/**
 * The collections that are meant, as far as their services can watch them.
 * @throws {InvalidRequestError} `request.invalid`, `pair.unknown`, `connection.unknown`; `request.type-unsupported`: none can be watched
 */
export async function collectionsMeant(parts: EngineParts, target: WatchTarget): Promise<readonly WatchedCollection[]> {
  const owner = parseOwner(target);
  const { pairId, ...named } = parseWith(targetSchema, target, "request");
  if (pairId === undefined) return [await namedCollection(parts, owner, named as Named)];
  const pair = await readPair(parts, { ...owner, pairId });
  const containers = await openContainers(parts, pair);
  const collections: WatchedCollection[] = [];
  const unable: string[] = [];
  for (const side of sidesThatWake(pair)) {
    const connectionId = side === "source" ? pair.source_connection_id : pair.target_connection_id;
    const { service } = await parts.connections.get({ ...owner, connectionId });
    if (!canWatch(parts.registry.get(service), pair.sync_type as SyncType)) {
      unable.push(service);
      continue;
    }
    const containerId = containers[side];
    collections.push({
      ...owner,
      connectionId,
      service,
      syncType: pair.sync_type as SyncType,
      container: side === "source" ? pair.source_container : pair.target_container,
      ...(containerId === undefined ? {} : { containerId }),
    });
  }
  if (collections.length === 0) throw unsupported(unable.join(", "), pair.sync_type);
  return collections;
}

interface Named {
  readonly connectionId: string;
  readonly type: SyncType;
  readonly container?: string;
}

async function namedCollection(
  parts: EngineParts,
  owner: { readonly tenantId: string; readonly userId: string },
  { connectionId, type, container: containerId }: Named,
): Promise<WatchedCollection> {
  const { service } = await parts.connections.get({ ...owner, connectionId });
  const provider = parts.registry.get(service);
  if (!canWatch(provider, type)) throw unsupported(service, String(type).slice(0, 40));
  const isHeld = collectionOf(provider, type)?.shape === "held-documents";
  if (isHeld !== (containerId !== undefined)) {
    throw new InvalidRequestError("request.invalid", {
      path: "request.container",
      problem: isHeld ? "these documents are in containers; name one" : "these are in no containers; leave it out",
    });
  }
  const container = await containerKey(parts, owner.tenantId, {
    provider,
    ...(isHeld ? { container: containerId } : {}),
  });
  const which = containerId === undefined ? {} : { containerId };
  return { ...owner, connectionId, service, syncType: type, container, ...which };
}

/**
 * @throws {AuthorizationError} `auth.scope-missing`: to watch is to read
 * @throws {InvalidRequestError} `connection.off`
 */
export function assertMayWatch(provider: AnyProvider, info: ConnectionInfo, type: SyncType): void {
  requireOn(info);
  requireGranted(provider, info, type, collectionOf(provider, type)?.scopes.read ?? []);
}

/** The pairs that a channel wakes, paused ones included. */
export function pairsOfChannel(parts: Pick<EngineParts, "storage">, row: ChannelRow): Promise<readonly PairRow[]> {
  const { tenant_id: tenantId, connection_id: connectionId, container } = row;
  return pairsOn(parts, { tenantId, connectionId, syncType: row.sync_type as SyncType, container });
}

/** The pairs that a change in a collection wakes, paused ones included. */
export async function pairsOn(
  { storage }: Pick<EngineParts, "storage">,
  collection: Pick<WatchedCollection, "tenantId" | "connectionId" | "syncType" | "container">,
): Promise<readonly PairRow[]> {
  const { tenantId, connectionId, syncType, container } = collection;
  const where = { tenant_id: tenantId, sync_type: syncType, parent_id: null };
  const [asSource, asTarget] = await Promise.all([
    storage.select({
      table: "sync_pairs",
      where: { ...where, source_connection_id: connectionId, source_container: container },
    }),
    storage.select({
      table: "sync_pairs",
      where: { ...where, target_connection_id: connectionId, target_container: container },
    }),
  ]);
  const woken = [
    ...asSource.filter((pair) => sidesThatWake(pair).includes("source")),
    ...asTarget.filter((pair) => sidesThatWake(pair).includes("target")),
  ];
  return [...new Map(woken.map((pair) => [pair.id, pair])).values()];
}

function unsupported(service: string, type: string): InvalidRequestError {
  return new InvalidRequestError("request.type-unsupported", { service, type, access: "watch" });
}
