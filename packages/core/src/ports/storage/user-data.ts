import type { TableShape } from "./columns.ts";
import type { PlainRow, PlainWhere } from "./plain-statements.ts";
import { schema, type TableName, tableNames } from "./schema.ts";
import type { Query, Scalar, Statement, StorageAdapter } from "./storage-adapter.ts";

export interface UserKey {
  readonly tenantId: string;
  readonly userId: string;
}

/** Some rows of one table. A table comes in as many pages as it needs, one after another. */
export interface UserDataPage {
  readonly table: TableName;
  readonly rows: readonly Readonly<PlainRow>[];
}

const PAGE_ROWS = 1_000;
/** Parents whose children are asked for together. */
const PARENTS_AT_ONCE = 200;

/**
 * Everything stored about a user: their own rows, and those that belong to these (links, journal, logs). It is
 * metadata; what is sealed (tokens, account names) stays sealed, so that an export that goes astray opens nothing.
 *
 * @example await Array.fromAsync(exportUser(storage, { tenantId: "default", userId: "anna" }))
 */
export async function* exportUser(storage: StorageAdapter, user: UserKey): AsyncGenerator<UserDataPage> {
  for (const table of rootsOf("user")) yield* rowsWithChildren(storage, table, rowsOf(user));
}

/**
 * Deletes everything stored about a user in one batch: all of it or, if it fails, none. What a run under way adds later
 * is refused, because what it would belong to is gone.
 * @returns how many connections, pairs, sign-ins, overrides and audit entries went; what belonged to them went as well
 */
export function eraseUser(storage: StorageAdapter, user: UserKey): Promise<number> {
  return erase(storage, rootsOf("user"), rowsOf(user));
}

/**
 * Deletes everything stored about a tenant in one batch, its hash key included: what keyed hashes of it still exist
 * elsewhere, in backups, can never again be compared with anything.
 * @returns rows that went, without those that went with a row they belonged to
 */
export function eraseTenant(storage: StorageAdapter, tenantId: string): Promise<number> {
  return erase(storage, [...rootsOf("user"), ...rootsOf("tenant")], { tenant_id: tenantId });
}

/**
 * Tables whose rows belong to nothing else. All others hang below one of them, never outlive what they belong to, and
 * have no index by tenant or user.
 */
function rootsOf(owner: TableShape["owner"]): TableName[] {
  return tableNames.filter((table) => shapeOf(table).owner === owner && shapeOf(table).references === undefined);
}

function rowsOf({ tenantId, userId }: UserKey): PlainWhere {
  return { tenant_id: tenantId, user_id: userId };
}

async function* rowsWithChildren(
  storage: StorageAdapter,
  table: TableName,
  where: PlainWhere,
): AsyncGenerator<UserDataPage> {
  for await (const rows of pages(storage, table, where)) {
    yield { table, rows };
    for (const child of tableNames) {
      const { references } = shapeOf(child);
      const [column, target] = [references?.columns[0], references?.target[0]];
      if (references?.table !== table || column === undefined || target === undefined) continue;
      for (let first = 0; first < rows.length; first += PARENTS_AT_ONCE) {
        const parents = rows.slice(first, first + PARENTS_AT_ONCE).map((row) => String(row[target]));
        yield* rowsWithChildren(storage, child, { [column]: { in: parents } });
      }
    }
  }
}

async function* pages(storage: StorageAdapter, table: TableName, where: PlainWhere): AsyncGenerator<PlainRow[]> {
  const orderBy = shapeOf(table).primaryKey;
  let after: Scalar[] | undefined;
  for (;;) {
    const rows = await selectPlain(storage, { table, where, orderBy, limit: PAGE_ROWS, ...(after && { after }) });
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) return;
    after = orderBy.map((column) => last[column] ?? null);
  }
}

async function erase(storage: StorageAdapter, tables: readonly TableName[], where: PlainWhere): Promise<number> {
  const result = await storage.write({ statements: tables.map((table) => ({ delete: table, where }) as Statement) });
  return result.applied ? result.affected.reduce((sum, touched) => sum + touched, 0) : 0;
}

function shapeOf(table: TableName): TableShape {
  return schema[table];
}

/** The columns come out of the schema itself, which the compiler cannot follow through a loop over its tables. */
async function selectPlain(storage: StorageAdapter, query: object): Promise<PlainRow[]> {
  return storage.select(query as Query<TableName>) as Promise<PlainRow[]>;
}
