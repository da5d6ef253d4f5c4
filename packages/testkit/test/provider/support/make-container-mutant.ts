import type {
  AnyProvider,
  ContainerCollection,
  DocumentWriter,
  ListPage,
  LogCollection,
  LogPage,
  LogWriter,
  OrderedCollection,
  OrderedReader,
  OrderedWriter,
  PlaylistDetails,
} from "@syncer/core";
import { createDeezerHarness } from "../../../../provider-deezer/test/support/deezer-harness.ts";
import { createSpotifyHarness } from "../../../../provider-spotify/test/support/spotify-harness.ts";
import type { ProviderHarness } from "../../../src/index.ts";
import type { Mutant } from "./make-mutant.ts";

type Contents = OrderedCollection & { readonly write: OrderedWriter };
type Playlists = ContainerCollection<Native, PlaylistDetails> & {
  readonly write: DocumentWriter<Native, PlaylistDetails>;
  readonly contents: Contents;
};

/** What the mutants look at in native playlists of either service. */
interface Native {
  readonly public?: boolean;
}

type CaughtBy = Mutant["caughtBy"];

/** A service with ranges, copies and versions that lag. */
export const ranged = (): ProviderHarness => createSpotifyHarness("DEV");
/** A service with whole orders and without copies, which makes public what it creates and shows favourites as a container. */
export const ordered = (): ProviderHarness => createDeezerHarness();

/** A service whose history accepts entries: what is appended stands beside what was played. */
export function scrobbling(change: (write: LogWriter) => Partial<LogWriter> = () => ({})): ProviderHarness {
  const harness = ranged();
  const { recently_played: history, ...others } = harness.provider.collections;
  if (!history) throw new TypeError("this service has a history");
  const appended: { readonly id: string; readonly atMs: number }[] = [];
  const write: LogWriter = {
    batchSize: 50,
    async append(_session, entries) {
      return entries.map(({ id, atMs }) => {
        if (appended.some((entry) => entry.id === id && entry.atMs === atMs)) return { id, result: "already-there" };
        appended.push({ id, atMs });
        return { id, result: "written" };
      });
    },
  };
  const list: LogCollection["read"]["list"] = async function* (session, options) {
    if (appended.length === 0) return yield* history.read.list(session, options);
    const newestFirst = appended.toSorted((left, right) => right.atMs - left.atMs);
    yield { entries: newestFirst.map((entry) => ({ state: "listed", native: undefined, ...entry })) };
  };
  const recently_played = { ...history, read: { ...history.read, list }, write: { ...write, ...change(write) } };
  return { ...harness, provider: { ...harness.provider, collections: { ...others, recently_played } } };
}

/** What is wrong with how entries are appended. */
export function inAppends(flaw: string, caughtBy: CaughtBy, change: (write: LogWriter) => Partial<LogWriter>): Mutant {
  return { flaw, caughtBy, create: () => scrobbling(change) };
}

function mutant(
  flaw: string,
  caughtBy: CaughtBy,
  change: (collections: AnyProvider["collections"]) => AnyProvider["collections"],
  create: () => ProviderHarness,
): Mutant {
  return {
    flaw,
    caughtBy,
    create() {
      const harness = create();
      return { ...harness, provider: { ...harness.provider, collections: change(harness.provider.collections) } };
    },
  };
}

export function inPlaylists(
  flaw: string,
  caughtBy: CaughtBy,
  change: (playlists: Playlists) => Partial<Playlists>,
  create = ranged,
): Mutant {
  return mutant(
    flaw,
    caughtBy,
    (collections) => {
      const playlists = collections.playlists as Playlists;
      return { ...collections, playlists: { ...playlists, ...change(playlists) } };
    },
    create,
  );
}

export function inContents(
  flaw: string,
  caughtBy: CaughtBy,
  change: (contents: Contents) => Partial<Contents>,
  create = ranged,
): Mutant {
  return inPlaylists(flaw, caughtBy, ({ contents }) => ({ contents: { ...contents, ...change(contents) } }), create);
}

export function inContentReads(
  flaw: string,
  caughtBy: CaughtBy,
  list: (read: OrderedReader<unknown>) => OrderedReader<unknown>["list"],
): Mutant {
  return inContents(flaw, caughtBy, ({ read }) => ({ read: { ...read, list: list(read) } }));
}

export function inContentPages(
  flaw: string,
  caughtBy: CaughtBy,
  change: (page: ListPage<unknown>) => ListPage<unknown>,
): Mutant {
  return inContentReads(
    flaw,
    caughtBy,
    (read) =>
      async function* (session, id, options) {
        for await (const page of read.list(session, id, options)) yield change(page);
      },
  );
}

export function inContentWrites(
  flaw: string,
  caughtBy: CaughtBy,
  change: (write: OrderedWriter) => Partial<OrderedWriter>,
  create = ranged,
): Mutant {
  return inContents(flaw, caughtBy, ({ write }) => ({ write: { ...write, ...change(write) } }), create);
}

export function inHistory(
  flaw: string,
  caughtBy: CaughtBy,
  change: (read: LogCollection["read"]) => Partial<LogCollection["read"]>,
): Mutant {
  return mutant(
    flaw,
    caughtBy,
    (collections) => {
      const history = collections.recently_played as LogCollection;
      return { ...collections, recently_played: { ...history, read: { ...history.read, ...change(history.read) } } };
    },
    ranged,
  );
}

/** Each time of an entry another. */
export function retimed(flaw: string, caughtBy: CaughtBy, change: (atMs: number) => number): Mutant {
  return inHistory(flaw, caughtBy, ({ list }) => ({
    async *list(session, options) {
      for await (const { entries } of list(session, options)) {
        const page: LogPage<unknown> = {
          entries: entries.map((entry) => (entry.state === "listed" ? { ...entry, atMs: change(entry.atMs) } : entry)),
        };
        yield page;
      }
    },
  }));
}
