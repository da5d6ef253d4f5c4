import { createSyncEngine, keyring, type Queue, type SyncJobRequest, sharedGovernor, systemRandom } from "@syncer/core";
import { deezer } from "@syncer/provider-deezer";
import { spotify } from "@syncer/provider-spotify";
import { bullmqQueue } from "@syncer/queue-adapters/bullmq";
import { pgBossQueue } from "@syncer/queue-adapters/pg-boss";
import { DEEZER_APP, SPOTIFY_APP } from "@syncer/sandbox";
import { postgres } from "@syncer/storage-adapters/postgres";
import { sharedClock } from "../../crash/support/shared-clock.ts";
import type { FleetSetting } from "./setting.ts";

/** One user's favourites, as a mirror. */
export function requestOf(userId: string) {
  return {
    userId,
    pairs: [{ source: "spotify", target: "deezer", mode: "sync-from" }],
    type: "favorites",
    options: { propagation: "mirror" },
  } as const satisfies SyncJobRequest;
}

/** The applications, as the sandbox's server knows them. */
export function servicesAt(server: string) {
  return [
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
  ] as const;
}

export const KEYS = keyring({ current: "k1", keys: { k1: new Uint8Array(32).fill(7) } });

/** The engine of one process; the same in each. */
export function fleetEngine(setting: FleetSetting) {
  const clock = sharedClock(setting);
  const storage = postgres({ connectionString: setting.postgres }, { poolSize: setting.poolSize });
  const queue = queueOf(setting);
  const engine = createSyncEngine({
    providers: servicesAt(setting.server),
    storage,
    encryption: KEYS,
    clock,
    governor: sharedGovernor({ storage, clock, random: systemRandom }),
    jobs: { queue: setting.doubled ? doubling(queue) : queue, capacity: { manual: 100_000, automatic: 100_000 } },
  });
  return { engine, storage, clock };
}

function queueOf({ redis, postgres: connectionString, speed }: FleetSetting): Queue {
  if (redis) return bullmqQueue({ url: redis.url }, { prefix: redis.prefix });
  // Its figures are in real time.
  return pgBossQueue({ connectionString }, { pollMs: Math.max(100, Math.round(2_000 / speed)) });
}

/** A queue that says everything twice, as any may that delivers at least once. */
function doubling(inner: Queue): Queue {
  return {
    ...Object.fromEntries(
      (["process", "tick", "close"] as const).flatMap((name) => {
        const method = inner[name]?.bind(inner);
        return method ? [[name, method]] : [];
      }),
    ),
    async wake(message, options = {}) {
      await inner.wake(message, options);
      const { dedupeKey, ...rest } = options;
      await inner.wake(message, dedupeKey === undefined ? rest : { ...rest, dedupeKey: `${dedupeKey}:again` });
    },
  } as Queue;
}
