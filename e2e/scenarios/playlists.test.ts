import { describe, expect, it } from "vitest";
import { connectedHost, type Host } from "../support/host.ts";

const HOUR = 3_600_000;
const BEN = { spotifyId: "ben.listener", deezerId: 4_000_000_002 } as const;

/** Recordings that both catalogues have, under their ids at each. */
function recordings({ sandbox: { catalogue } }: Host, count: number) {
  const found = catalogue.spotify.originals.flatMap(({ id, isrc }) => {
    const twins = isrc ? catalogue.deezer.byIsrc(isrc).filter(({ readable }) => readable) : [];
    const [twin] = twins;
    return twin && twins.length === 1 && catalogue.spotify.byIsrc(isrc ?? "").length === 1
      ? [{ spotify: id, deezer: twin.id }]
      : [];
  });
  expect(found.length).toBeGreaterThanOrEqual(count);
  return found.slice(0, count);
}

async function playlistsAt(host: Host, service: "spotify" | "deezer") {
  const { control } = host.sandbox;
  const token =
    service === "spotify"
      ? control.spotify.issueTokens(host.anna.spotifyId).accessToken
      : control.deezer.issueToken(host.anna.deezerId);
  const [url, headers] =
    service === "spotify"
      ? ["https://api.spotify.com/v1/me/playlists?limit=50", { authorization: `Bearer ${token}` }]
      : [`https://api.deezer.com/user/me/playlists?limit=100&access_token=${token}`, {}];
  const answer = (await (await host.sandbox.fetch(url, { headers })).json()) as Record<string, Listed[]>;
  return (answer.items ?? answer.data ?? []).filter(({ is_loved_track }) => !is_loved_track);
}

interface Listed {
  readonly id: string | number;
  readonly name?: string;
  readonly title?: string;
  readonly public: boolean;
  readonly is_loved_track?: boolean;
}

async function sync(host: Host, mode: "sync-from" | "bidirectional" = "sync-from") {
  const { pairs } = await host.engine.sync({
    userId: "user-1",
    type: "playlists",
    pairs: [{ source: "spotify", target: "deezer", mode }],
  });
  await host.clock.sleep(HOUR);
  return pairs[0];
}

