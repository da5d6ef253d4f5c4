import { libraryOf } from "../library-control.ts";
import { chooseTracks, type SeedDates, seedDates, type TrackChoice } from "../seeding.ts";
import { DEEZER_APP } from "../worlds.ts";
import { createPlaylist, type DeezerPlaylist } from "./playlists.ts";
import {
  DEEZER_PERMISSIONS,
  type DeezerApp,
  type DeezerPermission,
  type DeezerSettings,
  type DeezerUser,
  type DeezerUserSeed,
  type DeezerWorld,
} from "./world.ts";

/** What can be done to Deezer's stand-in behind its API. Ids of tracks are strings here, as in our types. */
export interface DeezerControl {
  /** The app that is registered from the start. */
  readonly app: typeof DEEZER_APP;
  /** Switches; assign to them. A reset brings the defaults back. */
  readonly settings: DeezerSettings;
  registerApp(app: DeezerApp): void;
  addUser(seed: DeezerUserSeed): void;
  /** Saves tracks, newest first. @returns their ids in that order */
  seedFavourites(userId: number, tracks: TrackChoice, dates?: SeedDates): readonly string[];
  removeFavourites(userId: number, trackIds: readonly string[]): void;
  /** The favourites as they are, oldest first. */
  favourites(userId: number): readonly string[];
  /** Saves albums of the catalogue, newest first; a number draws that many. @returns their ids in that order */
  seedAlbums(userId: number, albums: TrackChoice, dates?: SeedDates): readonly string[];
  removeAlbums(userId: number, albumIds: readonly string[]): void;
  /** The saved albums as they are, newest first. */
  albums(userId: number): readonly string[];
  /** Saves artists of the catalogue; a number draws that many. @returns their ids */
  seedArtists(userId: number, artists: TrackChoice): readonly string[];
  removeArtists(userId: number, artistIds: readonly string[]): void;
  artists(userId: number): readonly string[];
  /** Makes a playlist. @returns its id */
  seedPlaylist(
    userId: number,
    playlist: {
      readonly title: string;
      readonly description?: string;
      readonly tracks: TrackChoice;
      readonly public?: boolean;
      readonly collaborative?: boolean;
    },
  ): number;
  /** Renames or describes a playlist, or shows it to others or not, as its creator would in another app. */
  changePlaylist(
    playlistId: number,
    details: { readonly title?: string; readonly description?: string; readonly public?: boolean },
  ): void;
  /** Replaces a playlist's tracks. */
  fillPlaylist(playlistId: number, trackIds: readonly string[]): void;
  followPlaylist(userId: number, playlistId: number): void;
  /** The playlists that a user sees, without the loved tracks, as they are; followed ones too. */
  playlists(userId: number): readonly { readonly id: number; readonly title: string; readonly public: boolean }[];
  playlistTracks(playlistId: number): readonly string[];
  removePlaylist(playlistId: number): void;
  /** Puts plays into the history, newest first. */
  seedHistory(userId: number, tracks: TrackChoice, dates?: SeedDates): void;
  /** Takes a track, an album or an artist down: gone from lists and by id, or still listed but not readable. */
  takeDown(id: string, how: "gone" | "unreadable"): void;
  restore(id: string): void;
  /** A token made without the consent page. Default: all permissions. */
  issueToken(userId: number, permissions?: readonly DeezerPermission[]): string;
  /** Ends tokens: every call answers code 300. Default: everybody's. */
  revoke(userId?: number): void;
  /** All tokens of one user stand for another from now on. */
  swapAccount(fromUserId: number, toUserId: number): void;
}

