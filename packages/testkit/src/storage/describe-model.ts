import {
  type BatchResult,
  type PlainBatch,
  type PlainQuery,
  type StorageAdapter,
  SyncerError,
  tableNames,
  tableShapes,
} from "@syncer/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aBatch, aQuery, parents } from "./arbitrary-batches.ts";
import { OracleConstraint, StorageOracle } from "./oracle.ts";
import { sampleRow } from "./sample-rows.ts";
import type { SuiteContext } from "./storage-fixture.ts";

/** A batch is data, whoever made it: the port's types say the same as the plain ones once the columns are known. */
const write = (storage: StorageAdapter, batch: PlainBatch) => storage.write(batch as never);
const select = (storage: StorageAdapter, query: PlainQuery) => storage.select(query as never);

export function describeModel({ traits, open }: SuiteContext): void {
  describe("random histories", () => {
    it("answers every query and batch as the model does", async () => {
      const storage = await open();
      const step = fc.oneof(
        { weight: 3, arbitrary: fc.record({ batch: aBatch }) },
        { weight: 2, arbitrary: fc.record({ query: aQuery }) },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
          const oracle = new StorageOracle();
          await clear(storage);
          await write(storage, parents);
          oracle.write(parents);
          for (const taken of steps) {
            if ("batch" in taken) {
              expect(await outcomeOf(storage, taken.batch)).toEqual(expectedOutcome(oracle, taken.batch));
            } else {
              const { limit: _limit, after: _after, ...whole } = taken.query;
              expect(await select(storage, taken.query)).toEqual(oracle.select(taken.query));
              expect(await storage.count(whole as never)).toBe(oracle.select(whole).length);
            }
          }
          for (const table of tableNames) {
            const orderBy = [...(tableShapes.get(table)?.primaryKey ?? [])];
            expect(await select(storage, { table, orderBy })).toEqual(oracle.select({ table, orderBy }));
          }
        }),
        { numRuns: traits.histories ?? 100 },
      );
    }, 120_000);

    it("gives page after page what one read gives, whatever the size of a page", async () => {
      const storage = await open();
      const value = fc.constantFrom(0, 1, 2);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(value, fc.option(value)), { maxLength: 60 }),
          fc.integer({ min: 1, max: 25 }),
          fc.boolean(),
          async (values, limit, descending) => {
            await clear(storage);
            const rows = values.map(([fencing, not_before], n) =>
              sampleRow("sync_pairs", { id: `p${n}`, sync_type: `t${n}`, version: fencing, not_before }),
            );
            await storage.write({ statements: [{ insert: "sync_pairs", rows }] });
            const query = {
              table: "sync_pairs",
              columns: ["version", "not_before", "id"],
              orderBy: ["version", "not_before", "id"],
              descending,
            } as const;
            const paged: unknown[] = [];
            for (let after: (number | string | null)[] | undefined; ; ) {
              const page = await storage.select({ ...query, limit, ...(after && { after }) });
              paged.push(...page);
              const last = page.at(-1);
              // An adapter that goes round in circles must fail, not fill the memory.
              if (!last || page.length < limit || paged.length > rows.length) break;
              after = [last.version, last.not_before, last.id];
            }
            expect(paged).toEqual(await storage.select(query));
            expect(paged).toHaveLength(rows.length);
          },
        ),
        { numRuns: traits.histories ?? 100 },
      );
    }, 120_000);
  });
}

async function clear(storage: StorageAdapter): Promise<void> {
  await storage.write({ statements: tableNames.map((table) => ({ delete: table, where: {} })) as never });
}

async function outcomeOf(storage: StorageAdapter, batch: PlainBatch): Promise<BatchResult | string> {
  try {
    return await write(storage, batch);
  } catch (error) {
    if (SyncerError.is(error)) return error.code;
    throw error;
  }
}

function expectedOutcome(oracle: StorageOracle, batch: PlainBatch): BatchResult | string {
  try {
    return oracle.write(batch);
  } catch (error) {
    if (error instanceof OracleConstraint) return "storage.constraint";
    throw error;
  }
}
