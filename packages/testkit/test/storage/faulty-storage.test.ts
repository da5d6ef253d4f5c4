import { memoryStorage, type Statement } from "@syncer/core";
import { faultyStorage, sampleRow } from "@syncer/testkit";
import { describe, expect, it } from "vitest";

const insert = (name: string): { statements: Statement[] } => ({
  statements: [{ insert: "leases", rows: [sampleRow("leases", { name })] }],
});
const failed = { code: "storage.failed" };

describe("faultyStorage", () => {
  it("fails the planned writes before or after their commit, and no others", async () => {
    const inner = memoryStorage();
    const storage = faultyStorage(inner, {
      writes: new Map([
        [2, "before-commit"],
        [3, "after-commit"],
      ]),
    });
    await storage.write(insert("first"));
    await expect(storage.write(insert("lost"))).rejects.toMatchObject(failed);
    await expect(storage.write(insert("done in secret"))).rejects.toMatchObject(failed);
    await storage.write(insert("last"));
    const stored = await inner.select({ table: "leases", columns: ["name"], orderBy: ["name"] });
    expect(stored.map(({ name }) => name)).toEqual(["done in secret", "first", "last"]);
    expect(storage.writesSoFar).toBe(4);
  });

  it("fails the planned reads", async () => {
    const storage = faultyStorage(memoryStorage(), { reads: new Set([2]) });
    await storage.select({ table: "leases" });
    await expect(storage.count({ table: "leases" })).rejects.toMatchObject(failed);
    expect(await storage.count({ table: "leases" })).toBe(0);
    expect(storage.readsSoFar).toBe(3);
  });

  it("stays dead once it has died", async () => {
    const inner = memoryStorage();
    const storage = faultyStorage(inner, { diesAtWrite: 2 });
    await storage.write(insert("first"));
    await expect(storage.write(insert("second"))).rejects.toMatchObject(failed);
    await expect(storage.select({ table: "leases" })).rejects.toMatchObject(failed);
    await expect(storage.write(insert("third"))).rejects.toMatchObject(failed);
    expect(await inner.count({ table: "leases" })).toBe(1);
  });
});
