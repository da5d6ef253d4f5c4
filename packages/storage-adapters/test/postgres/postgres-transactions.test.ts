import { postgres } from "@syncer/storage-adapters/postgres";
import { sampleRow } from "@syncer/testkit";
import pg from "pg";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { type TestDatabase, testDatabase } from "../support/postgres-server.ts";
import { type Passage, wrappedPool } from "../support/wrapped-pool.ts";

const found = await testDatabase();
afterAll(() => found?.drop());
const database = found as TestDatabase;
let schemas = 0;

const lease = (name: string, fencing = 0) => sampleRow("leases", { name, fencing });
const insert = (...names: string[]) => ({ insert: "leases" as const, rows: names.map((name) => lease(name)) });
const raise = (name: string) => ({ update: "leases", set: {}, increment: { fencing: 1 }, where: { name } }) as const;
const mustExist = (name: string) => ({ table: "leases", where: { name }, must: "exist" }) as const;
const mustNotExist = (name: string) => ({ table: "leases", where: { name }, must: "not-exist" }) as const;
const lost = () => new Error("Connection terminated unexpectedly");
const conflict = () => Object.assign(new Error("could not serialize access"), { code: "40001" });

async function setUp(passage: Passage = {}, options: { retryTimeoutMs?: number } = {}) {
  const schema = `schema_${++schemas}`;
  const hosts = new pg.Pool({ connectionString: database.connectionString });
  onTestFinished(() => hosts.end());
  const plain = postgres({ pool: hosts }, { schema });
  await plain.migrate();
  const pool = wrappedPool(hosts, passage);
  const storage = postgres({ pool }, { schema, ...options });
  await storage.count({ table: "leases" });
  pool.texts.length = 0;
  const begun = () => pool.texts.filter((text) => text.startsWith("begin")).length;
  return { schema, plain, storage, texts: pool.texts, begun };
}

/** Resolves once some statement on the schema waits for a lock, of which the server tells nobody by itself. */
async function untilSomebodyWaits(schema: string): Promise<void> {
  const text = "select count(*)::int as amount from pg_stat_activity where wait_event_type = 'Lock' and query like $1";
  while ((await database.run(text, [`%${schema}%`]))[0]?.amount === 0);
}

