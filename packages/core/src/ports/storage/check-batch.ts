import { InvalidRequestError } from "../../errors/index.ts";
import { kindOf, ruleOf } from "./check-value.ts";
import type { Column, TableShape } from "./columns.ts";
import type { PlainBatch, PlainQuery } from "./plain-statements.ts";
import { tableShapes } from "./schema.ts";

/**
 * Checks a query against the schema, for authors of adapters: call it first in `select` and `count`.
 * @returns the same query, as plain data
 * @throws {InvalidRequestError} `request.invalid` with the place, never with a value
 */
export function checkQuery(query: object): PlainQuery {
  const { table, columns, where, orderBy, after, limit } = object(query, "query");
  const checks = checksOf(table, "query.table");
  if (columns !== undefined) knownColumns(checks, columns, "query.columns");
  if (orderBy !== undefined) knownColumns(checks, orderBy, "query.orderBy");
  if (where !== undefined) checkWhere(checks, where, "query.where");
  if (limit !== undefined && !(Number.isSafeInteger(limit) && Number(limit) >= 0)) {
    refuse("query.limit", "expected a whole number of rows, 0 or more");
  }
  if (after !== undefined) checkAfter(checks, orderBy, after);
  return query as PlainQuery;
}

/**
 * Checks a batch against the schema, for authors of adapters: call it first in `write`. Rows must have exactly their
 * table's columns, so that nothing unforeseen is ever stored.
 * @throws {InvalidRequestError} `request.invalid` with the place, never with a value
 */
export function checkBatch(batch: object): PlainBatch {
  const { guards = [], statements } = object(batch, "batch");
  array(guards, "guards").forEach((guard, index) => {
    checkGuard(guard, `guards[${index}]`);
  });
  array(statements, "statements").forEach((statement, index) => {
    checkStatement(statement, `statements[${index}]`);
  });
  return { guards, statements } as PlainBatch;
}

interface ColumnCheck {
  readonly name: string;
  readonly column: Column;
  readonly problemOf: (value: unknown) => string | undefined;
}

interface TableChecks {
  readonly byName: ReadonlyMap<string, ColumnCheck>;
  readonly list: readonly ColumnCheck[];
  readonly definition: TableShape;
}

const checksOfTables = new Map<unknown, TableChecks>(
  [...tableShapes].map(([table, definition]) => {
    const list = Object.entries(definition.columns).map(([name, column]) => ({
      name,
      column,
      problemOf: ruleOf(column),
    }));
    return [table, { list, definition, byName: new Map(list.map((check) => [check.name, check])) }];
  }),
);

function checkGuard(guard: unknown, path: string): void {
  const { table, where, must } = object(guard, path);
  checkWhere(checksOf(table, `${path}.table`), where, `${path}.where`);
  if (must !== "exist" && must !== "not-exist") refuse(`${path}.must`, 'expected "exist" or "not-exist"');
}

function checkStatement(value: unknown, path: string): void {
  const statement = object(value, path);
  if ("insert" in statement) {
    checkInsert(statement, path);
  } else if ("update" in statement) {
    checkUpdate(statement, path);
  } else if ("delete" in statement) {
    checkWhere(checksOf(statement.delete, `${path}.delete`), statement.where, `${path}.where`);
  } else {
    refuse(path, "expected an insert, an update or a delete");
  }
}

function checkInsert(statement: Fields, path: string): void {
  const checks = checksOf(statement.insert, `${path}.insert`);
  const { onConflict } = statement;
  if (onConflict !== undefined && onConflict !== "fail" && onConflict !== "ignore" && onConflict !== "replace") {
    refuse(`${path}.onConflict`, 'expected "fail", "ignore" or "replace"');
  }
  const rows = array(statement.rows, `${path}.rows`);
  for (let index = 0; index < rows.length; index += 1) checkRow(checks, rows[index], path, index);
}

function checkRow(checks: TableChecks, value: unknown, path: string, index: number): void {
  const row = object(value, `${path}.rows[${index}]`);
  let present = 0;
  for (const _ in row) present += 1;
  for (const { name, column, problemOf } of checks.list) {
    const cell = row[name];
    if (cell === null && column.nullable) continue;
    const problem = problemOf(cell);
    if (problem !== undefined) refuse(`${path}.rows[${index}].${name}`, problem);
  }
  if (present === checks.list.length) return;
  const foreign = Object.keys(row).filter((name) => !checks.byName.has(name));
  refuse(`${path}.rows[${index}]`, `expected exactly the table's columns; unknown: ${foreign.join(", ")}`);
}

