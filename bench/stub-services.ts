import { type AnyProvider, defineProvider, type ListedEntry, type UniversalTrack } from "@syncer/core";

export interface StubTrack {
  readonly id: string;
  readonly isrc: string;
  readonly title: string;
  readonly artist: string;
  readonly durationMs: number;
}

/**
 * A service without a network: what is left is the engine's own cost. A library is a range of the endless catalogue, made
 * page by page as it is read, so that memory is the engine's too.
 */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const PAGE = 100;

/** Calls that a service would have answered with one request each. */
export interface Requests {
  reads: number;
}

export function stubService(name: string, { from, to }: Range, requests: Requests = { reads: 0 }): AnyProvider {
  const total = to - from;
  return defineProvider({
    contractVersion: 1,
    name,
    displayName: name,
    category: "music",
    authorization: { kind: "none" },
    transport: {
      rateLimit: { requests: 1_000_000, perMs: 1_000, concurrency: 64, sharedBy: "user" },
      classify: () => undefined,
    },
    items: { track: { toUniversal: (native: StubTrack) => toUniversal(name, native) } },
    collections: {
      favorites: {
        shape: "membership",
        kind: "track",
        scopes: { read: [], write: [] },
        read: {
          pageSize: PAGE,
          totals: "exact",
          order: "none",
          async *list() {
            for (let start = 0; start < total; start += PAGE) {
              requests.reads++;
              const size = Math.min(PAGE, total - start);
              const entries = Array.from({ length: size }, (_, index): ListedEntry<StubTrack> => {
                const native = stubTrack(name, from + start + index);
                return { state: "listed", id: native.id, native };
              });
              yield { entries, total, ...(start + PAGE >= total ? { fingerprint: `${from}-${to}` } : {}) };
            }
          },
          probe: {
            exact: true,
            read: async () => {
              requests.reads++;
              return { rows: total, fingerprint: `${from}-${to}` };
            },
          },
        },
        write: {
          batchSize: { add: 50, remove: 50 },
          consistencyWindowMs: 0,
          add: async (_session, ids) => ids.map((id) => ({ id, result: "already-there" as const })),
          remove: async (_session, ids) => ids.map((id) => ({ id, result: "not-found" as const })),
        },
      },
    },
    catalogues: {
      track: {
        lookups: {
          isrc: {
            batchSize: 1,
            find: async (_session, keys) => {
              return new Map(keys.map((key) => [key, [stubTrack(name, Number(key.slice(5)))]]));
            },
          },
        },
        get: async (_session, id) => ({ state: "available", native: stubTrack(name, Number(id.slice(6))) }),
      },
    },
    profile: async (session) => ({ externalId: session.accountId ?? "account" }),
    health: async () => ({ status: "healthy" }),
    dataPolicy: {
      readOn: "2026-11-22",
      idsMayBeKept: "while-connected",
      attribution: "none",
      commercialUse: "allowed",
      newApplications: "open",
      notes: [],
    },
  });
}

function toUniversal(service: string, track: StubTrack): UniversalTrack {
  return {
    title: track.title,
    artists: [track.artist],
    durationMs: track.durationMs,
    isrc: track.isrc,
    externalIds: { [service]: track.id },
  };
}

/** The n-th recording as a service knows it: its own id, the same ISRC. Ids begin with the service's initial. */
export function stubTrack(service: string, n: number): StubTrack {
  const isrc = `SEABC${String(n).padStart(7, "0")}`;
  return {
    id: `${service[0]}${isrc}`,
    isrc,
    title: `Song number ${n} of the river`,
    artist: `Artist ${n % 4_000}`,
    durationMs: 180_000 + (n % 90) * 1_000,
  };
}
