import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Country } from "../catalogue/tracks.ts";
import type { WaitingClock } from "../clock.ts";
import { Lagging } from "../lagging.ts";
import { type RateLimit, RateWindow } from "../rate-window.ts";
import { SavedList } from "../saved-list.ts";
import { createDice, type Dice } from "../seeded.ts";
import type { DeezerPlaylist } from "./playlists.ts";

/** What can be switched while the sandbox runs. */
export interface DeezerSettings {
  /** Per caller address; `false`: no limit. Deezer: 50 per 5 s. */
  rateLimit: RateLimit | false;
  /** Every call answers code 50, as with app ids that were disabled without notice; sign-in still works. */
  applicationDisabled: boolean;
  /** Listings claim this many rows more than they give. */
  surplusTotal: number;
  /** Whether search results carry `isrc` (seen since 2026). */
  isrcInSearch: boolean;
  /** One test of 2026 found field syntax returning nothing. */
  fieldedSearch: "works" | "empty";
  /** Adding a favourite that is there: harmless, or code 500. */
  duplicateFavourite: "accept" | "refuse";
  /** Lists are read as they were this long ago. */
  staleReadsMs: number;
  /** Tracks that a user's favourites and one playlist hold at most; beyond: code 100. */
  favouritesLimit: number;
  playlistLimit: number;
}

const DEEZER_DEFAULTS: DeezerSettings = {
  rateLimit: { requests: 50, perMs: 5_000 },
  applicationDisabled: false,
  surplusTotal: 0,
  isrcInSearch: true,
  fieldedSearch: "works",
  duplicateFavourite: "accept",
  staleReadsMs: 0,
  favouritesLimit: 10_000,
  playlistLimit: 2_000,
};

export const DEEZER_PERMISSIONS = [
  "basic_access",
  "email",
  "offline_access",
  "manage_library",
  "manage_community",
  "delete_library",
  "listening_history",
] as const;
export type DeezerPermission = (typeof DEEZER_PERMISSIONS)[number];

/** An app as registered while that was possible. */
export interface DeezerApp {
  readonly id: string;
  readonly secret: string;
  readonly name: string;
  /** Host names that redirects may go to, with their subdomains. */
  readonly domains: readonly string[];
}

interface DeezerPlay {
  readonly trackId: string;
  readonly playedAtMs: number;
}

export interface DeezerUser {
  readonly id: number;
  readonly name: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly country: Country;
  readonly publicProfile: boolean;
  readonly favourites: Lagging<SavedList>;
  readonly albums: Lagging<SavedList>;
  readonly artists: Lagging<SavedList>;
  /** The playlist that shows the favourites. */
  readonly lovedPlaylistId: number;
  /** When the favourites last changed. */
  lovedChangedAt: number;
  /** Ids of own and followed playlists, without the loved tracks. */
  readonly playlistIds: number[];
  /** Newest first. */
  readonly history: DeezerPlay[];
}

export interface DeezerUserSeed {
  readonly id: number;
  readonly name: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly country: Country;
  readonly publicProfile?: boolean;
}

export interface DeezerCode {
  readonly appId: string;
  readonly userId: number;
  readonly permissions: readonly DeezerPermission[];
  readonly issuedAt: number;
  used: boolean;
}

export interface DeezerToken {
  userId: number;
  readonly appId: string;
  readonly permissions: ReadonlySet<DeezerPermission>;
  /** `undefined`: never. */
  expiresAt: number | undefined;
  revoked: boolean;
}

/** Everything that Deezer's stand-in knows. */
export class DeezerWorld {
  readonly clock: WaitingClock;
  readonly catalogue: Catalogue;
  readonly dice: Dice;
  readonly settings: DeezerSettings;
  readonly apps = new Map<string, DeezerApp>();
  readonly users = new Map<number, DeezerUser>();
  readonly playlists = new Map<number, DeezerPlaylist>();
  readonly codes = new Map<string, DeezerCode>();
  readonly tokens = new Map<string, DeezerToken>();
  /** Ids taken down: gone from everywhere, or listed but not readable. */
  readonly takenDown = new Map<string, "gone" | "unreadable">();
  #calls = 0;
  #secrets = 0;
  readonly #windows = new Map<string, RateWindow>();

  constructor(clock: WaitingClock, catalogue: Catalogue, seed: string, settings: Partial<DeezerSettings>) {
    this.clock = clock;
    this.catalogue = catalogue;
    this.dice = createDice(seed);
    this.settings = { ...DEEZER_DEFAULTS, ...settings };
  }

  addUser(seed: DeezerUserSeed): DeezerUser {
    const user: DeezerUser = {
      publicProfile: true,
      ...seed,
      email: `${seed.name}@example.org`,
      favourites: new Lagging(new SavedList(), (list) => list.clone()),
      albums: new Lagging(new SavedList(), (list) => list.clone()),
      artists: new Lagging(new SavedList(), (list) => list.clone()),
      lovedPlaylistId: this.newPlaylistId(),
      lovedChangedAt: this.clock.now(),
      playlistIds: [],
      history: [],
    };
    this.users.set(user.id, user);
    return user;
  }

  nextCall(): number {
    this.#calls += 1;
    return this.#calls;
  }

  newPlaylistId(): number {
    return 13_000_000_000 + this.dice.roll("playlist", String(this.nextCall()), 1_900_000_000);
  }

  newSecret(prefix: string): string {
    this.#secrets += 1;
    return (
      prefix + this.dice.base62("secret-a", String(this.#secrets)) + this.dice.base62("secret-b", String(this.#secrets))
    );
  }

  window(key: string): RateWindow {
    const window = this.#windows.get(key) ?? new RateWindow();
    this.#windows.set(key, window);
    return window;
  }
}
