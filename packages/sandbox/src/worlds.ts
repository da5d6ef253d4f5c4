import type { Catalogue } from "./catalogue/catalogue.ts";
import type { WaitingClock } from "./clock.ts";
import { DeezerWorld } from "./deezer/world.ts";
import type { OriginApp } from "./exchange.ts";
import type { GoogleClient } from "./google-calendar/clients.ts";
import { addGoogleUser } from "./google-calendar/people.ts";
import { GoogleWorld } from "./google-calendar/world.ts";
import type { SandboxOptions } from "./sandbox.ts";
import type { SpotifyClient, SpotifyRegime } from "./spotify/clients.ts";
import { SpotifyWorld } from "./spotify/world.ts";

/** The app that is registered at each service from the start. */
export const SPOTIFY_APP = {
  id: "5a4db0c5a4db0c5a4db0c5a4db0c0001",
  secret: "5ec2e75ec2e75ec2e75ec2e75ec20001",
  name: "Sandbox App",
  redirectUris: [
    "http://127.0.0.1/callback",
    "http://[::1]/callback",
    "http://127.0.0.1/callback/spotify",
    "https://app.example/callback",
    "https://app.example/callback/spotify",
  ],
  developer: "sandbox-developer",
} as const satisfies Omit<SpotifyClient, "regime">;

export const DEEZER_APP = {
  id: "500001",
  secret: "dee2e75ec2e75ec2e75ec2e75ec20001",
  name: "Sandbox App",
  domains: ["localhost", "app.example"],
} as const;

export const GOOGLE_APP = {
  id: "500000000001-5a4db0c5a4db0c5a4db0c5a4db0c0001.apps.googleusercontent.com",
  secret: "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",
  name: "Sandbox App",
  redirectUris: [
    "http://127.0.0.1/callback",
    "http://localhost/callback",
    "http://127.0.0.1/callback/google-calendar",
    "https://app.example/callback",
    "https://app.example/callback/google-calendar",
  ],
  project: "500000000001",
} as const satisfies GoogleClient;

/** Invented people; each has an account at every service. */
export interface SandboxPerson {
  readonly spotifyId: string;
  readonly deezerId: number;
  /** Address of the Google account, and id of its primary calendar. */
  readonly googleEmail: string;
  readonly displayName: string | null;
}

export const PEOPLE: readonly SandboxPerson[] = [
  { spotifyId: "anna", deezerId: 4_000_000_001, googleEmail: "anna@gmail.example", displayName: "Anna" },
  { spotifyId: "ben.listener", deezerId: 4_000_000_002, googleEmail: "ben@gmail.example", displayName: "Ben" },
  { spotifyId: "31chloe7noname", deezerId: 4_000_000_003, googleEmail: "chloe@gmail.example", displayName: null },
];

const COUNTRY_OF = ["SE", "DE", "FR"] as const;

export interface Worlds {
  readonly spotify: SpotifyWorld;
  readonly deezer: DeezerWorld;
  readonly google: GoogleWorld;
  /** Starts again with empty libraries. */
  reset(): void;
  /** The apps on the present worlds; made anew after a reset. */
  apps(create: (worlds: ServiceWorlds) => readonly OriginApp[]): readonly OriginApp[];
}

interface ServiceWorlds {
  readonly spotify: SpotifyWorld;
  readonly deezer: DeezerWorld;
  readonly google: GoogleWorld;
}

export function createWorlds(options: {
  readonly clock: WaitingClock;
  readonly catalogue: Catalogue;
  readonly seed: number | string;
  readonly regime: SpotifyRegime;
  readonly rateLimits: NonNullable<SandboxOptions["rateLimits"]>;
  readonly notificationFetch: SandboxOptions["notificationFetch"];
}): Worlds {
  let resets = 0;
  let made: readonly OriginApp[] | undefined;
  const create = (): ServiceWorlds => {
    // Each life has its own seed, so that a token from before a reset means nothing after it.
    const seed = `${options.seed}:${resets}`;
    const { spotify: spotifyLimit, deezer: deezerLimit, google: rateLimits } = options.rateLimits;
    const { clock, catalogue } = options;
    const spotify = new SpotifyWorld(
      clock,
      catalogue,
      seed,
      spotifyLimit === undefined ? {} : { rateLimit: spotifyLimit },
    );
    const deezer = new DeezerWorld(clock, catalogue, seed, deezerLimit === undefined ? {} : { rateLimit: deezerLimit });
    const google = new GoogleWorld(
      clock,
      seed,
      rateLimits === undefined ? {} : { rateLimits },
      options.notificationFetch,
    );
    google.clients.set(GOOGLE_APP.id, GOOGLE_APP);
    spotify.clients.set(SPOTIFY_APP.id, { ...SPOTIFY_APP, regime: options.regime });
    deezer.apps.set(DEEZER_APP.id, DEEZER_APP);
    for (const [index, { spotifyId, deezerId, googleEmail, displayName }] of PEOPLE.entries()) {
      const country = COUNTRY_OF[index] ?? "SE";
      spotify.addUser({ id: spotifyId, displayName, country });
      const name = displayName ?? "Chloe";
      addGoogleUser(google, { email: googleEmail, displayName: name });
      deezer.addUser({
        id: deezerId,
        name: `${name.toLowerCase()}_listener`,
        firstName: name,
        lastName: "Listener",
        country,
      });
    }
    return { spotify, deezer, google };
  };
  let current = create();
  return {
    get spotify() {
      return current.spotify;
    },
    get deezer() {
      return current.deezer;
    },
    get google() {
      return current.google;
    },
    reset: () => {
      resets += 1;
      current = create();
      made = undefined;
    },
    apps: (createApps) => {
      made ??= createApps(current);
      return made;
    },
  };
}
