export type * from "./authorization.ts";
export type * from "./catalogue.ts";
export { checkOptions, originOptionSchema, rateLimitOptionSchema } from "./check-options.ts";
export type * from "./collection.ts";
export type * from "./containers.ts";
export type * from "./data-policy.ts";
export { collectionsOf, defineProvider, mappingOf } from "./define-provider.ts";
export type * from "./documents.ts";
export { healthOf } from "./health-of.ts";
export type * from "./held-documents.ts";
export { documentsIn } from "./held-documents.ts";
export type * from "./http.ts";
export type * from "./log.ts";
export type * from "./ordered.ts";
export type * from "./profile.ts";
export { formProblems } from "./provider-form.ts";
export type * from "./rate-limit.ts";
export { canWatch, collectionOf, receiverOf, writtenFor } from "./receiver.ts";
export type { Capability, ServiceInfo, SupportedPair, SupportsMode, SyncMode } from "./registry.ts";
export { ProviderRegistry, supportedModes, syncModes } from "./registry.ts";
export type { ServiceFailure } from "./service-failure.ts";
export {
  DeferredError,
  MalformedAnswerError,
  OutcomeUnknownError,
  ServiceError,
  serviceError,
} from "./service-failure.ts";
export type * from "./service-provider.ts";
export type * from "./session.ts";
export type * from "./sync-result.ts";
export type * from "./webhooks.ts";
