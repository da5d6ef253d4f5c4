import { createSyncEngine, defineProvider, keyring, memoryStorage, type UniversalTrack } from "@syncer/core";
import { fastForwardClock } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { jukebox } from "../src/index.ts";
import { createJukeboxService } from "../stand-in/jukebox-service.ts";
import { jukeboxSongs } from "../stand-in/jukebox-songs.ts";

/** A public list of recordings, as another plug-in might bring: the smallest source there is. */
function charts(tracks: readonly UniversalTrack[]) {
  return defineProvider({
    contractVersion: 1,
    name: "charts",
    displayName: "Charts",
    category: "music",
    authorization: { kind: "none" },
    transport: {
      rateLimit: { requests: 10, perMs: 1_000, concurrency: 2, sharedBy: "egress" },
      classify: () => undefined,
    },
    items: { track: { toUniversal: (native: UniversalTrack) => native } },
    collections: {
      favorites: {
        shape: "membership",
        kind: "track",
        scopes: { read: [], write: [] },
        read: {
          pageSize: 100,
          totals: "exact",
          order: "none",
          async *list() {
            const entries = tracks.map((native, place) => ({ state: "listed" as const, id: String(place), native }));
            yield { entries, total: entries.length, fingerprint: String(entries.length) };
          },
        },
      },
    },
    profile: async () => ({ externalId: "charts" }),
    health: async () => ({ status: "healthy" }),
    dataPolicy: {
      readOn: "2026-11-22",
      idsMayBeKept: "while-connected",
      attribution: "none",
      commercialUse: "allowed",
      newApplications: "open",
      notes: [],
    },
  });
}

describe("Jukebox in an engine", () => {
  it("joins as a full citizen: signs in, is matched by code and by search, written, and quiet afterwards", async () => {
    const clock = fastForwardClock();
    const service = createJukeboxService(clock);
    // Every third song has lost its code on the way, so it has to be found by what it is called.
    const songs = jukeboxSongs.slice(0, 30);
    const tracks = songs.map(
      (song, place): UniversalTrack => ({
        title: song.name,
        artists: song.performers,
        durationMs: Math.round((song.length ?? 0) * 1_000),
        externalIds: {},
        ...(song.recording_code && place % 3 > 0 ? { isrc: song.recording_code } : {}),
      }),
    );
    const engine = createSyncEngine({
      providers: [charts(tracks), jukebox({ clientId: "an-app", clientSecret: "its secret" })],
      storage: memoryStorage(),
      encryption: keyring({ current: "k", keys: { k: new Uint8Array(32).fill(3) } }),
      clock,
      fetch: (input, init) => clock.hold(service.fetch(input, init)),
    });
    await engine.migrate();
    expect(engine.registry.supportedPairs()).toContainEqual(
      expect.objectContaining({
        source: "charts",
        target: "jukebox",
        types: [{ type: "favorites", modes: ["sync-from"] }],
      }),
    );

    await engine.connections.addPublic({ userId: "u", service: "charts", accountId: "charts" });
    const begun = await engine.connections.begin({
      userId: "u",
      service: "jukebox",
      redirectUrl: "https://app.example/callback",
    });
    const page = await service.fetch(`${begun.url}&decision=allow`);
    await engine.connections.complete({ service: "jukebox", callbackUrl: page.headers.get("location") ?? "" });

    const request = {
      userId: "u",
      pairs: [{ source: "charts", target: "jukebox", mode: "sync-from" }],
      type: "favorites",
    } as const;
    const [first] = (await engine.sync(request)).pairs;
    expect(first?.status).toBe("succeeded");
    expect(first?.items.map(({ toId }) => toId).sort()).toEqual(songs.map(({ song_id }) => song_id).sort());
    expect(new Set(first?.items.map(({ match }) => match?.by))).toEqual(new Set(["lookup", "search"]));

    const [second] = (await engine.sync(request)).pairs;
    expect(second).toMatchObject({ status: "succeeded", items: [], requests: { target: { probe: 1 } } });
  });
});
