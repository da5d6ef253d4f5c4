import type { PlainComparison, PlainRow, PlainWhere } from "./plain-statements.ts";
import { compareScalars } from "./scalar-order.ts";
import type { Scalar } from "./storage-adapter.ts";

export type Predicate = (row: Readonly<PlainRow>) => boolean;

type Present = string | number | boolean;

/** Compiles conditions to one test of a row. */
export function predicateOf(where: PlainWhere | undefined): Predicate {
  const tests = Object.entries(where ?? {}).flatMap(([column, condition]) => testsOf(column, condition));
  const [first, second] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  return (row) => tests.every((test) => test(row));
}

function testsOf(column: string, condition: Scalar | PlainComparison): Predicate[] {
  if (condition === null || typeof condition !== "object") return [(row) => row[column] === condition];
  const tests: Predicate[] = [];
  const { in: list, not, lt, lte, gt, gte } = condition;
  if (list !== undefined) {
    const values = new Set<Scalar | undefined>(list);
    tests.push((row) => values.has(row[column]));
  }
  if (not !== undefined) tests.push((row) => row[column] !== not);
  if (lt !== undefined) tests.push(ordering(column, lt, (order) => order < 0));
  if (lte !== undefined) tests.push(ordering(column, lte, (order) => order <= 0));
  if (gt !== undefined) tests.push(ordering(column, gt, (order) => order > 0));
  if (gte !== undefined) tests.push(ordering(column, gte, (order) => order >= 0));
  return tests;
}

function ordering(column: string, operand: Present, holds: (order: number) => boolean): Predicate {
  return (row) => {
    const value = row[column];
    return value !== null && value !== undefined && holds(compareScalars(value, operand));
  };
}

/** The values that a column must have one of, or `undefined` if the condition does not say. */
export function wantedValues(condition: Scalar | PlainComparison | undefined): readonly Scalar[] | undefined {
  if (condition === undefined) return undefined;
  if (condition === null || typeof condition !== "object") return [condition];
  return condition.in === undefined ? undefined : [...new Set(condition.in)];
}
