import type { TenantHasher } from "../../crypto/index.ts";
import { type Decision, fromAbsence, type WishedDecision } from "../../reconcile/index.ts";
import type { ItemIdBook } from "../links/item-id-book.ts";
import { nextGeneration, type StoredLink, stateOf } from "../links/links.ts";
import type { LinkPrecondition, PlannedOperation } from "../plans/plan.ts";
import { operationId } from "../plans/plan-hash.ts";
import { type Reason, reason } from "../plans/reasons.ts";
import { type RunContext, sideOf } from "../runs/run-context.ts";
import { idsFor } from "./ids.ts";
import type { Seeker } from "./resolve.ts";
import type { KnownItems, World } from "./world.ts";

interface Describe extends World {
  readonly known: KnownItems;
}

/** Turns decisions about stored keys into operations on the services' own ids, with reasons and preconditions. */
export async function toOperations(
  context: RunContext,
  hasher: TenantHasher,
  decisions: readonly WishedDecision[],
  world: Describe,
): Promise<PlannedOperation[]> {
  const book = await idsFor(context, decisions, world);
  const primaries = primaryLinks(decisions, world);
  const seekers = new Map(world.seekers.map((seeker) => [seeker.key, seeker]));
  const operations = withPromotions(decisions, world).map((decision): PlannedOperation => {
    const [first] = decision.keys;
    const seeker = first === undefined ? undefined : seekers.get(first);
    const link = first === undefined ? undefined : world.stored.links.get(first);
    const found = first === undefined ? undefined : world.found.get(first);
    const item = seeker?.item ?? contentOf(link, world);
    const preconditions = decision.keys.map((key) => ({
      ...preconditionOf(key, seekers.get(key), world, book),
      ...(context.inRing && decision.action === "drop" ? { goneFrom: goneFrom(world, key) } : {}),
    }));
    const aId = decision.aId === undefined ? preconditions[0]?.fromId : book.id("a", decision.aId);
    const bId = decision.bId === undefined ? undefined : book.id("b", decision.bId);
    const operation = {
      kind: kindOf(decision),
      ...(decision.on === undefined ? {} : { on: sideOf(context, decision.on).side }),
      ...(aId === undefined ? {} : { fromId: aId }),
      ...(bId === undefined ? {} : { toId: bId }),
      links: preconditions,
      reason: reasonOf(context, world, decision, link?.state),
      ...(found ? { match: found.match } : matchOf(link)),
      ...(item ? { item } : {}),
      ...(isAsked(decision, link, world) ? { asked: true as const } : {}),
      ...(decision.wishedAtMs === undefined ? {} : { wishedAtMs: decision.wishedAtMs }),
      ...(joinsPrimary(decision, primaries) ? { joins: true as const } : {}),
    };
    return { id: operationId(hasher, context.pair.id, operation), ...operation };
  });
  // What the user added first is added first, so that the other side ends in the same order.
  const place = new Map(world.seekers.map(({ key }, index) => [key, index]));
  const placeOf = ({ kind, links }: PlannedOperation) => (kind === "add" ? (place.get(links[0]?.key ?? "") ?? -1) : -2);
  return operations.sort((left, right) => placeOf(left) - placeOf(right));
}

/** Whether a conclusion from absence has been checked with the services; what an override undoes rests on none. */
function isAsked({ action, keys: [key] }: Decision, link: StoredLink | undefined, world: Describe): boolean {
  if (key !== undefined && action === "drop" && world.overturned.dropped.has(key)) return true;
  return fromAbsence.has(action) && contentOf(link, world) !== undefined;
}

/** A link may go while its item stays, because another one stands for it. */
function goneFrom({ stored, a, b }: World, key: string): ("from" | "to")[] {
  const { aId, bId } = stored.links.get(key) ?? {};
  const fromA = aId !== undefined && a.facts(aId) === "absent";
  const fromB = bId !== undefined && b.facts(bId) === "absent";
  return [...(fromA ? (["from"] as const) : []), ...(fromB ? (["to"] as const) : [])];
}

