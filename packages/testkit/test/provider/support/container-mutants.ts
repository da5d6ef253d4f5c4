import type { ListPage, OrderedAnswer, Session } from "@syncer/core";
import { z } from "zod";
import {
  inAppends,
  inContentPages,
  inContentReads,
  inContents,
  inContentWrites,
  inHistory,
  inPlaylists,
  ordered,
  retimed,
} from "./make-container-mutant.ts";
import type { Mutant } from "./make-mutant.ts";

let unsteady = 0;

/** Providers of containers, their contents and logs, with one thing wrong each. */
export const containerMutants: readonly Mutant[] = [
  // Containers
  inPlaylists("takes everybody for somebody else", ["calls the user's own"], ({ facts }) => ({
    facts: (native, session) => ({ ...facts(native, session), access: "followed" }),
  })),
  inPlaylists("takes every container for the user's own", ["tells containers of others"], ({ facts }) => ({
    facts: (native, session) => ({ ...facts(native, session), access: "owned" }),
  })),
  inPlaylists(
    "gives its own name to what a container shows",
    ["names a collection of its own"],
    ({ facts }) => ({
      facts(native, session) {
        const { shows, ...others } = facts(native, session);
        return shows === undefined ? others : { ...others, shows: "loved-tracks" };
      },
    }),
    ordered,
  ),
  inPlaylists(
    "takes favourites for one more container",
    ["lists an empty collection", "lists every item of a collection once"],
    ({ facts }) => ({
      facts(native, session) {
        const { shows: _, ...others } = facts(native, session);
        return others;
      },
    }),
    ordered,
  ),
  inPlaylists("counts pages instead of entries", ["counts what a container holds"], ({ facts }) => ({
    facts: (native, session) => ({ ...facts(native, session), size: 1 }),
  })),
  inPlaylists("has one version for ever", ["has one version of contents"], ({ facts }) => ({
    facts: (native, session) => ({ ...facts(native, session), contentsVersion: "1" }),
  })),
  inPlaylists("has another version at every look", ["has one version of contents"], ({ facts }) => ({
    facts(native, session) {
      unsteady += 1;
      return { ...facts(native, session), contentsVersion: `v${unsteady}` };
    },
  })),
  inPlaylists(
    "says that a new container is as private as was asked for",
    ["makes of a container what was asked for"],
    ({ write }) => ({
      write: {
        ...write,
        async create(session, request) {
          const { native, ...made } = await write.create(session, request);
          const { public: shown = true } = request.item;
          return { ...made, native: { ...native, public: shown } };
        },
      },
    }),
    ordered,
  ),
  inPlaylists(
    "does not say what a creation cannot carry",
    ["makes of a container what was asked for"],
    ({ write }) => {
      const { createLacks: _, ...others } = write;
      return { write: others };
    },
    ordered,
  ),
  inPlaylists(
    "never tells a description",
    ["shows by id what its listings leave out"],
    ({ toUniversal }) => ({
      toUniversal(native) {
        const { description: _, ...others } = toUniversal(native);
        return others;
      },
    }),
    ordered,
  ),
  inPlaylists("says of what it lists that it does not", ["shows by id what its listings leave out"], () => ({
    unlisted: ["description"],
  })),

  // Reading contents
  inContentReads(
    "says nothing about an empty container",
    ["lists an empty container"],
    ({ list }) =>
      async function* (session, id, options) {
        for await (const page of list(session, id, options)) if (page.entries.length > 0) yield page;
      },
  ),
  inContentPages("lists contents backwards", ["lists what a container holds in its order"], (page) => ({
    ...page,
    entries: page.entries.toReversed(),
  })),
  inContents("reads one container for all", ["tells contents of one container"], ({ read }) => {
    let first: string | undefined;
    const list: typeof read.list = (session, id, options) => {
      first ??= id;
      return read.list(session, first, options);
    };
    return { read: { ...read, list } };
  }),
  inContentPages("counts one entry too many", ["counts as many entries"], (page) => ({
    ...page,
    total: (page.total ?? 0) + 1,
  })),
  inContentPages("gives each page a checksum of its own", ["tells one checksum"], (page) => {
    unsteady += 1;
    return { ...page, checksum: `c${unsteady}` };
  }),
  inContentPages("leaves out what it cannot read in contents", ["keeps the place"], (page) => ({
    ...page,
    entries: page.entries.filter(({ state }) => state === "listed"),
  })),
  inContentReads(
    "shows each entry once",
    ["shows every copy"],
    ({ list }) =>
      async function* (session, id, options) {
        const seen = new Set<string | undefined>();
        for await (const page of list(session, id, options)) {
          const entries = page.entries.filter((entry) => !seen.has(entry.id));
          for (const entry of entries) seen.add(entry.id);
          yield { ...page, entries };
        }
      },
  ),
  inContentReads(
    "takes every failure for the end of contents",
    ["says of contents of a container that does not exist", "takes malformed contents"],
    ({ list }) =>
      async function* (session, id, options) {
        try {
          yield* list(session, id, options);
        } catch {
          yield { entries: [] };
        }
      },
  ),
  inContentReads(
    "reads all contents at once",
    ["reads contents page by page"],
    ({ list }) =>
      async function* (session, id, options) {
        const pages: ListPage<unknown>[] = [];
        for await (const page of list(session, id, options)) pages.push(page);
        yield* pages;
      },
  ),
  inContentReads("reads contents until a page is empty", ["stops when contents lead back"], () => readUntilEmpty),

  // Writing contents
  inContentWrites("says that it moves nothing", ["has the functions"], ({ capability }) => ({
    capability: { ...capability, moves: "none" },
  })),
  inContentWrites("says that versions never lag, by less than nothing", ["has the functions"], () => ({
    versionLagMs: -1,
  })),
  inContentWrites("inserts entries one by one", ["appends to contents"], ({ insert }) => ({
    insert: async (session, id, ids, at) => together(ids, (one) => insert(session, id, [one], at)),
  })),
  inContentWrites("answers for entries in another order", ["appends to contents"], ({ insert }) => ({
    async insert(session, id, ids, at) {
      const { outcomes } = await insert(session, id, ids, at);
      return { outcomes: outcomes.toReversed() };
    },
  })),
  inContentWrites("inserts at the end whatever is asked", ["inserts at a place"], ({ insert }) => ({
    insert: (session, id, ids) => insert(session, id, ids),
  })),
  inContentWrites("declares smaller calls than it takes", ["takes as many entries"], ({ capability }) => ({
    capability: { ...capability, perCall: { insert: 60, remove: 60 } },
  })),
  inContentWrites("keeps copies, and says that it does not", ["adds a copy"], () => ({ copies: "once" })),
  inContentWrites("has no copies, and says that it keeps them", ["adds a copy"], () => ({ copies: "kept" }), ordered),
  inContentWrites("says that it removes one copy", ["removes what is named"], ({ capability }) => ({
    capability: { ...capability, remove: "entry" },
  })),
  inContentWrites("moves entries one place too far", ["moves entries"], ({ move }) => ({
    move: (session, id, range) => move!(session, id, { ...range, before: Math.max(0, range.before - 1) }),
  })),
  inContentWrites(
    "puts entries into the order in which they stood",
    ["puts all entries"],
    () => ({ order: async () => ({ outcomes: [] }) }),
    ordered,
  ),
  inContentWrites("inserts again when the answer is lost", ["says of no entry"], ({ insert }) => ({
    insert: (session, id, ids, at) =>
      insert(session, id, ids, at).catch(() => insert(session, id, ids, at).catch(() => written(ids))),
  })),
  inContentWrites(
    "says written whatever happens to contents",
    ["refuses to change or fill", "says of no entry", "takes as many entries"],
    ({ insert }) => ({
      insert: (session, id, ids, at) => insert(session, id, ids, at).catch(() => written(ids)),
    }),
  ),
  inContentWrites("fills nothing", ["fills a container that is shared"], () => ({
    insert: async (_, __, ids) => written(ids),
  })),

  // Logs
  retimed("tells times of a log in seconds", ["says in milliseconds when each entry"], (atMs) =>
    Math.floor(atMs / 1_000),
  ),
  retimed("tells another time at every look", ["gives the same entries of a log"], (atMs) => {
    unsteady += 1;
    return atMs - unsteady;
  }),
  inHistory("leaves out what happened at the very moment", ["gives all entries of a log"], ({ list }) => ({
    async *list(session, { sinceMs = 0, ...options }) {
      for await (const { entries } of list(session, { sinceMs, ...options })) {
        yield { entries: entries.filter((entry) => entry.state !== "listed" || entry.atMs > sinceMs) };
      }
    },
  })),
  inHistory("reads the whole log whatever is asked", ["reads no further back"], ({ list }) => ({
    list: (session, { sinceMs: _, ...options }) => list(session, options),
  })),
  inHistory("does not say how far its log goes back", ["states how far back"], () => ({ depth: Number.NaN })),
  inAppends("appends nothing", ["appends entries to a log"], () => ({
    append: async (_session, entries) => entries.map(({ id }) => ({ id, result: "written" })),
  })),
  inAppends("says written of what is there", ["appends entries to a log"], ({ append }) => ({
    append: async (session, entries) =>
      (await append(session, entries)).map(({ id }) => ({ id, result: "written" as const })),
  })),
  inAppends("tells what became of entries in another order", ["appends entries to a log"], ({ append }) => ({
    append: async (session, entries) => (await append(session, entries)).toReversed(),
  })),
  inAppends("appends all of a batch at one time", ["appends entries to a log"], ({ append }) => ({
    append: (session, entries) =>
      append(
        session,
        entries.map(({ id }) => ({ id, atMs: entries[0]?.atMs ?? 0 })),
      ),
  })),
];

async function together(ids: readonly string[], write: (id: string) => Promise<OrderedAnswer>): Promise<OrderedAnswer> {
  const outcomes: OrderedAnswer["outcomes"][number][] = [];
  for (const id of ids) outcomes.push(...(await write(id)).outcomes);
  return { outcomes };
}

function written(ids: readonly string[]): OrderedAnswer {
  return { outcomes: ids.map((id) => ({ id, result: "written" })) };
}

const itemsSchema = z.object({ items: z.array(z.unknown()) });

async function* readUntilEmpty(session: Session, id: string): AsyncIterable<ListPage<unknown>> {
  for (let offset = 0; ; ) {
    const { items } = await session.http.request({
      method: "GET",
      base: "https://api.spotify.com/v1",
      route: "/playlists/{id}/items",
      path: { id },
      query: { limit: 5, offset },
      schema: itemsSchema,
      purpose: "read",
    });
    yield { entries: items.map(() => ({ state: "unreadable" })) };
    if (items.length === 0) return;
    offset += items.length;
  }
}
