import { fastForwardClock, type ProviderHarness } from "@syncer/testkit";
import { jukebox } from "../src/index.ts";
import { createJukeboxService } from "../stand-in/jukebox-service.ts";
import { jukeboxSongs } from "../stand-in/jukebox-songs.ts";

/** All that the conformance suite asks for: a signed-in user at a stand-in, and facts about its catalogue. */
export function createJukeboxHarness(): ProviderHarness {
  const clock = fastForwardClock();
  const service = createJukeboxService(clock);
  return {
    provider: jukebox({ clientId: "an-app", clientSecret: "its secret" }),
    fetch: (input, init) => clock.hold(service.fetch(input, init)),
    clock,
    writable: true,
    user: {
      accessToken: service.signIn().access_token,
      renew: async () => service.signIn().access_token,
      accountId: "u-77",
      grantedScopes: ["library:read", "library:write"],
    },
    signIn: {
      redirectUrl: "https://app.example/callback",
      async visit(url, decision) {
        // The stand-in's consent page is one address with the decision in it.
        const page = await service.fetch(`${url}&decision=${decision}`);
        return new URL(page.headers.get("location") ?? "about:blank");
      },
    },
    fixtures: {
      items: {
        track: {
          ids: jukeboxSongs.slice(0, 40).map((song) => song.song_id),
          unknownId: "jb-9999",
          unavailableId: "jb-1058",
          lookups: { isrc: { known: "GBJBX2400007", unknown: "GBJBX2499999" } },
          search: { title: "Sunday Train 8", artist: "Mira Holt", id: "jb-1007" },
        },
      },
    },
    standIn: {
      fill: async (_type, ids) => service.fill(ids),
      async addOddRows() {
        service.addWithdrawnRow();
        return ["unreadable"];
      },
    },
  };
}
