import { libraryOf } from "../library-control.ts";
import { chooseTracks, type SeedDates, seedDates, type TrackChoice } from "../seeding.ts";
import { SPOTIFY_APP } from "../worlds.ts";
import { isSecureRedirectUri, SPOTIFY_SCOPES, type SpotifyClient } from "./clients.ts";
import {
  changeEntries,
  createPlaylist,
  followPlaylist,
  type PlaylistEntry,
  type PlaylistSeed,
  type SpotifyPlaylist,
  touchSnapshot,
  trackEntry,
  unfollowPlaylist,
} from "./playlists.ts";
import type { SpotifySettings, SpotifyUser, SpotifyUserSeed, SpotifyWorld } from "./world.ts";

/** A token pair made without the consent page, for tests that are not about signing in. */
export interface IssuedSpotifyTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** One entry of a seeded playlist: a track, or a local file by its `spotify:local:` URI. */
export type PlaylistEntrySeed = string | { readonly localUri: string };

/** What can be done to Spotify's stand-in behind its API. */
export interface SpotifyControl {
  /** The client that is registered from the start. */
  readonly app: typeof SPOTIFY_APP;
  /** Switches; assign to them. A reset brings the defaults back. */
  readonly settings: SpotifySettings;
  /** Registers an app, or replaces one of the same id. */
  registerClient(client: SpotifyClient): void;
  /** @returns the user's account id, which `GET /me` shows as `account_id` */
  addUser(seed: SpotifyUserSeed): { readonly accountId: string };
  /** Whether development-mode apps may call for the user. */
  setRegistered(userId: string, registered: boolean): void;
  /** Saves tracks, newest first. @returns their ids in that order */
  seedFavourites(userId: string, tracks: TrackChoice, dates?: SeedDates): readonly string[];
  /** Removes favourites as the user would in another app. */
  removeFavourites(userId: string, trackIds: readonly string[]): void;
  /** The favourites as they are, newest first. */
  favourites(userId: string): readonly string[];
  /** Saves albums of the catalogue, newest first; a number draws that many. @returns their ids in that order */
  seedAlbums(userId: string, albums: TrackChoice, dates?: SeedDates): readonly string[];
  removeAlbums(userId: string, albumIds: readonly string[]): void;
  /** The saved albums as they are, newest first. */
  albums(userId: string): readonly string[];
  /** Follows artists of the catalogue; a number draws that many. @returns their ids */
  seedArtists(userId: string, artists: TrackChoice): readonly string[];
  removeArtists(userId: string, artistIds: readonly string[]): void;
  artists(userId: string): readonly string[];
  /** Makes a playlist with entries. @returns its id */
  seedPlaylist(
    userId: string,
    playlist: PlaylistSeed & { readonly entries: readonly PlaylistEntrySeed[] | number },
  ): string;
  /** Renames or describes a playlist, or shows it to others or not, as its owner would in another app. */
  changePlaylist(playlistId: string, details: Partial<PlaylistSeed>): void;
  /** Replaces a playlist's entries. */
  fillPlaylist(playlistId: string, entries: readonly PlaylistEntrySeed[]): void;
  followPlaylist(userId: string, playlistId: string): void;
  /** What an owner does to delete a playlist; it can still be read by its id. */
  unfollowPlaylist(userId: string, playlistId: string): void;
  /** The playlists that a user sees, as they are; followed ones too. */
  playlists(userId: string): readonly { readonly id: string; readonly name: string; readonly public: boolean | null }[];
  /** URIs of a playlist's entries as they are. */
  playlistUris(playlistId: string): readonly string[];
  /** Takes a playlist out of existence, as only the service can. */
  removePlaylist(playlistId: string): void;
  /** Puts plays into the history, newest first. */
  seedHistory(userId: string, tracks: TrackChoice, dates?: SeedDates): void;
  /** Takes a track, an album or an artist down: gone from lists and by id, or still listed but not playable. */
  takeDown(id: string, how: "gone" | "unplayable"): void;
  restore(id: string): void;
  issueTokens(userId: string, scopes?: readonly string[], clientId?: string): IssuedSpotifyTokens;
  /** Ends access tokens at once; refreshing still works. Default: everybody's. */
  expireAccessTokens(userId?: string): void;
  /** What "remove access" on the account page does: access and refresh tokens die. */
  revoke(userId: string): void;
  /** All tokens of one user stand for another from now on. */
  swapAccount(fromUserId: string, toUserId: string): void;
}

