import { StorageError } from "../../errors/index.ts";
import { checkBatch, checkQuery } from "./check-batch.ts";
import { type Entry, orderOf } from "./memory-storage-bucket.ts";
import { MemoryTable } from "./memory-storage-table.ts";
import { type Predicate, predicateOf } from "./memory-storage-where.ts";
import type { PlainInsert, PlainQuery, PlainRow, PlainStatement, PlainUpdate, PlainWhere } from "./plain-statements.ts";
import { compareScalars } from "./scalar-order.ts";
import { type Row, type TableName, tableShapes } from "./schema.ts";
import { type Query, SCHEMA_VERSION, type StorageAdapter } from "./storage-adapter.ts";

/**
 * Keeps everything in this process's memory, with the rules of a database: atomic batches, guards, unique and foreign
 * keys, cascades. For tests, trials and whoever can afford to plan from nothing after a restart.
 *
 * Rows are copied in and out. It needs no `migrate()`: it is born with this release's schema.
 */
export function memoryStorage(): StorageAdapter {
  let database: MemoryDatabase | undefined = new MemoryDatabase();
  const open = (operation: string): MemoryDatabase => {
    if (database) return database;
    throw new StorageError("storage.failed", { operation }, { cause: new Error("the storage has been closed") });
  };
  return {
    async migrate() {
      open("migrate");
      return { from: SCHEMA_VERSION, to: SCHEMA_VERSION };
    },
    async select<T extends TableName, K extends keyof Row<T>>(query: Query<T, K>) {
      return open("select").select(checkQuery(query)) as Pick<Row<T>, K>[];
    },
    async count(query) {
      const { table, where } = checkQuery(query);
      return open("count").matching(table, where).length;
    },
    async write(batch) {
      const { guards, statements } = checkBatch(batch);
      const tables = open("write");
      const failedGuard = guards.findIndex(
        ({ table, where, must }) => tables.exists(table, where) !== (must === "exist"),
      );
      if (failedGuard >= 0) return { applied: false, failedGuard };
      return { applied: true, affected: tables.apply(statements) };
    },
    async close() {
      database = undefined;
    },
  };
}

class MemoryDatabase {
  readonly #tables: ReadonlyMap<string, MemoryTable>;
  /** Which tables refer to a table. */
  readonly #children: ReadonlyMap<string, readonly string[]>;
  /** How to take back what the batch under way has done so far. */
  #undo: (() => void)[] = [];

