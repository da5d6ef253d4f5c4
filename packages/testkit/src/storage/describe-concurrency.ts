import type { BatchResult, Guard, Row, Statement, StorageAdapter } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { raceProcesses } from "./race-processes.ts";
import { sampleRow } from "./sample-rows.ts";
import type { SuiteContext } from "./storage-fixture.ts";

interface Contest {
  readonly prepare: Statement[];
  /** What contender number n tries; its guards are broken by every other contender's statements. */
  readonly attempt: (n: number) => { guards: Guard[]; statements: Statement[] };
}

const pair = sampleRow("sync_pairs", { id: "p", version: 1 });
const connection = sampleRow("user_services", { id: "c", token_version: 1 });

const contests: [string, Contest][] = [
  [
    "to insert a row that is not there",
    {
      prepare: [],
      attempt: (n) => ({
        guards: [{ table: "leases", where: { name: "lease" }, must: "not-exist" }],
        statements: [{ insert: "leases", rows: [sampleRow("leases", { name: "lease", owner_id: `${n}` })] }],
      }),
    },
  ],
  [
    "to save tokens under the version that was read",
    {
      prepare: [{ insert: "user_services", rows: [connection] }],
      attempt: (n) => ({
        guards: [{ table: "user_services", where: { id: "c", token_version: 1 }, must: "exist" }],
        statements: [
          {
            update: "user_services",
            set: { access_token: `token ${n}` },
            increment: { token_version: 1 },
            where: { id: "c" },
          },
        ],
      }),
    },
  ],
  [
    "to delete the row that all need",
    {
      prepare: [
        { insert: "sync_pairs", rows: [pair] },
        { insert: "links", rows: [sampleRow("links", { pair_id: "p", link_key: "1" })] },
      ],
      attempt: (n) => ({
        guards: [{ table: "links", where: { pair_id: "p", link_key: "1" }, must: "exist" }],
        statements: [
          { delete: "links", where: { pair_id: "p" } },
          { insert: "links", rows: [sampleRow("links", { pair_id: "p", link_key: `from ${n}` })] },
        ],
      }),
    },
  ],
  [
    "to replace a row while it has its old state",
    {
      prepare: [{ insert: "sync_pairs", rows: [pair] }],
      attempt: (n) => ({
        guards: [{ table: "sync_pairs", where: { state: "active", version: { lt: 2 } }, must: "exist" }],
        statements: [{ insert: "sync_pairs", rows: [{ ...pair, version: n + 2 }], onConflict: "replace" }],
      }),
    },
  ],
];

const wins = (results: readonly BatchResult[]) => results.filter(({ applied }) => applied).length;

