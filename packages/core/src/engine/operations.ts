import type { TenantHasher } from "../crypto/index.ts";
import type { UniversalTrack } from "../items/index.ts";
import type { Decision } from "../reconcile/index.ts";
import { openItemIds } from "./item-id-book.ts";
import { nextGeneration } from "./links.ts";
import type { LinkPrecondition, PlannedOperation } from "./plan.ts";
import { operationId } from "./plan-hash.ts";
import { type Reason, reason } from "./reasons.ts";
import type { RunContext } from "./run-context.ts";
import type { World } from "./world.ts";

interface Describe extends World {
  /** Content of items that were asked for by id, by stored key. */
  readonly known: ReadonlyMap<string, UniversalTrack>;
}

/** Turns decisions about stored keys into operations on the services' own ids, with reasons and preconditions. */
export async function toOperations(
  context: RunContext,
  hasher: TenantHasher,
  decisions: readonly Decision[],
  world: Describe,
): Promise<PlannedOperation[]> {
  const book = await openItemIds(context, decisions, world);
  const primaries = primaryLinks(decisions, world);
  const operations = withPromotions(decisions, world).map((decision): PlannedOperation => {
    const { links, tombstones } = world.stored;
    const preconditions = decision.keys.map((key): LinkPrecondition => {
      const link = links.get(key);
      const fromId = book.fromId(key);
      return link
        ? { key, fromId, generation: link.generation, state: link.state }
        : { key, fromId, generation: nextGeneration(tombstones, key) };
    });
    const first = decision.keys[0];
    const seeker = first === undefined ? undefined : book.seeker(first);
    const link = first === undefined ? undefined : links.get(first);
    const found = first === undefined ? undefined : world.found.get(first);
    const item = seeker?.item ?? (link ? world.known.get(link.aId) : undefined);
    const toId = decision.bId === undefined ? undefined : book.toId(decision.bId);
    const operation = {
      kind: kindOf(decision),
      ...(first === undefined ? {} : { fromId: book.fromId(first) }),
      ...(toId === undefined ? {} : { toId }),
      links: preconditions,
      reason: reasonOf(context, decision, link?.state),
      ...(found ? { match: found.match } : matchOf(link)),
      ...(item ? { item } : {}),
      ...(link && decision.action === "remove" && world.known.has(link.aId) ? { asked: true as const } : {}),
      ...(joinsPrimary(decision, primaries) ? { joins: true as const } : {}),
    };
    return { id: operationId(hasher, context.pair.id, operation), ...operation };
  });
  // What the user added first is added first, so that the other side ends in the same order.
  const place = new Map(world.seekers.map(({ key }, index) => [key, index]));
  const placeOf = ({ kind, links }: PlannedOperation) => (kind === "add" ? (place.get(links[0]?.key ?? "") ?? -1) : -2);
  return operations.sort((left, right) => placeOf(left) - placeOf(right));
}

function kindOf({ action }: Decision): PlannedOperation["kind"] {
  return action === "create" ? "add" : action;
}

function matchOf(
  link: { readonly matchedBy?: NonNullable<PlannedOperation["match"]>["by"]; readonly confidence?: number } | undefined,
) {
  if (link?.matchedBy === undefined || link.confidence === undefined) return {};
  return { match: { by: link.matchedBy, confidence: link.confidence } };
}

function reasonOf({ from, to }: RunContext, { action, keys }: Decision, state: string | undefined): Reason {
  const names = { from: from.provider.displayName, to: to.provider.displayName };
  switch (action) {
    case "create":
      if (state === "pending") return reason("add.pending", {});
      return state === "linked" || state === "detached" ? reason("add.again", names) : reason("add.new", names);
    case "link":
      return reason("link.both", {});
    case "remove":
      return keys.length === 0 ? reason("remove.prune", names) : reason("remove.gone", names);
    case "detach":
      return reason("detach.kept", names);
    case "suppress":
      return reason("suppress.deleted", names);
    case "drop":
      return reason("drop.gone", {});
  }
}

/** The primary links that stay, by the stored key of their item on the side that is written. */
function primaryLinks(decisions: readonly Decision[], { stored: { links } }: World): ReadonlyMap<string, string> {
  const wanted = new Set(decisions.flatMap(({ bId }) => bId ?? []));
  const leaving = new Set(decisions.filter(({ action }) => action === "drop").flatMap(({ keys }) => keys));
  const primaries = new Map<string, string>();
  for (const { key, bId, alias, state } of links.values()) {
    if (bId === undefined || alias || state === "pending" || !wanted.has(bId) || leaving.has(key)) continue;
    primaries.set(bId, key);
  }
  return primaries;
}

function joinsPrimary({ keys, bId }: Decision, primaries: ReadonlyMap<string, string>): boolean {
  const primary = bId === undefined ? undefined : primaries.get(bId);
  return primary !== undefined && !keys.includes(primary);
}

/** When the primary link of a shared item leaves, the first of those that stay becomes the primary one. */
function withPromotions(decisions: readonly Decision[], { stored: { links } }: World): Decision[] {
  const leaving = new Set(decisions.filter(({ action }) => action === "drop").flatMap(({ keys }) => keys));
  const orphaned = new Set<string>();
  for (const key of leaving) {
    const link = links.get(key);
    if (link?.bId !== undefined && !link.alias) orphaned.add(link.bId);
  }
  if (orphaned.size === 0) return [...decisions];
  const decided = new Set(decisions.flatMap(({ keys }) => keys));
  const promoted: Decision[] = [];
  for (const link of links.values()) {
    if (!link.alias || link.bId === undefined || !orphaned.has(link.bId) || decided.has(link.key)) continue;
    if (link.state !== "linked") continue;
    orphaned.delete(link.bId);
    promoted.push({ action: "link", keys: [link.key], aId: link.aId, bId: link.bId });
  }
  return [...decisions, ...promoted];
}
