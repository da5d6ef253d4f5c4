export * from "./contract/index.ts";
export * from "./errors/index.ts";
export * from "./items/index.ts";
export * from "./matching/index.ts";
export * from "./ports/index.ts";
export * from "./transport/index.ts";
