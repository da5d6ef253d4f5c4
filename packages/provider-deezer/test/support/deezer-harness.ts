import type { PlaylistDetails } from "@syncer/core";
import {
  createSandbox,
  DEEZER_APP,
  type DeezerSettings,
  type DeezerTrack,
  PEOPLE,
  type Sandbox,
  signIn,
} from "@syncer/sandbox";
import { type ContainerControls, type DocumentControls, fastForwardClock, type ProviderHarness } from "@syncer/testkit";
import { deezer } from "../../src/index.ts";

const [PERSON] = PEOPLE;
const OTHER_ID = 4_000_000_002;

/** The first is public, as Deezer makes every new one. */
const playlists: readonly PlaylistDetails[] = Array.from({ length: 14 }, (_, index) => ({
  name: `Playlist ${index}`,
  description: `Described as no. ${index}`,
  public: index % 2 === 0,
}));

const changes: PlaylistDetails = { name: "Renamed", description: "Described anew" };

export interface DeezerSandboxHarness extends ProviderHarness {
  readonly sandbox: Sandbox;
}

/** A signed-in user at the sandbox's Deezer, with an application. */
export function createDeezerHarness(settings: Partial<DeezerSettings> = {}): DeezerSandboxHarness {
  const { sandbox, userId, ...common } = createCommon(settings, playlists);
  return {
    ...common,
    sandbox,
    provider: deezer({ appId: DEEZER_APP.id, appSecret: DEEZER_APP.secret }),
    writable: true,
    signIn: {
      redirectUrl: "https://app.example/callback",
      visit: (url, decision) => signIn({ fetch: sandbox.fetch, url, user: userId, decision }),
    },
    user: {
      accessToken: sandbox.control.deezer.issueToken(userId),
      accountId: String(userId),
      grantedScopes: ["basic_access", "offline_access", "manage_library", "delete_library", "listening_history"],
    },
  };
}

/** The same person seen without an application: what Deezer shows to anybody. */
export function createPublicDeezerHarness(): DeezerSandboxHarness {
  const anybodys = playlists.map((playlist) => ({ ...playlist, public: true }));
  const { sandbox, userId, ...common } = createCommon({}, anybodys);
  return {
    ...common,
    sandbox,
    provider: deezer(),
    writable: false,
    user: { accountId: String(userId), grantedScopes: [] },
  };
}

function createCommon(settings: Partial<DeezerSettings>, items: readonly PlaylistDetails[]) {
  if (!PERSON) throw new RangeError("The sandbox has no people.");
  const userId = PERSON.deezerId;
  const clock = fastForwardClock();
  const sandbox = createSandbox({ clock });
  const { control } = sandbox;
  Object.assign(control.deezer.settings, settings);
  const { readable, searched, withdrawn } = choices(sandbox);
  const albums = albumChoices(sandbox);
  const artists = artistChoices(sandbox);
  control.deezer.takeDown(withdrawn.id, "unreadable");
  control.deezer.takeDown(String(albums.withdrawn.id), "unreadable");
  return {
    sandbox,
    userId,
    fetch: (input: string | URL | Request, init?: RequestInit) => clock.hold(sandbox.fetch(input, init)),
    clock,
    fixtures: {
      items: {
        track: {
          ids: readable.map(({ id }) => id),
          unknownId: "999999999999",
          unavailableId: withdrawn.id,
          lookups: { isrc: { known: searched.isrc ?? "", unknown: "ZZZZZ0000000" } },
          search: { title: searched.titleShort, artist: searched.contributors[0].name, id: searched.id },
        },
        album: {
          ids: albums.some.map(({ id }) => String(id)),
          unknownId: "999999999999",
          unavailableId: String(albums.withdrawn.id),
          lookups: { upc: { known: albums.searched.upc, unknown: "000000000017" } },
          search: {
            title: albums.searched.title,
            artist: albums.searched.artist.name,
            id: String(albums.searched.id),
          },
        },
        artist: {
          ids: artists.some.map(({ id }) => String(id)),
          unknownId: "999999999999",
          search: { title: artists.searched.name, id: String(artists.searched.id) },
        },
      },
      documents: { playlists: { items, changes, unknownId: "99999999999" } },
    },
    standIn: {
      async fill(type: string, ids: readonly string[]) {
        const seeds: Record<string, typeof control.deezer.seedFavourites> = {
          albums: control.deezer.seedAlbums,
          artists: control.deezer.seedArtists,
          favorites: control.deezer.seedFavourites,
        };
        if (type === "recently_played") control.deezer.seedHistory(userId, [...ids].reverse());
        seeds[type]?.(userId, [...ids].reverse());
      },
      documents: { playlists: playlistControls(sandbox, userId) },
      containers: { playlists: containerControls(sandbox, userId) },
    },
  };
}

