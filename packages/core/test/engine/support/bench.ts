import { type PairReport, type Row, type SyncOptions, tableNames } from "../../../src/index.ts";
import { EngineBench, only, USER } from "./engine-bench.ts";
import { leftRecordings, rightRecordings } from "./recordings.ts";
import { Shelf } from "./shelf.ts";

export { only } from "./engine-bench.ts";

/** Longer than a lease lives: whoever held one is taken for dead. */
export const BEYOND_LEASE_MS = 31_000;

/** Two shelves to sync with each other. */
export class Bench extends EngineBench<Shelf> {
  readonly left = new Shelf("left", leftRecordings, this.clock);
  readonly right = new Shelf("right", rightRecordings, this.clock);

  get services(): readonly Shelf[] {
    return [this.left, this.right];
  }

  /** From left to right. */
  request(options: SyncOptions = {}) {
    return {
      ...USER,
      pairs: [{ source: "left", target: "right", mode: "sync-from" as const }],
      type: "favorites" as const,
      options,
    };
  }

  async sync(options: SyncOptions = {}, engine = this.engine()): Promise<PairReport> {
    return only(await engine.sync(this.request(options)));
  }

  /** Every row of every table, in a stable order. */
  async dump(): Promise<Readonly<Record<string, readonly string[]>>> {
    const tables = await Promise.all(
      tableNames.map(async (table) => [table, await this.storage.select({ table })] as const),
    );
    return Object.fromEntries(tables.map(([table, rows]) => [table, rows.map((row) => JSON.stringify(row)).sort()]));
  }

  async links(): Promise<Row<"links">[]> {
    return await this.storage.select({ table: "links", orderBy: ["link_key"] });
  }
}
