export type {
  Action,
  DecisionRow,
  SideState,
  TableLinkState,
  TableName as DecisionTableName,
} from "./decision-table.ts";
export { decide, decisionTables } from "./decision-table.ts";
export type { GuardInput, GuardVerdict, HoldReason } from "./guards.ts";
export { guard, guardDefaults } from "./guards.ts";
export type {
  Arrival,
  Decision,
  LinkFacts,
  LinkState,
  Presence,
  ReconcileInput,
  Reconciliation,
  SideFacts,
} from "./reconcile.ts";
export { reconcile } from "./reconcile.ts";
