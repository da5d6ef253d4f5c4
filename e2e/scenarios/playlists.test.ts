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

async function sync(host: Host, mode: "sync-from" | "sync-both" = "sync-from") {
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
});
