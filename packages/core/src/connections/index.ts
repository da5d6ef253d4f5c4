export type { ConnectionsOptions, ProviderLookup } from "./connections-options.ts";
export { DEFAULT_TENANT } from "./connections-options.ts";
export { type Connections, createConnections, type SessionRequest } from "./create-connections.ts";
export { type ReauthorizationReason, reauthorizationReasons } from "./reasons.ts";
export { requireOn } from "./require-on.ts";
export { requireGranted } from "./scopes.ts";
export type {
  AddBasicRequest,
  AddPublicRequest,
  AuthInitiation,
  BeginRequest,
  CallbackResult,
  CompleteRequest,
  ConnectionEvent,
  ConnectionInfo,
  ConnectionRef,
  ConnectionState,
  DisconnectResult,
  Owner,
} from "./types.ts";
