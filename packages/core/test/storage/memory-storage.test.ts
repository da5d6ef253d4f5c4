import { memoryStorage } from "@syncer/core";
import { describeStorageAdapter } from "@syncer/testkit";

describeStorageAdapter("memory", () => ({ storage: memoryStorage() }), { needsMigration: false });
