import type {
  AnyProvider,
  Catalogue,
  ListPage,
  MembershipCollection,
  MembershipWriter,
  OAuth2Authorization,
  UniversalTrack,
} from "@syncer/core";
import { createJukeboxHarness } from "../../../../../examples/custom-provider/test/jukebox-harness.ts";
import type { ProviderHarness } from "../../../src/index.ts";
import { type ListingFlaws, naiveList } from "./naive-listing.ts";

type CaughtBy = readonly (string | RegExp)[];

/** A provider with one thing wrong, and the checks that have to say so. */
export interface Mutant {
  readonly flaw: string;
  /** Beginnings or patterns of the names of checks, all of which must fail. */
  readonly caughtBy: CaughtBy;
  create(): ProviderHarness;
}

export function mutant(
  flaw: string,
  caughtBy: CaughtBy,
  change: (provider: AnyProvider) => Partial<AnyProvider>,
): Mutant {
  return {
    flaw,
    caughtBy,
    create: () => {
      const harness = createJukeboxHarness();
      return { ...harness, provider: { ...harness.provider, ...change(harness.provider) } };
    },
  };
}

export function inOAuth(
  flaw: string,
  caughtBy: CaughtBy,
  change: (authorization: OAuth2Authorization) => Partial<OAuth2Authorization>,
): Mutant {
  return mutant(flaw, caughtBy, ({ authorization }) =>
    authorization.kind === "oauth2" ? { authorization: { ...authorization, ...change(authorization) } } : {},
  );
}

type Favorites = MembershipCollection & { readonly write: MembershipWriter };

function inFavorites(flaw: string, caughtBy: CaughtBy, change: (favorites: Favorites) => Partial<Favorites>): Mutant {
  return mutant(flaw, caughtBy, (provider) => {
    const favorites = provider.collections.favorites as Favorites;
    return { collections: { favorites: { ...favorites, ...change(favorites) } } };
  });
}

function inListing(
  flaw: string,
  caughtBy: CaughtBy,
  change: (pages: AsyncIterable<ListPage<unknown>>) => AsyncIterable<ListPage<unknown>>,
): Mutant {
  return inFavorites(flaw, caughtBy, ({ read }) => ({
    read: { ...read, list: (session, options) => change(read.list(session, options)) },
  }));
}

export function inPages(
  flaw: string,
  caughtBy: CaughtBy,
  change: (page: ListPage<unknown>) => ListPage<unknown>,
): Mutant {
  return inListing(flaw, caughtBy, async function* (pages) {
    for await (const page of pages) yield change(page);
  });
}

export function naive(flaw: string, caughtBy: CaughtBy, flaws: ListingFlaws, lenient = false): Mutant {
  return inFavorites(flaw, caughtBy, ({ read }) => ({ read: { ...read, list: naiveList(flaws, lenient) } }));
}

export function inProbe(
  flaw: string,
  caughtBy: CaughtBy,
  change: (fingerprint: string, rows: number) => string,
): Mutant {
  return inFavorites(flaw, caughtBy, ({ read }) => ({
    read: {
      ...read,
      probe: {
        exact: true,
        async read(session, expected) {
          const answer = await read.probe!.read(session, expected);
          return { ...answer, fingerprint: change(answer.fingerprint, answer.rows ?? 0) };
        },
      },
    },
  }));
}

export function inWrites(
  flaw: string,
  caughtBy: CaughtBy,
  change: (write: MembershipWriter) => Partial<MembershipWriter>,
): Mutant {
  return inFavorites(flaw, caughtBy, ({ write }) => ({ write: { ...write, ...change(write) } }));
}

export function inCatalogue(
  flaw: string,
  caughtBy: CaughtBy,
  change: (catalogue: Catalogue) => Partial<Catalogue>,
): Mutant {
  return mutant(flaw, caughtBy, (provider) => {
    const catalogue = provider.catalogues?.track as Catalogue;
    return { catalogues: { track: { ...catalogue, ...change(catalogue) } } };
  });
}

export function inMapping(
  flaw: string,
  caughtBy: CaughtBy,
  change: (track: UniversalTrack, native: Song) => UniversalTrack,
): Mutant {
  return mutant(flaw, caughtBy, ({ items }) => ({
    items: { track: { toUniversal: (native: Song) => change(items.track!.toUniversal(native), native) } },
  }));
}

interface Song {
  song_id: string;
  length: number;
}

/** Changes each row of a page, into any number of rows. */
export const page =
  (change: (entry: ListPage<unknown>["entries"][number]) => readonly ListPage<unknown>["entries"][number][]) =>
  ({ entries, ...rest }: ListPage<unknown>): ListPage<unknown> => ({ ...rest, entries: entries.flatMap(change) });
