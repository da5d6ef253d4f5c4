import type { AnyProvider, BasicAuthorization, OAuth2Authorization } from "../contract/index.ts";
import { AuthorizationError } from "../errors/index.ts";

/**
 * @param use what to call instead, for the error
 * @throws {AuthorizationError} `auth.kind-mismatch`
 */
export function oauth2Of(provider: AnyProvider, use: string): OAuth2Authorization {
  const { authorization } = provider;
  if (authorization.kind === "oauth2") return authorization;
  if (authorization.kind === "basic") throw mismatch(provider);
  throw new AuthorizationError("auth.kind-mismatch", { service: provider.name, kind: authorization.kind, use });
}

/** @throws {AuthorizationError} `auth.kind-mismatch` */
export function basicOf(provider: AnyProvider): BasicAuthorization {
  const { authorization } = provider;
  if (authorization.kind === "basic") return authorization;
  throw mismatch(provider);
}

/** @throws {AuthorizationError} `auth.kind-mismatch` */
export function assertPublic(provider: AnyProvider): void {
  if (provider.authorization.kind !== "none") throw mismatch(provider);
}

const uses = {
  oauth2: "engine.connections.begin()",
  basic: "engine.connections.addBasic()",
  none: "engine.connections.addPublic()",
} as const;

function mismatch({ name, authorization: { kind } }: AnyProvider) {
  return new AuthorizationError("auth.kind-mismatch", { service: name, kind, use: uses[kind] });
}
