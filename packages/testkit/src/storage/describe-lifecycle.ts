import { SCHEMA_VERSION, type StorageAdapter } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { sampleRow } from "./sample-rows.ts";
import type { SuiteContext } from "./storage-fixture.ts";

const calls: [string, (storage: StorageAdapter) => Promise<unknown>][] = [
  ["select", (storage) => storage.select({ table: "links" })],
  ["count", (storage) => storage.count({ table: "links" })],
  ["write", (storage) => storage.write({ statements: [{ delete: "links", where: {} }] })],
];

export function describeLifecycle({ traits, open, openFixture }: SuiteContext): void {
  describe("lifecycle", () => {
    if (traits.needsMigration) {
      it("refuses to work before its tables are there", async () => {
        const { storage } = await openFixture();
        for (const [, call] of calls) {
          await expect(call(storage)).rejects.toMatchObject({
            code: "storage.schema-outdated",
            params: { found: 0, needed: SCHEMA_VERSION },
          });
        }
        await storage.migrate();
        for (const [, call] of calls) await call(storage);
      });
    }

    it("migrates once, says so, and keeps what is stored when asked again", async () => {
      const { storage } = await openFixture();
      const from = traits.needsMigration ? 0 : SCHEMA_VERSION;
      expect(await storage.migrate()).toEqual({ from, to: SCHEMA_VERSION });
      await storage.write({ statements: [{ insert: "leases", rows: [sampleRow("leases")] }] });
      expect(await storage.migrate()).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
      expect(await storage.count({ table: "leases" })).toBe(1);
    });

    it("may be migrated by several at once", async () => {
      const { storage, another } = await openFixture();
      const others = another ? await Promise.all([another(), another(), another()]) : [];
      const reports = await Promise.all([storage, storage, ...others].map((adapter) => adapter.migrate()));
      expect(reports.map(({ to }) => to)).toEqual(reports.map(() => SCHEMA_VERSION));
      expect(reports.filter(({ from }) => from < SCHEMA_VERSION)).toHaveLength(traits.needsMigration ? 1 : 0);
      await Promise.all(others.map((adapter) => adapter.close()));
    });

    if ((traits.openedBy ?? "nobody") !== "nobody") {
      it("keeps what is stored for the next one to open", async () => {
        const { storage, another } = await openFixture();
        if (!another) throw new Error("a fixture that others can open needs `another`");
        await storage.migrate();
        const row = sampleRow("leases", { fencing: 7 });
        await storage.write({ statements: [{ insert: "leases", rows: [row] }] });
        await storage.close();
        const next = await another();
        expect(await next.select({ table: "leases" })).toStrictEqual([row]);
        await next.close();
      });
    }

    it.each([...calls, ["migrate", (storage: StorageAdapter) => storage.migrate()] as const])(
      "rejects %s after it was closed",
      async (_, call) => {
        const storage = await open();
        await storage.close();
        await expect(call(storage)).rejects.toMatchObject({ code: "storage.failed" });
      },
    );

    it("may be closed twice, and before it was used", async () => {
      const { storage } = await openFixture();
      await storage.close();
      await expect(storage.close()).resolves.toBeUndefined();
    });
  });
}
