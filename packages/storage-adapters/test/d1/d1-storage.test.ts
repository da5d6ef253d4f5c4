import { tableShapes } from "@syncer/core";
import { type D1Binding, d1 } from "@syncer/storage-adapters/d1";
import { sampleRow } from "@syncer/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitted } from "../../src/d1/d1-sql.ts";
import { type D1Runtime, type RemoteStorage, startD1Runtime } from "./support/d1-runtime.ts";

let runtime: D1Runtime;
beforeAll(async () => {
  runtime = await startD1Runtime({ databases: 20, workers: 2 });
}, 60_000);
afterAll(() => runtime.stop());

const PLANTED = "planted-secret";

async function open(tablePrefix = ""): Promise<{ storage: RemoteStorage; database: string }> {
  const database = runtime.freshDatabase();
  const storage = runtime.open(database, { tablePrefix });
  await storage.migrate();
  return { storage, database };
}

const pair = (id: string, more: object = {}) => sampleRow("sync_pairs", { id, sync_type: id, ...more });
const link = (pair_id: string, link_key: string, more: object = {}) =>
  sampleRow("links", { pair_id, link_key, source_id: link_key, target_id: link_key, ...more });
const lease = (name: string, more: object = {}) => sampleRow("leases", { name, ...more });

describe("guards on D1", () => {
  it("are named by their number, the first that does not hold, however many there are", async () => {
    const { storage } = await open();
    await storage.write({ statements: [{ insert: "leases", rows: [lease("here")] }] });
    const holding = { table: "leases", where: { name: "here" }, must: "exist" } as const;
    const failing = { table: "leases", where: { name: "elsewhere" }, must: "exist" } as const;
    for (const place of [0, 1, 57, 199]) {
      const guards = Array.from({ length: 200 }, (_, index) => (index >= place ? failing : holding));
      const statements = [{ delete: "leases", where: {} }] as const;
      expect(await storage.write({ guards, statements })).toEqual({ applied: false, failedGuard: place });
    }
    expect(await storage.count({ table: "leases" })).toBe(1);
  });

  it("may stand alone, and leave nothing behind either way", async () => {
    const { storage, database } = await open();
    const before = await runtime.run(database, "select name, sql from sqlite_master order by name");
    const guard = (must: "exist" | "not-exist") => ({ table: "leases", where: { name: "n" }, must }) as const;
    expect(await storage.write({ guards: [guard("not-exist")], statements: [] })).toEqual({
      applied: true,
      affected: [],
    });
    expect(await storage.write({ guards: [guard("exist")], statements: [] })).toEqual({
      applied: false,
      failedGuard: 0,
    });
    expect(await runtime.run(database, "select name, sql from sqlite_master order by name")).toEqual(before);
    for (const table of tableShapes.keys()) expect(await storage.count({ table: table as "leases" })).toBe(0);
  });

  it("are not taken for failed because a value says so", async () => {
    const { storage } = await open();
    const row = lease("'syncer guard 3'", { owner_id: "bad JSON path: 'syncer guard 3'" });
    await storage.write({ statements: [{ insert: "leases", rows: [row] }] });
    await expect(storage.write({ statements: [{ insert: "leases", rows: [row] }] })).rejects.toMatchObject({
      code: "storage.constraint",
      params: { table: "leases" },
    });
  });

  it("let one of many writers of two workers win each time, and lose no increment", async () => {
    const { storage, database } = await open();
    const writers = [storage, runtime.open(database, { worker: 1 })];
    await storage.write({ statements: [{ insert: "leases", rows: [lease("tally", { fencing: 0 })] }] });
    let won = 0;
    for (let race = 0; race < 20; race += 1) {
      const results = await Promise.all(
        Array.from({ length: 6 }, (_, n) =>
          writers[n % 2]?.write({
            guards: [{ table: "leases", where: { name: "tally", fencing: race }, must: "exist" }],
            statements: [{ update: "leases", set: {}, increment: { fencing: 1 }, where: { name: "tally" } }],
          }),
        ),
      );
      won += results.filter((result) => result?.applied).length;
    }
    expect(won).toBe(20);
    expect(await storage.select({ table: "leases", columns: ["fencing"] })).toEqual([{ fencing: 20 }]);
  });
});