export function createSpotifyControl(worldNow: () => SpotifyWorld): SpotifyControl {
  const user = (id: string): SpotifyUser => {
    const found = worldNow().users.get(id);
    if (found === undefined)
      throw new RangeError("No such Spotify user in the sandbox; see control.people or add one.");
    return found;
  };
  const choose = (choice: TrackChoice): readonly string[] => {
    const world = worldNow();
    return chooseTracks(choice, world.catalogue.spotify.originals, world.dice).map((id) => knownTrack(world, id));
  };
  const { save, unsave, saved } = libraryOf(worldNow);
  return {
    app: SPOTIFY_APP,
    get settings() {
      return worldNow().settings;
    },
    registerClient: (client) => {
      const insecure = client.redirectUris.find((uri) => !isSecureRedirectUri(uri));
      if (insecure !== undefined) throw new RangeError(`Spotify's dashboard refuses the redirect URI ${insecure}.`);
      worldNow().clients.set(client.id, client);
    },
    addUser: (seed) => ({ accountId: worldNow().addUser(seed).accountId }),
    setRegistered: (userId, registered) => {
      user(userId).registered = registered;
    },
    seedFavourites: (userId, tracks, dates) => save(user(userId).favourites, choose(tracks), dates),
    removeFavourites: (userId, trackIds) => unsave(user(userId).favourites, trackIds),
    favourites: (userId) => saved(user(userId).favourites),
    seedAlbums: (userId, albums, dates) => {
      const { catalogue, dice } = worldNow();
      return save(user(userId).albums, chooseTracks(albums, catalogue.spotify.albums, dice), dates);
    },
    removeAlbums: (userId, albumIds) => unsave(user(userId).albums, albumIds),
    albums: (userId) => saved(user(userId).albums),
    seedArtists: (userId, artists) => {
      const { catalogue, dice } = worldNow();
      return save(user(userId).followedArtists, chooseTracks(artists, [...catalogue.spotify.artists().values()], dice));
    },
    removeArtists: (userId, artistIds) => unsave(user(userId).followedArtists, artistIds),
    artists: (userId) => saved(user(userId).followedArtists),
    seedPlaylist: (userId, { entries, ...seed }) => {
      const world = worldNow();
      const owner = user(userId);
      const playlist = createPlaylist(world, owner, seed);
      const made = entriesOf(world, owner.id, typeof entries === "number" ? choose(entries) : entries);
      changeEntries(world, playlist, (list) => list.push(...made));
      return playlist.id;
    },
    changePlaylist: (playlistId, details) => {
      const world = worldNow();
      const playlist = playlistOf(world, playlistId);
      Object.assign(playlist, details);
      touchSnapshot(world, playlist);
    },
    fillPlaylist: (playlistId, entries) => {
      const world = worldNow();
      const playlist = playlistOf(world, playlistId);
      const made = entriesOf(world, playlist.ownerId, entries);
      changeEntries(world, playlist, (list) => list.splice(0, list.length, ...made));
    },
    followPlaylist: (userId, playlistId) => {
      const world = worldNow();
      followPlaylist(world, user(userId), playlistOf(world, playlistId).id);
    },
    unfollowPlaylist: (userId, playlistId) => {
      unfollowPlaylist(worldNow(), user(userId), playlistId);
    },
    playlists: (userId) =>
      user(userId).playlistIds.map((id) => {
        const { name, public: shown } = playlistOf(worldNow(), id);
        return { id, name, public: shown };
      }),
    playlistUris: (playlistId) =>
      worldNow()
        .playlists.get(playlistId)
        ?.entries.current.map(({ uri }) => uri) ?? [],
    removePlaylist: (playlistId) => {
      const world = worldNow();
      world.playlists.delete(playlistId);
    },
    seedHistory: (userId, tracks, dates = {}) => {
      const ids = choose(tracks);
      const times = seedDates(ids.length, worldNow().clock.now(), { stepMs: 240_000, ...dates });
      const plays = ids.map((trackId, index) => ({ trackId, playedAtMs: times[index] ?? 0, contextUri: null }));
      const { history } = user(userId);
      history.push(...plays);
      history.sort((a, b) => b.playedAtMs - a.playedAtMs);
    },
    takeDown: (id, how) => {
      worldNow().takenDown.set(id, how);
    },
    restore: (id) => {
      worldNow().takenDown.delete(id);
    },
    issueTokens: (userId, scopes = [...SPOTIFY_SCOPES], clientId = SPOTIFY_APP.id) => {
      const world = worldNow();
      const authorizedAt = world.clock.now();
      const grant = {
        clientId,
        userId: user(userId).id,
        scopes,
        authorizedAt,
        refreshToken: undefined,
        revoked: false,
      };
      return {
        accessToken: world.grants.issueAccessToken(grant, authorizedAt + 3_600_000),
        refreshToken: world.grants.issueRefreshToken(grant),
      };
    },
    expireAccessTokens: (userId) => {
      const world = worldNow();
      for (const token of world.grants.accessTokens.values()) {
        if (userId === undefined || token.grant.userId === userId) token.expiresAt = world.clock.now();
      }
    },
    revoke: (userId) => {
      const { grants } = worldNow();
      for (const grant of [
        ...grants.refreshTokens.values(),
        ...[...grants.accessTokens.values()].map((token) => token.grant),
      ]) {
        if (grant.userId === userId) grant.revoked = true;
      }
    },
    swapAccount: (fromUserId, toUserId) => {
      const { grants } = worldNow();
      const target = user(toUserId).id;
      for (const grant of [
        ...grants.refreshTokens.values(),
        ...[...grants.accessTokens.values()].map((token) => token.grant),
      ]) {
        if (grant.userId === fromUserId) grant.userId = target;
      }
    },
  };
}

function playlistOf(world: SpotifyWorld, playlistId: string): SpotifyPlaylist {
  const playlist = world.playlists.get(playlistId);
  if (playlist === undefined) throw new RangeError(`The sandbox's Spotify has no playlist ${playlistId}.`);
  return playlist;
}

function entriesOf(world: SpotifyWorld, addedBy: string, seeds: readonly PlaylistEntrySeed[]): PlaylistEntry[] {
  const addedAtMs = world.clock.now();
  return seeds.map((entry) =>
    typeof entry === "string"
      ? trackEntry(knownTrack(world, entry), addedAtMs, addedBy)
      : { uri: entry.localUri, trackId: undefined, addedAtMs, addedBy },
  );
}

function knownTrack(world: SpotifyWorld, trackId: string): string {
  if (world.catalogue.spotify.byId(trackId) === undefined) {
    throw new RangeError(
      `The sandbox's Spotify catalogue has no track ${trackId}; take ids from sandbox.catalogue.spotify.`,
    );
  }
  return trackId;
}
