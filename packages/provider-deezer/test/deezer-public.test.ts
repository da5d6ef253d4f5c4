import { createTransport, systemRandom } from "@syncer/core";
import { createSandbox } from "@syncer/sandbox";
import { fastForwardClock } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { deezer } from "../src/index.ts";
import { createPublicDeezerHarness } from "./support/deezer-harness.ts";

describe("Deezer without an application", () => {
  const clock = fastForwardClock();
  const transport = createTransport({ fetch: createSandbox({ clock }).fetch, clock, random: systemRandom });

  it("says whose data it needs to know when a connection names nobody", async () => {
    const session = transport.session({ provider: deezer(), tenantId: "t" });
    await expect(deezer().profile(session)).rejects.toMatchObject({ code: "request.invalid" });
  });

  it("lists public playlists of a named user, and has no history", async () => {
    const { sandbox, provider, fetch, user } = createPublicDeezerHarness();
    const userId = Number(user.accountId);
    const shown = sandbox.control.deezer.seedPlaylist(userId, { title: "Shown", tracks: 3 });
    sandbox.control.deezer.seedPlaylist(userId, { title: "Hidden", tracks: 3, public: false });
    const { playlists } = deezer().collections;
    const anybody = createTransport({ fetch, clock, random: systemRandom });
    const session = anybody.session({ provider, tenantId: "t", accountId: String(userId) });
    const facts = [];
    for await (const { entries } of playlists.read.list(session, {})) {
      facts.push(
        ...entries.map((row) =>
          row.state === "listed" ? { id: row.id, ...playlists.facts(row.native, session) } : row,
        ),
      );
    }
    expect(facts).toMatchObject([{ shows: "favorites" }, { id: String(shown), access: "owned", size: 3 }]);
    expect(facts).toHaveLength(2);
    expect(Object.keys(provider.collections)).toEqual(["favorites", "albums", "artists", "playlists"]);
  });

  it("searches and looks up without anybody", async () => {
    const session = transport.session({ provider: deezer(), tenantId: "t" });
    const hits = await deezer().catalogues?.track?.search?.find(session, { by: "words", words: "love" });
    expect(hits?.length).toBeGreaterThan(0);
  });
});