export function describeConcurrency(context: SuiteContext): void {
  describe("concurrency", () => {
    const openTwo = async (): Promise<StorageAdapter[]> => {
      const fixture = await context.openFixture();
      await fixture.storage.migrate();
      const another = await fixture.another?.();
      return another ? [fixture.storage, another] : [fixture.storage];
    };

    it.each(contests)("lets exactly one of many writers win %s", async (_, { prepare, attempt }) => {
      const adapters = await openTwo();
      await adapters[0]?.write({ statements: prepare });
      const contenders = Array.from({ length: 12 }, (_, n) => n);
      const results = await Promise.all(
        contenders.map(async (n) => (await adapters[n % adapters.length]?.write(attempt(n))) as BatchResult),
      );
      expect(wins(results)).toBe(1);
      expect(results.filter(({ applied }) => !applied)).toEqual(
        Array.from({ length: 11 }, () => ({ applied: false, failedGuard: 0 })),
      );
      await closeAll(adapters.slice(1));
    });

    it("loses no increment", async () => {
      const adapters = await openTwo();
      await adapters[0]?.write({ statements: [{ insert: "leases", rows: [sampleRow("leases", { name: "n" })] }] });
      const increments = Array.from({ length: 40 }, (_, n) =>
        adapters[n % adapters.length]?.write({
          statements: [{ update: "leases", set: {}, increment: { fencing: 1 }, where: { name: "n" } }],
        }),
      );
      await Promise.all(increments);
      expect(await adapters[0]?.select({ table: "leases", columns: ["fencing"] })).toEqual([{ fencing: 40 }]);
      await closeAll(adapters.slice(1));
    });

    it("never shows half of a batch to a reader", async () => {
      const adapters = await openTwo();
      const [writer, reader = writer] = adapters;
      const names = ["a", "b", "c", "d"];
      const state = (fencing: number): Statement[] =>
        names.map((name) => ({
          insert: "leases",
          rows: [sampleRow("leases", { name, fencing })],
          onConflict: "replace",
        }));
      await writer?.write({ statements: state(0) });
      const writes = Array.from({ length: 20 }, (_, n) => writer?.write({ statements: state(n + 1) }));
      const reads = Array.from({ length: 40 }, () => reader?.select({ table: "leases", columns: ["fencing"] }));
      for (const rows of await Promise.all(reads)) expect(new Set(rows?.map(({ fencing }) => fencing)).size).toBe(1);
      await Promise.all(writes);
      await closeAll(adapters.slice(1));
    });

    it("keeps a lease: one holder, a rising fencing number, late writers refused", async () => {
      const [storage] = await openTwo();
      if (!storage) throw new Error("no adapter");
      const take = (owner_id: string, now: number, known: number) =>
        storage.write({
          guards: [
            { table: "leases", where: { name: "pair", fencing: known }, must: "exist" },
            { table: "leases", where: { name: "pair", expires_at: { gt: now } }, must: "not-exist" },
          ],
          statements: [
            {
              update: "leases",
              set: { owner_id, expires_at: now + 30 },
              increment: { fencing: 1 },
              where: { name: "pair" },
            },
          ],
        });
      const writeAs = (fencing: number, statement: Statement) =>
        storage.write({
          guards: [{ table: "leases", where: { name: "pair", fencing }, must: "exist" }],
          statements: [statement],
        });
      const free = sampleRow("leases", { name: "pair", fencing: 0, expires_at: 0 });
      await storage.write({ statements: [{ insert: "leases", rows: [free], onConflict: "ignore" }] });

      expect(wins(await Promise.all([take("anna", 100, 0), take("ben", 100, 0)]))).toBe(1);
      expect(await take("ben", 129, 1)).toMatchObject({ applied: false, failedGuard: 1 });
      expect(await take("ben", 130, 1)).toMatchObject({ applied: true });
      const log = (id: string): Statement => ({ insert: "audit_log", rows: [sampleRow("audit_log", { id })] });
      expect(await writeAs(1, log("late"))).toMatchObject({ applied: false });
      expect(await writeAs(2, log("in time"))).toMatchObject({ applied: true });
      const [lease] = (await storage.select({ table: "leases" })) as [Row<"leases">];
      expect(lease).toMatchObject({ owner_id: "ben", fencing: 2, expires_at: 160 });
      expect(await storage.select({ table: "audit_log", columns: ["id"] })).toEqual([{ id: "in time" }]);
    });

    if (context.traits.openedBy === "processes") {
      it("lets exactly one of several processes win each of many races, and loses none of their increments", async () => {
        const { storage, otherProcess } = await context.openFixture();
        if (!otherProcess) throw new Error("a fixture that processes can open needs `otherProcess`");
        await storage.migrate();
        await storage.write({ statements: [{ insert: "leases", rows: [sampleRow("leases", { name: "tally" })] }] });
        const [processes, races] = [3, 60];
        const winsOf = await raceProcesses(otherProcess, { processes, races, row: sampleRow("leases", { name: "" }) });
        expect(winsOf.flat().sort((left, right) => left - right)).toEqual(Array.from({ length: races }, (_, n) => n));
        const columns = ["fencing"] as const;
        expect(await storage.select({ table: "leases", columns, where: { name: "tally" } })).toEqual([
          { fencing: processes * races },
        ]);
      }, 60_000);
    }
  });
}

async function closeAll(adapters: readonly StorageAdapter[]): Promise<void> {
  await Promise.all(adapters.map((adapter) => adapter.close()));
}
