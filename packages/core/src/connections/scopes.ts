import { type AnyProvider, collectionOf, collectionsOf, type ScopeNeeds, writtenFor } from "../contract/index.ts";
import { AuthorizationError, InvalidRequestError } from "../errors/index.ts";
import type { SyncType } from "../items/index.ts";
import type { ConnectionInfo } from "./types.ts";

/** The stored form of a set of scopes: sorted, each once, separated by spaces. */
export function writeScopes(scopes: Iterable<string>): string {
  return normalised(scopes).join(" ");
}

export function readScopes(stored: string): readonly string[] {
  return stored === "" ? [] : stored.split(" ");
}

/** RFC 6749 §3.3, without the comma, which some services separate scopes by. */
export const SCOPE = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{1,255}$/;

/**
 * Sorted, each once. What is no scope by the standard's grammar is left out: services say what was granted, and what
 * they say is stored and shown.
 */
export function normalised(scopes: Iterable<string>): readonly string[] {
  return [
    ...new Set([...scopes].flatMap((scope) => scope.split(/[\s,]+/)).filter((scope) => SCOPE.test(scope))),
  ].sort();
}

/**
 * The scopes to ask for: what the provider always wants, and what its sync types need.
 * @param types all of the provider's if absent
 * @throws {InvalidRequestError} `request.type-unsupported`
 */
export function scopesToAsk(
  provider: AnyProvider,
  { types, access = "read-write" }: { readonly types?: readonly SyncType[]; readonly access?: "read" | "read-write" },
): readonly string[] {
  const base = provider.authorization.kind === "oauth2" ? provider.authorization.baseScopes : [];
  const wanted = types ?? collectionsOf(provider).map(([type]) => type);
  const needed = wanted.flatMap((type) => {
    const { read, write } = scopeNeeds(provider, type, "read");
    return access === "read" ? read : [...read, ...write];
  });
  return normalised([...base, ...needed]);
}

/**
 * Whether a connection was granted what a sync type needs.
 * @throws {AuthorizationError} `auth.scope-missing`, naming what is missing
 * @throws {InvalidRequestError} `request.type-unsupported`: no scope would help
 */
export function requireScopes(
  provider: AnyProvider,
  connection: Pick<ConnectionInfo, "scopes">,
  type: SyncType,
  access: "read" | "write",
): void {
  const needs = scopeNeeds(provider, type, access);
  if (access === "write" && !writtenFor(provider, type)?.write) throw unsupported(provider, type, access);
  requireGranted(provider, connection, type, needs[access]);
}

/**
 * Whether a connection was granted these scopes.
 * @throws {AuthorizationError} `auth.scope-missing`, naming what is missing
 */
export function requireGranted(
  provider: AnyProvider,
  connection: Pick<ConnectionInfo, "scopes">,
  type: SyncType,
  needed: readonly string[],
): void {
  const missing = needed.filter((scope) => !connection.scopes.includes(scope));
  if (missing.length === 0) return;
  throw new AuthorizationError("auth.scope-missing", {
    service: provider.name,
    scopes: normalised(missing).join(", "),
    type,
  });
}

/** What is taken in elsewhere (plays, in a playlist) is read and written there. */
function scopeNeeds(provider: AnyProvider, type: SyncType, access: "read" | "write"): ScopeNeeds {
  const own = collectionOf(provider, type);
  if (!own) throw unsupported(provider, type, access);
  const written = writtenFor(provider, type);
  if (!written || written === own) return own.scopes;
  return { read: own.scopes.read, write: [...written.scopes.read, ...written.scopes.write] };
}

function unsupported(provider: AnyProvider, type: SyncType, access: string): InvalidRequestError {
  return new InvalidRequestError("request.type-unsupported", { service: provider.name, type, access });
}
