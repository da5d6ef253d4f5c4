import { memoryStorage } from "@syncer/core";
import { describeStorageAdapter, faultyStorage, recordingStorage } from "@syncer/testkit";

describeStorageAdapter(
  "memory behind the recording and the faulty wrapper, without faults",
  () => ({ storage: recordingStorage(faultyStorage(memoryStorage(), {})) }),
  { needsMigration: false, histories: 30 },
);