  constructor() {
    this.#tables = new Map([...tableShapes].map(([name, shape]) => [name, new MemoryTable(shape)]));
    this.#children = new Map(
      [...tableShapes.keys()].map((parent) => [
        parent,
        [...tableShapes].filter(([, { references }]) => references?.table === parent).map(([child]) => child),
      ]),
    );
  }

  select(query: PlainQuery): PlainRow[] {
    const table = this.#table(query.table);
    const { columns } = query;
    return this.#ordered(table, query).map(({ row }) => (columns ? pick(row, columns) : { ...row }));
  }

  matching(name: string, where: PlainWhere | undefined): Entry[] {
    const holds = predicateOf(where);
    const found: Entry[] = [];
    for (const bucket of this.#table(name).candidates(where)) {
      for (const entry of bucket) if (holds(entry.row)) found.push(entry);
    }
    return found;
  }

  exists(name: string, where: PlainWhere): boolean {
    const holds = predicateOf(where);
    for (const bucket of this.#table(name).candidates(where)) {
      for (const entry of bucket) if (holds(entry.row)) return true;
    }
    return false;
  }

  /** Does all statements, or takes back those done when one fails. */
  apply(statements: readonly PlainStatement[]): number[] {
    try {
      return statements.map((statement) => this.#run(statement));
    } catch (error) {
      for (const takeBack of this.#undo.reverse()) takeBack();
      throw error;
    } finally {
      this.#undo = [];
    }
  }

  #ordered(table: MemoryTable, query: PlainQuery): Entry[] {
    const { where, orderBy, descending = false, after, limit = Number.POSITIVE_INFINITY } = query;
    if (orderBy === undefined) return this.matching(query.table, where).slice(0, limit);
    const [bucket, ...others] = table.candidates(where);
    const sorted =
      bucket && others.length === 0
        ? bucket.sortedBy(orderBy)
        : this.matching(query.table, where).sort(orderOf(orderBy));
    const [first, step] = start(sorted, orderBy, descending, after);
    return take(sorted, first, step, predicateOf(where), limit);
  }

  #run(statement: PlainStatement): number {
    if ("insert" in statement) return this.#insert(statement);
    if ("update" in statement) return this.#update(statement);
    const doomed = this.matching(statement.delete, statement.where);
    for (const entry of doomed) this.#delete(statement.delete, entry);
    return doomed.length;
  }

  #insert({ insert: name, rows, onConflict = "fail" }: PlainInsert): number {
    const table = this.#table(name);
    let touched = 0;
    for (const given of rows) {
      const row = { ...given };
      const taken = table.withKeyOf(row);
      if (taken && onConflict === "replace") {
        if ("created_at" in row) row.created_at = taken.row.created_at ?? null;
        this.#replace(name, taken, row);
      } else if (taken || table.collides(row)) {
        if (onConflict === "ignore") continue;
        throw new StorageError("storage.constraint", { table: name });
      } else {
        this.#add(name, row);
      }
      touched += 1;
    }
    return touched;
  }

  #update({ update: name, set, increment = {}, where }: PlainUpdate): number {
    const entries = this.matching(name, where);
    for (const entry of entries) {
      const row = { ...entry.row, ...set };
      for (const [column, by] of Object.entries(increment)) {
        const value = row[column];
        if (typeof value === "number") row[column] = value + by;
      }
      this.#replace(name, entry, row);
    }
    return entries.length;
  }

  #add(name: string, row: PlainRow): void {
    this.#requireParent(name, row);
    const table = this.#table(name);
    const entry = { row };
    table.add(entry);
    this.#undo.push(() => table.remove(entry));
  }

  #replace(name: string, entry: Entry, row: PlainRow): void {
    const table = this.#table(name);
    if (table.collides(row, entry)) throw new StorageError("storage.constraint", { table: name });
    this.#requireParent(name, row);
    const before = entry.row;
    table.replace(entry, row);
    this.#undo.push(() => table.replace(entry, before));
  }

  #delete(name: string, entry: Entry): void {
    const table = this.#table(name);
    table.remove(entry);
    this.#undo.push(() => table.add(entry));
    for (const child of this.#children.get(name) ?? []) {
      const { references } = this.#table(child).definition;
      if (!references) continue;
      const where = pairUp(references.columns, references.target, entry.row);
      for (const orphan of this.matching(child, where)) this.#delete(child, orphan);
    }
  }

  #requireParent(name: string, row: Readonly<PlainRow>): void {
    const { references } = this.#table(name).definition;
    if (!references || references.columns.some((column) => row[column] === null)) return;
    if (this.exists(references.table, pairUp(references.target, references.columns, row))) return;
    throw new StorageError("storage.constraint", { table: name });
  }

  #table(name: string): MemoryTable {
    const table = this.#tables.get(name);
    if (!table) throw new RangeError(`no table ${name}`);
    return table;
  }
}

function pick(row: Readonly<PlainRow>, columns: readonly string[]): PlainRow {
  const copy: PlainRow = {};
  for (const column of columns) copy[column] = row[column] ?? null;
  return copy;
}

/** Conditions that these columns have the values which `row` has in those. */
function pairUp(columns: readonly string[], values: readonly string[], row: Readonly<PlainRow>): PlainWhere {
  return Object.fromEntries(columns.map((column, index) => [column, row[values[index] ?? ""] ?? null]));
}

/** Where in an ascending list a page begins, and in which direction it goes on. */
function start(
  sorted: readonly Entry[],
  orderBy: readonly string[],
  descending: boolean,
  after: PlainQuery["after"],
): [first: number, step: 1 | -1] {
  if (!after) return descending ? [sorted.length - 1, -1] : [0, 1];
  const compare = (entry: Entry): number => {
    for (const [index, column] of orderBy.entries()) {
      const order = compareScalars(entry.row[column] ?? null, after[index] ?? null);
      if (order !== 0) return order;
    }
    return 0;
  };
  const firstNotHolding = (holds: (order: number) => boolean): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = sorted[middle];
      if (entry && holds(compare(entry))) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return descending ? [firstNotHolding((order) => order < 0) - 1, -1] : [firstNotHolding((order) => order <= 0), 1];
}

function take(sorted: readonly Entry[], first: number, step: 1 | -1, holds: Predicate, limit: number): Entry[] {
  const page: Entry[] = [];
  for (let index = first; page.length < limit; index += step) {
    const entry = sorted[index];
    if (!entry) break;
    if (holds(entry.row)) page.push(entry);
  }
  return page;
}
