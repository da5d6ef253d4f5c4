import { describeStorageAdapter } from "@syncer/testkit";
import { tableStorage } from "./table-storage.ts";

describeStorageAdapter("an adapter of a host's own", () => ({ storage: tableStorage() }), { needsMigration: false });