describe.skipIf(!found)("a batch", () => {
  it("is one round trip if it is one statement for the server, and one transaction if not", async () => {
    const { storage, texts } = await setUp();
    await storage.write({ statements: [insert("a", "b", "c")] });
    expect(texts).toHaveLength(1);
    await storage.write({ statements: [{ ...insert("a", "a"), onConflict: "replace" }] });
    expect(texts.slice(1).map((text) => text.split(" ")[0])).toEqual(["begin", "set", "insert", "insert", "commit"]);
    texts.length = 0;
    await storage.write({ guards: [mustExist("a")], statements: [raise("a")] });
    expect(texts[0]).toBe("begin isolation level serializable");
    expect(texts).toHaveLength(5);
  });

  it("of a process that stands still is ended by the server, so that others go on", { timeout: 30_000 }, async () => {
    const reached = Promise.withResolvers<void>();
    const woken = Promise.withResolvers<void>();
    const { plain, storage } = await setUp({
      async before(text) {
        if (text !== "commit") return;
        reached.resolve();
        await woken.promise;
      },
    });
    await plain.write({ statements: [insert("fence")] });
    const still = storage.write({ guards: [mustExist("fence")], statements: [insert("never")] });
    await reached.promise;
    expect(await plain.write({ statements: [raise("fence")] })).toMatchObject({ affected: [1] });
    woken.resolve();
    await expect(still).rejects.toMatchObject({ code: "storage.failed" });
    expect(await plain.count({ table: "leases", where: { name: "never" } })).toBe(0);
  });

  it("has the same text for any number of rows", async () => {
    const { storage, texts } = await setUp();
    for (const rows of [1, 2, 1_000]) {
      await storage.write({ statements: [insert(...Array.from({ length: rows }, (_, n) => `${rows} ${n}`))] });
    }
    expect(new Set(texts).size).toBe(1);
    expect(await storage.count({ table: "leases" })).toBe(1_003);
  });

  it("keeps the rows that its guards ask for as they are until it has ended: a later writer waits", async () => {
    const held = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const { schema, plain, storage } = await setUp({
      async before(text) {
        if (text !== "commit") return;
        reached.resolve();
        await held.promise;
      },
    });
    await plain.write({ statements: [insert("fence")] });
    const order: string[] = [];
    const holder = storage
      .write({
        guards: [{ table: "leases", where: { name: "fence", fencing: 0 }, must: "exist" }],
        statements: [insert("by holder")],
      })
      .then((result) => {
        order.push("holder");
        return result;
      });
    await reached.promise;
    const taker = plain.write({ statements: [raise("fence")] }).then((result) => {
      order.push("taker");
      return result;
    });
    await untilSomebodyWaits(schema);
    expect(order).toEqual([]);
    held.resolve();
    expect(await holder).toEqual({ applied: true, affected: [1] });
    expect(await taker).toEqual({ applied: true, affected: [1] });
    // Their answers come on two connections, so either may be heard first.
    expect(order).toHaveLength(2);
  });

  it("sees that a guard has been broken meanwhile, also by what no lock keeps away", async () => {
    let meanwhile: (() => Promise<unknown>) | undefined;
    const { plain, storage, begun } = await setUp({
      async before(text) {
        if (text !== "commit") return;
        const once = meanwhile;
        meanwhile = undefined;
        await once?.();
      },
    });
    meanwhile = () => plain.write({ guards: [mustNotExist("mine")], statements: [insert("other's")] });
    const result = await storage.write({ guards: [mustNotExist("other's")], statements: [insert("mine")] });
    expect(result).toEqual({ applied: false, failedGuard: 0 });
    expect(begun()).toBe(2);
    expect(await plain.select({ table: "leases", columns: ["name"] })).toEqual([{ name: "other's" }]);
  });

  it("is tried again while others get in its way, for as long as was set", async () => {
    let failures = 4;
    const passage: Passage = {
      before(text) {
        if (text.startsWith("insert") && failures-- > 0) throw conflict();
      },
    };
    const patient = await setUp(passage);
    expect(await patient.storage.write({ guards: [mustNotExist("a")], statements: [insert("a")] })).toMatchObject({
      applied: true,
    });
    expect(patient.begun()).toBe(5);
    failures = Number.POSITIVE_INFINITY;
    const hasty = await setUp(passage, { retryTimeoutMs: 0 });
    await expect(hasty.storage.write({ guards: [mustNotExist("a")], statements: [insert("a")] })).rejects.toMatchObject(
      {
        code: "storage.failed",
        cause: { code: "40001" },
      },
    );
    expect(hasty.begun()).toBe(1);
  });

  it("asks its guards once more where a key is taken, and then says so", async () => {
    const { plain, storage, begun } = await setUp();
    await plain.write({ statements: [insert("a")] });
    const batch = { guards: [mustNotExist("b")], statements: [insert("a")] };
    await expect(storage.write(batch)).rejects.toMatchObject({ code: "storage.constraint" });
    expect(begun()).toBe(2);
  });

  it.each(["begin isolation level serializable", "insert"])(
    "is done once, on another connection, where its own breaks at %s",
    async (at) => {
      let breaks = true;
      const { plain, storage, begun } = await setUp({
        before(text) {
          if (!breaks || !text.startsWith(at)) return;
          breaks = false;
          throw lost();
        },
      });
      const result = await storage.write({ guards: [mustNotExist("a")], statements: [insert("a")] });
      expect(result).toEqual({ applied: true, affected: [1] });
      expect(begun()).toBe(2);
      expect(await plain.count({ table: "leases" })).toBe(1);
    },
  );

  it.each([
    ["came through", "after", 1],
    ["did not", "before", 0],
  ] as const)("fails once and for all where the answer to its commit is lost, which %s", async (_, moment, rows) => {
    const { plain, storage, begun } = await setUp({
      [moment](text: string) {
        if (text === "commit") throw lost();
      },
    });
    const batch = { guards: [mustNotExist("a")], statements: [insert("a")] };
    await expect(storage.write(batch)).rejects.toMatchObject({
      code: "storage.failed",
      params: { operation: "write" },
    });
    expect(begun()).toBe(1);
    expect(await plain.count({ table: "leases" })).toBe(rows);
  });

  it("of one statement is never done twice: where its connection breaks it fails", async () => {
    const { plain, storage, texts } = await setUp({
      after(text) {
        if (text.startsWith("update")) throw lost();
      },
    });
    await plain.write({ statements: [insert("a")] });
    await expect(storage.write({ statements: [raise("a")] })).rejects.toMatchObject({ code: "storage.failed" });
    expect(texts).toHaveLength(1);
    expect(await plain.select({ table: "leases", columns: ["fencing"] })).toEqual([{ fencing: 1 }]);
  });

  it("replaces rows whose keys come more than once as if one came after another", async () => {
    const { storage } = await setUp();
    const rows = [1, 2, 3].flatMap((fencing) => [lease("a", fencing), lease(`b${fencing}`, fencing)]);
    const [first] = rows;
    if (first) rows[0] = { ...first, created_at: 5 };
    expect(await storage.write({ statements: [{ insert: "leases", rows, onConflict: "replace" }] })).toEqual({
      applied: true,
      affected: [6],
    });
    expect(await storage.select({ table: "leases", where: { name: "a" } })).toEqual([
      { ...lease("a", 3), created_at: 5 },
    ]);
    expect(await storage.count({ table: "leases" })).toBe(4);
  });
});
