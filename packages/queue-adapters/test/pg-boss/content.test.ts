import { pgBossQueue } from "@syncer/queue-adapters/pg-boss";
import { describe, expect, it, onTestFinished } from "vitest";
import { BossPlace } from "../support/boss-place.ts";
import { postgresUrl } from "../support/servers.ts";

describe.skipIf(!postgresUrl)("what pg-boss's tables hold of ours", { timeout: 30_000 }, () => {
  it("ids and numbers: no word of a caller's object, of an error or of a broken handler", async () => {
    const place = new BossPlace(postgresUrl!);
    const told: unknown[] = [];
    const { connectionString, schema } = place;
    const options = { retryLimit: 1, retryDelayMs: 0, pollMs: 100, onError: (error: unknown) => told.push(error) };
    const queue = pgBossQueue({ connectionString, schema }, options);
    onTestFinished(async () => {
      await queue.close();
      await place.drop();
    });
    const failed = Promise.withResolvers<void>();
    let times = 0;
    await queue.process(
      async ({ jobId }) => {
        if (jobId === "job_done") return;
        if (++times === 2) failed.resolve();
        throw new Error("SECRET Blue Monday");
      },
      { concurrency: 2 },
    );
    await queue.tick(async () => {}, { everyMs: 100 });
    const careless = { jobId: "job_done", format: 1, title: "SECRET Blue Monday" };
    await queue.wake(careless, { dedupeKey: "job_done:1" });
    await queue.wake({ jobId: "job_poison", format: 1 }, { dedupeKey: "job_poison:1" });
    await failed.promise;
    await queue.close();
    const tables = await place.query(
      `select table_name from information_schema.tables where table_schema = '${schema}' and table_type = 'BASE TABLE'`,
    );
    expect(tables.length).toBeGreaterThan(5);
    for (const { table_name } of tables) {
      const rows = await place.query(`select t::text as row from ${schema}."${table_name}" t`);
      for (const { row } of rows) expect(row, `${table_name}`).not.toContain("SECRET");
    }
    const jobs = await place.query(`select name, data, output from ${schema}.job order by data->>'jobId'`);
    expect(jobs.filter(({ name }) => name === "syncer").map(({ data }) => data)).toEqual([
      { jobId: "job_done", format: 1 },
      { jobId: "job_poison", format: 1 },
    ]);
    expect(jobs.filter(({ name }) => name === "syncer.dead").map(({ data }) => data)).toEqual([
      { jobId: "job_poison", format: 1 },
    ]);
    expect(jobs.filter(({ name }) => name === "syncer.ticks").every(({ data }) => data === null)).toBe(true);
    const outputs = new Set(jobs.map(({ output }) => JSON.stringify(output)));
    expect([...outputs].sort()).toEqual(["null", '{"code":"handler.failed"}']);
    expect(told.map(String).filter((text) => text.includes("SECRET"))).toHaveLength(2);
  });
});
