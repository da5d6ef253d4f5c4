import { readFileSync } from "node:fs";
import type { PlainRow } from "@syncer/core";
import { schemaSteps } from "../../src/shared/schema-steps.ts";
import type { ColumnsLeftOut } from "./arbitrary-rows.ts";
import type { TestDatabase } from "./postgres-server.ts";

const VERSION_6 = readFileSync(new URL("../postgres/schema-v6.sql", import.meta.url), "utf8");

/** Columns that version 6 did not have. */
/** Tables that version 6 did not have. */
export const NEW_SINCE_VERSION_6: ReadonlySet<string> = new Set(
  schemaSteps.filter(({ version }) => version > 6).flatMap(({ newTables }) => newTables),
);

export const SINCE_VERSION_6: ColumnsLeftOut = Object.fromEntries(
  schemaSteps
    .filter(({ version }) => version > 6)
    .flatMap(({ changedTables }) => Object.entries(changedTables))
    .map(([table, columns]) => [table, Object.keys(columns)]),
);

/** The tables of version 6 as that release made them, in a schema of their own. */
export async function createVersion6(database: TestDatabase, schema: string): Promise<void> {
  await database.run(`create schema ${schema}; set search_path = ${schema}; ${VERSION_6}`);
}

export async function fill(
  database: TestDatabase,
  schema: string,
  contents: ReadonlyMap<string, readonly PlainRow[]>,
): Promise<void> {
  for (const [table, rows] of contents) {
    const names = Object.keys(rows[0] ?? {});
    if (names.length === 0) continue;
    const list = names.map((name) => `"${name}"`).join();
    // Types are the table's own: the rows come as JSON, in which every number is written in full.
    await database.run(
      `insert into ${schema}.${table} (${list}) select ${list} from json_populate_recordset(null::${schema}.${table}, $1)`,
      [JSON.stringify(rows)],
    );
  }
}
