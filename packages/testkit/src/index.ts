export * from "./provider/index.ts";
export * from "./storage/index.ts";