describe("what a batch affected on D1", () => {
  it("has neither what cascaded nor what a host's trigger touched", async () => {
    const { storage, database } = await open();
    const trigger = (event: string) =>
      `create trigger host_${event} after ${event} on leases begin insert into host_log values ('a'), ('b'); end`;
    const triggers = ["insert", "update", "delete"].map(trigger);
    await runtime.run(database, "create table host_log (what text)", ...triggers);
    const result = await storage.write({
      statements: [
        { insert: "sync_pairs", rows: [pair("p"), pair("q")] },
        { insert: "links", rows: [link("p", "1"), link("p", "2"), link("q", "1")] },
        { insert: "leases", rows: [lease("a"), lease("b")] },
        { insert: "leases", rows: [lease("b"), lease("c"), lease("c")], onConflict: "ignore" },
        { insert: "leases", rows: [lease("b"), lease("c"), lease("d")], onConflict: "replace" },
        { insert: "leases", rows: [] },
        { update: "leases", set: { fencing: 3 }, where: { name: { not: "a" } } },
        { delete: "leases", where: { name: "a" } },
        { delete: "sync_pairs", where: { id: "p" } },
        { delete: "sync_pairs", where: { id: "nobody" } },
      ],
    });
    expect(result).toEqual({ applied: true, affected: [2, 3, 2, 1, 3, 0, 3, 1, 1, 0] });
    expect(await storage.count({ table: "links" })).toBe(1);
    expect(await runtime.run(database, "select count(*) as n from host_log")).toEqual([{ n: 2 * (2 + 1 + 3 + 3 + 1) }]);
  });
});

describe("D1's limits", () => {
  it("do not show in a batch of 10,000 rows with long values, which happens whole or not at all", async () => {
    const { storage } = await open();
    // Control characters take most room on the way.
    const long = "\u0001".repeat(200);
    const rows = Array.from({ length: 10_000 }, (_, n) => link("p", `${n}`, { source_id: long + n }));
    const twice = { ...rows[0], target_id: "again" } as (typeof rows)[number];
    const statements = [
      { insert: "sync_pairs", rows: [pair("p")] },
      { insert: "links", rows },
    ] as const;
    await expect(
      storage.write({ statements: [...statements, { insert: "links", rows: [twice] }] }),
    ).rejects.toMatchObject({ code: "storage.constraint", params: { table: "links" } });
    expect(await storage.count({ table: "sync_pairs" })).toBe(0);
    expect(await storage.write({ statements })).toEqual({ applied: true, affected: [1, 10_000] });
    expect(await storage.count({ table: "links", where: { source_id: { gte: long } } })).toBe(10_000);
    const deleted = await storage.write({ statements: [{ delete: "links", where: {} }] });
    expect(deleted).toEqual({ applied: true, affected: [10_000] });
  }, 60_000);

  it("let values of a megabyte through, several in a batch", async () => {
    const { storage } = await open();
    const rows = ["a", "b", "c"].map((name) => lease(name, { owner_id: name.repeat(1_000_000) }));
    await storage.write({ statements: [{ insert: "leases", rows }] });
    expect(await storage.select({ table: "leases", orderBy: ["name"] })).toEqual(rows);
  });

  it("are told by an error where one value is longer than D1 takes, and nothing is done", async () => {
    const { storage } = await open();
    const rows = [lease("a"), lease("b", { owner_id: PLANTED.repeat(200_000) })];
    const error: unknown = await storage.write({ statements: [{ insert: "leases", rows }] }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "storage.failed", params: { operation: "write" } });
    expect(String(error) + String((error as Error).cause)).not.toContain(PLANTED);
    expect(await storage.count({ table: "leases" })).toBe(0);
  });

  it("do not show in lists of 100,000 ids", async () => {
    const { storage } = await open();
    const ids = Array.from({ length: 100_000 }, (_, n) => `id-${n}-${"x".repeat(30)}`);
    const rows = [ids[0], ids[50_000], ids[99_999], "elsewhere"].map((name) => lease(name ?? ""));
    await storage.write({ statements: [{ insert: "leases", rows }] });
    expect(await storage.count({ table: "leases", where: { name: { in: ids } } })).toBe(3);
    const result = await storage.write({
      guards: [{ table: "leases", where: { name: { in: ids } }, must: "exist" }],
      statements: [{ delete: "leases", where: { name: { in: ids } } }],
    });
    expect(result).toEqual({ applied: true, affected: [3] });
  }, 60_000);

  it("do not show in a statement of more than 100 parameters", async () => {
    const { storage } = await open();
    const row = pair("p", { match_threshold: 5e-324, not_before: null });
    await storage.write({ statements: [{ insert: "sync_pairs", rows: [row, pair("q")] }] });
    const { id, ...changeable } = row;
    const where = Object.entries(row).map(([column, value]) => {
      const columnClass = tableShapes.get("sync_pairs")?.columns[column]?.class;
      if (columnClass === "enum" || columnClass === "flag" || value === null) return [column, value];
      return [
        column,
        { gte: value, lte: value, ...(typeof value === "string" ? { in: [value], not: `${value}?` } : {}) },
      ];
    });
    const result = await storage.write({
      statements: [{ update: "sync_pairs", set: { ...changeable, state: "paused" }, where: Object.fromEntries(where) }],
    });
    expect(result).toEqual({ applied: true, affected: [1] });
    expect(await storage.select({ table: "sync_pairs", where: { id } })).toEqual([{ ...row, state: "paused" }]);
  });
});

