import {
  type BatchResult,
  type PlainBatch,
  type PlainComparison,
  type PlainGuard,
  type PlainQuery,
  type PlainRow,
  type PlainStatement,
  type PlainWhere,
  type Scalar,
  type TableShape,
  tableShapes,
} from "@syncer/core";

/** Thrown where an adapter rejects with `storage.constraint`. */
export class OracleConstraint extends Error {}

/**
 * What the port's comments say, in as few words as possible: lists of rows, no indexes, a copy of everything before
 * each batch. Slow and obviously right, which is all that an adapter's answers are compared with.
 */
export class StorageOracle {
  #tables = new Map<string, readonly PlainRow[]>();

  rows(table: string): readonly PlainRow[] {
    return this.#tables.get(table) ?? [];
  }

  select({ table, columns, where, orderBy = [], descending, after, limit }: PlainQuery): PlainRow[] {
    const direction = descending ? -1 : 1;
    const compare = (left: readonly Scalar[], right: readonly Scalar[]): number =>
      direction * (left.map((value, index) => order(value, right[index] ?? null)).find(Boolean) ?? 0);
    const keyOf = (row: PlainRow) => orderBy.map((column) => row[column] ?? null);
    return this.rows(table)
      .filter((row) => matches(row, where))
      .filter((row) => after === undefined || compare(keyOf(row), after) > 0)
      .toSorted((left, right) => compare(keyOf(left), keyOf(right)))
      .slice(0, limit)
      .map((row) => only(row, columns ?? Object.keys(row)));
  }

  write({ guards, statements }: PlainBatch): BatchResult {
    const failedGuard = guards.findIndex((guard) => !this.#holds(guard));
    if (failedGuard >= 0) return { applied: false, failedGuard };
    const before = new Map(this.#tables);
    try {
      return { applied: true, affected: statements.map((statement) => this.#run(statement)) };
    } catch (error) {
      this.#tables = before;
      throw error;
    }
  }

  #holds({ table, where, must }: PlainGuard): boolean {
    return this.rows(table).some((row) => matches(row, where)) === (must === "exist");
  }

  #run(statement: PlainStatement): number {
    if ("insert" in statement) {
      return statement.rows.filter((row) => this.#insert(statement.insert, row, statement.onConflict ?? "fail")).length;
    }
    if ("update" in statement) return this.#update(statement);
    const doomed = this.rows(statement.delete).filter((row) => matches(row, statement.where));
    this.#delete(statement.delete, doomed);
    return doomed.length;
  }

  #insert(table: string, row: PlainRow, onConflict: "fail" | "ignore" | "replace"): boolean {
    const { primaryKey } = shapeOf(table);
    const rows = this.rows(table);
    const taken = rows.find((other) => agree(other, row, primaryKey));
    if (taken && onConflict === "replace") {
      const next = { ...row, ...("created_at" in row ? { created_at: taken.created_at ?? null } : {}) };
      this.#set(
        table,
        rows.map((other) => (other === taken ? next : other)),
      );
      return true;
    }
    const collides = rows.some((other) => uniqueKeysOf(table).some((key) => agree(other, row, key)));
    if (onConflict === "ignore" && collides) return false;
    this.#set(table, [...rows, { ...row }]);
    return true;
  }

  #update({ update: table, set, increment = {}, where }: Extract<PlainStatement, { update: string }>): number {
    let changed = 0;
    const rows = this.rows(table).map((row) => {
      if (!matches(row, where)) return row;
      changed += 1;
      const sums = Object.entries(increment).map(([column, by]) => {
        const value = row[column];
        return [column, typeof value === "number" ? value + by : null];
      });
      return { ...row, ...set, ...Object.fromEntries(sums) };
    });
    this.#set(table, rows);
    return changed;
  }

  #delete(table: string, doomed: readonly PlainRow[]): void {
    if (doomed.length === 0) return;
    this.#tables.set(
      table,
      this.rows(table).filter((row) => !doomed.includes(row)),
    );
    for (const [child, { references }] of tableShapes) {
      if (references?.table !== table) continue;
      const isOrphan = (row: PlainRow) => doomed.some((parent) => refersTo(row, parent, references));
      this.#delete(child, this.rows(child).filter(isOrphan));
    }
  }

  /** Puts the rows in place if they keep every rule. */
  #set(table: string, rows: readonly PlainRow[]): void {
    const { references } = shapeOf(table);
    for (const key of uniqueKeysOf(table)) {
      const distinct = new Set(rows.map((row) => JSON.stringify(key.map((column) => row[column]))));
      if (distinct.size < rows.length) throw new OracleConstraint(table);
    }
    const parents = references ? this.rows(references.table) : [];
    if (references && !rows.every((row) => parents.some((parent) => refersTo(row, parent, references)))) {
      throw new OracleConstraint(table);
    }
    this.#tables.set(table, rows);
  }
}

function shapeOf(table: string): TableShape {
  const shape = tableShapes.get(table);
  if (!shape) throw new RangeError(table);
  return shape;
}

function uniqueKeysOf(table: string): (readonly string[])[] {
  const { primaryKey, indexes } = shapeOf(table);
  return [primaryKey, ...indexes.filter(({ unique }) => unique).map(({ columns }) => columns)];
}

function agree(left: PlainRow, right: PlainRow, columns: readonly string[]): boolean {
  return columns.every((column) => left[column] === right[column]);
}

function refersTo(row: PlainRow, parent: PlainRow, references: NonNullable<TableShape["references"]>): boolean {
  return references.columns.every((column, index) => row[column] === parent[references.target[index] ?? ""]);
}

function only(row: PlainRow, columns: readonly string[]): PlainRow {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}

function matches(row: PlainRow, where: PlainWhere = {}): boolean {
  return Object.entries(where).every(([column, condition]) => satisfies(row[column] ?? null, condition));
}

function satisfies(value: Scalar, condition: Scalar | PlainComparison): boolean {
  if (condition === null || typeof condition !== "object") return value === condition;
  return Object.entries(condition).every(([operator, operand]) => {
    if (operator === "not") return value !== operand;
    if (value === null) return false;
    if (operator === "in") return operand.includes(value);
    const comparison = order(value, operand);
    if (operator === "lt") return comparison < 0;
    if (operator === "lte") return comparison <= 0;
    return operator === "gt" ? comparison > 0 : comparison >= 0;
  });
}

function order(left: Scalar, right: Scalar): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  if (typeof left === "string") return Buffer.compare(Buffer.from(left), Buffer.from(String(right)));
  return Number(left) - Number(right);
}
