import { createSyncEngine, keyring, type Queue, type StorageAdapter, type SyncJobRequest } from "@syncer/core";
import { deezer } from "@syncer/provider-deezer";
import { spotify } from "@syncer/provider-spotify";
import { DEEZER_APP, SPOTIFY_APP } from "@syncer/sandbox";
import { databaseOf } from "./database-of.ts";
import { type Points, pointedFetch, pointedStorage } from "./points.ts";
import { type SharedTime, sharedClock } from "./shared-clock.ts";

/** Where a process finds the services, the database and the time. */
export interface Setting extends SharedTime {
  readonly server: string;
  readonly file: string;
  /** What wakes workers, and how it is opened. Absent: nothing but their own looking. */
  readonly queue?: { readonly kind: "pg-boss" | "bullmq"; readonly argument: string };
}

export const USER = { userId: "user-1" } as const;

/** Anna's favourites, Spotify to Deezer, as a mirror. */
export const REQUEST = {
  ...USER,
  pairs: [{ source: "spotify", target: "deezer", mode: "sync-from" }],
  type: "favorites",
  options: { propagation: "mirror" },
} as const satisfies SyncJobRequest;

/** What engines of all processes have in common. */
export function commonOptions(setting: Setting, storage: StorageAdapter, points: Points) {
  return {
    storage: pointedStorage(storage, points),
    encryption: keyring({ current: "k1", keys: { k1: new Uint8Array(32).fill(7) } }),
    clock: sharedClock(setting),
  };
}

/** The queue of a setting that has one. Loaded only then: the other processes start faster without. */
export async function openQueue({ queue }: Setting): Promise<Queue | undefined> {
  if (!queue) return undefined;
  const source = JSON.parse(queue.argument);
  if (queue.kind === "pg-boss") {
    const { pgBossQueue } = await import("@syncer/queue-adapters/pg-boss");
    return pgBossQueue(source, { heartbeatMs: 10_000 });
  }
  const { bullmqQueue } = await import("@syncer/queue-adapters/bullmq");
  return bullmqQueue({ url: source.url }, { prefix: source.prefix, lockMs: 2_000, stalledCheckMs: 1_000 });
}

/** The engine of one process; the same in each. */
export function crashEngine(
  setting: Setting,
  points: Points,
  storage: StorageAdapter = databaseOf(setting),
  queue?: Queue,
) {
  const { server } = setting;
  return createSyncEngine({
    providers: [
      spotify({
        clientId: SPOTIFY_APP.id,
        clientSecret: SPOTIFY_APP.secret,
        origins: { accounts: `${server}/accounts.spotify.com`, api: `${server}/api.spotify.com` },
      }),
      deezer({
        appId: DEEZER_APP.id,
        appSecret: DEEZER_APP.secret,
        origins: { connect: `${server}/connect.deezer.com`, api: `${server}/api.deezer.com` },
      }),
    ],
    ...commonOptions(setting, storage, points),
    fetch: pointedFetch(fetch, points, favouriteRequest),
    ...(queue ? { jobs: { queue } } : {}),
  });
}

/** Signing in and renewing tokens are no points. */
function favouriteRequest({ url, method }: Request): string | undefined {
  if (/accounts\.spotify\.com|connect\.deezer\.com/.test(url)) return undefined;
  if (method === "GET") return "read";
  return method === "DELETE" ? "remove" : "add";
}
