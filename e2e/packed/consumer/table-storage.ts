import {
  checkBatch,
  checkQuery,
  compareScalars,
  type PlainInsert,
  type PlainRow,
  type PlainStatement,
  type PlainUpdate,
  type PlainWhere,
  type Row,
  SCHEMA_VERSION,
  type Scalar,
  type StorageAdapter,
  StorageError,
  type TableName,
  type TableShape,
  tableShapes,
} from "@syncer/core";

type Rows = ReadonlyMap<string, PlainRow>;
type Tables = ReadonlyMap<string, Rows>;

/**
 * A storage adapter of this host's own: tables that are never changed, only replaced. A batch works on copies and takes
 * their place when all of it has gone well, so that it is atomic without any undoing.
 */
export function tableStorage(): StorageAdapter {
  let tables: Tables | undefined = new Map([...tableShapes.keys()].map((name) => [name, new Map()]));
  const open = (operation: string): Tables => {
    if (tables) return tables;
    throw new StorageError("storage.failed", { operation });
  };
  return {
    async migrate() {
      open("migrate");
      return { from: SCHEMA_VERSION, to: SCHEMA_VERSION };
    },
    async select<T extends TableName, K extends keyof Row<T>>(given: object) {
      const query = checkQuery(given);
      const { orderBy = [], descending = false, after, limit } = query;
      const sign = descending ? -1 : 1;
      const order = (left: readonly Scalar[], right: readonly Scalar[]): number =>
        sign * (left.map((value, index) => compareScalars(value, right[index] ?? null)).find(Boolean) ?? 0);
      const found = [...rowsOf(open("select"), query.table).values()]
        .filter((row) => holds(row, query.where))
        .map((row) => ({ row, place: orderBy.map((column) => row[column] ?? null) }))
        .filter(({ place }) => !after || order(place, after) > 0)
        .sort((left, right) => order(left.place, right.place))
        .slice(0, limit);
      const columns = query.columns ?? Object.keys(shapeOf(query.table).columns);
      return found.map(
        ({ row }) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null])) as Pick<Row<T>, K>,
      );
    },
    async count(given) {
      const { table, where } = checkQuery(given);
      return [...rowsOf(open("count"), table).values()].filter((row) => holds(row, where)).length;
    },
    async write(given) {
      const { guards, statements } = checkBatch(given);
      const before = open("write");
      const failedGuard = guards.findIndex(({ table, where, must }) => {
        const found = [...rowsOf(before, table).values()].some((row) => holds(row, where));
        return found !== (must === "exist");
      });
      if (failedGuard !== -1) return { applied: false, failedGuard };
      const draft = new Draft(before);
      const affected = statements.map((statement) => draft.run(statement));
      tables = draft.tables;
      return { applied: true, affected };
    },
    async close() {
      tables = undefined;
    },
  };
}

/** The tables as a batch makes them; nobody else sees them before it is done. */
class Draft {
  readonly tables: Map<string, Rows>;
  readonly #copies = new Map<string, Map<string, PlainRow>>();

  constructor(before: Tables) {
    this.tables = new Map(before);
  }

  run(statement: PlainStatement): number {
    if ("insert" in statement) return this.#insert(statement);
    if ("update" in statement) return this.#update(statement);
    const doomed = this.#matching(statement.delete, statement.where);
    for (const row of doomed) this.#delete(statement.delete, row);
    return doomed.length;
  }

  #insert({ insert: table, rows, onConflict = "fail" }: PlainInsert): number {
    const key = keyIn(table);
    let touched = 0;
    for (const row of rows) {
      const taken = rowsOf(this.tables, table).get(key(row));
      if (onConflict === "ignore" && (taken || this.#collides(table, row))) continue;
      if (onConflict === "fail" && taken) throw new StorageError("storage.constraint", { table });
      const kept = taken && "created_at" in taken ? { created_at: taken.created_at ?? null } : {};
      this.#put(table, { ...row, ...kept });
      touched += 1;
    }
    return touched;
  }

  #update({ update: table, set, increment = {}, where }: PlainUpdate): number {
    const rows = this.#matching(table, where);
    for (const row of rows) {
      const risen = Object.entries(increment).flatMap(([column, by]) => {
        const value = row[column];
        return typeof value === "number" ? [[column, value + by] as const] : [];
      });
      this.#put(table, { ...row, ...set, ...Object.fromEntries(risen) });
    }
    return rows.length;
  }

  #put(table: string, row: PlainRow): void {
    const { references } = shapeOf(table);
    if (this.#collides(table, row)) throw new StorageError("storage.constraint", { table });
    if (references?.columns.every((column) => row[column] !== null)) {
      const parent = matchOn(references.target, references.columns, row);
      if (this.#matching(references.table, parent).length === 0)
        throw new StorageError("storage.constraint", { table });
    }
    this.#copy(table).set(keyIn(table)(row), row);
  }

  #delete(table: string, row: PlainRow): void {
    this.#copy(table).delete(keyIn(table)(row));
    for (const [child, { references }] of tableShapes) {
      if (references?.table !== table) continue;
      const orphans = this.#matching(child, matchOn(references.columns, references.target, row));
      for (const orphan of orphans) this.#delete(child, orphan);
    }
  }

  /** Whether another row has a combination of values that must be unique. */
  #collides(table: string, row: PlainRow): boolean {
    const key = keyIn(table);
    return shapeOf(table).indexes.some(({ unique, columns }) => {
      if (!unique || columns.some((column) => row[column] === null)) return false;
      return this.#matching(table, matchOn(columns, columns, row)).some((other) => key(other) !== key(row));
    });
  }

  #matching(table: string, where: PlainWhere): PlainRow[] {
    return [...rowsOf(this.tables, table).values()].filter((row) => holds(row, where));
  }

  #copy(table: string): Map<string, PlainRow> {
    const copy = this.#copies.get(table) ?? new Map(rowsOf(this.tables, table));
    this.#copies.set(table, copy);
    this.tables.set(table, copy);
    return copy;
  }
}

function shapeOf(table: string): TableShape {
  const shape = tableShapes.get(table);
  if (!shape) throw new RangeError(`no table ${table}`);
  return shape;
}

function rowsOf(tables: Tables, table: string): Rows {
  return tables.get(table) ?? new Map();
}

function keyIn(table: string): (row: Readonly<PlainRow>) => string {
  const { primaryKey } = shapeOf(table);
  return (row) => JSON.stringify(primaryKey.map((column) => row[column]));
}

function matchOn(columns: readonly string[], sources: readonly string[], row: PlainRow): PlainWhere {
  return Object.fromEntries(columns.map((column, index) => [column, row[sources[index] ?? ""] ?? null]));
}

function holds(row: PlainRow, where: PlainWhere = {}): boolean {
  return Object.entries(where).every(([column, condition]) => {
    const value = row[column] ?? null;
    if (condition === null || typeof condition !== "object") return value === condition;
    const { in: among, not, lt, lte, gt, gte } = condition;
    if (among !== undefined && !among.some((each) => each === value)) return false;
    if (not !== undefined && value === not) return false;
    const bounds = [lt, lte, gt, gte].some((bound) => bound !== undefined);
    if (value === null) return !bounds;
    return (
      (lt === undefined || compareScalars(value, lt) < 0) &&
      (lte === undefined || compareScalars(value, lte) <= 0) &&
      (gt === undefined || compareScalars(value, gt) > 0) &&
      (gte === undefined || compareScalars(value, gte) >= 0)
    );
  });
}
