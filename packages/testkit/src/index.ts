export * from "./documents/index.ts";
export * from "./library/index.ts";
export * from "./provider/index.ts";
export * from "./queue/index.ts";
export * from "./storage/index.ts";
export * from "./synthetic/index.ts";