describe("playlists of Spotify and Deezer", () => {
  it("are copied with their tracks in order, private ones privately; followed ones and favourites are not", async () => {
    const host = await connectedHost();
    const { spotify, deezer } = host.sandbox.control;
    const tracks = recordings(host, 8);
    const anna = host.anna.spotifyId;
    spotify.seedPlaylist(anna, {
      name: "Sunday",
      public: false,
      entries: tracks.slice(0, 6).map((each) => each.spotify),
    });
    spotify.seedPlaylist(anna, { name: "Monday", public: true, entries: tracks.slice(4).map((each) => each.spotify) });
    spotify.followPlaylist(anna, spotify.seedPlaylist(BEN.spotifyId, { name: "Ben's", entries: 3 }));
    deezer.seedFavourites(host.anna.deezerId, 3);

    expect((await sync(host))?.status).toBe("succeeded");
    const copies = await playlistsAt(host, "deezer");
    const byTitle = new Map(copies.map((copy) => [copy.title, copy]));
    expect([...byTitle.keys()].sort()).toEqual(["Monday", "Sunday"]);
    expect([byTitle.get("Sunday")?.public, byTitle.get("Monday")?.public]).toEqual([false, true]);
    const contents = (title: string) => deezer.playlistTracks(Number(byTitle.get(title)?.id));
    expect(contents("Sunday")).toEqual(tracks.slice(0, 6).map((each) => each.deezer));
    expect(contents("Monday")).toEqual(tracks.slice(4).map((each) => each.deezer));
  });

  it("cost one look at each side and no write when nothing has changed, however snapshots lag", async () => {
    const host = await connectedHost();
    const { control } = host.sandbox;
    Object.assign(control.spotify.settings, { snapshotLagMs: 30_000, snapshotDetour: true });
    const tracks = recordings(host, 6);
    control.spotify.seedPlaylist(host.anna.spotifyId, { name: "Sunday", entries: tracks.map((each) => each.spotify) });
    await sync(host, "bidirectional");
    await sync(host, "bidirectional");
    control.clearStats();
    expect((await sync(host, "bidirectional"))?.status).toBe("succeeded");
    const { spotify, deezer } = control.stats();
    expect([spotify.byKind.write ?? 0, deezer.byKind.write ?? 0]).toEqual([0, 0]);
    expect([spotify.byKind.read, deezer.byKind.read]).toEqual([1, 1]);
  });

  it("take over what users do at either side: names, tracks, their order", async () => {
    const host = await connectedHost();
    const { spotify, deezer } = host.sandbox.control;
    const tracks = recordings(host, 8);
    const [a, b, c, d, e] = tracks.map((each) => each.spotify);
    const at = (ids: readonly (string | undefined)[]) => ids.flatMap((id) => id ?? []);
    const id = spotify.seedPlaylist(host.anna.spotifyId, { name: "Sunday", entries: at([a, b, c, d]) });
    await sync(host, "bidirectional");
    const [copy] = await playlistsAt(host, "deezer");
    const copyId = Number(copy?.id);

    spotify.fillPlaylist(id, at([d, a, c]));
    deezer.fillPlaylist(copyId, [...deezer.playlistTracks(copyId), tracks[4]?.deezer ?? ""]);
    deezer.changePlaylist(copyId, { title: "Monday" });
    expect((await sync(host, "bidirectional"))?.status).toBe("succeeded");
    expect((await playlistsAt(host, "spotify")).map(({ name }) => name)).toEqual(["Monday"]);
    // What is new stands behind what it stood behind.
    const merged = at([d, e, a, c]);
    expect(spotify.playlistUris(id)).toEqual(merged.map((track) => `spotify:track:${track}`));
    const there = new Map(tracks.map((each) => [each.spotify, each.deezer]));
    expect(deezer.playlistTracks(copyId)).toEqual(merged.map((track) => there.get(track)));
  });

  it("keep at Spotify what Deezer cannot hold: copies, local files, what was withdrawn", async () => {
    const host = await connectedHost();
    const { spotify, deezer } = host.sandbox.control;
    const tracks = recordings(host, 4);
    const [a = "", b = "", c = ""] = tracks.map((each) => each.spotify);
    const localUri = "spotify:local:The+Lanterns:Demos:Harbour+Lights:214";
    const withdrawn = host.sandbox.catalogue.spotify.originals[900]?.id ?? "";
    const entries = [a, { localUri }, b, withdrawn, a, c];
    const id = spotify.seedPlaylist(host.anna.spotifyId, { name: "Sunday", entries });
    spotify.takeDown(withdrawn, "gone");
    const before = spotify.playlistUris(id);
    for (let run = 0; run < 3; run += 1) await sync(host, "bidirectional");
    expect(spotify.playlistUris(id)).toEqual(before);
    const [copy] = await playlistsAt(host, "deezer");
    const there = deezer.playlistTracks(Number(copy?.id));
    expect(there.toSorted()).toEqual(
      tracks
        .slice(0, 3)
        .map((each) => each.deezer)
        .sort(),
    );
  });

  it("are deleted where they were deleted at the other side, and not found again because they can still be read", async () => {
    const host = await connectedHost();
    const { spotify } = host.sandbox.control;
    const anna = host.anna.spotifyId;
    const names = ["one", "two", "three", "four", "five", "six"];
    const ids = names.map((name) => spotify.seedPlaylist(anna, { name, entries: [] }));
    await sync(host, "bidirectional");
    spotify.unfollowPlaylist(anna, ids[2] ?? "");
    for (let run = 0; run < 3; run += 1) await sync(host, "bidirectional");
    const left = names.filter((name) => name !== "three").sort();
    expect((await playlistsAt(host, "deezer")).map(({ title }) => title).sort()).toEqual(left);
    expect((await playlistsAt(host, "spotify")).map(({ name }) => name).sort()).toEqual(left);
  });
});
