import { createDice, type Dice } from "../seeded.ts";
import { type ListedArtist, listArtists } from "./artists.ts";
import rows from "./data/recordings.json" with { type: "json" };
import { buildDeezerView } from "./deezer-view.ts";
import { DISAGREEMENT_RATES, type DisagreementRates } from "./disagreements.ts";
import { type Recording, readRecordings } from "./recordings.ts";
import { type Ranked, SearchIndex } from "./search-index.ts";
import { buildSpotifyTracks } from "./spotify-view.ts";
import type { DeezerAlbum, DeezerTrack, SpotifyAlbum, SpotifyTrack } from "./tracks.ts";

/** What is the same recording on both services: the ground truth that tests and demos judge a matcher by. */
export interface Truth {
  /** The Deezer id that a perfect matcher would choose for a Spotify track of the extract; `undefined`: Deezer has none. */
  deezerFor(spotifyId: string): string | undefined;
  /** Every Deezer id that holds the same recording (reissues, replaced ids, other releases); choosing one is no mistake. */
  deezerCopies(spotifyId: string): readonly string[];
  /** The other way round. */
  spotifyFor(deezerId: string): string | undefined;
  spotifyCopies(deezerId: string): readonly string[];
  /** The Deezer ids of the same release as an album of Spotify's, and the other way round. */
  deezerAlbums(spotifyAlbumId: string): readonly string[];
  spotifyAlbums(deezerAlbumId: string): readonly string[];
}

/** Both services' catalogues and what joins them. */
export interface Catalogue {
  readonly rates: DisagreementRates;
  readonly spotify: SpotifyCatalogue;
  readonly deezer: DeezerCatalogue;
  readonly truth: Truth;
}

export interface SpotifyCatalogue {
  readonly tracks: readonly SpotifyTrack[];
  /** The tracks of the extract, without decoys. */
  readonly originals: readonly SpotifyTrack[];
  byId(id: string): SpotifyTrack | undefined;
  /** Tracks that carry a normalised ISRC, originals first. */
  byIsrc(isrc: string): readonly SpotifyTrack[];
  /** Releases of the same recording, the track itself included; reading a track that has no licence relinks to one. */
  releases(track: SpotifyTrack): readonly SpotifyTrack[];
  album(id: string): { album: SpotifyAlbum; tracks: readonly SpotifyTrack[] } | undefined;
  readonly albums: readonly SpotifyAlbum[];
  /** Albums that carry a UPC, written as Spotify writes it. */
  albumsByUpc(upc: string): readonly SpotifyAlbum[];
  /** By id, others of the same names included. */
  artists(): ReadonlyMap<string, ListedArtist<string>>;
  /** Built at the first search. */
  search(): SearchIndex<SpotifyTrack>;
  searchAlbums(): SearchIndex<SpotifyAlbum & Ranked>;
  searchArtists(): SearchIndex<ListedArtist<string>>;
}

export interface DeezerCatalogue {
  readonly tracks: readonly DeezerTrack[];
  readonly originals: readonly DeezerTrack[];
  byId(id: string): DeezerTrack | undefined;
  /** Readable tracks that carry an ISRC; Deezer's lookup gives the first. */
  byIsrc(isrc: string): readonly DeezerTrack[];
  readonly albums: readonly DeezerAlbum[];
  album(id: string): { album: DeezerAlbum; tracks: readonly DeezerTrack[] } | undefined;
  /** The album that carries exactly this UPC: the same digits, leading zeros included. */
  albumByUpc(upc: string): DeezerAlbum | undefined;
  /** By id, others of the same names included. */
  artists(): ReadonlyMap<number, ListedArtist<number>>;
  /** Built at the first search. */
  search(): SearchIndex<DeezerTrack>;
  searchAlbums(): SearchIndex<DeezerAlbum & Ranked>;
  searchArtists(): SearchIndex<ListedArtist<number>>;
}

/** Upper case without hyphens and spaces. */
export function normalisedIsrc(isrc: string): string {
  return isrc.replaceAll(/[-\s]/g, "").toUpperCase();
}

const built = new Map<string, Catalogue>();

