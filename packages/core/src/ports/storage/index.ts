export type { Column, ColumnClass, Columns, Index, TableDefinition } from "./columns.ts";
export type { Row, Schema, TableName } from "./schema.ts";
export { schema, tableNames } from "./schema.ts";
export type {
  BatchResult,
  Condition,
  Guard,
  GuardOn,
  MigrationReport,
  Query,
  Scalar,
  Statement,
  StatementOn,
  StorageAdapter,
  Where,
} from "./storage-adapter.ts";
export { SCHEMA_VERSION } from "./storage-adapter.ts";
