import type { AnyProvider, OAuth2Authorization } from "../contract/index.ts";
import { AuthorizationError } from "../errors/index.ts";

/**
 * @param use what to call instead, for the error
 * @throws {AuthorizationError} `auth.kind-mismatch`
 */
export function oauth2Of(provider: AnyProvider, use: string): OAuth2Authorization {
  const { authorization } = provider;
  if (authorization.kind === "oauth2") return authorization;
  throw new AuthorizationError("auth.kind-mismatch", { service: provider.name, kind: authorization.kind, use });
}

/** @throws {AuthorizationError} `auth.kind-mismatch` */
export function assertPublic(provider: AnyProvider): void {
  const { kind } = provider.authorization;
  if (kind !== "none") {
    throw new AuthorizationError("auth.kind-mismatch", {
      service: provider.name,
      kind,
      use: "engine.connections.begin()",
    });
  }
}
