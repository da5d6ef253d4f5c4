import { fastForwardClock, type ProviderHarness } from "@syncer/testkit";
import { jukebox } from "../src/index.ts";
import { createJukeboxService } from "../stand-in/jukebox-service.ts";
import { jukeboxSongs } from "../stand-in/jukebox-songs.ts";

/** All that the conformance suite asks for: a signed-in user at a stand-in, and facts about its catalogue. */
export function createJukeboxHarness(): ProviderHarness {
  const clock = fastForwardClock();
  const service = createJukeboxService(clock);
  let tokens = service.signIn();
  return {
    provider: jukebox({ clientId: "an-app", clientSecret: "its secret" }),
    fetch: service.fetch,
    clock,
    writable: true,
    user: {
      accessToken: tokens.access_token,
      async renew() {
        tokens = service.refresh(tokens.refresh_token) ?? tokens;
        return tokens.access_token;
      },
      accountId: "u-77",
      grantedScopes: ["library:read", "library:write"],
    },
    fixtures: {
      itemIds: jukeboxSongs.slice(0, 40).map((song) => song.song_id),
      unknownId: "jb-9999",
      unavailableId: "jb-1058",
      lookups: { isrc: { known: "GBJBX2400007", unknown: "GBJBX2499999" } },
      search: { title: "Sunday Train 8", artist: "Mira Holt", id: "jb-1007" },
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
