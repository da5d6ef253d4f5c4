export * from "./errors/index.ts";
export * from "./items/index.ts";
