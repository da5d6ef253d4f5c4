import type { PairReport, SyncOptions } from "@syncer/core";
import { AGREEING, type Recording, recordings } from "./agreeing.ts";
import { createHost, type HostOptions, startHost } from "./host.ts";

const MINUTE = 60_000;

export type Direction = "to-deezer" | "to-spotify";

/** Anna with both services connected, what she plays at one of them, and the playlists that she has at the other. */
export async function historyScenario(direction: Direction = "to-deezer", options: HostOptions = {}) {
  const host = createHost({ ...options, sandbox: { disagreements: AGREEING, ...options.sandbox } });
  await host.engine.migrate();
  await host.connect("spotify");
  await host.connect("deezer");
  return living(host, direction);
}

function living(host: ReturnType<typeof createHost>, direction: Direction) {
  const { sandbox, anna, clock } = host;
  const { spotify, deezer } = sandbox.control;
  const [from, to] = direction === "to-deezer" ? (["spotify", "deezer"] as const) : (["deezer", "spotify"] as const);
  const sides = {
    spotify: {
      lists: () => spotify.playlists(anna.spotifyId),
      shown: (id: string) => spotify.playlistUris(id).map((uri) => uri.replace("spotify:track:", "")),
      fill: (id: string, tracks: readonly string[]) => spotify.fillPlaylist(id, tracks),
      remove: (id: string) => spotify.unfollowPlaylist(anna.spotifyId, id),
    },
    deezer: {
      lists: () =>
        deezer
          .playlists(anna.deezerId)
          .map(({ id, title, public: shown }) => ({ id: `${id}`, name: title, public: shown })),
      shown: (id: string) => [...deezer.playlistTracks(Number(id))],
      fill: (id: string, tracks: readonly string[]) => deezer.fillPlaylist(Number(id), tracks),
      remove: (id: string) => deezer.removePlaylist(Number(id)),
    },
  };
  const written = sides[to];
  const request = (syncOptions: SyncOptions = {}) =>
    ({
      userId: "user-1",
      pairs: [{ source: "spotify", target: "deezer", mode: direction === "to-deezer" ? "sync-from" : "sync-to" }],
      type: "recently_played",
      options: syncOptions,
    }) as const;
  const list = () => {
    const [found, another] = written.lists().filter(({ name }) => name.startsWith("Recently played"));
    if (!found || another)
      throw new Error(
        `${to} has ${written
          .lists()
          .map(({ name }) => name)
          .join(", ")}`,
      );
    return found;
  };
  return {
    ...host,
    from,
    to,
    written,
    request,
    recordings: (count: number) => recordings(sandbox, count),
    /** Ids at the side that is written. */
    ids: (some: readonly Recording[]) => some.map((each) => each[to]),
    /** Anna plays these, the last of them now. */
    async play(some: readonly Recording[], stepMs = 4 * MINUTE) {
      await clock.advance(some.length * stepMs);
      const newestFirst = some.map((each) => each[from]).reverse();
      const dates = { newestAt: Math.floor(clock.now() / 1000) * 1000, stepMs };
      if (from === "spotify") spotify.seedHistory(anna.spotifyId, newestFirst, dates);
      else deezer.seedHistory(anna.deezerId, newestFirst, dates);
    },
    /** Plays that a service shows late. */
    playedAt(some: readonly Recording[], newestAt: number) {
      const tracks = some.map((each) => each[from]);
      if (from === "spotify") spotify.seedHistory(anna.spotifyId, tracks, { newestAt });
      else deezer.seedHistory(anna.deezerId, tracks, { newestAt });
    },
    /** One sync, a minute after what was before. */
    async sync(syncOptions: SyncOptions = {}): Promise<PairReport> {
      await clock.advance(MINUTE);
      sandbox.control.clearStats();
      const [report] = (await host.engine.sync(request(syncOptions))).pairs;
      if (!report) throw new Error("a sync of one pair reports one pair");
      return report;
    },
    /** The playlist that the pair made, and what it holds. */
    list,
    shown: () => written.shown(list().id),
    fill: (tracks: readonly string[]) => written.fill(list().id, tracks),
    requests: () => ({ [from]: sandbox.control.stats()[from].requests, [to]: sandbox.control.stats()[to].requests }),
    restarted: (engine: HostOptions["engine"] = {}) => living(startHost({ ...host, engine }), direction),
  };
}

export type History = Awaited<ReturnType<typeof historyScenario>>;
