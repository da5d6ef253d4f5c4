import { CompiledQuery, type Kysely } from "kysely";
import { type Command, type Outcome, type Program, runAsync } from "../shared/program.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";

/** Runs on a host's own Kysely instance, whatever SQLite driver is below it. The host closes it. */
export function kyselyConnection<TDatabase>(host: Kysely<TDatabase>): SqliteConnection {
  // The host's plugins (renamed columns and the like) are for the host's tables.
  const kysely = host.withoutPlugins();

  const executeOn =
    (connection: Kysely<TDatabase>) =>
    async ({ sql, parameters, columns }: Command): Promise<Outcome> => {
      const result = await connection.executeQuery<Record<string, unknown>>(CompiledQuery.raw(sql, [...parameters]));
      return {
        rows: columns ? result.rows.map((row) => columns.map((column) => row[column])) : [],
        changes: Number(result.numAffectedRows ?? 0),
      };
    };

  return {
    read: (program) => kysely.connection().execute((connection) => runAsync(program(), executeOn(connection))),
    transact<TResult>(program: () => Program<TResult>) {
      return kysely.connection().execute(async (connection) => {
        const say = (text: string) => connection.executeQuery(CompiledQuery.raw(text));
        await say("begin immediate");
        try {
          const result = await runAsync(program(), executeOn(connection));
          await say("commit");
          return result;
        } catch (error) {
          // SQLite rolls back by itself on some errors; then this one says that there is no transaction.
          await say("rollback").catch(() => undefined);
          throw error;
        }
      });
    },
    async close() {},
  };
}
