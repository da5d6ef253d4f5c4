import type { SyncMode, SyncOptions } from "@syncer/core";
import type { Sandbox } from "@syncer/sandbox";
import { AGREEING } from "./agreeing.ts";
import { connectedHost, type HostOptions } from "./host.ts";

/** One album, or one artist, at both services. */
export interface Twin {
  readonly spotify: string;
  readonly deezer: string;
}

/** Releases that each service has once. Always the same ones in the same order. */
export function releases(sandbox: Sandbox, count: number): readonly Twin[] {
  const { spotify, deezer, truth } = sandbox.catalogue;
  const found: Twin[] = [];
  for (const { id, upc } of spotify.albums) {
    if (found.length === count) return found;
    const [twin, ...others] = truth.deezerAlbums(id);
    if (twin === undefined || others.length > 0 || truth.spotifyAlbums(twin).length > 1) continue;
    if (upc === undefined || deezer.album(twin) === undefined) continue;
    found.push({ spotify: id, deezer: twin });
  }
  throw new RangeError(`The sandbox's catalogue has only ${found.length} such releases; ${count} were asked for.`);
}

/** Artists of both services, of names that no other artist of either has but for namesakes by seed. */
export function artistTwins(sandbox: Sandbox, count: number): readonly Twin[] {
  const { spotify, deezer } = sandbox.catalogue;
  const plain = (name: string) => /^[A-Z][a-z]{3,} [A-Z][a-z]{3,}$/.test(name);
  const byName = new Map(
    [...deezer.artists().values()].filter(({ namesake }) => !namesake).map((each) => [each.name, each]),
  );
  const found = [...spotify.artists().values()].flatMap(({ id, name, namesake }): Twin[] => {
    const twin = byName.get(name);
    return namesake || !plain(name) || twin === undefined ? [] : [{ spotify: id, deezer: String(twin.id) }];
  });
  if (found.length < count) throw new RangeError(`The sandbox's catalogue has only ${found.length} such artists.`);
  return found.slice(0, count);
}

/** Anna's albums or artists at both services, as she sees and changes them in their own apps. */
export async function shelves(type: "albums" | "artists", options: HostOptions = {}) {
  const sandbox = { ...options.sandbox, disagreements: options.sandbox?.disagreements ?? AGREEING };
  const host = await connectedHost({ ...options, sandbox });
  const { spotify, deezer } = host.sandbox.control;
  const { spotifyId, deezerId } = host.anna;
  const isAlbums = type === "albums";
  host.sandbox.control.clearStats();
  return {
    ...host,
    twins: (count: number) => (isAlbums ? releases : artistTwins)(host.sandbox, count),
    spotify: {
      add: (ids: readonly string[]) => void (isAlbums ? spotify.seedAlbums : spotify.seedArtists)(spotifyId, ids),
      remove: (ids: readonly string[]) => (isAlbums ? spotify.removeAlbums : spotify.removeArtists)(spotifyId, ids),
      ids: () => [...(isAlbums ? spotify.albums : spotify.artists)(spotifyId)].sort(),
    },
    deezer: {
      add: (ids: readonly string[]) => void (isAlbums ? deezer.seedAlbums : deezer.seedArtists)(deezerId, ids),
      remove: (ids: readonly string[]) => (isAlbums ? deezer.removeAlbums : deezer.removeArtists)(deezerId, ids),
      ids: () => [...(isAlbums ? deezer.albums : deezer.artists)(deezerId)].sort(),
    },
    /** One sync, with the stand-ins' counters begun anew. */
    async run(mode: SyncMode, syncOptions: SyncOptions = {}) {
      host.sandbox.control.clearStats();
      const { pairs } = await host.engine.sync({
        userId: "user-1",
        pairs: [{ source: "spotify", target: "deezer", mode }],
        type,
        options: syncOptions,
      });
      const [report] = pairs;
      if (!report) throw new Error("a sync of one pair reports one pair");
      return report;
    },
  };
}

export function idsOf(twins: readonly Twin[], service: keyof Twin): readonly string[] {
  return twins.map((twin) => twin[service]).sort();
}
