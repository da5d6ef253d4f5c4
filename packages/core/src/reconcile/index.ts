export type { ArrangedEntry, ArrangedSide, ArrangeInput, Arrangement } from "./arrange.ts";
export { arrange } from "./arrange.ts";
export type { ApartOrders } from "./arrange-apart.ts";
export { arrangeApart, isOneOrder, sharedOrders } from "./arrange-apart.ts";
export type { ConflictPolicy, SideLetter, Winner } from "./conflicts.ts";
export { conflictPolicies, otherThan, winnerOf } from "./conflicts.ts";
export type {
  Action,
  ConflictAction,
  DecisionRow,
  SideState,
  TableLinkState,
  TableName as DecisionTableName,
} from "./decision-table.ts";
export { decide, decisionTables } from "./decision-table.ts";
export type { Presence } from "./groups.ts";
export type { GuardInput, GuardVerdict, HoldReason, Shown } from "./guards.ts";
export { fromAbsence, guard, guardDefaults, isIncredible, missingOn } from "./guards.ts";
export type { ArrangedHistory, Choice, ChooseInput, HistoryInput, KnownPlay, PlacedPlay, Play } from "./history.ts";
export { arrangeHistory, choosePlays, LATEST_MS, newestFirst } from "./history.ts";
export type {
  Arrival,
  Decision,
  DocumentFacts,
  LinkFacts,
  LinkState,
  ReconcileInput,
  Reconciliation,
  SideFacts,
} from "./reconcile.ts";
export { reconcile } from "./reconcile.ts";
export type { Weighed, Wish, WishedDecision, Wishes } from "./wishes.ts";
export { weighWishes } from "./wishes.ts";
