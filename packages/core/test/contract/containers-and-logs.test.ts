import { describe, expect, it } from "vitest";
import {
  type ContainerCollection,
  defineProvider,
  type LogCollection,
  type Session,
} from "../../src/contract/index.ts";
import { ConfigurationError } from "../../src/errors/index.ts";
import { type PlaylistDetails, playlistKind, type UniversalTrack } from "../../src/items/index.ts";

interface Song {
  readonly title: string;
}

interface Mixtape {
  readonly title: string;
}

const nobody = async () => {
  throw new Error("these tests sign nobody in");
};

const LOVED = "Loved tracks";

function mixtapes(titles: readonly string[] = []): ContainerCollection<Mixtape, PlaylistDetails, Song> {
  return {
    shape: "containers",
    kind: playlistKind,
    scopes: { read: [], write: [] },
    toUniversal: ({ title }) => ({ name: title }),
    facts: ({ title }) => ({ access: "owned", ...(title === LOVED ? { shows: "favorites" } : {}) }),
    read: {
      pageSize: 10,
      totals: "exact",
      async *list() {
        const rows = titles.map((title, at) => ({ state: "listed" as const, id: `tape-${at}`, native: { title } }));
        yield { entries: rows, total: titles.length };
      },
      get: async () => ({ state: "gone" }),
    },
    contents: {
      shape: "ordered",
      kind: "track",
      read: {
        pageSize: 10,
        totals: "exact",
        async *list() {
          yield { entries: [] };
        },
      },
    },
  };
}

function plays(list: LogCollection<Song>["read"]["list"]): LogCollection<Song> {
  return {
    shape: "log",
    kind: "track",
    scopes: { read: [], write: [] },
    read: { pageSize: 10, depth: 50, list },
  };
}

const toTrack = ({ title }: Song): UniversalTrack => ({ title, artists: [], externalIds: {} });

/** A provider without a service: what is checked and read here asks none. */
function tapes(collections: Readonly<Record<string, unknown>>, items: object = { track: { toUniversal: toTrack } }) {
  return defineProvider<{ readonly track: Song }>({
    contractVersion: 1,
    name: "tapes",
    displayName: "Tapes",
    category: "music",
    authorization: { kind: "none" },
    transport: {
      rateLimit: { requests: 1, perMs: 1_000, concurrency: 1, sharedBy: "client" },
      classify: () => undefined,
    },
    items: items as { readonly track: { readonly toUniversal: typeof toTrack } },
    collections: collections as Readonly<Record<string, never>>,
    profile: nobody,
    health: nobody,
    dataPolicy: {
      readOn: "2026-11-22",
      idsMayBeKept: "while-connected",
      attribution: "Tapes",
      commercialUse: "allowed",
      newApplications: "Nobody needs one.",
      notes: [],
    },
  });
}

const session = {} as Session;

async function allOf<T>(results: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const result of results) all.push(result);
  return all;
}

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(({ path }) => path);
    throw error;
  }
  return [];
}

describe("a provider with containers and a log", () => {
  it("is refused when a sync type that is known has another shape", () => {
    const logged = plays(async function* () {});
    expect(problemsOf(() => tapes({ playlists: logged }))).toEqual(["provider(tapes).collections.playlists.shape"]);
    expect(problemsOf(() => tapes({ recently_played: mixtapes() }))).toEqual([
      "provider(tapes).collections.recently_played.shape",
    ]);
    expect(problemsOf(() => tapes({ playlists: mixtapes(), recently_played: logged }))).toEqual([]);
  });

  it("is refused without a mapping for what its containers hold, or its log is about", () => {
    const missing = ["provider(tapes).items.track"];
    expect(problemsOf(() => tapes({ playlists: mixtapes() }, {}))).toEqual(missing);
    expect(problemsOf(() => tapes({ recently_played: plays(async function* () {}) }, {}))).toEqual(missing);
  });

  it("gives containers as the documents that they are, but for those that show another collection", async () => {
    const listed = mixtapes(["Sunday", "Monday", LOVED]);
    const results = await allOf(tapes({ playlists: listed }).syncUserData(session));
    expect(results).toEqual([
      {
        syncType: "playlists",
        items: [
          { externalId: "tape-0", itemType: "playlist", action: "create", data: { name: "Sunday" } },
          { externalId: "tape-1", itemType: "playlist", action: "create", data: { name: "Monday" } },
        ],
        errors: [],
        counts: { create: 2, update: 0, delete: 0 },
        total: 3,
        complete: true,
      },
    ]);
  });

  it("asks a log for what happened since, gives only that, and says what it cannot read", async () => {
    const asked: unknown[] = [];
    const log = plays(async function* (_, options) {
      asked.push(options);
      yield {
        entries: [
          { state: "listed", id: "b", native: { title: "Later" }, atMs: 2_000 },
          { state: "listed", id: "a", native: { title: "Earlier" }, atMs: 1_000 },
          { state: "unreadable" },
        ],
      };
    });
    const [result] = await allOf(tapes({ recently_played: log }).syncUserData(session, 2_000));
    expect(asked).toEqual([{ sinceMs: 2_000 }]);
    expect(result?.items).toEqual([
      {
        externalId: "b",
        itemType: "track",
        action: "create",
        data: toTrack({ title: "Later" }),
        lastModifiedMs: 2_000,
      },
    ]);
    expect(result?.errors).toHaveLength(1);
    await allOf(tapes({ recently_played: log }).syncUserData(session));
    expect(asked).toEqual([{ sinceMs: 2_000 }, {}]);
  });
});
