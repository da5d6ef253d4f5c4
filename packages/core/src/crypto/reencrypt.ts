import { InvalidRequestError, SyncerError } from "../errors/index.ts";
import {
  type Clock,
  type Encryption,
  type Random,
  type Row,
  type Scalar,
  type Statement,
  type StorageAdapter,
  schema,
  systemClock,
  systemRandom,
  type TableName,
} from "../ports/index.ts";
import { auditEntry } from "./audit-entry.ts";
import { contextIn, type SealedTable, sealOwners } from "./seal-context.ts";

export interface ReencryptOptions {
  readonly storage: StorageAdapter;
  /** The ring with the new key as `current` and the old ones still in it. */
  readonly encryption: Encryption;
  /** Only this tenant's rows; all tenants if absent. */
  readonly tenantId?: string;
  /** Rows read and written at once. Default 200. */
  readonly batchSize?: number;
  /** Stops between two batches; what was done stays done, and another call goes on with the rest. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly random?: Random;
}

export interface ReencryptReport {
  /** Ciphertexts looked at. */
  readonly scanned: number;
  /** Now under the current key. */
  readonly renewed: number;
  /** Rewritten or removed by a worker in the meantime, so not ours to touch. */
  readonly overtaken: number;
  /** Left as they are, because they do not open: by error code. Keep the old keys until this is empty. */
  readonly unreadable: Readonly<Record<string, number>>;
}

interface Tally {
  scanned: number;
  renewed: number;
  overtaken: number;
  unreadable: Record<string, number>;
  tenants: Set<string>;
}

/**
 * Renews every ciphertext that is under an older key than the current one, table by table.
 *
 * Safe beside running workers, of this release with the old or the new ring: each value is replaced only if it still is
 * the one that was read. May be called again at any time, and goes on where it was interrupted.
 *
 * When a report says `renewed: 0` with nothing overtaken or unreadable, old keys may be dropped from the ring.
 *
 * @throws {InvalidRequestError} `request.invalid`: a batch size that is none
 */
export async function reencrypt(options: ReencryptOptions): Promise<ReencryptReport> {
  assertBatchSize(options.batchSize);
  const tally: Tally = { scanned: 0, renewed: 0, overtaken: 0, unreadable: {}, tenants: new Set() };
  try {
    for (const table of Object.keys(sealOwners) as SealedTable[]) await renewTable(table, options, tally);
  } finally {
    await recordTenants(options, tally);
  }
  const { tenants: _, ...report } = tally;
  return report;
}

function assertBatchSize(batchSize: number | undefined): void {
  if (batchSize === undefined || (Number.isSafeInteger(batchSize) && batchSize >= 1)) return;
  const problem = "must be a whole number, 1 or more";
  throw new InvalidRequestError("request.invalid", { path: "reencrypt.batchSize", problem });
}

/** The columns of a table that hold ciphertexts. */
function ciphertextColumns<T extends TableName>(table: T): (keyof Row<T> & string)[] {
  return Object.entries(schema[table].columns)
    .filter(([, column]) => column.class === "ciphertext")
    .map(([name]) => name as keyof Row<T> & string);
}

/** A row as the walk reads it: key, owner and ciphertext columns, whatever the table. */
type WalkedRow = Readonly<Record<string, Scalar>>;

async function renewTable(table: SealedTable, options: ReencryptOptions, tally: Tally): Promise<void> {
  const { primaryKey } = schema[table];
  const sealedColumns: readonly string[] = ciphertextColumns(table);
  const columns = [...new Set([...primaryKey, "tenant_id", sealOwners[table], ...sealedColumns])];
  const limit = options.batchSize ?? 200;
  let after: readonly Scalar[] | undefined;
  for (;;) {
    options.signal?.throwIfAborted();
    const rows: WalkedRow[] = await options.storage.select({
      table,
      columns: columns as (keyof Row<typeof table>)[],
      ...(options.tenantId === undefined ? {} : { where: { tenant_id: options.tenantId } }),
      orderBy: [...primaryKey] as (keyof Row<typeof table> & string)[],
      ...(after ? { after } : {}),
      limit,
    });
    await renewRows(table, sealedColumns, rows, options, tally);
    const last = rows.at(-1);
    if (!last || rows.length < limit) return;
    after = primaryKey.map((column) => last[column] ?? null);
  }
}

async function renewRows(
  table: SealedTable,
  sealedColumns: readonly string[],
  rows: readonly WalkedRow[],
  options: ReencryptOptions,
  tally: Tally,
): Promise<void> {
  const values = rows.flatMap((row) =>
    sealedColumns.flatMap((column) => {
      const sealed = row[column];
      return typeof sealed === "string" ? [{ row, column, sealed }] : [];
    }),
  );
  const renewals = await Promise.all(values.map((value) => renew(table, value, options.encryption, tally)));
  const changes = renewals.filter((change) => change !== undefined);
  if (changes.length === 0) return;
  const result = await options.storage.write({ statements: changes.map(({ statement }) => statement) });
  changes.forEach(({ tenantId }, index) => {
    if (result.applied && result.affected[index] === 1) {
      tally.renewed += 1;
      tally.tenants.add(tenantId);
    } else tally.overtaken += 1;
  });
}

async function renew(
  table: SealedTable,
  { row, column, sealed }: { row: WalkedRow; column: string; sealed: string },
  encryption: Encryption,
  tally: Tally,
): Promise<{ statement: Statement; tenantId: string } | undefined> {
  tally.scanned += 1;
  try {
    if (!encryption.isOutdated(sealed)) return undefined;
    const tenantId = String(row.tenant_id);
    const context = contextIn(table, column, tenantId, String(row[sealOwners[table]]));
    const renewed = await encryption.seal(await encryption.open(sealed, context), context);
    const key = Object.fromEntries(schema[table].primaryKey.map((name) => [name, row[name]]));
    const where = { ...key, [column]: sealed };
    return { statement: { update: table, set: { [column]: renewed }, where } as Statement, tenantId };
  } catch (error) {
    if (!SyncerError.is(error)) throw error;
    tally.unreadable[error.code] = (tally.unreadable[error.code] ?? 0) + 1;
    return undefined;
  }
}

async function recordTenants({ storage, clock, random }: ReencryptOptions, { tenants }: Tally): Promise<void> {
  const ports = { clock: clock ?? systemClock(), random: random ?? systemRandom };
  const statements = [...tenants].map((tenantId) => auditEntry("keys.re-encrypted", { tenantId }, ports));
  if (statements.length > 0) await storage.write({ statements });
}
