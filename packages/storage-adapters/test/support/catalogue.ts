import type { TestDatabase } from "./postgres-server.ts";

/** What PostgreSQL says that a schema is: columns, constraints and indexes, in whatever order they were made. */
export async function catalogueOf(database: TestDatabase, schema: string): Promise<Record<string, unknown[]>> {
  return {
    columns: await database.run(
      `select table_name, column_name, data_type, collation_name, is_nullable, column_default
         from information_schema.columns where table_schema = $1 order by table_name, column_name`,
      [schema],
    ),
    constraints: await database
      .run(
        `select conrelid::regclass::text as of, conname, contype, convalidated, pg_get_constraintdef(oid) as definition
         from pg_constraint where connamespace = $1::regnamespace order by 1, 2`,
        [schema],
      )
      .then((rows) => withoutSchema(rows, schema)),
    indexes: await database
      .run("select indexname, indexdef from pg_indexes where schemaname = $1 order by indexname", [schema])
      .then((rows) => withoutSchema(rows, schema)),
  };
}

/** So that two schemas can be compared. */
function withoutSchema(rows: Record<string, unknown>[], schema: string): Record<string, unknown>[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === "string" ? value.replaceAll(`${schema}.`, "") : value,
      ]),
    ),
  );
}
