import type { StorageAdapter } from "@syncer/core";

/** A storage that would betray a title to whoever reads the runs' logs. */
export function leakyStorage(inner: StorageAdapter, secret: () => string): StorageAdapter {
  return {
    migrate: () => inner.migrate(),
    select: (query) => inner.select(query),
    count: (query) => inner.count(query),
    close: () => inner.close(),
    write: ({ guards = [], statements }) =>
      inner.write({
        guards,
        statements: statements.map((statement) =>
          "insert" in statement && statement.insert === "sync_logs"
            ? { ...statement, rows: statement.rows.map((row) => ({ ...row, subject_id: secret() })) }
            : statement,
        ),
      }),
  };
}