export function createDeezerControl(worldNow: () => DeezerWorld): DeezerControl {
  const user = (id: number): DeezerUser => {
    const found = worldNow().users.get(id);
    if (found === undefined) throw new RangeError("No such Deezer user in the sandbox; see control.people or add one.");
    return found;
  };
  const choose = (choice: TrackChoice): readonly string[] => {
    const world = worldNow();
    return chooseTracks(choice, world.catalogue.deezer.originals, world.dice).map((id) => known(world, id));
  };
  const { save, unsave, saved } = libraryOf(worldNow);
  const named = (items: Iterable<{ readonly id: number }>) => [...items].map(({ id }) => ({ id: String(id) }));
  return {
    app: DEEZER_APP,
    get settings() {
      return worldNow().settings;
    },
    registerApp: (app) => {
      worldNow().apps.set(app.id, app);
    },
    addUser: (seed) => {
      worldNow().addUser(seed);
    },
    seedFavourites: (userId, tracks, dates = {}) => {
      const owner = user(userId);
      owner.lovedChangedAt = worldNow().clock.now();
      return save(owner.favourites, choose(tracks), dates);
    },
    removeFavourites: (userId, trackIds) => {
      const owner = user(userId);
      owner.lovedChangedAt = worldNow().clock.now();
      unsave(owner.favourites, trackIds);
    },
    favourites: (userId) => saved(user(userId).favourites).toReversed(),
    seedAlbums: (userId, albums, dates) => {
      const { catalogue, dice } = worldNow();
      return save(user(userId).albums, chooseTracks(albums, named(catalogue.deezer.albums), dice), dates);
    },
    removeAlbums: (userId, albumIds) => unsave(user(userId).albums, albumIds),
    albums: (userId) => saved(user(userId).albums),
    seedArtists: (userId, artists) => {
      const { catalogue, dice } = worldNow();
      return save(user(userId).artists, chooseTracks(artists, named(catalogue.deezer.artists().values()), dice));
    },
    removeArtists: (userId, artistIds) => unsave(user(userId).artists, artistIds),
    artists: (userId) => saved(user(userId).artists),
    seedPlaylist: (userId, seed) => {
      const world = worldNow();
      const playlist = createPlaylist(world, user(userId), seed.title, seed.description);
      playlist.public = seed.public ?? true;
      playlist.collaborative = seed.collaborative ?? false;
      const addedAtMs = world.clock.now();
      const entries = choose(seed.tracks).map((trackId) => ({ trackId, addedAtMs }));
      playlist.entries.change(addedAtMs, world.settings.staleReadsMs, (list) => list.push(...entries));
      return playlist.id;
    },
    changePlaylist: (playlistId, details) => {
      const world = worldNow();
      Object.assign(playlistOf(world, playlistId), details, { changedAtMs: world.clock.now() });
    },
    fillPlaylist: (playlistId, trackIds) => {
      const world = worldNow();
      const playlist = playlistOf(world, playlistId);
      const addedAtMs = world.clock.now();
      const entries = trackIds.map((trackId) => ({ trackId: known(world, trackId), addedAtMs }));
      playlist.entries.change(addedAtMs, world.settings.staleReadsMs, (list) =>
        list.splice(0, list.length, ...entries),
      );
      playlist.changedAtMs = addedAtMs;
    },
    playlists: (userId) =>
      user(userId).playlistIds.flatMap((id) => {
        // What was removed at the service is nobody's any more.
        const playlist = worldNow().playlists.get(id);
        return playlist ? [{ id, title: playlist.title, public: playlist.public }] : [];
      }),
    followPlaylist: (userId, playlistId) => {
      const { id } = playlistOf(worldNow(), playlistId);
      const { playlistIds } = user(userId);
      if (!playlistIds.includes(id)) playlistIds.push(id);
    },
    playlistTracks: (playlistId) =>
      worldNow()
        .playlists.get(playlistId)
        ?.entries.current.map(({ trackId }) => trackId) ?? [],
    removePlaylist: (playlistId) => {
      worldNow().playlists.delete(playlistId);
    },
    seedHistory: (userId, tracks, dates = {}) => {
      const ids = choose(tracks);
      const times = seedDates(ids.length, worldNow().clock.now(), { stepMs: 240_000, ...dates });
      const { history } = user(userId);
      history.push(...ids.map((trackId, index) => ({ trackId, playedAtMs: times[index] ?? 0 })));
      history.sort((a, b) => b.playedAtMs - a.playedAtMs);
    },
    takeDown: (id, how) => {
      worldNow().takenDown.set(id, how);
    },
    restore: (id) => {
      worldNow().takenDown.delete(id);
    },
    issueToken: (userId, permissions = DEEZER_PERMISSIONS) => {
      const world = worldNow();
      const text = world.newSecret("fr");
      const token = {
        userId: user(userId).id,
        appId: DEEZER_APP.id,
        permissions: new Set(permissions),
        expiresAt: undefined,
      };
      world.tokens.set(text, { ...token, revoked: false });
      return text;
    },
    revoke: (userId) => {
      for (const token of worldNow().tokens.values()) {
        if (userId === undefined || token.userId === userId) token.revoked = true;
      }
    },
    swapAccount: (fromUserId, toUserId) => {
      const target = user(toUserId).id;
      for (const token of worldNow().tokens.values()) if (token.userId === fromUserId) token.userId = target;
    },
  };
}

function playlistOf(world: DeezerWorld, playlistId: number): DeezerPlaylist {
  const playlist = world.playlists.get(playlistId);
  if (playlist === undefined) throw new RangeError(`The sandbox's Deezer has no playlist ${playlistId}.`);
  return playlist;
}

function known(world: DeezerWorld, trackId: string): string {
  if (world.catalogue.deezer.byId(trackId) === undefined) {
    throw new RangeError(
      `The sandbox's Deezer catalogue has no track ${trackId}; take ids from sandbox.catalogue.deezer.`,
    );
  }
  return trackId;
}
