import type { PairReport, SyncMode, SyncOptions } from "@syncer/core";
import { AGREEING, type Recording, recordings } from "./agreeing.ts";
import { createHost, type HostOptions } from "./host.ts";

const MINUTE = 60_000;

/** Anna with both services connected, and playlists to sync. */
export async function playlistScenario(options: HostOptions = {}) {
  const host = createHost({ ...options, sandbox: { disagreements: AGREEING, ...options.sandbox } });
  await host.engine.migrate();
  await host.connect("spotify");
  await host.connect("deezer");
  const { sandbox, anna, clock, engine } = host;
  const { control } = sandbox;
  const writes = (service: "spotify" | "deezer") => control.stats()[service].byKind.write;
  const sides = {
    spotify: {
      put: (name: string, entries: readonly string[]) =>
        control.spotify.seedPlaylist(anna.spotifyId, { name, public: false, entries }),
      shown: (id: string) => control.spotify.playlistUris(id).map((uri) => uri.replace("spotify:track:", "")),
    },
    deezer: {
      put: (title: string, tracks: readonly string[]) =>
        control.deezer.seedPlaylist(anna.deezerId, { title, tracks, public: false }),
      shown: (id: number) => control.deezer.playlistTracks(id),
    },
  };
  return {
    ...host,
    ...sides,
    /** Recordings that both services hold once. */
    recordings: (count: number) => recordings(sandbox, count),
    writes,
    /** The ids on one service of some recordings. */
    ids: (service: "spotify" | "deezer", some: readonly Recording[]) => some.map((each) => each[service]),
    /** One sync, after both services show what they were last sent. */
    async sync(mode: SyncMode = "bidirectional", syncOptions: SyncOptions = {}): Promise<PairReport> {
      await clock.advance(MINUTE);
      const { pairs } = await engine.sync({
        userId: "user-1",
        pairs: [{ source: "spotify", target: "deezer", mode }],
        type: "playlists",
        options: syncOptions,
      });
      const [report] = pairs;
      if (!report) throw new Error("a sync of one pair reports one pair");
      return report;
    },
    /** The playlist of this name, as the service lists it to Anna. */
    named(service: "spotify" | "deezer", name: string) {
      const found = playlistsOf(host, service);
      const [playlist, another] = found.filter((each) => each.name === name);
      if (!playlist || another) throw new Error(`${service} lists ${found.map((each) => each.name).join(", ")}`);
      return playlist;
    },
    playlists: (service: "spotify" | "deezer") => playlistsOf(host, service),
  };
}

interface Shown {
  readonly id: string;
  readonly name: string;
  readonly public: boolean | null;
}

/** The playlists of Anna as they are at the service. */
function playlistsOf(
  { sandbox: { control }, anna }: Pick<ReturnType<typeof createHost>, "sandbox" | "anna">,
  service: "spotify" | "deezer",
): readonly Shown[] {
  if (service === "spotify") return control.spotify.playlists(anna.spotifyId);
  return control.deezer.playlists(anna.deezerId).map(({ id, title, public: shown }) => ({
    id: String(id),
    name: title,
    public: shown,
  }));
}