function preconditionOf(key: string, seeker: Seeker | undefined, world: World, book: ItemIdBook): LinkPrecondition {
  const { links, tombstones } = world.stored;
  const link = links.get(key);
  const own = seeker && (seeker.origin === "a" ? { fromId: seeker.itemId } : { toId: seeker.itemId });
  if (!link) return { key, ...own, generation: nextGeneration(tombstones, key) };
  return {
    key,
    ...(link.aId === undefined ? {} : { fromId: book.id("a", link.aId) }),
    ...(link.bId === undefined ? {} : { toId: book.id("b", link.bId) }),
    ...own,
    generation: link.generation,
    ...stateOf(link),
  };
}

/** What the service that lacks the item says it was, where it has been asked. */
function contentOf(link: StoredLink | undefined, { known }: Describe) {
  if (!link) return undefined;
  return (link.aId === undefined ? undefined : known.get(`a:${link.aId}`)) ?? known.get(`b:${link.bId}`);
}

function kindOf({ action }: Decision): PlannedOperation["kind"] {
  switch (action) {
    case "create":
      return "add";
    case "remove":
    case "link":
    case "detach":
    case "suppress":
    case "drop":
      return action;
    default:
      throw new TypeError(`a set of references has nothing to ${action}`);
  }
}

function matchOf(
  link: { readonly matchedBy?: NonNullable<PlannedOperation["match"]>["by"]; readonly confidence?: number } | undefined,
) {
  if (link?.matchedBy === undefined || link.confidence === undefined) return {};
  return { match: { by: link.matchedBy, confidence: link.confidence } };
}

function reasonOf(
  context: RunContext,
  { overturned }: World,
  { action, on, keys }: Decision,
  state: string | undefined,
): Reason {
  const [first = ""] = keys;
  const [reader, written] = on === "a" ? [context.to, context.from] : [context.from, context.to];
  const names = { from: reader.provider.displayName, to: written.provider.displayName };
  switch (action) {
    case "create":
      if (state === "pending") return reason("add.pending", {});
      return state === "linked" || state === "detached" ? reason("add.again", names) : reason("add.new", names);
    case "remove":
      if (overturned.copies.has(first)) return reason("remove.by-override", { at: names.to });
      return keys.length === 0 ? reason("remove.prune", names) : reason("remove.gone", names);
    case "detach":
      return reason("detach.kept", names);
    case "suppress":
      return reason("suppress.deleted", names);
    case "drop":
      return reason(overturned.dropped.has(first) ? "drop.by-override" : "drop.gone", {});
    default:
      return reason("link.both", {});
  }
}

/** The primary links that stay, by the stored keys of their items on either side. */
function primaryLinks(decisions: readonly Decision[], { stored: { links } }: World): ReadonlyMap<string, string> {
  const wanted = new Set(decisions.flatMap(({ aId, bId }) => [`a:${aId}`, `b:${bId}`]));
  const leaving = new Set(decisions.filter(({ action }) => action === "drop").flatMap(({ keys }) => keys));
  const primaries = new Map<string, string>();
  for (const { key, aId, bId, alias, state } of links.values()) {
    if (aId === undefined || bId === undefined || alias || state === "pending" || leaving.has(key)) continue;
    for (const id of [`a:${aId}`, `b:${bId}`]) if (wanted.has(id)) primaries.set(id, key);
  }
  return primaries;
}

function joinsPrimary({ keys, aId, bId }: Decision, primaries: ReadonlyMap<string, string>): boolean {
  return [`a:${aId}`, `b:${bId}`].some((id) => {
    const primary = primaries.get(id);
    return primary !== undefined && !keys.includes(primary);
  });
}

/** When the primary link of a shared item leaves, the first of those that stay becomes the primary one. */
function withPromotions(decisions: readonly WishedDecision[], { stored: { links } }: World): WishedDecision[] {
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
    if (link.state !== "linked" || link.aId === undefined) continue;
    orphaned.delete(link.bId);
    promoted.push({ action: "link", keys: [link.key], aId: link.aId, bId: link.bId });
  }
  return [...decisions, ...promoted];
}
