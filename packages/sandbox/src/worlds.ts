import type { Catalogue } from "./catalogue/catalogue.ts";
import type { WaitingClock } from "./clock.ts";
import { DeezerWorld } from "./deezer/world.ts";
import type { OriginApp } from "./exchange.ts";
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

/** Invented people; each has an account at both services. */
export interface SandboxPerson {
  readonly spotifyId: string;
  readonly deezerId: number;
  readonly displayName: string | null;
}

export const PEOPLE: readonly SandboxPerson[] = [
  { spotifyId: "anna", deezerId: 4_000_000_001, displayName: "Anna" },
  { spotifyId: "ben.listener", deezerId: 4_000_000_002, displayName: "Ben" },
  { spotifyId: "31chloe7noname", deezerId: 4_000_000_003, displayName: null },
];

const COUNTRY_OF = ["SE", "DE", "FR"] as const;

export interface Worlds {
  readonly spotify: SpotifyWorld;
  readonly deezer: DeezerWorld;
  /** Starts again with empty libraries. */
  reset(): void;
  /** The apps on the present worlds; made anew after a reset. */
  apps(create: (worlds: { spotify: SpotifyWorld; deezer: DeezerWorld }) => readonly OriginApp[]): readonly OriginApp[];
}

export function createWorlds(options: {
  readonly clock: WaitingClock;
  readonly catalogue: Catalogue;
  readonly seed: number | string;
  readonly regime: SpotifyRegime;
  readonly rateLimits: NonNullable<SandboxOptions["rateLimits"]>;
}): Worlds {
  let resets = 0;
  let made: readonly OriginApp[] | undefined;
  const create = (): { spotify: SpotifyWorld; deezer: DeezerWorld } => {
    // Each life has its own seed, so that a token from before a reset means nothing after it.
    const seed = `${options.seed}:${resets}`;
    const { spotify: spotifyLimit, deezer: deezerLimit } = options.rateLimits;
    const { clock, catalogue } = options;
    const spotify = new SpotifyWorld(
      clock,
      catalogue,
      seed,
      spotifyLimit === undefined ? {} : { rateLimit: spotifyLimit },
    );
    const deezer = new DeezerWorld(clock, catalogue, seed, deezerLimit === undefined ? {} : { rateLimit: deezerLimit });
    spotify.clients.set(SPOTIFY_APP.id, { ...SPOTIFY_APP, regime: options.regime });
    deezer.apps.set(DEEZER_APP.id, DEEZER_APP);
    for (const [index, { spotifyId, deezerId, displayName }] of PEOPLE.entries()) {
      const country = COUNTRY_OF[index] ?? "SE";
      spotify.addUser({ id: spotifyId, displayName, country });
      const name = displayName ?? "Chloe";
      deezer.addUser({
        id: deezerId,
        name: `${name.toLowerCase()}_listener`,
        firstName: name,
        lastName: "Listener",
        country,
      });
    }
    return { spotify, deezer };
  };
  let current = create();
  return {
    get spotify() {
      return current.spotify;
    },
    get deezer() {
      return current.deezer;
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
