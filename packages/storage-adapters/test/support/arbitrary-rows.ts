import { type Column, type PlainRow, type Scalar, type TableShape, tableShapes } from "@syncer/core";
import fc from "fast-check";

/** Columns of a schema version that is not the last one, by table. */
export type ColumnsLeftOut = Readonly<Record<string, readonly string[]>>;

/**
 * As many rows in every table as in every other, of whatever its columns admit; row n belongs to row n of the parent. Tables
 * come parents first.
 */
export function rowsOfAllTables(
  leftOut: ColumnsLeftOut,
  amount: { readonly min: number; readonly max: number },
): fc.Arbitrary<ReadonlyMap<string, PlainRow[]>> {
  const tables = [...tableShapes];
  return fc
    .integer(amount)
    .chain((rows) =>
      fc.tuple(
        ...tables.map(([table, shape]) =>
          fc.tuple(...Array.from({ length: rows }, (_, n) => rowOf(shape, leftOut[table] ?? [], n))),
        ),
      ),
    )
    .map((contents) => new Map(tables.map(([table], index) => [table, [...(contents[index] ?? [])]])));
}

function rowOf(shape: TableShape, leftOut: readonly string[], n: number): fc.Arbitrary<PlainRow> {
  const unique = new Set([
    ...shape.primaryKey,
    ...(shape.references?.columns ?? []),
    ...shape.indexes.flatMap((index) => (index.unique ? index.columns : [])),
  ]);
  const columns = Object.entries(shape.columns).filter(([name]) => !leftOut.includes(name));
  return fc.record(
    Object.fromEntries(columns.map(([name, column]) => [name, unique.has(name) ? keyOf(column, n) : cellOf(column)])),
  );
}

function keyOf(column: Column, n: number): fc.Arbitrary<Scalar> {
  if (column.class === "count" || column.class === "time") return fc.constant(n);
  return column.class === "enum" ? fc.constantFrom(...(column.values ?? [])) : fc.constant(`handle ${n}`);
}

function cellOf(column: Column): fc.Arbitrary<Scalar> {
  const value = presentCellOf(column);
  return column.nullable ? fc.option(value, { freq: 3 }) : value;
}

function presentCellOf({ class: columnClass, values = [] }: Column): fc.Arbitrary<Scalar> {
  switch (columnClass) {
    case "enum":
      return fc.constantFrom(...values);
    case "flag":
      return fc.boolean();
    case "ratio":
      return fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
    case "time":
    case "count":
      return fc.maxSafeInteger();
    case "catalogue-ids":
    case "numbers":
      return fc.constantFrom("[]", "[1]");
    default:
      return fc.constantFrom(
        "",
        "a",
        "'; drop table links; --",
        "\u00e9\u{1f600}",
        "1",
        "null",
        '{"\\',
        "x".repeat(5_000),
      );
  }
}
