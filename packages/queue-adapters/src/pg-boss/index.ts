export type { CommonQueueOptions } from "../shared/common-options.ts";
export type { PgBossQueueOptions, PgBossSource } from "./pg-boss-options.ts";
export { type PgBossQueue, pgBossQueue } from "./pg-boss-queue.ts";
