import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Country, SpotifyTrack } from "../catalogue/tracks.ts";
import type { WaitingClock } from "../clock.ts";
import { Lagging } from "../lagging.ts";
import { type RateLimit, RateWindow } from "../rate-window.ts";
import { SavedList } from "../saved-list.ts";
import { createDice, type Dice } from "../seeded.ts";
import type { SpotifyClient } from "./clients.ts";
import { SpotifyGrants } from "./grants.ts";
import type { SpotifyPlaylist } from "./playlists.ts";

/** What can be switched while the sandbox runs. */
export interface SpotifySettings {
  /** `false`: no limit. Spotify publishes no figure; 90 per 30 s is the declared assumption. */
  rateLimit: RateLimit | false;
  /** Requests of one developer account per rolling day in development mode; `false`: none. */
  dayQuota: number | false;
  /** Whether a refresh brings a new refresh token and ends the old one. Since mid-2026 it normally does not. */
  rotateRefreshTokens: boolean;
  /** Every call answers the plain-text 403 of a lapsed subscription. */
  premiumLapsed: boolean;
  /** Saving an id that Spotify does not know: a 400 for the whole call, or ignored. */
  unknownUris: "refuse" | "ignore";
  /**
   * `PUT` and `DELETE /me/library` with the URI of an artist: follows, as the migration guide shows and others have measured,
   * or a 400 as the reference page reads, which does not name artists.
   */
  artistUris: "accept" | "refuse";
  /** Favourites and playlist items are read as they were this long ago. */
  staleReadsMs: number;
  /** `GET /playlists/{id}` and the playlist list show the old `snapshot_id` this long after a write. Seen: up to 30 s. */
  snapshotLagMs: number;
  /** While it lags, the second half shows a `snapshot_id` that is none of before and after. Seen at times. */
  snapshotDetour: boolean;
}

const SPOTIFY_DEFAULTS: SpotifySettings = {
  rateLimit: { requests: 90, perMs: 30_000 },
  dayQuota: false,
  rotateRefreshTokens: false,
  premiumLapsed: false,
  unknownUris: "refuse",
  artistUris: "accept",
  staleReadsMs: 0,
  snapshotLagMs: 0,
  snapshotDetour: false,
};

/** One play in the listening history. */
interface SpotifyPlay {
  readonly trackId: string;
  readonly playedAtMs: number;
  readonly contextUri: string | null;
}

/** An account. */
export interface SpotifyUser {
  readonly id: string;
  readonly accountId: string;
  readonly displayName: string | null;
  readonly email: string;
  readonly country: Country;
  readonly product: "premium" | "free";
  /** Whether development-mode apps may call for this user (the dashboard's allow-list of five). */
  registered: boolean;
  readonly favourites: Lagging<SavedList>;
  readonly albums: Lagging<SavedList>;
  readonly followedArtists: Lagging<SavedList>;
  readonly followedUsers: Set<string>;
  /** Newest first. Owned and followed. */
  readonly playlistIds: string[];
  /** Newest first. */
  readonly history: SpotifyPlay[];
}

export type SpotifyUserSeed = Pick<SpotifyUser, "id" | "displayName" | "country"> &
  Partial<Pick<SpotifyUser, "product">>;

/** Everything that Spotify's stand-in knows. */
export class SpotifyWorld {
  readonly clock: WaitingClock;
  readonly catalogue: Catalogue;
  readonly dice: Dice;
  readonly settings: SpotifySettings;
  readonly clients = new Map<string, SpotifyClient>();
  readonly users = new Map<string, SpotifyUser>();
  readonly playlists = new Map<string, SpotifyPlaylist>();
  readonly grants: SpotifyGrants;
  /** Ids taken down: gone from everywhere, or listed but unplayable. */
  readonly takenDown = new Map<string, "gone" | "unplayable">();
  #calls = 0;
  readonly #trackObjects = new Map<string, WeakMap<SpotifyTrack, Readonly<Record<string, unknown>>>>();
  readonly #windows = new Map<string, RateWindow>();

  constructor(clock: WaitingClock, catalogue: Catalogue, seed: string, settings: Partial<SpotifySettings>) {
    this.clock = clock;
    this.catalogue = catalogue;
    this.dice = createDice(seed);
    this.settings = { ...SPOTIFY_DEFAULTS, ...settings };
    this.grants = new SpotifyGrants(this.dice);
  }

  addUser(seed: SpotifyUserSeed): SpotifyUser {
    const user: SpotifyUser = {
      product: "premium",
      ...seed,
      accountId: this.dice.base62("account", seed.id).slice(0, 10),
      email: `${seed.id}@example.org`,
      registered: true,
      favourites: new Lagging(new SavedList(), (list) => list.clone()),
      albums: new Lagging(new SavedList(), (list) => list.clone()),
      followedArtists: new Lagging(new SavedList(), (list) => list.clone()),
      followedUsers: new Set(),
      playlistIds: [],
      history: [],
    };
    this.users.set(user.id, user);
    return user;
  }

  /** Numbers the calls that change something, so that order within one second of `added_at` is known. */
  nextCall(): number {
    this.#calls += 1;
    return this.#calls;
  }

  /** Track objects made before for one kind of caller. */
  trackObjects(kindOfCaller: string): WeakMap<SpotifyTrack, Readonly<Record<string, unknown>>> {
    const objects = this.#trackObjects.get(kindOfCaller) ?? new WeakMap();
    this.#trackObjects.set(kindOfCaller, objects);
    return objects;
  }

  window(key: string): RateWindow {
    const window = this.#windows.get(key) ?? new RateWindow();
    this.#windows.set(key, window);
    return window;
  }
}
