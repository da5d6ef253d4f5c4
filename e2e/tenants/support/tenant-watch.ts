import { AsyncLocalStorage } from "node:async_hooks";
import {
  type PlainBatch,
  type PlainQuery,
  type PlainRow,
  type PlainStatement,
  type PlainWhere,
  type StorageAdapter,
  tableShapes,
} from "@syncer/core";

export interface Person {
  readonly tenantId: string;
  readonly userId: string;
}

/** A tenant alone acts for all of its users. */
type Scope = { readonly tenantId: string; readonly userId?: string };

interface Owner {
  readonly tenantId: string | undefined;
  readonly userId: string | undefined;
}

export interface TenantWatch extends StorageAdapter {
  /** Does something for somebody: every row that it reads or changes must be theirs. */
  as<T>(scope: Scope, work: () => T): T;
  /** From here on, in what has just called, rows must be theirs. */
  enter(scope: Scope): void;
  /** Each access to somebody else's row, as `<file> <table>`. */
  readonly violations: Set<string>;
  /** Each access outside anybody's scope that looked at more than one row by its key, written the same way. */
  readonly unscoped: Set<string>;
}

/** A storage that knows for whom the present call runs, and notes which rows of others it touches. */
export function tenantWatch(inner: StorageAdapter): TenantWatch {
  const scopes = new AsyncLocalStorage<Scope>();
  const violations = new Set<string>();
  const unscoped = new Set<string>();

  /** Rows without an owner of their own belong to the owner of what they refer to. */
  const ownerOf = async (table: string, row: PlainRow): Promise<Owner> => {
    const shape = tableShapes.get(table);
    const own = { tenantId: text(row.tenant_id), userId: text(row.user_id) };
    if (own.userId !== undefined || !shape?.references) return own;
    const { references } = shape;
    const where = Object.fromEntries(
      references.columns.map((column, index) => [references.target[index] ?? "", row[column] ?? null]),
    );
    const [parent] = await plainSelect(inner, { table: references.table, where });
    return parent ? { ...own, ...(await ownerOf(references.table, parent)) } : own;
  };

  const look = async (place: string, query: PlainQuery): Promise<void> => {
    const shape = tableShapes.get(query.table);
    if (shape === undefined || shape.owner === "shared") return;
    const { columns: _, ...whole } = query;
    await judge(place, query.table, await plainSelect(inner, whole), query.where ?? {});
  };

  const judge = async (place: string, table: string, rows: readonly PlainRow[], where: PlainWhere): Promise<void> => {
    const scope = scopes.getStore();
    if (scope === undefined) {
      if (!isByKey(table, where)) unscoped.add(`${place} ${table}`);
      return;
    }
    for (const row of rows) {
      const owner = await ownerOf(table, row);
      const isOfOthers =
        (owner.tenantId !== undefined && owner.tenantId !== scope.tenantId) ||
        (owner.userId !== undefined && scope.userId !== undefined && owner.userId !== scope.userId);
      if (isOfOthers) violations.add(`${place} ${table}`);
    }
  };

  const lookAtStatement = async (place: string, statement: PlainStatement): Promise<void> => {
    if ("insert" in statement) {
      if (tableShapes.get(statement.insert)?.owner === "shared") return;
      await judge(place, statement.insert, statement.rows as PlainRow[], { ...statement.rows[0] });
    } else {
      const table = "update" in statement ? statement.update : statement.delete;
      await look(place, { table, where: statement.where });
    }
  };

  return {
    as: (scope, work) => scopes.run(scope, work),
    enter: (scope) => scopes.enterWith(scope),
    violations,
    unscoped,
    migrate: () => inner.migrate(),
    close: () => inner.close(),
    async select(query) {
      await look(callerPlace(), query as PlainQuery);
      return await inner.select(query);
    },
    async count(query) {
      await look(callerPlace(), query as PlainQuery);
      return await inner.count(query);
    },
    async write(batch) {
      const place = callerPlace();
      for (const statement of (batch as PlainBatch).statements) await lookAtStatement(place, statement);
      return await inner.write(batch);
    },
  };
}

/** Whether the conditions name one thing, or one owner, whose rows they are about. */
function isByKey(table: string, where: PlainWhere): boolean {
  const shape = tableShapes.get(table);
  const isFixed = (column: string) => {
    const condition = where[column];
    return condition !== undefined && condition !== null && typeof condition !== "object";
  };
  const keys = [shape?.primaryKey.slice(0, 1) ?? [], shape?.references?.columns ?? [], ["tenant_id", "user_id"]];
  return (
    keys.some((columns) => columns.length > 0 && columns.every(isFixed)) ||
    ["pair_id", "connection_id", "job_id", "source_conn_id", "target_conn_id"].some(isFixed)
  );
}

/** The file of core that has called the storage. */
function callerPlace(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 30;
  const lines = (new Error().stack ?? "").split("\n");
  Error.stackTraceLimit = limit;
  for (const line of lines) {
    const file = /packages\/core\/src\/(.*?)\.ts/.exec(line)?.[1];
    if (file !== undefined) return file;
  }
  return "elsewhere";
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

async function plainSelect(storage: StorageAdapter, query: PlainQuery): Promise<PlainRow[]> {
  return (await storage.select(query as never)) as PlainRow[];
}
