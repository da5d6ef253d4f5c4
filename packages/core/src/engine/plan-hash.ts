import { sha256 } from "@noble/hashes/sha2.js";
import { type TenantHasher, toBase64url } from "../crypto/index.ts";
import type { PlannedOperation } from "./plan.ts";
import type { PairRow } from "./run-context.ts";

/**
 * The id of a decision: the same after a crash, another once the link has been dropped or made anew.
 * Built from the pair, the kind, both items and the generation of the link.
 */
export function operationId(
  hasher: TenantHasher,
  pairId: string,
  operation: Pick<PlannedOperation, "kind" | "fromId" | "toId" | "links">,
): string {
  const { kind, fromId = "", toId = "", links } = operation;
  return hasher.hash(
    "operation",
    JSON.stringify([pairId, kind, fromId, toId, links.map(({ key, generation }) => [key, generation])]),
  );
}

/** Names a set of operations of one pair in its present settings, whatever their order. */
export function planHash(pair: Pick<PairRow, "id" | "version">, operations: readonly PlannedOperation[]): string {
  const ids = operations.map(({ id }) => id).sort();
  return toBase64url(sha256(new TextEncoder().encode(JSON.stringify([pair.id, pair.version, ids]))));
}
