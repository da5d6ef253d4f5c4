import type { Row, Statement, StorageAdapter } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { sampleRow } from "./sample-rows.ts";
import type { SuiteContext } from "./storage-fixture.ts";

const pair = (id: string, values: Partial<Row<"sync_pairs">> = {}) =>
  sampleRow("sync_pairs", { id, sync_type: `type of ${id}`, ...values });
const link = (pair_id: string, link_key: string, values: Partial<Row<"links">> = {}) =>
  sampleRow("links", { pair_id, link_key, ...values });
const constraint = (table: string) => ({ code: "storage.constraint", params: { table } });

export function describeWriting(context: SuiteContext): void {
  describe("writing", () => {
    it("says how many rows each statement touched", async () => {
      const storage = await context.open();
      const result = await storage.write({
        statements: [
          { insert: "sync_pairs", rows: [pair("p"), pair("q")] },
          { insert: "links", rows: ["1", "2", "3"].map((key) => link("p", key)) },
          { insert: "links", rows: ["3", "4"].map((key) => link("p", key)), onConflict: "ignore" },
          { insert: "links", rows: ["4", "5", "5"].map((key) => link("p", key)), onConflict: "replace" },
          { insert: "links", rows: [] },
          { update: "links", set: { state: "refused" }, where: { link_key: { lte: "2" } } },
          { update: "links", set: { state: "refused" }, where: { link_key: "none" } },
          { delete: "links", where: { link_key: "5" } },
          { delete: "sync_pairs", where: {} },
        ],
      });
      expect(result).toEqual({ applied: true, affected: [2, 3, 1, 3, 0, 2, 0, 1, 2] });
      expect(await storage.count({ table: "links" })).toBe(0);
    });

    it("does nothing at all when a later statement fails", async () => {
      const storage = await context.open();
      await storage.write({ statements: [{ insert: "sync_pairs", rows: [pair("p")] }] });
      const before = await contents(storage);
      const statements: Statement[] = [
        { insert: "links", rows: [link("p", "1")] },
        { update: "sync_pairs", set: { version: 9 }, where: { id: "p" } },
        { delete: "sync_pairs", where: { id: "p" } },
      ];
      const failing: Statement = { insert: "sync_pairs", rows: [pair("q"), pair("q")] };
      for (const length of [1, 2, 3]) {
        const batch = statements.slice(0, length);
        await expect(storage.write({ statements: [...batch, failing] })).rejects.toMatchObject(
          constraint("sync_pairs"),
        );
        expect(await contents(storage)).toEqual(before);
      }
    });

    it("lets a statement see those before it", async () => {
      const storage = await context.open();
      await storage.write({
        statements: [
          { insert: "sync_pairs", rows: [pair("p", { version: 1 })] },
          { update: "sync_pairs", set: {}, increment: { version: 1 }, where: { version: 1 } },
          { update: "sync_pairs", set: { state: "paused" }, where: { version: 2 } },
        ],
      });
      expect(await storage.select({ table: "sync_pairs", columns: ["version", "state"] })).toEqual([
        { version: 2, state: "paused" },
      ]);
    });

    it("refuses a taken key unless told otherwise", async () => {
      const storage = await context.open();
      await storage.write({ statements: [{ insert: "sync_pairs", rows: [pair("p")] }] });
      for (const onConflict of [undefined, "fail"] as const) {
        const statement: Statement = {
          insert: "sync_pairs",
          rows: [pair("q"), pair("p", { sync_type: "other" })],
          ...(onConflict ? { onConflict } : {}),
        };
        await expect(storage.write({ statements: [statement] })).rejects.toMatchObject(constraint("sync_pairs"));
      }
      expect(await storage.count({ table: "sync_pairs" })).toBe(1);
    });

    it("leaves a row as it is with ignore", async () => {
      const storage = await context.open();
      const first = pair("p", { version: 1 });
      await storage.write({ statements: [{ insert: "sync_pairs", rows: [first] }] });
      await storage.write({
        statements: [{ insert: "sync_pairs", rows: [pair("p", { version: 2 })], onConflict: "ignore" }],
      });
      expect(await storage.select({ table: "sync_pairs" })).toStrictEqual([first]);
    });

    it("sets every column but key and creation time with replace, and keeps what refers to the row", async () => {
      const storage = await context.open();
      const first = pair("p", { version: 1, not_before: 5, created_at: 10 });
      await storage.write({
        statements: [
          { insert: "sync_pairs", rows: [first] },
          { insert: "links", rows: [link("p", "1")] },
        ],
      });
      const second = pair("p", { version: 2, not_before: null, created_at: 20, updated_at: 20 });
      await storage.write({ statements: [{ insert: "sync_pairs", rows: [second], onConflict: "replace" }] });
      expect(await storage.select({ table: "sync_pairs" })).toStrictEqual([{ ...second, created_at: 10 }]);
      expect(await storage.count({ table: "links" })).toBe(1);
    });

    it("takes the last of several rows with one key with replace, the first with ignore", async () => {
      const storage = await context.open();
      const rows = [1, 2, 3].map((version) => pair("p", { version }));
      await storage.write({ statements: [{ insert: "sync_pairs", rows, onConflict: "ignore" }] });
      expect(await storage.select({ table: "sync_pairs", columns: ["version"] })).toEqual([{ version: 1 }]);
      await storage.write({ statements: [{ insert: "sync_pairs", rows, onConflict: "replace" }] });
      expect(await storage.select({ table: "sync_pairs", columns: ["version"] })).toEqual([{ version: 3 }]);
    });

    it("keeps unique combinations unique: insert, update and replace fail, ignore ignores", async () => {
      const storage = await context.open();
      const [p, q] = [pair("p"), pair("q")];
      await storage.write({ statements: [{ insert: "sync_pairs", rows: [p, q] }] });
      const twin = { ...p, id: "twin" };
      const clashes: Statement[] = [
        { insert: "sync_pairs", rows: [twin] },
        { insert: "sync_pairs", rows: [twin], onConflict: "replace" },
        { insert: "sync_pairs", rows: [{ ...p, id: "q" }], onConflict: "replace" },
        { update: "sync_pairs", set: { sync_type: p.sync_type }, where: { id: "q" } },
      ];
      for (const statement of clashes) {
        await expect(storage.write({ statements: [statement] })).rejects.toMatchObject(constraint("sync_pairs"));
      }
      await storage.write({ statements: [{ insert: "sync_pairs", rows: [twin], onConflict: "ignore" }] });
      expect(await storage.select({ table: "sync_pairs", orderBy: ["id"] })).toStrictEqual([p, q]);
    });

    it("frees a unique combination with the row that had it", async () => {
      const storage = await context.open();
      const p = pair("p");
      await storage.write({ statements: [{ insert: "sync_pairs", rows: [p] }] });
      await storage.write({
        statements: [
          { delete: "sync_pairs", where: { id: "p" } },
          { insert: "sync_pairs", rows: [{ ...p, id: "q" }] },
          { update: "sync_pairs", set: { sync_type: "other" }, where: { id: "q" } },
          { insert: "sync_pairs", rows: [p] },
        ],
      });
      expect(await storage.count({ table: "sync_pairs" })).toBe(2);
    });

    it("adds with increment, and leaves null null", async () => {
      const storage = await context.open();
      const rows = [pair("p", { version: 5, not_before: null }), pair("q", { version: -1, not_before: 10 })];
      await storage.write({ statements: [{ insert: "sync_pairs", rows }] });
      await storage.write({
        statements: [
          { update: "sync_pairs", set: { updated_at: 1 }, increment: { version: 2, not_before: -3 }, where: {} },
        ],
      });
      const columns = ["version", "not_before", "updated_at"] as const;
      expect(await storage.select({ table: "sync_pairs", columns, orderBy: ["id"] })).toEqual([
        { version: 7, not_before: null, updated_at: 1 },
        { version: 1, not_before: 7, updated_at: 1 },
      ]);
    });

    it("deletes what refers to a deleted row, through several tables, and nothing else", async () => {
      const storage = await context.open();
      const intent = (id: string, pair_id: string) => sampleRow("intents", { id, pair_id });
      const item = (intent_id: string) => sampleRow("intent_items", { intent_id });
      await storage.write({
        statements: [
          { insert: "sync_pairs", rows: [pair("p"), pair("q")] },
          { insert: "links", rows: [link("p", "1"), link("q", "1")] },
          { insert: "intents", rows: [intent("i", "p"), intent("j", "q")] },
          { insert: "intent_items", rows: [item("i"), item("j")] },
        ],
      });
      await storage.write({ statements: [{ delete: "sync_pairs", where: { id: "p" } }] });
      expect(await storage.select({ table: "links", columns: ["pair_id"] })).toEqual([{ pair_id: "q" }]);
      expect(await storage.select({ table: "intents", columns: ["id"] })).toEqual([{ id: "j" }]);
      expect(await storage.select({ table: "intent_items", columns: ["intent_id"] })).toEqual([{ intent_id: "j" }]);
    });

    it("refuses a row that refers to nothing", async () => {
      const storage = await context.open();
      const orphan: Statement = { insert: "links", rows: [link("nobody", "1")] };
      await expect(storage.write({ statements: [orphan] })).rejects.toMatchObject(constraint("links"));
      expect(await storage.count({ table: "links" })).toBe(0);
    });

    it("writes 10,000 rows in one batch, and replaces them", async () => {
      const storage = await context.open();
      const links = (source_id: string) => Array.from({ length: 10_000 }, (_, n) => link("p", `${n}`, { source_id }));
      const first = await storage.write({
        statements: [
          { insert: "sync_pairs", rows: [pair("p")] },
          { insert: "links", rows: links("old") },
        ],
      });
      expect(first).toEqual({ applied: true, affected: [1, 10_000] });
      await storage.write({ statements: [{ insert: "links", rows: links("new"), onConflict: "replace" }] });
      expect(await storage.count({ table: "links", where: { source_id: "new" } })).toBe(10_000);
      expect(await storage.count({ table: "links" })).toBe(10_000);
    }, 60_000);

    it("applies an empty batch", async () => {
      expect(await (await context.open()).write({ statements: [] })).toEqual({ applied: true, affected: [] });
    });

    it("does nothing and names the guard when one does not hold", async () => {
      const storage = await context.open();
      await storage.write({ statements: [{ insert: "sync_pairs", rows: [pair("p", { version: 3 })] }] });
      const write = (version: number, state: "active" | "paused") =>
        storage.write({
          guards: [
            { table: "sync_pairs", where: { id: "p", version }, must: "exist" },
            { table: "sync_pairs", where: { id: "p", state }, must: "not-exist" },
          ],
          statements: [{ update: "sync_pairs", set: { prune: true }, where: {} }],
        });
      expect(await write(4, "paused")).toEqual({ applied: false, failedGuard: 0 });
      expect(await write(3, "active")).toEqual({ applied: false, failedGuard: 1 });
      expect(await storage.count({ table: "sync_pairs", where: { prune: true } })).toBe(0);
      expect(await write(3, "paused")).toEqual({ applied: true, affected: [1] });
    });

    it("checks guards against the state before the batch", async () => {
      const storage = await context.open();
      const result = await storage.write({
        guards: [{ table: "sync_pairs", where: { id: "p" }, must: "not-exist" }],
        statements: [{ insert: "sync_pairs", rows: [pair("p")] }],
      });
      expect(result).toEqual({ applied: true, affected: [1] });
    });
  });
}

async function contents(storage: StorageAdapter): Promise<unknown> {
  return [
    await storage.select({ table: "sync_pairs", orderBy: ["id"] }),
    await storage.select({ table: "links", orderBy: ["pair_id", "link_key"] }),
  ];
}
