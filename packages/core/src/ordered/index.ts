export type { OrderedCall, OrderedCalls } from "./calls.ts";
export { afterCall, toCalls } from "./calls.ts";
export type { Kept, OrderedScript, Placed } from "./diff.ts";
export { diffOrdered } from "./diff.ts";
export type { OrderedMerge, OrderedMergeResult } from "./merge.ts";
export { mergeOrdered } from "./merge.ts";
