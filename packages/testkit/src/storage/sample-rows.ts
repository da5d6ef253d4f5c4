import { type Column, type PlainRow, type Row, type TableName, tableShapes } from "@syncer/core";

/**
 * A complete row with unremarkable values: nullable columns null, the first of an enum, ids that name their column.
 *
 * @example sampleRow("links", { pair_id: "pair-1", link_key: "source:1" })
 */
export function sampleRow<T extends TableName>(table: T, values: Partial<Row<T>> = {}): Row<T> {
  const columns = Object.entries(tableShapes.get(table)?.columns ?? {});
  const defaults = Object.fromEntries(columns.map(([name, column]) => [name, sampleValue(name, column)]));
  return Object.assign(defaults, values) as PlainRow & Row<T>;
}

function sampleValue(name: string, column: Column): string | number | boolean | null {
  if (column.nullable) return null;
  switch (column.class) {
    case "enum":
      return column.values?.[0] ?? "";
    case "time":
      return 1_700_000_000_000;
    case "count":
      return 0;
    case "flag":
      return false;
    case "ratio":
      return 0.5;
    case "catalogue-ids":
      return "[]";
    case "numbers":
      return "[]";
    case "cron":
      return "0 3 * * *";
    case "field-hashes":
      return "1:title=AAAAAAAAAAAAAAAA";
    default:
      return `${name}-1`;
  }
}
