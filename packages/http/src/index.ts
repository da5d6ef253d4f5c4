export { createHttpHandler, type HttpHandler } from "./create-http-handler.ts";
export type { HttpOptions, HttpUser } from "./options.ts";
export type { Problem } from "./problems.ts";
