import { ConfigurationError } from "@syncer/core";
import { type PgBossQueueOptions, type PgBossSource, pgBossQueue } from "@syncer/queue-adapters/pg-boss";
import { describe, expect, it } from "vitest";
import { postgresUrl } from "../support/servers.ts";

const SOURCE = { connectionString: "postgres://127.0.0.1:1/nowhere" };

function problemsOf(source: unknown, options: unknown): string[] {
  try {
    pgBossQueue(source as PgBossSource, options as PgBossQueueOptions);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(({ path }) => path);
    throw error;
  }
  return [];
}

describe("options of a queue on pg-boss", () => {
  it("are checked before anything is done, all at once", () => {
    const wrong = {
      name: "no spaces",
      retryLimit: -1,
      retryDelayMs: 0.5,
      timeoutMs: 1,
      onError: "log",
      pollMs: "2000",
      listen: "no",
      heartbeatMs: 12_345,
      pollInterval: 3,
    };
    expect(problemsOf({}, wrong)).toEqual([
      "pgBoss.source",
      "pgBoss.pollInterval",
      "pgBoss.pollMs",
      "pgBoss.listen",
      "pgBoss.heartbeatMs",
      "pgBoss.name",
      "pgBoss.retryLimit",
      "pgBoss.retryDelayMs",
      "pgBoss.timeoutMs",
      "pgBoss.onError",
    ]);
  });

  it.each([
    [undefined, "pgBoss.source"],
    [{ connectionString: "mysql://127.0.0.1/app" }, "pgBoss.source"],
    [{ ...SOURCE, schema: "pg boss; drop" }, "pgBoss.source.schema"],
    [{ ...SOURCE, connections: 0 }, "pgBoss.source.connections"],
    [{ ...SOURCE, pollMs: 500 }, "pgBoss.source.pollMs"],
    [{ boss: {} }, "pgBoss.source.boss"],
  ])("refuses the source %j", (source, path) => {
    expect(problemsOf(source, {})).toEqual([path]);
  });

  it.each([{}, { heartbeatMs: 10_000 }, { heartbeatMs: 600_000, retryLimit: 0, retryDelayMs: 0, pollMs: 100 }])(
    "takes %j",
    (options) => {
      expect(problemsOf(SOURCE, options)).toEqual([]);
    },
  );

  it("does nothing until it is used; then a database that is not there rejects each call", async () => {
    const queue = pgBossQueue(SOURCE, { timeoutMs: 2_000 });
    await expect(queue.wake({ jobId: "a", format: 1 })).rejects.toThrow();
    await expect(queue.process(async () => {}, { concurrency: 1 })).rejects.toThrow();
    await expect(queue.tick(async () => {}, { everyMs: 1_000 })).rejects.toThrow();
    await queue.close();
  });

  it.skipIf(!postgresUrl)("gives up on a server that takes connections and says nothing", async () => {
    const { createServer } = await import("node:net");
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const { port } = silent.address() as { port: number };
    const queue = pgBossQueue({ connectionString: `postgres://postgres@127.0.0.1:${port}/x` }, { timeoutMs: 300 });
    await expect(queue.wake({ jobId: "a", format: 1 })).rejects.toThrow();
    await queue.close();
    silent.close();
  });
});
