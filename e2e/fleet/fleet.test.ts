import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ownRedis } from "../../packages/queue-adapters/test/support/own-redis.ts";
import type { OwnPostgres } from "../../packages/storage-adapters/test/support/own-postgres.ts";
import { ownServer } from "../support/own-server.ts";
import { Fleet } from "./support/fleet.ts";
import { nextBuild } from "./support/next-build.ts";
import { bundleWorker, WorkerProcess } from "./support/processes.ts";
import { singleProcess } from "./support/single-process.ts";
import { tellStory } from "./support/story.ts";

/** Real processes, on a machine that does other things too: `npm run fleet` looks at times, this does not. */
const PATIENCE_MS = 240_000;
const SPEED = 6;
const PEOPLE = 10;
const ROUNDS = 3;

const server = await ownServer();
const redis = await ownRedis();

describe.skipIf(!server)("A fleet: real processes on one database", { timeout: PATIENCE_MS }, () => {
  const own = server as OwnPostgres;
  let expected: Record<string, readonly string[]>;

  beforeAll(async () => {
    expected = await singleProcess(PEOPLE, ROUNDS);
  }, PATIENCE_MS);
  afterAll(async () => {
    await own?.remove();
    await redis?.remove();
  });

  it.each([["pg-boss"], ["BullMQ"]] as const)(
    "G3, H3: comes to what one process does, though processes are killed, messages doubled, connections broken, the database restarted: %s",
    async (queue) => {
      if (queue === "BullMQ" && !redis) return expect(process.env.CI).toBeUndefined();
      const outcome = await tellStory({
        server: own,
        speed: SPEED,
        people: PEOPLE,
        rounds: ROUNDS,
        processes: 3,
        kills: 4,
        doubled: true,
        database: queue === "BullMQ" ? "on_redis" : "on_postgres",
        ...(queue === "BullMQ" && redis ? { redis: { url: redis.url, prefix: "fleet" } } : {}),
      });
      expect(outcome.libraries).toEqual(expected);
      expect((outcome.jobs.succeeded ?? 0) + (outcome.jobs.partial ?? 0)).toBe(PEOPLE * ROUNDS);
      expect(outcome.openWork).toEqual({ intents: 0, jobs: 0 });
      expect(outcome.refreshes).toEqual({ connections: PEOPLE, stored: PEOPLE, asked: PEOPLE });
      expect(outcome.exitCodes).toEqual([0, 0, 0]);
      expect(outcome.dropped).toBeGreaterThan(0);
    },
  );

  it("a rolling deploy: processes of this release and of the next work on one database and queue, to the same end", async () => {
    const fleet = await Fleet.open({
      server: own,
      database: "rolling",
      speed: SPEED,
      people: PEOPLE,
      processes: 2,
    });
    const program = await bundleWorker(fleet.folder, [nextBuild]);
    const half = fleet.people.slice(0, PEOPLE / 2);
    const rest = fleet.people.slice(PEOPLE / 2).map(({ userId }) => userId);
    await fleet.begin(0);
    // In the middle of the old ones' work the new ones come, and one of them changes the tables.
    await fleet.processes[0]?.saying("run.finished");
    const next = [0, 1].map(() => new WorkerProcess(program, { ...fleet.setting, first: { enqueue: [] } }));
    await Promise.all(next.map((each) => each.saying("ready")));
    await fleet.settled();
    await fleet.begin(1, half.length);
    const queueing = new WorkerProcess(program, { ...fleet.setting, first: { enqueue: rest } });
    await queueing.saying("ready");
    await fleet.settled();
    // Of a sync: this release's, and the next one's.
    const formats = await fleet.storage.select({ table: "sync_jobs", columns: ["format", "status"] });
    expect(new Set(formats.map(({ format }) => format))).toEqual(new Set([1, 3]));
    // The old ones leave; what they queued meanwhile, new ones do.
    const left = await Promise.all(fleet.processes.splice(0).map((each) => each.end()));
    await fleet.begin(2);
    await fleet.settled();
    expect(fleet.libraries()).toEqual(expected);
    const jobs = await fleet.storage.select({ table: "sync_jobs", columns: ["status", "error_code"] });
    expect(jobs.filter(({ status }) => status !== "succeeded" && status !== "partial")).toEqual([]);
    expect(jobs).toHaveLength(PEOPLE * ROUNDS);
    const ended = await Promise.all([...next, queueing].map((each) => each.end()));
    expect([...left, ...ended]).toEqual([0, 0, 0, 0, 0]);
    await fleet.close();
  });
});