/** Builds both catalogues; the same seed and rates give the same catalogue, which is shared because nothing changes it. */
export function createCatalogue(seed: number | string, rates: DisagreementRates = DISAGREEMENT_RATES): Catalogue {
  const key = JSON.stringify([seed, rates]);
  const shared = built.get(key);
  if (shared !== undefined) return shared;
  const dice = createDice(seed);
  // Each part is built when it is first asked for: who uses one service does not wait for the other.
  const recordings = once(() => readRecordings(rows, dice));
  const spotify = once(() => spotifyCatalogue(recordings(), rates, dice));
  const deezer = once(() => deezerCatalogue(recordings(), rates, dice));
  const truth = once(() => createTruth(recordings(), spotify(), deezer().deezer, deezer().copies));
  const catalogue: Catalogue = {
    rates,
    get spotify() {
      return spotify();
    },
    get deezer() {
      return deezer().deezer;
    },
    get truth() {
      return truth();
    },
  };
  built.set(key, catalogue);
  return catalogue;
}

function spotifyCatalogue(recordings: readonly Recording[], rates: DisagreementRates, dice: Dice): SpotifyCatalogue {
  const tracks = buildSpotifyTracks(recordings, rates, dice);
  const groupOf = new Map(recordings.map((recording) => [recording.spotifyId, recording.group]));
  const originals = tracks.filter((track) => track.decoy === undefined);
  const byId = new Map(tracks.map((track) => [track.id, track]));
  const withIsrc = tracks.filter((track) => track.isrc !== undefined);
  const byIsrc = Map.groupBy(withIsrc, (track) => normalisedIsrc(track.isrc ?? ""));
  for (const list of byIsrc.values())
    list.sort((a, b) => Number(a.decoy !== undefined) - Number(b.decoy !== undefined));
  const byGroup = Map.groupBy(originals, (track) => groupOf.get(track.id) ?? track.id);
  const byAlbum = once(() => Map.groupBy(tracks, (track) => track.album.id));
  const albums = once(() => [...new Map(tracks.map(({ album }) => [album.id, album])).values()]);
  const byUpc = once(() => Map.groupBy(albums(), ({ upc }) => upc ?? ""));
  const artists = once(() =>
    listArtists(
      "spotify",
      tracks.flatMap((track) => track.artists),
      (name) => dice.base62("spotify-artist", name),
      5,
      rates,
      dice,
    ),
  );
  return {
    tracks,
    originals,
    byId: (id) => byId.get(id),
    byIsrc: (isrc) => byIsrc.get(isrc) ?? [],
    releases: (track) => (track.decoy === undefined ? (byGroup.get(groupOf.get(track.id) ?? "") ?? [track]) : [track]),
    album: (id) => {
      const onAlbum = byAlbum().get(id);
      return onAlbum?.[0] === undefined ? undefined : { album: onAlbum[0].album, tracks: onAlbum };
    },
    get albums() {
      return albums();
    },
    albumsByUpc: (upc) => byUpc().get(upc) ?? [],
    artists,
    search: once(
      () =>
        new SearchIndex(tracks, ({ title, artists, album }) => ({
          title,
          artists: artists.map(({ name }) => name),
          album: album.name,
        })),
    ),
    searchAlbums: once(
      () =>
        new SearchIndex(ranked(albums(), dice), ({ name, artists }) => ({
          title: name,
          artists: artists.map((artist) => artist.name),
          album: name,
        })),
    ),
    searchArtists: once(() => new SearchIndex([...artists().values()], artistTexts)),
  };
}

/** A search for artists has their names to go by. */
const artistTexts = ({ name }: ListedArtist) => ({ title: name, artists: [name], album: "" });

/** Albums with a derived popularity. */
function ranked<T extends { readonly id: string | number }>(albums: readonly T[], dice: Dice): readonly (T & Ranked)[] {
  return albums.map((album) => ({ ...album, rank: dice.roll("album-rank", String(album.id), 1_000_000) }));
}

