export type { ErrorCatalogue, ErrorCode, ErrorParams } from "./error-texts.ts";
export { errorTexts } from "./error-texts.ts";
export * from "./errors.ts";
export type { Remedy } from "./syncer-error.ts";
export { describeError, SyncerError } from "./syncer-error.ts";
