import { sha256 } from "@noble/hashes/sha2.js";
import { type TenantHasher, toBase64url } from "../../crypto/index.ts";
import type { PairRow } from "../runs/run-context.ts";
import type { PlannedOperation } from "./plan.ts";

/**
 * The id of a decision: the same after a crash, another once the link has been dropped or made anew. That of a write is
 * a keyed hash of the pair, the kind, both items and the links' generations, fit to be given to a service; that of a
 * change of links, which never leaves this process, is the same in clear.
 */
export function operationId(
  hasher: TenantHasher,
  pairId: string,
  operation: Pick<
    PlannedOperation,
    "kind" | "on" | "fromId" | "toId" | "links" | "document" | "arrangement" | "undoes"
  >,
): string {
  const { kind, on, fromId = "", toId = "", links, document, arrangement, undoes } = operation;
  const generations = links.map(({ key, generation }) => `${key} ${generation}`);
  if (on === undefined && kind !== "merge") return JSON.stringify([kind, toId, ...generations]);
  const content = document ? [document.from?.checksum, document.to?.checksum, document.meant] : [];
  const lists = arrangement ? [arrangement.was, arrangement.becomes] : [];
  return hasher.hash(
    "operation",
    JSON.stringify([
      pairId,
      kind,
      on,
      fromId,
      toId,
      ...generations,
      ...content,
      ...lists,
      ...(undoes === undefined ? [] : [undoes]),
    ]),
  );
}

/** Names a set of operations of one pair in its present settings, whatever their order. */
export function planHash(pair: Pick<PairRow, "id" | "version">, operations: readonly PlannedOperation[]): string {
  const ids = operations.map(({ id }) => id).sort();
  return toBase64url(sha256(new TextEncoder().encode(JSON.stringify([pair.id, pair.version, ids]))));
}
