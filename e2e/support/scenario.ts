import { type Row, type StorageAdapter, tableNames } from "@syncer/core";
import type { RequestKind, Sandbox } from "@syncer/sandbox";
import { vi } from "vitest";
import { AGREEING, type Recording, recordings } from "./agreeing.ts";
import { connectedHost, type Host, type HostOptions } from "./host.ts";

// Clock time costs nothing here, but a busy machine takes its own.
vi.setConfig({ testTimeout: 60_000 });

export type Mode = "sync-from" | "sync-to" | "bidirectional";
export type Service = "spotify" | "deezer";

/** Anna's favourites at one service, as she sees and changes them in its own app. */
export interface Library {
  readonly service: Service;
  /** How many entries one write takes, and how many rows one page has. */
  readonly batch: { readonly add: number; readonly remove: number };
  readonly page: number;
  readonly listing: string;
  /** Ids there, sorted: favourites are a set. */
  ids(): readonly string[];
  id(recording: Recording): string;
  like(recordings: readonly Recording[]): void;
  unlike(recordings: readonly Recording[]): void;
  /** Requests that wrote there since the counters were last cleared. */
  writes(): number;
  requests(kind?: RequestKind): number;
}

type Parts = Pick<Host, "sandbox" | "anna">;

export function spotifyLibrary({ sandbox, anna }: Parts): Library {
  const { spotify } = sandbox.control;
  return {
    service: "spotify",
    batch: { add: 40, remove: 40 },
    page: 50,
    listing: "/v1/me/tracks",
    ids: () => [...spotify.favourites(anna.spotifyId)].sort(),
    id: (recording) => recording.spotify,
    like: (liked) => void spotify.seedFavourites(anna.spotifyId, idsOf(liked, "spotify")),
    unlike: (unliked) => spotify.removeFavourites(anna.spotifyId, idsOf(unliked, "spotify")),
    ...counters(sandbox, "spotify"),
  };
}

export function deezerLibrary({ sandbox, anna }: Parts): Library {
  const { deezer } = sandbox.control;
  return {
    service: "deezer",
    batch: { add: 50, remove: 1 },
    page: 100,
    listing: "/user/me/tracks",
    ids: () => [...deezer.favourites(anna.deezerId)].sort(),
    id: (recording) => recording.deezer,
    like: (liked) => void deezer.seedFavourites(anna.deezerId, idsOf(liked, "deezer")),
    unlike: (unliked) => deezer.removeFavourites(anna.deezerId, idsOf(unliked, "deezer")),
    ...counters(sandbox, "deezer"),
  };
}

function idsOf(liked: readonly Recording[], service: Service): string[] {
  return liked.map((recording) => recording[service]);
}

function counters(sandbox: Sandbox, service: Service): Pick<Library, "writes" | "requests"> {
  const stats = () => sandbox.control.stats()[service];
  return {
    writes: () => stats().byKind.write,
    requests: (kind) => (kind === undefined ? stats().requests : stats().byKind[kind]),
  };
}

/** A connected host whose services agree, with its two libraries seen in one direction. */
export async function scenario(mode: Mode = "sync-from", options: HostOptions = {}) {
  const host = await connectedHost({ ...options, sandbox: { disagreements: AGREEING, ...options.sandbox } });
  const spotify = spotifyLibrary(host);
  const deezer = deezerLibrary(host);
  const [a, b] = mode === "sync-to" ? [deezer, spotify] : [spotify, deezer];
  host.sandbox.control.clearStats();
  return {
    ...host,
    host,
    mode,
    /** The side that is read, or read first. */
    a,
    /** The side that is written; two-way, both are. */
    b,
    /** Recordings that both services have. */
    recordings: (count: number) => recordings(host.sandbox, count),
    /** One sync; the sandbox's counters then tell what it cost. */
    run: (syncOptions: Parameters<Host["sync"]>[0] = {}) => {
      host.sandbox.control.clearStats();
      return host.sync(syncOptions, mode);
    },
    links: () => host.storage.select({ table: "links", where: {}, orderBy: ["link_key"] }),
    linkStates: async () => countBy(await host.storage.select({ table: "links", where: {} }), ({ state }) => state),
    cursors: () => host.storage.select({ table: "sync_cursors", where: {}, orderBy: ["side"] }),
    pair: async () => {
      const [pair] = await host.engine.pairs.list({ userId: "user-1" });
      if (!pair) throw new Error("the pair has not been stored");
      return pair;
    },
    ref: async () => {
      const [pair] = await host.engine.pairs.list({ userId: "user-1" });
      return { userId: "user-1", pairId: pair?.id ?? "" };
    },
    connection: async (service: Service) => {
      const [connection] = await host.engine.connections.list({ userId: "user-1", service });
      if (!connection) throw new Error(`not connected to ${service}`);
      return { userId: "user-1", connectionId: connection.id };
    },
  };
}

export type Scenario = Awaited<ReturnType<typeof scenario>>;

/** A scenario in which `count` recordings have been copied from A to B. */
export async function copied(count: number, mode: Mode = "sync-from", options: HostOptions = {}) {
  const made = await scenario(mode, options);
  const library = made.recordings(count);
  made.a.like(library);
  const first = await made.run();
  if (first.status !== "succeeded" || made.b.ids().length !== count) {
    throw new Error(`the first sync ended ${first.status} with ${made.b.ids().length} copies of ${count}`);
  }
  made.events.length = 0;
  made.sandbox.control.clearStats();
  return { ...made, library };
}

/** All rows of all tables, in a form to compare. */
export async function dump(storage: StorageAdapter): Promise<Record<string, readonly string[]>> {
  const tables: Record<string, readonly string[]> = {};
  for (const table of tableNames) {
    const rows: readonly object[] = await storage.select({ table, where: {} });
    tables[table] = rows.map((row) => JSON.stringify(row, Object.keys(row).sort())).sort();
  }
  return tables;
}

export function countBy<T, K extends string>(all: readonly T[], keyOf: (each: T) => K): Partial<Record<K, number>> {
  const counts: Partial<Record<K, number>> = {};
  for (const each of all) counts[keyOf(each)] = (counts[keyOf(each)] ?? 0) + 1;
  return counts;
}

export type LinkRow = Row<"links">;

export const MINUTE = 60 * 1000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Ids of these recordings at a service, as {@link Library.ids} gives them. */
export function sortedIds(library: Library, liked: readonly Recording[]): readonly string[] {
  return liked.map((recording) => library.id(recording)).sort();
}
