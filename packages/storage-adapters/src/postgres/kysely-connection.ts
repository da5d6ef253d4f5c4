import { CompiledQuery, type Kysely } from "kysely";
import { type Command, type Outcome, runAsync } from "../shared/program.ts";
import type { PostgresConnection } from "./postgres-connection.ts";
import { inTransaction } from "./transaction.ts";

/** Runs on a host's own Kysely instance, whatever PostgreSQL driver is below it. The host closes it. */
export function kyselyConnection<TDatabase>(host: Kysely<TDatabase>): PostgresConnection {
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
    run: (program) => runAsync(program(), executeOn(kysely)),
    transact: (isolation, program) =>
      kysely.connection().execute((connection) => inTransaction(executeOn(connection), isolation, program)),
    async close() {},
  };
}
