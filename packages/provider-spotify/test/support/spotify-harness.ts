import type { PlaylistDetails } from "@syncer/core";
import {
  createSandbox,
  type Sandbox,
  SPOTIFY_APP,
  type SpotifyAlbum,
  type SpotifyRegime,
  type SpotifyTrack,
  signIn,
} from "@syncer/sandbox";
import { type ContainerControls, type DocumentControls, fastForwardClock, type ProviderHarness } from "@syncer/testkit";
import { spotify } from "../../src/index.ts";

const USER = "anna";
const OTHER = "ben.listener";
const COUNTRY = "SE";
const UNKNOWN = "0000000000000000000000";

const playlists: readonly PlaylistDetails[] = Array.from({ length: 14 }, (_, index) => ({
  name: `Playlist ${index}`,
  description: `No. ${index}: "this" & <that>, not &amp;`,
  public: index % 2 === 0,
}));

const changes: PlaylistDetails = { name: "Renamed", description: "Described anew & again" };

export interface SpotifySandboxHarness extends ProviderHarness {
  readonly sandbox: Sandbox;
}

/** A signed-in user at the sandbox's Spotify, in one of its regimes. */
export function createSpotifyHarness(regime: SpotifyRegime): SpotifySandboxHarness {
  const clock = fastForwardClock();
  const sandbox = createSandbox({ clock, regime });
  const { control } = sandbox;
  Object.assign(control.spotify.settings, { snapshotLagMs: 30_000, snapshotDetour: true });
  const { playable, searched, withdrawn } = choices(sandbox);
  const albums = albumChoices(sandbox);
  const artists = artistChoices(sandbox);
  control.spotify.takeDown(withdrawn.id, "unplayable");
  control.spotify.takeDown(albums.withdrawn.id, "unplayable");
  const tokens = control.spotify.issueTokens(USER);
  return {
    sandbox,
    provider: spotify({ clientId: SPOTIFY_APP.id, clientSecret: SPOTIFY_APP.secret }),
    fetch: (input, init) => clock.hold(sandbox.fetch(input, init)),
    clock,
    writable: true,
    user: {
      accessToken: tokens.accessToken,
      renew: async () => control.spotify.issueTokens(USER).accessToken,
      grantedScopes: [
        "user-library-read",
        "user-library-modify",
        "playlist-read-private",
        "playlist-read-collaborative",
        "playlist-modify-public",
        "playlist-modify-private",
        "user-read-recently-played",
        "user-follow-read",
        "user-follow-modify",
      ],
    },
    signIn: {
      redirectUrl: "https://app.example/callback",
      visit: (url, decision) => signIn({ fetch: sandbox.fetch, url, user: USER, decision }),
    },
    fixtures: {
      items: {
        track: {
          ids: playable.map(({ id }) => id),
          unknownId: "0000000000000000000000",
          unavailableId: withdrawn.id,
          lookups: { isrc: { known: searched.isrc ?? "", unknown: "ZZZZZ0000000" } },
          search: { title: searched.title, artist: searched.artists[0].name, id: searched.id },
        },
        album: {
          ids: albums.some.map(({ id }) => id),
          unknownId: UNKNOWN,
          unavailableId: albums.withdrawn.id,
          lookups: { upc: { known: albums.searched.upc ?? "", unknown: "000000000017" } },
          search: {
            title: albums.searched.name,
            artist: albums.searched.artists[0]?.name ?? "",
            id: albums.searched.id,
          },
        },
        artist: {
          ids: artists.some.map(({ id }) => id),
          unknownId: UNKNOWN,
          search: { title: artists.searched.name, id: artists.searched.id },
        },
      },
      documents: { playlists: { items: playlists, changes, unknownId: "0000000000000000000000" } },
    },
    standIn: {
      async fill(type, ids) {
        const seeds: Record<string, typeof control.spotify.seedFavourites> = {
          albums: control.spotify.seedAlbums,
          artists: control.spotify.seedArtists,
          favorites: control.spotify.seedFavourites,
        };
        if (type === "recently_played") control.spotify.seedHistory(USER, [...ids].reverse());
        seeds[type]?.(USER, [...ids].reverse());
      },
      documents: { playlists: playlistControls(sandbox) },
      containers: { playlists: containerControls(sandbox) },
    },
  };
}

