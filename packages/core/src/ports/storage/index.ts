export { checkBatch, checkQuery } from "./check-batch.ts";
export type { Column, ColumnClass, Columns, Index, TableDefinition, TableShape } from "./columns.ts";
export { defaultRetention, type MaintenanceReport, type Retention, runMaintenance } from "./maintenance.ts";
export { memoryStorage } from "./memory-storage.ts";
export type {
  PlainBatch,
  PlainComparison,
  PlainDelete,
  PlainGuard,
  PlainInsert,
  PlainQuery,
  PlainRow,
  PlainStatement,
  PlainUpdate,
  PlainWhere,
} from "./plain-statements.ts";
export { compareCodePoints, compareScalars } from "./scalar-order.ts";
export type { Row, Schema, TableName } from "./schema.ts";
export { schema, tableNames, tableShapes } from "./schema.ts";
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
export { eraseTenant, eraseUser, exportUser, type UserDataPage, type UserKey } from "./user-data.ts";