function checkUpdate(statement: Fields, path: string): void {
  const checks = checksOf(statement.update, `${path}.update`);
  const set = object(statement.set, `${path}.set`);
  for (const [name, value] of Object.entries(set)) {
    const { column, problemOf } = changeable(checks, name, `${path}.set`);
    const problem = value === null && column.nullable ? undefined : problemOf(value);
    if (problem !== undefined) refuse(`${path}.set.${name}`, problem);
  }
  const increment = statement.increment === undefined ? {} : object(statement.increment, `${path}.increment`);
  for (const [name, by] of Object.entries(increment)) {
    const { column } = changeable(checks, name, `${path}.increment`);
    if (column.class !== "count" && column.class !== "time") refuse(`${path}.increment.${name}`, "is not a number");
    if (name in set) refuse(`${path}.increment.${name}`, "is set by the same statement");
    if (!Number.isSafeInteger(by)) refuse(`${path}.increment.${name}`, "expected a whole number");
  }
  if (Object.keys(set).length + Object.keys(increment).length === 0) refuse(`${path}.set`, "changes nothing");
  checkWhere(checks, statement.where, `${path}.where`);
}

function changeable(checks: TableChecks, name: string, path: string): ColumnCheck {
  const check = columnOf(checks, name, path);
  if (checks.definition.primaryKey.includes(name)) {
    refuse(`${path}.${name}`, "belongs to the primary key, which never changes; delete the row and insert another");
  }
  return check;
}

const ORDERINGS = new Set(["lt", "lte", "gt", "gte"]);

function checkWhere(checks: TableChecks, value: unknown, path: string): void {
  for (const [name, condition] of Object.entries(object(value, path))) {
    const { problemOf } = columnOf(checks, name, path);
    const at = `${path}.${name}`;
    // A forgotten value must never widen a delete to every row.
    if (condition === undefined) refuse(at, "is undefined; leave the column out or compare it with a value or null");
    if (condition === null) continue;
    if (typeof condition !== "object") {
      refuseIf(problemOf(condition), at);
      continue;
    }
    const comparisons = Object.entries(condition);
    if (comparisons.length === 0) refuse(at, "expected a value or a comparison");
    for (const [operator, operand] of comparisons) checkComparison(problemOf, operator, operand, at);
  }
}

function checkComparison(problemOf: ColumnCheck["problemOf"], operator: string, operand: unknown, path: string): void {
  const at = `${path}.${operator}`;
  if (operator === "in") {
    for (const value of array(operand, at)) refuseIf(problemOf(value), at);
  } else if (operator === "not") {
    if (operand !== null) refuseIf(problemOf(operand), at);
  } else if (ORDERINGS.has(operator)) {
    refuseIf(problemOf(operand), at);
  } else {
    refuse(at, "is not a comparison; known: in, lt, lte, gt, gte, not");
  }
}

function checkAfter(checks: TableChecks, orderBy: unknown, after: unknown): void {
  const columns = orderBy === undefined ? [] : array(orderBy, "query.orderBy");
  const values = array(after, "query.after");
  if (values.length === 0 || values.length !== columns.length) {
    refuse("query.after", "needs one value for each column of orderBy");
  }
  columns.forEach((name, index) => {
    const { column, problemOf } = columnOf(checks, String(name), "query.orderBy");
    if (values[index] === null && column.nullable) return;
    refuseIf(problemOf(values[index]), `query.after[${index}]`);
  });
}

function knownColumns(checks: TableChecks, value: unknown, path: string): void {
  const names = array(value, path);
  if (names.length === 0) refuse(path, "names no column; leave it out instead");
  for (const name of names) columnOf(checks, String(name), path);
}

function checksOf(table: unknown, path: string): TableChecks {
  return (
    checksOfTables.get(table) ?? refuse(path, `is no table of the schema (${[...checksOfTables.keys()].join(", ")})`)
  );
}

function columnOf(checks: TableChecks, name: string, path: string): ColumnCheck {
  return checks.byName.get(name) ?? refuse(path, `names a column that the table does not have: ${name}`);
}

type Fields = Readonly<Record<string, unknown>>;

function object(value: unknown, path: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  return refuse(path, `expected an object, got ${kindOf(value)}`);
}

function array(value: unknown, path: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(path, `expected an array, got ${kindOf(value)}`);
}

function refuseIf(problem: string | undefined, path: string): void {
  if (problem !== undefined) refuse(path, problem);
}

function refuse(path: string, problem: string): never {
  throw new InvalidRequestError("request.invalid", { path: `storage ${path}`, problem });
}
