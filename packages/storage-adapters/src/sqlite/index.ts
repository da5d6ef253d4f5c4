export type { SqliteOptions, SqliteSource, SqliteStorage } from "./sqlite-storage.ts";
export { sqlite } from "./sqlite-storage.ts";
