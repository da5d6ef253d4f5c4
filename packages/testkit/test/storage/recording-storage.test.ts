import { memoryStorage } from "@syncer/core";
import { recordingStorage, sampleRow } from "@syncer/testkit";
import { expect, it } from "vitest";

it("counts calls, statements and rows, and nothing that a guard kept from happening", async () => {
  const storage = recordingStorage(memoryStorage());
  const leases = ["a", "b", "c"].map((name) => sampleRow("leases", { name }));
  await storage.write({
    statements: [
      { insert: "leases", rows: leases },
      { delete: "leases", where: { name: "c" } },
    ],
  });
  await storage.write({
    guards: [{ table: "leases", where: {}, must: "not-exist" }],
    statements: [{ delete: "leases", where: {} }],
  });
  await storage.select({ table: "leases", where: { name: "a" } });
  await storage.count({ table: "leases" });
  expect(storage.record).toEqual({
    reads: 2,
    rowsRead: 1,
    writes: 2,
    statements: 3,
    rowsWritten: 4,
    rowsWrittenTo: new Map([["leases", 4]]),
    rowsReadFrom: new Map([["leases", 1]]),
  });
  storage.reset();
  expect(storage.record).toMatchObject({ reads: 0, writes: 0, rowsWritten: 0, rowsWrittenTo: new Map() });
});