/** What the user does with playlists in Spotify's own application. */
function playlistControls({ control }: Sandbox): DocumentControls {
  return {
    put: async (items) =>
      items.map((item) => {
        const { name, description = "", public: shown = true } = item as PlaylistDetails;
        return control.spotify.seedPlaylist(USER, { name, description, public: shown, entries: [] });
      }),
    edit: async (id, details) => control.spotify.changePlaylist(id, details),
    remove: async (id) => control.spotify.unfollowPlaylist(USER, id),
  };
}

function containerControls({ control, catalogue }: Sandbox): ContainerControls {
  return {
    async putOthers(access, entries) {
      const shared = access === "shared" ? { collaborative: true, public: false } : {};
      const id = control.spotify.seedPlaylist(OTHER, { name: `${access} by another`, ...shared, entries });
      control.spotify.followPlaylist(USER, id);
      return id;
    },
    fill: async (id, entries) => control.spotify.fillPlaylist(id, entries),
    async spoil(id, at) {
      const uris = control.spotify.playlistUris(id);
      const trackIds = uris.map((uri) => uri.replace("spotify:track:", ""));
      if (at % 2 === 0) {
        control.spotify.fillPlaylist(
          id,
          trackIds.map((entry, place) => (place === at ? { localUri: "spotify:local:The+Lanterns::Demo:214" } : entry)),
        );
        return "local-file";
      }
      control.spotify.takeDown(catalogue.spotify.byId(trackIds[at] ?? "")?.id ?? "", "gone");
      return "unreadable";
    },
  };
}

/** Tracks of the sandbox's catalogue that suit the suite; the same ones every time. */
function choices({ catalogue }: Sandbox) {
  const known = catalogue.spotify.originals.filter((track) => !track.missingIn.has(COUNTRY));
  // One more than a call to a playlist takes.
  const playable = known.slice(100, 201);
  const searched = known.find((track) => isPlain(track) && catalogue.spotify.byIsrc(track.isrc ?? "").length === 1);
  const withdrawn = known[300];
  if (!searched || !withdrawn) throw new RangeError("The sandbox's catalogue has no suitable tracks.");
  return { playable, searched, withdrawn };
}

function albumChoices({ catalogue: { spotify } }: Sandbox) {
  const searched = spotify.albums.find((album) => isPlainAlbum(album) && isOnly(spotify, album));
  const withdrawn = spotify.albums[300];
  if (!searched || !withdrawn) throw new RangeError("The sandbox's catalogue has no suitable albums.");
  return { some: spotify.albums.slice(100, 160), searched, withdrawn };
}

function isPlainAlbum({ name, artists: [artist] }: SpotifyAlbum): boolean {
  return /^[a-z]{4,} [a-z]{4,}$/i.test(name) && /^[a-z ]+$/i.test(artist?.name ?? "");
}

/** The only one with its code, and with its name. */
function isOnly({ albums, albumsByUpc }: Sandbox["catalogue"]["spotify"], { name, upc }: SpotifyAlbum): boolean {
  return (
    upc !== undefined && albumsByUpc(upc).length === 1 && albums.filter((other) => other.name === name).length === 1
  );
}

function artistChoices({ catalogue: { spotify } }: Sandbox) {
  const all = [...spotify.artists().values()];
  const searched = all.find(({ name, namesake }) => !namesake && /^[a-z]{5,} [a-z]{5,}$/i.test(name));
  if (!searched) throw new RangeError("The sandbox's catalogue has no suitable artists.");
  return { some: all.slice(100, 160), searched };
}

/** With an ISRC in its canonical form, and a title of plain words that nothing else has. */
function isPlain({ title, isrc, artists: [artist] }: SpotifyTrack): boolean {
  return /^[A-Z0-9]{12}$/.test(isrc ?? "") && /^[a-z]{4,} [a-z]{4,}$/i.test(title) && /^[a-z ]+$/i.test(artist.name);
}