describe("a statement for D1", () => {
  it("never binds more than 100 parameters, which the local runtime would let through", () => {
    const parameters = Array.from({ length: 101 }, (_, n) => (n === 3 ? 0.1 : n === 5 ? null : `value ${n}`));
    const command = { sql: parameters.map(() => "?").join(), parameters, table: "links" };
    const { sql, parameters: bound } = fitted(command);
    expect(bound).toEqual([JSON.stringify(parameters), 0.1]);
    expect(sql.split(",")).toEqual(parameters.map((_, n) => (n === 3 ? "?2" : `(?1->>${n})`)));
    const short = { ...command, sql: "?", parameters: ["one"] };
    expect(fitted(short)).toEqual({ sql: "?", parameters: ["one"] });
  });
});

describe("values on D1", () => {
  it("come back as they were, ratios to the last bit", async () => {
    const { storage } = await open();
    await storage.write({ statements: [{ insert: "sync_pairs", rows: [pair("p")] }] });
    const ratio = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 5e-324, 0.1, 2 ** -1_022));
    const cell = fc.record({
      confidence: fc.option(ratio),
      source_id: fc.option(fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", ""))),
      turns: fc.maxSafeInteger(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 300 }), async (cells) => {
        const rows = cells.map((values, n) => link("p", `${n}`.padStart(5, "0"), { target_id: `${n}`, ...values }));
        await storage.write({
          statements: [
            { delete: "links", where: {} },
            { insert: "links", rows },
          ],
        });
        const found = await storage.select({ table: "links", orderBy: ["link_key"] });
        // Minus zero is zero to the port.
        expect(found).toEqual(rows.map((row) => ({ ...row, confidence: row.confidence && row.confidence + 0 })));
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});

describe("errors on D1", () => {
  it("name our table also under a prefix, and never what is stored", async () => {
    const { storage } = await open("Syncer_");
    await storage.write({ statements: [{ insert: "leases", rows: [lease(PLANTED)] }] });
    const taken = storage.write({ statements: [{ insert: "leases", rows: [lease(PLANTED)] }] });
    const orphan = storage.write({ statements: [{ insert: "links", rows: [link(PLANTED, PLANTED)] }] });
    for (const [call, table] of [
      [taken, "leases"],
      [orphan, "links"],
    ] as const) {
      const error: unknown = await call.catch((e: unknown) => e);
      expect(error).toMatchObject({ code: "storage.constraint", params: { table } });
      expect(String(error) + String((error as Error).cause)).not.toContain(PLANTED);
    }
  });

  it("name all tables that it may be where D1 does not say which row refers to nothing", async () => {
    const { storage } = await open();
    const statements = [
      { insert: "leases", rows: [lease("n")] },
      { insert: "links", rows: [link("nobody", "1")] },
      { insert: "intent_items", rows: [sampleRow("intent_items", { intent_id: "nothing" })] },
    ] as const;
    await expect(storage.write({ statements })).rejects.toMatchObject({
      code: "storage.constraint",
      params: { table: "links or intent_items" },
    });
    expect(await storage.count({ table: "leases" })).toBe(0);
  });

  it("tell of a database that fails, with its error as cause", async () => {
    const { storage, database } = await open();
    await runtime.run(database, "drop table leases");
    const calls = [
      [() => storage.select({ table: "leases" }), "select"],
      [() => storage.count({ table: "leases" }), "count"],
      [() => storage.write({ statements: [{ delete: "leases", where: {} }] }), "write"],
    ] as const;
    for (const [call, operation] of calls) {
      const error: unknown = await call().catch((e: unknown) => e);
      expect(error).toMatchObject({ code: "storage.failed", params: { operation } });
      expect(String((error as Error).cause)).toContain("no such table");
    }
  });
});

describe("options of d1()", () => {
  it("are refused with all that is wrong with them at once", () => {
    const configured = (database: unknown, tablePrefix: string) => () => d1(database as D1Binding, { tablePrefix });
    expect(configured({}, "1-")).toThrow(
      expect.objectContaining({
        code: "config.invalid",
        problems: [
          expect.objectContaining({ path: "d1.database" }),
          expect.objectContaining({ path: "d1.tablePrefix" }),
        ],
      }),
    );
    const binding = { prepare: () => undefined, batch: () => undefined };
    for (const prefix of ["sqlite_", "SQLite_x_", "_cf_"]) {
      expect(configured(binding, prefix)).toThrow(
        expect.objectContaining({ problems: [expect.objectContaining({ path: "d1.tablePrefix" })] }),
      );
    }
    for (const database of [undefined, null, "DB", { prepare: () => undefined }]) {
      expect(configured(database, "")).toThrow(expect.objectContaining({ code: "config.invalid" }));
    }
    expect(() => d1(binding as unknown as D1Binding, { prefix: "own_" } as object)).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ path: "d1.prefix" })] }),
    );
    expect(configured(binding, "syncer_")).not.toThrow();
  });
});
