import {
  type Column,
  type PlainBatch,
  type PlainComparison,
  type PlainGuard,
  type PlainInsert,
  type PlainQuery,
  type PlainRow,
  type PlainStatement,
  type PlainWhere,
  type Scalar,
  type TableShape,
  tableShapes,
} from "@syncer/core";
import fc from "fast-check";

/** Tables with every shape that the schema knows: one key or two, parents and grandparents, unique and partial indexes. */
const TABLES = [
  "sync_pairs",
  "links",
  "intents",
  "intent_items",
  "sync_jobs",
  "leases",
  "user_services",
  "sync_metadata",
];

/** Few values, so that random rows meet each other; among them those that a sloppy collation or binding confuses. */
const STRINGS = ["a", "b", "A", "\u00e9", "e\u0301", "\uffee", "\u{1f600}", "'", "%", ""];
const KEYS = ["a", "b", "\u{1f600}"];
const NUMBERS = [0, 1, 2, -1, 10];
/** As long as each other, longer, with a set, with an empty one, with no field: bytes decide their order. */
const CRONS = ["0 3 * * *", "*/5 8-18 * * MON-FRI"];
const FIELD_HASHES = [
  "1:",
  "1:title=AAAAAAAAAAAAAAAA",
  "1:title=aAAAAAAAAAAAAAA-",
  "1:guests=[]",
  "1:guests=[AAAAAAAAAAAAAAAA,____-___________];title=AAAAAAAAAAAAAAAA",
  "10:title=AAAAAAAAAAAAAAAA",
];
const RATIOS = [0, 0.1, 0.5, 1];

const keyColumns = new Set(
  [...tableShapes.values()].flatMap(({ primaryKey, references }) => [...primaryKey, ...(references?.columns ?? [])]),
);

function present(name: string, column: Column): fc.Arbitrary<string | number | boolean> {
  switch (column.class) {
    case "enum":
      return fc.constantFrom(...(column.values ?? []).slice(0, 3));
    case "time":
    case "count":
      return fc.constantFrom(...NUMBERS);
    case "ratio":
      return fc.constantFrom(...RATIOS);
    case "flag":
      return fc.boolean();
    case "catalogue-ids":
      return fc.constantFrom(...STRINGS).map((text) => JSON.stringify(text === "" ? [] : [text, "2"]));
    case "field-hashes":
      return fc.constantFrom(...FIELD_HASHES);
    case "cron":
      return fc.constantFrom(...CRONS);
    case "numbers":
      return fc.constantFrom("[]", "[0]", "[9007199254740991,1]");
    default:
      return fc.constantFrom(...(keyColumns.has(name) ? KEYS : STRINGS));
  }
}

function scalar(name: string, column: Column): fc.Arbitrary<Scalar> {
  const value = present(name, column);
  return column.nullable
    ? fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: value })
    : value;
}

function comparison(name: string, column: Column): fc.Arbitrary<Scalar | PlainComparison> {
  const value = present(name, column);
  return fc.oneof(
    { weight: 4, arbitrary: scalar(name, column) },
    fc.record({ in: fc.array(value, { maxLength: 24 }) }),
    fc.record({ not: scalar(name, column) }),
    fc.record({ lt: value, lte: value, gt: value, gte: value }, { requiredKeys: [] }).filter(isNotEmpty),
  );
}

function whereOf(shape: TableShape, most: number): fc.Arbitrary<PlainWhere> {
  return fc
    .subarray(Object.keys(shape.columns), { maxLength: most })
    .chain((names) =>
      fc.record(Object.fromEntries(names.map((name) => [name, comparison(name, columnOf(shape, name))]))),
    );
}

function rowOf(shape: TableShape): fc.Arbitrary<PlainRow> {
  return fc.record(
    Object.fromEntries(Object.entries(shape.columns).map(([name, column]) => [name, scalar(name, column)])),
  );
}

function changesOf(shape: TableShape): fc.Arbitrary<{ set: PlainRow; increment?: Record<string, number> }> {
  const free = Object.keys(shape.columns).filter((name) => !shape.primaryKey.includes(name));
  const numeric = free.filter((name) => ["count", "time"].includes(columnOf(shape, name).class));
  return fc
    .tuple(fc.subarray(free, { maxLength: 3 }), fc.subarray(numeric, { maxLength: Math.min(2, numeric.length) }))
    .map(([set, incremented]) => [set, incremented.filter((name) => !set.includes(name))] as const)
    .filter(([set, incremented]) => set.length + incremented.length > 0)
    .chain(([set, incremented]) =>
      fc.record({
        set: fc.record(Object.fromEntries(set.map((name) => [name, scalar(name, columnOf(shape, name))]))),
        increment: fc.record(Object.fromEntries(incremented.map((name) => [name, fc.constantFrom(1, -1, 3)]))),
      }),
    );
}

