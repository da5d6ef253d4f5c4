import { postgres } from "@syncer/storage-adapters/postgres";
import { sampleRow } from "@syncer/testkit";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { startOwnPostgres } from "../support/own-postgres.ts";
import { type TestDatabase, testDatabase } from "../support/postgres-server.ts";

const found = await testDatabase();
afterAll(() => found?.drop());
const database = found as TestDatabase;

const TERMINATE =
  "select count(pg_terminate_backend(pid))::int as ended from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";

/** Two rows that come together or not at all, in two statements. */
function twins(name: string) {
  const half = (part: string) => ({
    insert: "leases" as const,
    rows: [sampleRow("leases", { name: `${name} ${part}` })],
  });
  return {
    guards: [{ table: "leases", where: { name: `${name} a` }, must: "not-exist" }] as const,
    statements: [half("a"), half("b")],
  };
}

/** Writes many pairs of rows while `disturb` goes on, and compares what was acknowledged with what is there. */
async function writeThrough(
  connectionString: string,
  schema: string,
  disturb: (isOver: () => boolean) => Promise<void>,
) {
  const storage = postgres({ connectionString }, { schema, poolSize: 5 });
  onTestFinished(() => storage.close());
  await storage.migrate();
  const acknowledged = new Set<string>();
  let failed = 0;
  let isOver = false;
  const writers = Array.from({ length: 50 }, async (_, writer) => {
    for (let round = 0; round < 6; round += 1) {
      const name = `${writer}.${round}`;
      await storage.write(twins(name)).then(
        () => acknowledged.add(name),
        (error: unknown) => {
          expect(error).toMatchObject({ code: "storage.failed" });
          failed += 1;
        },
      );
    }
  });
  const disturbing = disturb(() => isOver);
  await Promise.all(writers);
  isOver = true;
  await disturbing;
  const names = (await storage.select({ table: "leases", columns: ["name"] })).map(({ name }) => name);
  const halves = Map.groupBy(names, (name) => name.split(" ")[0]);
  expect([...halves.values()].every((both) => both.length === 2)).toBe(true);
  expect([...acknowledged].filter((name) => !halves.has(name))).toEqual([]);
  expect(acknowledged.size + failed).toBe(300);
  return { acknowledged: acknowledged.size, failed };
}

describe.skipIf(!found)("connections that break", () => {
  it("in the middle of batches: what was acknowledged is there, and nothing is there by half", async () => {
    let ended = 0;
    const { acknowledged } = await writeThrough(database.connectionString, "broken", async (isOver) => {
      while (!isOver()) ended += Number((await database.run(TERMINATE))[0]?.ended);
    });
    expect(ended).toBeGreaterThan(5);
    expect(acknowledged).toBeGreaterThan(0);
  }, 60_000);

  it("while nobody uses them harm neither the process nor the next call", async () => {
    const storage = postgres({ connectionString: database.connectionString }, { schema: "idle", poolSize: 3 });
    onTestFinished(() => storage.close());
    await storage.migrate();
    await Promise.all([1, 2, 3].map(() => storage.count({ table: "leases" })));
    await database.run(TERMINATE);
    expect(await Promise.all([1, 2, 3].map(() => storage.count({ table: "leases" })))).toEqual([0, 0, 0]);
    await database.run(TERMINATE);
    expect(await storage.write(twins("after"))).toEqual({ applied: true, affected: [1, 1] });
  });
});

const server = found ? await startOwnPostgres() : undefined;
afterAll(() => server?.remove());

describe.skipIf(!server)("a server that is killed and comes back", () => {
  it("has what was acknowledged, and nothing by half", async () => {
    const { acknowledged, failed } = await writeThrough(server?.connectionString ?? "", "restarted", async () => {
      await server?.kill();
      await server?.start();
    });
    expect(failed).toBeGreaterThan(0);
    expect(acknowledged + failed).toBe(300);
    const storage = postgres({ connectionString: server?.connectionString ?? "" }, { schema: "restarted" });
    onTestFinished(() => storage.close());
    expect(await storage.write(twins("afterwards"))).toEqual({ applied: true, affected: [1, 1] });
  }, 60_000);
});
