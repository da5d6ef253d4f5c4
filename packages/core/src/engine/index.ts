export type { PlannedConflict } from "./documents/conflict-records.ts";
export type { SideBase } from "./documents/field-hashes.ts";
export type { ShownDocument } from "./documents/seen-document.ts";
export type { RunBounds } from "./engine-parts.ts";
export type { RunPhase, SyncEvent, SyncListener } from "./events.ts";
export type { ImportOverridesResult, SetOverrideResult } from "./overrides/change-overrides.ts";
export type {
  LoneOverride,
  MatchOverride,
  OverrideInfo,
  OverridesExport,
  PairOverride,
} from "./overrides/override-form.ts";
export type {
  ContainerIds,
  ContentsPlan,
  DocumentChange,
  Hold,
  LinkPrecondition,
  MatchedBy,
  MatchInfo,
  OperationKind,
  PairPlan,
  PairPlanResult,
  Plan,
  PlanEstimate,
  PlannedArrangement,
  PlannedOperation,
  PlannedRequest,
  Side,
  SideBasis,
  WriteKind,
} from "./plans/plan.ts";
export type { Reason, ReasonCatalogue, ReasonCode, ReasonParams } from "./plans/reasons.ts";
export { describeReason, reasonTexts } from "./plans/reasons.ts";
export type { Explanation } from "./reports/explain.ts";
export type {
  HeldContents,
  ItemOutcome,
  PairReport,
  RequestCounts,
  RunStatus,
  SyncCounts,
  SyncReport,
  UnmatchedItem,
} from "./reports/report.ts";
export type { ApplyOptions, CallOptions } from "./requests/call-options.ts";
export type { HistoryOptions } from "./requests/history-options.ts";
export type { ContainersRequest } from "./requests/list-containers.ts";
export type { MatchOptions, PairPolicies } from "./requests/match-options.ts";
export type { OnceAnswer, OnceRequest, OnceResult } from "./requests/once.ts";
export type { PairContainers } from "./requests/pair-containers.ts";
export type { CreatePairRequest, PairInfo, PairOwner, PairRef } from "./requests/pairs.ts";
export type { ServicePair, SideName, SyncJobRequest, SyncOptions } from "./requests/request.ts";
export { syncDefaults } from "./requests/request.ts";
export type { ContainerIdsBySide, ContainerSelection, NamePrefix, NameRule } from "./requests/selection.ts";
export type { JobLane } from "./runs/job-records.ts";
export type { DoneAtService, RunSummary } from "./runs/run-summary.ts";
export type { Alternative } from "./stored-plans/alternatives.ts";
export type { PlanRef, StoredPlan, StoredPlanState } from "./stored-plans/plan-info.ts";
export type { ShownSide, StoredPlanItem } from "./stored-plans/shown-items.ts";
export type { Audit, AuditEntry, AuditQuery } from "./upkeep/audit.ts";
export type { ConflictInfo, ConflictRef, ConflictSide, Conflicts, ListConflicts } from "./upkeep/conflicts.ts";
export type { EngineHealth, PartHealth, ServiceHealth } from "./upkeep/health.ts";
export type { Idempotency } from "./upkeep/idempotency.ts";
export type { Maintenance } from "./upkeep/maintenance.ts";
export type { ListOverrides, OverrideRef, Overrides, SetOverrideOptions } from "./upkeep/overrides.ts";
export type { RunDueOptions, ScheduleRequest, SyncSchedule } from "./upkeep/schedules.ts";
export type { ErasureReport, UserData } from "./upkeep/user-data.ts";
export type { Webhooks } from "./upkeep/webhooks.ts";
export type { ReceiveRequest, WebhookReceipt } from "./webhooks/receive.ts";
export type { RenewalReport, RenewDueOptions } from "./webhooks/renew-due.ts";
export type { WebhooksOptions } from "./webhooks/signed-secrets.ts";
export type { WatchTarget } from "./webhooks/watched-collections.ts";
export type { ChannelInfo, StopReport } from "./webhooks/webhook-calls.ts";