function deezerCatalogue(
  recordings: readonly Recording[],
  rates: DisagreementRates,
  dice: Dice,
): { deezer: DeezerCatalogue; copies: ReadonlyMap<string, readonly string[]> } {
  const { tracks, copies } = buildDeezerView(recordings, rates, dice);
  const byId = new Map(tracks.map((track) => [track.id, track]));
  const readable = tracks.filter((track) => track.readable);
  const byIsrc = Map.groupBy(readable, (track) => track.isrc ?? "");
  for (const list of byIsrc.values())
    list.sort((a, b) => Number(b.decoy === "wrong-code") - Number(a.decoy === "wrong-code"));
  const byAlbum = once(() => Map.groupBy(tracks, ({ album }) => String(album.id)));
  const albums = once(() => [...byAlbum().values()].flatMap(([first]) => first?.album ?? []));
  // Of several with one code, the first is found.
  const byUpc = once(
    () =>
      new Map(
        albums()
          .map((album) => [album.upc, album] as const)
          .reverse(),
      ),
  );
  const artists = once(() =>
    listArtists(
      "deezer",
      tracks.flatMap(({ contributors }) => contributors),
      (name) => 1_000 + dice.roll("deezer-artist", name, 200_000_000),
      1,
      rates,
      dice,
    ),
  );
  const deezer: DeezerCatalogue = {
    tracks,
    originals: tracks.filter((track) => track.decoy === undefined),
    byId: (id) => byId.get(id),
    byIsrc: (isrc) => byIsrc.get(isrc) ?? [],
    get albums() {
      return albums();
    },
    album: (id) => {
      const onAlbum = byAlbum().get(id);
      return onAlbum?.[0] === undefined ? undefined : { album: onAlbum[0].album, tracks: onAlbum };
    },
    albumByUpc: (upc) => byUpc().get(upc),
    artists,
    searchAlbums: once(
      () =>
        new SearchIndex(ranked(albums(), dice), ({ title, artist }) => ({
          title,
          artists: [artist.name],
          album: title,
        })),
    ),
    searchArtists: once(() => new SearchIndex([...artists().values()], artistTexts)),
    search: once(
      () =>
        new SearchIndex(readable, ({ title, contributors, album }) => ({
          title,
          artists: contributors.map(({ name }) => name),
          album: album.title,
        })),
    ),
  };
  return { deezer, copies };
}

function once<T>(create: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: create() };
    return made.value;
  };
}

function createTruth(
  recordings: readonly Recording[],
  spotify: SpotifyCatalogue,
  deezer: DeezerCatalogue,
  copies: ReadonlyMap<string, readonly string[]>,
): Truth {
  const rowOf = new Map(recordings.map((recording) => [recording.spotifyId, recording]));
  const groupOfDeezerId = new Map([...copies].flatMap(([group, ids]) => ids.map((id) => [id, group] as const)));
  const spotifyIds = Map.groupBy(
    spotify.originals.map((track) => track.id),
    (id) => rowOf.get(id)?.group ?? id,
  );
  const deezerCopies = (spotifyId: string): readonly string[] => copies.get(rowOf.get(spotifyId)?.group ?? "") ?? [];
  const spotifyCopies = (deezerId: string): readonly string[] =>
    spotifyIds.get(groupOfDeezerId.get(deezerId) ?? "") ?? [];
  const releasesAt = {
    deezer: once(() => Map.groupBy(deezer.albums, ({ releaseKey }) => releaseKey)),
    spotify: once(() => Map.groupBy(spotify.albums, ({ releaseKey }) => releaseKey)),
  };
  return {
    deezerAlbums: (id) => idsOf(releasesAt.deezer().get(spotify.album(id)?.album.releaseKey ?? "")),
    spotifyAlbums: (id) => idsOf(releasesAt.spotify().get(deezer.album(id)?.album.releaseKey ?? "")),
    deezerFor: (spotifyId) => {
      const own = deezer.byId(rowOf.get(spotifyId)?.deezerId ?? "");
      const all = deezerCopies(spotifyId);
      const preferred = own?.alternativeId ?? own?.id;
      return preferred !== undefined && all.includes(preferred) ? preferred : all[0];
    },
    deezerCopies,
    spotifyFor: (deezerId) => spotifyCopies(deezerId)[0],
    spotifyCopies,
  };
}

function idsOf(albums: readonly { readonly id: string | number }[] | undefined): readonly string[] {
  return (albums ?? []).map(({ id }) => String(id));
}
