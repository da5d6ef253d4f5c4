export type { ApplyOptions, CallOptions } from "./call-options.ts";
export type { SyncEngineOptions } from "./create-engine.ts";
export { createSyncEngine } from "./create-engine.ts";
export type { Engine } from "./engine.ts";
export type { RunBounds } from "./engine-parts.ts";
export type { RunPhase, SyncEvent, SyncListener } from "./events.ts";
export type { Explanation } from "./explain.ts";
export type { Maintenance } from "./maintenance.ts";
export type { CreatePairRequest, PairInfo, PairOwner, PairRef } from "./pairs.ts";
export type {
  Hold,
  LinkPrecondition,
  MatchedBy,
  MatchInfo,
  PairPlan,
  PairPlanResult,
  Plan,
  PlanEstimate,
  PlannedOperation,
  PlannedRequest,
  Side,
  SideBasis,
} from "./plan.ts";
export type { Reason, ReasonCatalogue, ReasonCode, ReasonParams } from "./reasons.ts";
export { describeReason, reasonTexts } from "./reasons.ts";
export type {
  ItemOutcome,
  PairReport,
  RequestCounts,
  RunStatus,
  SyncCounts,
  SyncReport,
  UnmatchedItem,
} from "./report.ts";
export type { ConflictPolicy, ServicePair, SideName, SyncJobRequest, SyncOptions } from "./request.ts";
export { conflictPolicies, syncDefaults } from "./request.ts";
export type { SyncSchedule } from "./schedules.ts";
export type { ErasureReport, UserData } from "./user-data.ts";
