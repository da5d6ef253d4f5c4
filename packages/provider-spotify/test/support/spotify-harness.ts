import {
  createSandbox,
  type Sandbox,
  SPOTIFY_APP,
  type SpotifyRegime,
  type SpotifyTrack,
  signIn,
} from "@syncer/sandbox";
import { fastForwardClock, type ProviderHarness } from "@syncer/testkit";
import { spotify } from "../../src/index.ts";

const USER = "anna";
const COUNTRY = "SE";

export interface SpotifySandboxHarness extends ProviderHarness {
  readonly sandbox: Sandbox;
}

/** A signed-in user at the sandbox's Spotify, in one of its regimes. */
export function createSpotifyHarness(regime: SpotifyRegime): SpotifySandboxHarness {
  const clock = fastForwardClock();
  const sandbox = createSandbox({ clock, regime });
  const { control } = sandbox;
  const { playable, searched, withdrawn } = choices(sandbox);
  control.spotify.takeDown(withdrawn.id, "unplayable");
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
      grantedScopes: ["user-library-read", "user-library-modify"],
    },
    signIn: {
      redirectUrl: "https://app.example/callback",
      visit: (url, decision) => signIn({ fetch: sandbox.fetch, url, user: USER, decision }),
    },
    fixtures: {
      itemIds: playable.slice(0, 60).map(({ id }) => id),
      unknownId: "0000000000000000000000",
      unavailableId: withdrawn.id,
      lookups: { isrc: { known: searched.isrc ?? "", unknown: "ZZZZZ0000000" } },
      search: { title: searched.title, artist: searched.artists[0].name, id: searched.id },
    },
    standIn: {
      async fill(_type, ids) {
        control.spotify.seedFavourites(USER, [...ids].reverse());
      },
    },
  };
}

/** Tracks of the sandbox's catalogue that suit the suite; the same ones every time. */
function choices({ catalogue }: Sandbox) {
  const known = catalogue.spotify.originals.filter((track) => !track.missingIn.has(COUNTRY));
  const playable = known.slice(100, 160);
  const searched = known.find((track) => isPlain(track) && catalogue.spotify.byIsrc(track.isrc ?? "").length === 1);
  const withdrawn = known[200];
  if (!searched || !withdrawn) throw new RangeError("The sandbox's catalogue has no suitable tracks.");
  return { playable, searched, withdrawn };
}

/** With an ISRC in its canonical form, and a title of plain words that nothing else has. */
function isPlain({ title, isrc, artists: [artist] }: SpotifyTrack): boolean {
  return /^[A-Z0-9]{12}$/.test(isrc ?? "") && /^[a-z]{4,} [a-z]{4,}$/i.test(title) && /^[a-z ]+$/i.test(artist.name);
}
