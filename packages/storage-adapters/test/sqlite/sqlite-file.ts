import { sqlite } from "@syncer/storage-adapters/sqlite";

/** How the contract suite's child processes open the file. */
export default (path: string) => sqlite(path);
