export type { PgClient, PgPool, PostgresOptions, PostgresSource } from "./postgres-options.ts";
export { type PostgresStorage, postgres } from "./postgres-storage.ts";
