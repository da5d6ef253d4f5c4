import type { SpotifyRegime } from "@syncer/sandbox";
import { describeProvider } from "@syncer/testkit";
import { createSpotifyHarness } from "./support/spotify-harness.ts";

const regimes: readonly SpotifyRegime[] = ["DEV", "OLD-DEV", "EQM"];

for (const regime of regimes) describeProvider(`spotify, ${regime}`, () => createSpotifyHarness(regime));
