export type { CallHook, RemoteCall } from "./calls.ts";
export type { CallKind, Fault, FaultRequest, PlannedFault } from "./faults.ts";
export type { Lag } from "./lag.ts";
export type { ListingHabits, ListingLie } from "./listings.ts";
export { SyntheticService } from "./synthetic-service.ts";
