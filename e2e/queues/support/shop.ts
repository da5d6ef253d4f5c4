import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createSyncEngine,
  type JobInfo,
  keyring,
  type Queue,
  type Random,
  type Row,
  type StorageAdapter,
  type SyncEvent,
  systemRandom,
} from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { type SyntheticDocuments, syntheticDocuments } from "@syncer/testkit";
import { sharedClock } from "../../crash/support/shared-clock.ts";

interface Sides {
  readonly from: SyntheticDocuments;
  readonly to: SyntheticDocuments;
}

/** Users who keep notes at a service of their own each, to be copied to another; one database, and a scaled clock. */
export class Shop {
  readonly time: { readonly epochMs: number; readonly speed: number };
  readonly clock: ReturnType<typeof sharedClock>;
  readonly folder = mkdtempSync(join(tmpdir(), "syncer-queues-"));
  readonly file = join(this.folder, "syncer.db");
  readonly storage: StorageAdapter = sqlite(this.file);
  readonly #sides: ReadonlyMap<string, Sides>;
  readonly #engines: { stop(): Promise<void> }[] = [];

  constructor(users: readonly string[], speed: number) {
    this.time = { epochMs: Date.now(), speed };
    this.clock = sharedClock(this.time);
    const sidesOf = (name: string): Sides => ({
      from: syntheticDocuments({ name: `${name}-from`, clock: this.clock }),
      to: syntheticDocuments({ name: `${name}-to`, clock: this.clock }),
    });
    this.#sides = new Map(users.map((name) => [name, sidesOf(name)]));
  }

  async open(): Promise<this> {
    await this.storage.migrate();
    const { engine } = this.engine();
    for (const [userId, { from, to }] of this.#sides) {
      for (const service of ["from", "to"].map((side) => `${userId}-${side}`)) {
        await engine.connections.addPublic({ userId, service, accountId: "me" });
      }
      for (let nth = 0; nth < 5; nth++) from.put({ title: `${userId} ${nth}`, tags: [], lines: [] });
      if (to.notes().size > 0) throw new Error("the other side begins empty");
    }
    return this;
  }

  of(user: string): Sides {
    const sides = this.#sides.get(user);
    if (!sides) throw new Error(`nobody is called ${user}`);
    return sides;
  }

  /** An engine on this database; each is another process, as it were. */
  engine(queue?: Queue, random: Random = systemRandom) {
    const events: SyncEvent[] = [];
    const engine = createSyncEngine({
      providers: [...this.#sides.values()].flatMap(({ from, to }) => [from.provider(), to.provider()]),
      storage: sqlite(this.file),
      clock: this.clock,
      random,
      encryption: keyring({ current: "k1", keys: { k1: new Uint8Array(32).fill(7) } }),
      fetch: () => Promise.reject(new Error("these services need no network")),
      onEvent: (event) => events.push(event),
      ...(queue ? { jobs: { queue } } : {}),
    });
    this.#engines.push(engine);
    return { engine, events };
  }

  request(userId: string) {
    return {
      userId,
      pairs: [{ source: `${userId}-from`, target: `${userId}-to`, mode: "sync-from" as const }],
      type: "notes",
    };
  }

  async row({ id }: Pick<JobInfo, "id">): Promise<Row<"sync_jobs">> {
    const [row] = await this.storage.select({ table: "sync_jobs", where: { id } });
    if (!row) throw new Error(`there is no job ${id}`);
    return row;
  }

  /** Resolves when the job has that status. Processes tell each other nothing, so the database is asked. */
  async become(job: Pick<JobInfo, "id">, status: Row<"sync_jobs">["status"]): Promise<Row<"sync_jobs">> {
    return await eventually(async () => {
      const row = await this.row(job);
      return row.status === status ? row : undefined;
    });
  }

  async close(): Promise<void> {
    for (const engine of this.#engines) await engine.stop();
    await this.storage.close();
    rmSync(this.folder, { recursive: true });
  }
}

/** Asks until there is an answer. The test's own time-out ends it. */
export async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A queue that tells how many of its handlers have ended. */
export function counting(inner: Queue): Queue & { readonly handled: readonly string[] } {
  const handled: string[] = [];
  return {
    handled,
    wake: (message, options) => inner.wake(message, options),
    process: (handler, options) =>
      inner.process(async (message) => {
        await handler(message);
        handled.push(message.jobId);
      }, options),
    ...(inner.tick ? { tick: inner.tick.bind(inner) } : {}),
    close: async () => await inner.close?.(),
  };
}
