import {
  type AnyProvider,
  type ContainerFacts,
  type DocumentPage,
  type DocumentState,
  defineProvider,
  type ListedEntry,
  type ListPage,
  type OrderedWriter,
  type PlaylistDetails,
  playlistKind,
  type UniversalTrack,
} from "@syncer/core";
import type { Recording } from "@syncer/testkit";
import type { Entry, Shelf, ShelvedList } from "./shelf.ts";

/** The provider of a shelf; sends no requests. */
export function providerOf(shelf: Shelf): AnyProvider {
  const { name, calls, habits } = shelf;
  return defineProvider({
    contractVersion: 1,
    name,
    displayName: name,
    category: "music",
    authorization: { kind: "none" },
    transport: {
      rateLimit: { requests: 1_000, perMs: 1_000, concurrency: 8, sharedBy: "user" },
      classify: () => undefined,
    },
    items: { track: { toUniversal: (native: Recording) => toTrack(name, native) } },
    collections: {
      playlists: {
        shape: "containers",
        kind: playlistKind,
        scopes: { read: [], write: [] },
        toUniversal: (native: Shown): PlaylistDetails => ({ name: native.name, public: native.isPublic }),
        fields: ["name", "public"],
        facts: ({ access, told, size }: Shown): ContainerFacts => ({
          access,
          size,
          ...(told === undefined ? {} : { contentsVersion: told }),
        }),
        read: {
          pageSize: 50,
          totals: "exact",
          list: () => listLists(shelf),
          get: (_session, id) =>
            calls.make("get-list", id, () => {
              const list = shelf.shown().get(id);
              return list ? { state: "found" as const, ...stateOf(shelf, list) } : { state: "gone" as const };
            }),
        },
        write: {
          consistencyWindowMs: habits.lagMs,
          preconditions: "none",
          identity: habits.identity,
          ...(habits.createsPublic ? { createLacks: ["public"] as const } : {}),
          create: (_session, { item, operationId }) =>
            calls.make("create", undefined, () =>
              stateOf(shelf, shelf.create(item.name ?? "", item.public, operationId)),
            ),
          update: (_session, { id, item }) => calls.make("update", id, () => stateOf(shelf, shelf.update(id, item))),
          delete: (_session, { id }) => calls.make("delete", id, () => shelf.delete(id)),
        },
        contents: {
          shape: "ordered",
          kind: "track",
          read: {
            pageSize: habits.pageSize,
            totals: habits.totals,
            list: (_session, id) => listEntries(shelf, id),
          },
          write: writer(shelf),
        },
      },
    },
    catalogues: {
      track: {
        lookups: {
          isrc: {
            batchSize: 5,
            find: (_session, keys) =>
              calls.make("lookup", undefined, () => {
                const all = [...shelf.catalogue.values()].filter(({ id }) => !shelf.withdrawn.has(id));
                const found = keys.map((key) => [key, all.filter(({ isrc }) => isrc === key)] as const);
                return new Map(found.filter(([, hits]) => hits.length > 0));
              }),
          },
        },
        get: (_session, id) =>
          calls.make("get", undefined, () => {
            const native = shelf.catalogue.get(id);
            const how = shelf.withdrawn.get(id);
            if (!native || how === "vanished" || how === "nameless") return { state: "unknown-id" as const };
            return how === undefined ? { state: "available" as const, native } : { state: "unavailable" as const };
          }),
      },
    },
    profile: async (session) => ({ externalId: session.accountId ?? "somebody" }),
    health: async () => ({ status: "healthy" }),
    dataPolicy: {
      readOn: "2026-11-22",
      idsMayBeKept: "while-connected",
      attribution: "none",
      commercialUse: "allowed",
      newApplications: "anybody",
      notes: [],
    },
  });
}

/** A list as a listing shows it. */
interface Shown {
  readonly name: string;
  readonly isPublic: boolean;
  readonly access: ContainerFacts["access"];
  readonly told: string | undefined;
  readonly size: number;
}

function stateOf(shelf: Shelf, list: ShelvedList): DocumentState<Shown> {
  const { id, name, isPublic, access, marker } = list;
  const native = { name, isPublic, access, told: shelf.toldVersion(list), size: list.entries.length };
  return { id, native, ...(marker === undefined ? {} : { marker }) };
}

async function* listLists(shelf: Shelf): AsyncIterable<DocumentPage<Shown>> {
  const { lie } = shelf;
  const { rows, total } = await shelf.calls.make("lists", undefined, () => {
    const all = [...shelf.shown().values()].map((list) => ({ state: "listed" as const, ...stateOf(shelf, list) }));
    if (lie === "no-lists") return { rows: [], total: 0 };
    return { rows: lie === "short-lists" ? all.slice(1) : all, total: all.length };
  });
  yield { entries: rows, total };
}

async function* listEntries(shelf: Shelf, id: string): AsyncIterable<ListPage<Recording>> {
  const { pageSize, totals } = shelf.habits;
  const { lie } = shelf;
  let rows: readonly ListedEntry<Recording>[] = [];
  let total = 0;
  for (let start = 0; start === 0 || start < rows.length; start += pageSize) {
    const page = await shelf.calls.make("list", id, () => {
      if (start > 0) {
        if (lie === "failing-page") throw shelf.calls.error("list", "unavailable");
        return rows.slice(start, start + pageSize);
      }
      const list = shelf.readable(id);
      const all = shelf.visible(list).map((entry) => rowOf(shelf, entry));
      total = lie === "empty" ? 0 : all.length;
      rows = lie === "empty" ? [] : lie === "short" ? all.filter((_, at) => at % 3 !== 1) : all;
      return rows.slice(0, pageSize);
    });
    yield { entries: page, total: totals === "exact" ? total : total + 1 };
  }
}

function rowOf({ catalogue, withdrawn }: Shelf, { kind, id }: Entry): ListedEntry<Recording> {
  if (id === null || kind === "void") return { state: "unreadable" };
  if (kind === "local") return { state: "unsyncable", id, reason: "local-file" };
  const how = withdrawn.get(id);
  if (how === "nameless") return { state: "unreadable" };
  const native = catalogue.get(id);
  return native && how !== "unreadable" ? { state: "listed", id, native } : { state: "unreadable", id };
}

function writer(shelf: Shelf): OrderedWriter {
  const { calls, habits } = shelf;
  const { moves, insert, remove, perCall, copies, lagMs, versionLagMs, maxItems } = habits;
  return {
    capability: { moves, insert, remove, perCall },
    copies,
    consistencyWindowMs: lagMs,
    versionLagMs,
    ...(maxItems === undefined ? {} : { maxItems }),
    insert: (_session, id, ids, at) => calls.make("insert", id, () => shelf.insert(id, ids, at)),
    remove: (_session, id, entries) => calls.make("remove", id, () => shelf.remove(id, entries)),
    ...(moves === "range" ? { move: (_session, id, move) => calls.make("move", id, () => shelf.move(id, move)) } : {}),
    ...(moves === "whole-order"
      ? { order: (_session, id, ids) => calls.make("order", id, () => shelf.order(id, ids)) }
      : {}),
  };
}

function toTrack(service: string, { id, title, artist, lengthMs, isrc }: Recording): UniversalTrack {
  return {
    title,
    artists: [artist],
    durationMs: lengthMs,
    externalIds: { [service]: id },
    ...(isrc === undefined ? {} : { isrc }),
  };
}
