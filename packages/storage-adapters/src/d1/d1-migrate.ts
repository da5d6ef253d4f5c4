import type { MigrationReport } from "@syncer/core";
import { type Command, NOTHING, type Outcome, runAsync } from "../shared/program.ts";
import { thisRelease } from "../shared/schema-release.ts";
import { versionTable } from "../shared/schema-version.ts";
import type { SqlDialect } from "../shared/sql-dialect.ts";
import { migrateProgram } from "../sqlite/migrate.ts";
import { unlessHolds } from "./d1-batch.ts";

/** What a migration will do, and the batch that does it; an empty one if there is nothing to do. */
export interface PlannedMigration {
  readonly report: MigrationReport;
  readonly commands: readonly Command[];
}

/**
 * Reads at once what SQLite's migration reads, and puts what it would do into one batch. That begins by making sure that
 * the version is still the one that was read, so of several workers that start at once one does the work, and the
 * others are refused and look again.
 */
export async function planMigration(
  dialect: SqlDialect,
  read: (command: Command) => Promise<Outcome>,
): Promise<PlannedMigration> {
  const commands: Command[] = [];
  const report = await runAsync(migrateProgram(dialect, thisRelease, "d1.database"), async (command) => {
    if (command.columns) return read(command);
    commands.push(command);
    return NOTHING;
  });
  return { report, commands: commands.length > 0 ? [isStill(dialect, report.from), ...commands] : [] };
}

function isStill(dialect: SqlDialect, version: number): Command {
  const table = versionTable(dialect);
  const condition =
    version === 0
      ? `not exists (select 1 from sqlite_master where type = 'table' and name = '${table}')`
      : `exists (select 1 from "${table}" where "version" = ${version})`;
  return { sql: unlessHolds(condition, 0), parameters: [], table };
}