const aTable = fc.constantFrom(...TABLES).map((table) => ({ table, shape: shapeOf(table) }));

const aStatement: fc.Arbitrary<PlainStatement> = aTable.chain(({ table, shape }) => {
  const rows = fc.array(rowOf(shape), { minLength: 1, maxLength: 5 });
  const onConflict = fc.constantFrom("fail" as const, "ignore" as const, "replace" as const);
  const insert = fc.record({ insert: fc.constant(table), rows, onConflict }).map(withoutSuperseded);
  return fc.oneof(
    { weight: 5, arbitrary: insert },
    {
      weight: 2,
      arbitrary: fc
        .tuple(changesOf(shape), whereOf(shape, 2))
        .map(([changes, where]) => ({ update: table, where, ...changes })),
    },
    { weight: 1, arbitrary: whereOf(shape, 3).map((where) => ({ delete: table, where })) },
  );
});

/**
 * Leaves out rows that a later one of the same insert replaces where they refer to a parent: databases that check
 * references when a statement ends never notice a missing one, and the port leaves that open.
 */
function withoutSuperseded(statement: PlainInsert): PlainInsert {
  const { primaryKey, references } = shapeOf(statement.insert);
  if (statement.onConflict !== "replace" || !references) return statement;
  const keyOf = (row: PlainRow) => JSON.stringify(primaryKey.map((column) => row[column]));
  return { ...statement, rows: [...new Map(statement.rows.map((row) => [keyOf(row), row])).values()] };
}

const aGuard: fc.Arbitrary<PlainGuard> = aTable.chain(({ table, shape }) =>
  fc.record({
    table: fc.constant(table),
    where: whereOf(shape, 2),
    must: fc.constantFrom("exist" as const, "not-exist" as const),
  }),
);

/** The rows that most tables need to refer to, so that random batches are not all refused. */
export const parents: PlainBatch = {
  guards: [],
  statements: ["sync_pairs", "user_services", "intents"].flatMap((table) =>
    KEYS.slice(0, 2).map((id) => ({ insert: table, rows: [parentRow(table, id)], onConflict: "ignore" as const })),
  ),
};

function parentRow(table: string, id: string): PlainRow {
  const columns = Object.entries(shapeOf(table).columns);
  const plain = (column: Column): Scalar => {
    if (column.nullable) return null;
    if (column.class === "enum") return column.values?.[0] ?? "";
    if (column.class === "flag") return false;
    return ["time", "count", "ratio"].includes(column.class) ? 0 : id;
  };
  return Object.fromEntries(columns.map(([name, column]) => [name, plain(column)]));
}

export const aBatch: fc.Arbitrary<PlainBatch> = fc.record({
  guards: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(aGuard, { maxLength: 2 })),
  statements: fc.array(aStatement, { maxLength: 4 }),
});

/** Where rows are cut off, ties are broken by the primary key, so that there is one right answer. */
export const aQuery: fc.Arbitrary<PlainQuery> = aTable.chain(({ table, shape }) => {
  const names = Object.keys(shape.columns);
  return fc
    .record({
      columns: fc.option(fc.subarray(names, { minLength: 1 }), { nil: undefined }),
      where: fc.option(whereOf(shape, 2), { nil: undefined }),
      order: fc.subarray(names, { maxLength: 2 }),
      descending: fc.boolean(),
      limit: fc.option(fc.nat({ max: 6 }), { nil: undefined }),
      isPaged: fc.boolean(),
    })
    .chain(({ columns, where, order, descending, limit, isPaged }) => {
      const orderBy = [...new Set([...order, ...shape.primaryKey])];
      const after = isPaged
        ? fc.tuple(...orderBy.map((name) => scalar(name, columnOf(shape, name))))
        : fc.constant(undefined);
      return after.map((values) => ({
        table,
        orderBy,
        descending,
        ...(columns && { columns }),
        ...(where && { where }),
        ...(limit !== undefined && { limit }),
        ...(values && { after: values }),
      }));
    });
});

function shapeOf(table: string): TableShape {
  const shape = tableShapes.get(table);
  if (!shape) throw new RangeError(table);
  return shape;
}

function columnOf(shape: TableShape, name: string): Column {
  const column = shape.columns[name];
  if (!column) throw new RangeError(name);
  return column;
}

function isNotEmpty(value: object): boolean {
  return Object.keys(value).length > 0;
}
