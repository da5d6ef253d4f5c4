import { checkBatch, checkQuery, type StorageAdapter } from "@syncer/core";

/** What went through a storage since it was wrapped or last reset. */
export interface StorageRecord {
  /** Calls of `select` and `count`. */
  reads: number;
  rowsRead: number;
  /** Calls of `write`, applied or not. */
  writes: number;
  statements: number;
  /** Rows touched by applied batches. */
  rowsWritten: number;
  /** Rows touched by applied batches, per table. */
  readonly rowsWrittenTo: Map<string, number>;
  /** Rows read, per table. */
  readonly rowsReadFrom: Map<string, number>;
}

export interface RecordingStorage extends StorageAdapter {
  readonly record: StorageRecord;
  reset(): void;
}

/** Counts what passes to another adapter, so that a test can say "a quiet run writes nothing". */
export function recordingStorage(inner: StorageAdapter): RecordingStorage {
  const record = emptyRecord();
  return {
    record,
    reset: () => void Object.assign(record, emptyRecord()),
    migrate: () => inner.migrate(),
    close: () => inner.close(),
    async select(query) {
      const rows = await inner.select(query);
      const { table } = checkQuery(query);
      record.reads += 1;
      record.rowsRead += rows.length;
      add(record.rowsReadFrom, table, rows.length);
      return rows;
    },
    async count(query) {
      record.reads += 1;
      return inner.count(query);
    },
    async write(batch) {
      const { statements } = checkBatch(batch);
      record.writes += 1;
      record.statements += statements.length;
      const result = await inner.write(batch);
      if (!result.applied) return result;
      for (const [index, statement] of statements.entries()) {
        const touched = result.affected[index] ?? 0;
        record.rowsWritten += touched;
        add(record.rowsWrittenTo, tableOf(statement), touched);
      }
      return result;
    },
  };
}

function emptyRecord(): StorageRecord {
  return {
    reads: 0,
    rowsRead: 0,
    writes: 0,
    statements: 0,
    rowsWritten: 0,
    rowsWrittenTo: new Map(),
    rowsReadFrom: new Map(),
  };
}

function tableOf(statement: ReturnType<typeof checkBatch>["statements"][number]): string {
  if ("insert" in statement) return statement.insert;
  return "update" in statement ? statement.update : statement.delete;
}

function add(counts: Map<string, number>, table: string, amount: number): void {
  counts.set(table, (counts.get(table) ?? 0) + amount);
}
