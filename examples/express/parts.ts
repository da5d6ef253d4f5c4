import type { Queue, StorageAdapter } from "@syncer/core";
import { bullmqQueue } from "@syncer/queue-adapters/bullmq";
import { pgBossQueue } from "@syncer/queue-adapters/pg-boss";
import { postgres } from "@syncer/storage-adapters/postgres";
import { sqlite } from "@syncer/storage-adapters/sqlite";

interface Parts {
  readonly storage: StorageAdapter;
  /** Absent: processes look at the database by themselves. */
  readonly queue?: Queue;
}

/**
 * What the engine stands on. `DATABASE_URL` is a file (SQLite, the default) or `postgres://…`; with `REDIS_URL` BullMQ wakes
 * workers, else pg-boss does where there is PostgreSQL.
 */
export function partsFromEnvironment({ DATABASE_URL = "syncer.db", REDIS_URL }: NodeJS.ProcessEnv): Parts {
  const onServer = /^postgres(ql)?:\/\//.test(DATABASE_URL);
  const storage = onServer ? postgres({ connectionString: DATABASE_URL }, { schema: "syncer" }) : sqlite(DATABASE_URL);
  if (REDIS_URL) return { storage, queue: bullmqQueue({ url: REDIS_URL }) };
  return onServer ? { storage, queue: pgBossQueue({ connectionString: DATABASE_URL }) } : { storage };
}
