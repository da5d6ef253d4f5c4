export type { TransportOptions } from "./create-transport.ts";
export { createTransport } from "./create-transport.ts";
export type { Budget, Claim, Governor, GovernorStatus, Quiet, QuietReason } from "./governor.ts";
export { BudgetClosedError } from "./governor.ts";
export { memoryGovernor } from "./memory-governor.ts";
export { assertPublicUrl } from "./public-url.ts";
export type { Redactor } from "./redaction.ts";
export { createRedactor, redact, redactHeaders, redactorFor, redactUrl } from "./redaction.ts";
export type { BudgetStatus, RequestMeter, SessionOptions, TokenSource, Transport } from "./types.ts";
