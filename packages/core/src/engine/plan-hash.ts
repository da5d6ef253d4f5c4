import { sha256 } from "@noble/hashes/sha2.js";
import { type TenantHasher, toBase64url } from "../crypto/index.ts";
import type { PlannedOperation } from "./plan.ts";
import type { PairRow } from "./run-context.ts";

/**
 * The id of a decision: the same after a crash, another once the link has been dropped or made anew. That of a write is
 * a keyed hash of the pair, the kind, both items and the links' generations, fit to be given to a service; that of a
 * change of links, which never leaves this process, is the same in clear.
 */
export function operationId(
  hasher: TenantHasher,
  pairId: string,
  operation: Pick<PlannedOperation, "kind" | "fromId" | "toId" | "links">,
): string {
  const { kind, fromId = "", toId = "", links } = operation;
  const generations = links.map(({ key, generation }) => `${key} ${generation}`);
  if (kind !== "add" && kind !== "remove") return JSON.stringify([kind, toId, ...generations]);
  return hasher.hash("operation", JSON.stringify([pairId, kind, fromId, toId, ...generations]));
}

/** Names a set of operations of one pair in its present settings, whatever their order. */
export function planHash(pair: Pick<PairRow, "id" | "version">, operations: readonly PlannedOperation[]): string {
  const ids = operations.map(({ id }) => id).sort();
  return toBase64url(sha256(new TextEncoder().encode(JSON.stringify([pair.id, pair.version, ids]))));
}
