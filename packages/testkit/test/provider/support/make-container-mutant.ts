import type {
  AnyProvider,
  ContainerCollection,
  DocumentWriter,
  ListPage,
  LogCollection,
  LogPage,
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