/** What the user does with playlists in Deezer's own application. */
function playlistControls({ control: { deezer: control } }: Sandbox, userId: number): DocumentControls {
  const fieldsOf = ({ name, description, public: shown }: Partial<PlaylistDetails>) => ({
    ...(name === undefined ? {} : { title: name }),
    ...(description === undefined ? {} : { description }),
    ...(shown === undefined ? {} : { public: shown }),
  });
  return {
    put: async (items) =>
      items.map((item) => String(control.seedPlaylist(userId, { title: "", ...fieldsOf(item), tracks: [] }))),
    edit: async (id, details) => control.changePlaylist(Number(id), fieldsOf(details)),
    remove: async (id) => control.removePlaylist(Number(id)),
  };
}

function containerControls({ control: { deezer: control } }: Sandbox, userId: number): ContainerControls {
  return {
    async putOthers(access, tracks) {
      const title = `${access} by another`;
      const id = control.seedPlaylist(OTHER_ID, { title, tracks, collaborative: access === "shared" });
      control.followPlaylist(userId, id);
      return String(id);
    },
    fill: async (id, tracks) => control.fillPlaylist(Number(id), tracks),
  };
}

/** Tracks of the sandbox's catalogue that suit the suite; the same ones every time. */
function choices({ catalogue }: Sandbox) {
  const known = catalogue.deezer.originals.filter((track) => track.readable);
  const searched = known.find((track) => isPlain(track) && catalogue.deezer.byIsrc(track.isrc ?? "").length === 1);
  const withdrawn = known[200];
  if (!searched || !withdrawn) throw new RangeError("The sandbox's catalogue has no suitable tracks.");
  return { readable: known.slice(100, 170), searched, withdrawn };
}

function albumChoices({ catalogue: { deezer } }: Sandbox) {
  const searched = deezer.albums.find(
    ({ title, artist, upc }) =>
      upc.length === 12 &&
      /^[a-z]{4,} [a-z]{4,}$/i.test(title) &&
      /^[a-z ]+$/i.test(artist.name) &&
      deezer.albums.filter((other) => other.title === title).length === 1,
  );
  const withdrawn = deezer.albums[300];
  if (!searched || !withdrawn) throw new RangeError("The sandbox's catalogue has no suitable albums.");
  return { some: deezer.albums.slice(100, 160), searched, withdrawn };
}

function artistChoices({ catalogue: { deezer } }: Sandbox) {
  const all = [...deezer.artists().values()];
  const searched = all.find(({ name, namesake }) => !namesake && /^[a-z]{5,} [a-z]{5,}$/i.test(name));
  if (!searched) throw new RangeError("The sandbox's catalogue has no suitable artists.");
  return { some: all.slice(100, 160), searched };
}

/** With an ISRC in its canonical form, and a title of plain words that nothing else has. */
function isPlain({ title, isrc, contributors: [artist] }: DeezerTrack): boolean {
  return /^[A-Z0-9]{12}$/.test(isrc ?? "") && /^[a-z]{4,} [a-z]{4,}$/i.test(title) && /^[a-z ]+$/i.test(artist.name);
}
