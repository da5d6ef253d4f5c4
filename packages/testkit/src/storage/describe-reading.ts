import type { Row, StorageAdapter, Where } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { sampleRow } from "./sample-rows.ts";
import type { SuiteContext } from "./storage-fixture.ts";

/** Leases have few columns and no parent, which makes them good for questions about single values. */
const lease = (name: string, values: Partial<Row<"leases">> = {}) => sampleRow("leases", { name, ...values });

const withLeases = async (context: SuiteContext, ...rows: Row<"leases">[]): Promise<StorageAdapter> => {
  const storage = await context.open();
  await storage.write({ statements: [{ insert: "leases", rows }] });
  return storage;
};

export function describeReading(context: SuiteContext): void {
  describe("reading", () => {
    it("gives back each kind of value as it was stored", async () => {
      const storage = await context.open();
      const pair = sampleRow("sync_pairs", { id: "p", match_threshold: 0.1 + 0.2, prune: true, not_before: 0 });
      await storage.write({ statements: [{ insert: "sync_pairs", rows: [pair] }] });
      expect(await storage.select({ table: "sync_pairs" })).toStrictEqual([pair]);
    });

    it("gives back and finds hashes by field as they were stored", async () => {
      const storage = await context.open();
      const one = "1:title=AAAAAAAAAAAAAAAA;guests=[aaaaaaaaaaaaaaa-,____-___________];reminders=[]";
      const link = sampleRow("links", { source_fields: one, target_fields: "1:" });
      await storage.write({
        statements: [
          { insert: "sync_pairs", rows: [sampleRow("sync_pairs", { id: link.pair_id })] },
          { insert: "links", rows: [link] },
        ],
      });
      expect(await storage.select({ table: "links" })).toStrictEqual([link]);
      expect(await storage.count({ table: "links", where: { source_fields: one } })).toBe(1);
      expect(await storage.count({ table: "links", where: { source_fields: { not: one } } })).toBe(0);
    });

    it("gives only the columns that were asked for", async () => {
      const storage = await withLeases(context, lease("a", { fencing: 7 }));
      expect(await storage.select({ table: "leases", columns: ["fencing", "name"] })).toStrictEqual([
        { fencing: 7, name: "a" },
      ]);
    });

    const comparisons: [string, Where<"leases">, string[]][] = [
      ["equality", { fencing: 2 }, ["b"]],
      ["in", { fencing: { in: [1, 3, 99] } }, ["a", "c"]],
      ["an empty in", { fencing: { in: [] } }, []],
      ["lt", { fencing: { lt: 2 } }, ["a"]],
      ["lte", { fencing: { lte: 2 } }, ["a", "b"]],
      ["gt", { fencing: { gt: 2 } }, ["c"]],
      ["gte", { fencing: { gte: 2 } }, ["b", "c"]],
      ["not", { fencing: { not: 2 } }, ["a", "c"]],
      ["several conditions, which must all hold", { fencing: { gte: 2 }, name: { not: "c" } }, ["b"]],
      ["two comparisons of one column, which must both hold", { fencing: { gt: 1, lt: 3 } }, ["b"]],
      ["no condition", {}, ["a", "b", "c"]],
    ];
    it.each(comparisons)("selects and counts by %s", async (_, where, names) => {
      const storage = await withLeases(
        context,
        lease("a", { fencing: 1 }),
        lease("b", { fencing: 2 }),
        lease("c", { fencing: 3 }),
      );
      const rows = await storage.select({ table: "leases", where });
      expect(rows.map(({ name }) => name).sort()).toEqual(names);
      expect(await storage.count({ table: "leases", where })).toBe(names.length);
    });

    const nulls: [string, Where<"sync_pairs">, string[]][] = [
      ["null finds nulls", { not_before: null }, ["empty"]],
      ["not null finds values", { not_before: { not: null } }, ["five", "six"]],
      ["not a value finds other values and nulls", { not_before: { not: 5 } }, ["empty", "six"]],
      ["lt never finds null", { not_before: { lt: 6 } }, ["five"]],
      ["gte never finds null", { not_before: { gte: 0 } }, ["five", "six"]],
      ["in never finds null", { not_before: { in: [5] } }, ["five"]],
    ];
    it.each(nulls)("knows what null is: %s", async (_, where, ids) => {
      const storage = await context.open();
      const rows = [null, 5, 6].map((not_before) =>
        sampleRow("sync_pairs", {
          id: { null: "empty", 5: "five", 6: "six" }[String(not_before)] ?? "",
          sync_type: `type-${not_before}`,
          not_before,
        }),
      );
      await storage.write({ statements: [{ insert: "sync_pairs", rows }] });
      const found = await storage.select({ table: "sync_pairs", columns: ["id"], where });
      expect(found.map(({ id }) => id).sort()).toEqual(ids);
    });

    it("compares flags", async () => {
      const storage = await context.open();
      const rows = [true, false].map((prune) =>
        sampleRow("sync_pairs", { id: `${prune}`, sync_type: `${prune}`, prune }),
      );
      await storage.write({ statements: [{ insert: "sync_pairs", rows }] });
      expect(await storage.select({ table: "sync_pairs", where: { prune: true } })).toStrictEqual([rows[0]]);
      expect(await storage.count({ table: "sync_pairs", where: { prune: { not: true } } })).toBe(1);
      expect(await storage.count({ table: "sync_pairs", where: { prune: { in: [true, false] } } })).toBe(2);
    });

    it("finds thousands of values by one list", async () => {
      const names = Array.from({ length: 5_000 }, (_, index) => `lease-${index}`);
      const storage = await withLeases(context, ...names.map((name) => lease(name)));
      const wanted = [...names.filter((_, index) => index % 2 === 0), ...names.map((name) => `not-${name}`)];
      expect(await storage.count({ table: "leases", where: { name: { in: wanted } } })).toBe(2_500);
    });

    it("orders strings by their UTF-8 bytes, whatever a language or UTF-16 would say", async () => {
      const inOrder = [
        "",
        "A",
        "B",
        "a",
        "a b",
        "b",
        "e\u0301",
        "ss",
        "\u00e9",
        "\u00df",
        "\ufb01",
        "\uffee",
        "\u{10000}",
        "\u{1f600}",
      ];
      const bytes = (text: string) => Buffer.from(text);
      const expected = inOrder.toSorted((left, right) => Buffer.compare(bytes(left), bytes(right)));
      const storage = await withLeases(context, ...inOrder.toReversed().map((name) => lease(name)));
      const rows = await storage.select({ table: "leases", orderBy: ["name"] });
      expect(rows.map(({ name }) => name)).toEqual(expected);
      const behind = await storage.select({ table: "leases", where: { name: { gt: "\uffee" } }, orderBy: ["name"] });
      expect(behind.map(({ name }) => name)).toEqual(["\u{10000}", "\u{1f600}"]);
    });

    it("tells letters apart that a lenient collation takes for one", async () => {
      const storage = await withLeases(context, ...["a", "A", "\u00e1", "a\u0301", "a "].map((name) => lease(name)));
      expect(await storage.count({ table: "leases", where: { name: "a" } })).toBe(1);
    });

    it("orders by several columns, null first, and backwards", async () => {
      const storage = await context.open();
      const rows = [5, null, 4, null].map((not_before, index) =>
        sampleRow("sync_pairs", { id: `p${index}`, sync_type: `t${index}`, not_before }),
      );
      await storage.write({ statements: [{ insert: "sync_pairs", rows }] });
      const ids = async (descending: boolean) =>
        (await storage.select({ table: "sync_pairs", orderBy: ["not_before", "id"], descending })).map(({ id }) => id);
      expect(await ids(false)).toEqual(["p1", "p3", "p2", "p0"]);
      expect(await ids(true)).toEqual(["p0", "p2", "p3", "p1"]);
    });

    it("limits, also to nothing", async () => {
      const storage = await withLeases(context, lease("a"), lease("b"), lease("c"));
      const names = async (limit: number) =>
        (await storage.select({ table: "leases", orderBy: ["name"], limit })).map(({ name }) => name);
      expect(await names(2)).toEqual(["a", "b"]);
      expect(await names(0)).toEqual([]);
      expect(await storage.select({ table: "leases", limit: 2 })).toHaveLength(2);
    });

    it("goes on behind the last row of a page, leaving out those that tie with it", async () => {
      const rows = ["a", "b", "c", "d"].map((name, index) => lease(name, { fencing: index < 3 ? 1 : 2 }));
      const storage = await withLeases(context, ...rows);
      const page = (orderBy: ("fencing" | "name")[], after: (string | number)[]) =>
        storage.select({ table: "leases", columns: ["name"], orderBy, after });
      expect(await page(["fencing", "name"], [1, "b"])).toEqual([{ name: "c" }, { name: "d" }]);
      expect(await page(["fencing"], [1])).toEqual([{ name: "d" }]);
    });

    it("gives rows that its caller may change without changing what is stored", async () => {
      const storage = await context.open();
      const given = lease("a", { fencing: 1 });
      await storage.write({ statements: [{ insert: "leases", rows: [given] }] });
      given.fencing = 99;
      const [first] = await storage.select({ table: "leases" });
      Object.assign(first ?? {}, { fencing: 98 });
      expect(await storage.select({ table: "leases" })).toEqual([lease("a", { fencing: 1 })]);
    });
  });
}
