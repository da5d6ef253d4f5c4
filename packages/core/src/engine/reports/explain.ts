import { z } from "zod";
import type { ConnectionRef } from "../../connections/index.ts";
import type { Row } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { itemIdsOf } from "../links/item-ids-of.ts";
import type { Side } from "../plans/plan.ts";
import { parseWith } from "../requests/request.ts";

/** What is known of one item in one pair: the answer to "why was this not synced?", without content. */
export interface Explanation {
  readonly pairId: string;
  /** On which side of the pair the item was found. */
  readonly side: Side;
  /** `detached`: gone from the pair's source and left on the target; `suppressed`: gone from the target. */
  readonly state: Row<"links">["state"];
  /** A code of the reason catalogue: the last decision. */
  readonly reason?: string;
  /** Its counterpart, as stored: the id, or its keyed hash where ids are sealed. */
  readonly counterpart?: string;
  readonly confidence?: number;
  readonly matchedBy?: string;
  readonly attempts: number;
  /** When it is tried again, in ms since the epoch. */
  readonly nextAttemptMs?: number;
  readonly decidedAtMs: number;
  /** What the service answered to the last write of it. */
  readonly lastOutcome?: { readonly kind: Row<"intents">["kind"]; readonly outcome: string; readonly reason?: string };
}

/** One explanation for each pair that the connection is a side of and that knows the item. */
export async function explain(
  parts: EngineParts,
  request: ConnectionRef & { readonly externalId: string },
): Promise<readonly Explanation[]> {
  const { externalId } = parseWith(z.object({ externalId: z.string().min(1).max(2_000) }), request, "request");
  const { externalId: _, ...ref } = request;
  const connection = await parts.connections.get(ref);
  const provider = parts.registry.get(connection.service);
  const { id: connectionId, tenantId } = connection;
  const keyIn = async (container: string) => (await itemIdsOf(parts, provider, tenantId, container)).key(externalId);
  const found = await Promise.all(
    (["source", "target"] as const).map((side) => explainOn(parts, { tenantId, connectionId, side, keyIn })),
  );
  return found.flat();
}

interface Asked {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly side: Side;
  /** The item's stored key, if it is in that container. */
  readonly keyIn: (container: string) => Promise<string>;
}

async function explainOn(
  { storage }: EngineParts,
  { tenantId, connectionId, side, keyIn }: Asked,
): Promise<Explanation[]> {
  const pairs = await storage.select({
    table: "sync_pairs",
    columns: ["id", "source_container", "target_container"],
    where: {
      tenant_id: tenantId,
      ...(side === "source" ? { source_connection_id: connectionId } : { target_connection_id: connectionId }),
    },
  });
  const explanations: Explanation[] = [];
  for (const { id, source_container, target_container } of pairs) {
    const key = await keyIn(side === "source" ? source_container : target_container);
    const links = await storage.select({
      table: "links",
      where: { pair_id: id, ...(side === "source" ? { source_id: key } : { target_id: key }) },
    });
    for (const link of links) explanations.push(await explainLink(storage, link, side));
  }
  return explanations;
}

async function explainLink(storage: EngineParts["storage"], link: Row<"links">, side: Side): Promise<Explanation> {
  const counterpart = side === "source" ? link.target_id : link.source_id;
  const lastOutcome = await readLastOutcome(storage, link);
  return {
    pairId: link.pair_id,
    side,
    state: link.state,
    attempts: link.attempts,
    decidedAtMs: link.updated_at,
    ...(link.reason === null ? {} : { reason: link.reason }),
    ...(counterpart === null ? {} : { counterpart }),
    ...(link.confidence === null ? {} : { confidence: link.confidence }),
    ...(link.matched_by === null ? {} : { matchedBy: link.matched_by }),
    ...(link.retry_at === null ? {} : { nextAttemptMs: link.retry_at }),
    ...(lastOutcome ? { lastOutcome } : {}),
  };
}

async function readLastOutcome(
  storage: EngineParts["storage"],
  link: Row<"links">,
): Promise<Explanation["lastOutcome"]> {
  const items = await storage.select({
    table: "intent_items",
    where: { tenant_id: link.tenant_id, link_key: link.link_key, outcome: { not: null } },
  });
  const intents = await storage.select({
    table: "intents",
    columns: ["id", "kind", "updated_at"],
    where: { pair_id: link.pair_id, id: { in: items.map(({ intent_id }) => intent_id) } },
    orderBy: ["updated_at"],
    descending: true,
    limit: 1,
  });
  const last = intents[0];
  const item = last && items.find(({ intent_id }) => intent_id === last.id);
  if (!last || !item || item.outcome === null) return undefined;
  return { kind: last.kind, outcome: item.outcome, ...(item.reason === null ? {} : { reason: item.reason }) };
}
