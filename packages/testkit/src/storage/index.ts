export { describeStorageAdapter } from "./describe-storage-adapter.ts";
export { type FaultPlan, type FaultyStorage, faultyStorage } from "./faulty-storage.ts";
export { type RecordingStorage, recordingStorage, type StorageRecord } from "./recording-storage.ts";
export { sampleRow } from "./sample-rows.ts";
export type { StorageFixture, StorageTraits } from "./storage-fixture.ts";
