export type { Clock } from "./clock.ts";
export { systemClock } from "./clock.ts";
export type { Encryption, SealContext } from "./encryption.ts";
export type { LogEvent, Logger } from "./logger.ts";
export { silentLogger } from "./logger.ts";
export type { Random } from "./random.ts";
export { systemRandom } from "./random.ts";
export * from "./storage/index.ts";
