import { type Arrival, type LinkFacts, type Reconciliation, reconcile, type SideFacts } from "../../reconcile/index.ts";
import type { StoredLink } from "../links/links.ts";
import { isTwoWay, type PairRow, type RunContext, sideOf } from "../runs/run-context.ts";
import type { Seeker } from "./resolve.ts";
import { except, type World } from "./world.ts";
import { withOverturned, wrongOn } from "./wrong-copies.ts";

const nothing = { a: new Set<string>(), b: new Set<string>() };

/**
 * Hands everything that was read and found to the decision table.
 * @param taken by side, items that the service itself has withdrawn: nobody knows what the user wants with them
 */
export function decideAll(
  context: RunContext,
  world: World,
  taken: { readonly a: ReadonlySet<string>; readonly b: ReadonlySet<string> } = nothing,
): Reconciliation {
  const { links } = world.stored;
  const a = except(world.a.facts, taken.a);
  const b = except(world.b.facts, taken.b);
  const wrong = wrongOn("b", world.overturned);
  const strays = world.b.arrivals.flatMap((entry) => {
    const key = entry.state === "listed" && !world.doubtful.has(entry.id) ? context.to.ids.key(entry.id) : undefined;
    return key === undefined || wrong.has(key) ? [] : [key];
  });
  const reconciled = reconcile({
    table: tableOf(context),
    links: linkFacts(context, world, { a, b }),
    arrivals: world.seekers.filter(({ key }) => !links.has(key)).map((seeker) => arrivalOf(context, world, seeker)),
    strays,
    aComplete: world.a.extent === "full" && world.a.complete && world.searchedOut,
    a,
    b,
  });
  return withOverturned(context, world, { a, b }, reconciled);
}

export function tableOf(context: { readonly pair: PairRow }) {
  const { pair } = context;
  if (isTwoWay(context)) return "two-way";
  return pair.propagation === "mirror" ? (pair.prune ? "prune" : "mirror") : "additive";
}

function arrivalOf(context: RunContext, world: World, { key, origin, itemId }: Seeker): Arrival {
  const own = sideOf(context, origin).ids.key(itemId);
  const found = counterpartOf(context, world, key, origin);
  if (origin === "a") return { origin, key, aId: own, ...(found === undefined ? {} : { bId: found }) };
  return { origin, key, bId: own, ...(found === undefined ? {} : { aId: found }) };
}

/** The stored key, on the other side, of what was found for an entry in this run. */
function counterpartOf(context: RunContext, world: World, key: string, origin: "a" | "b"): string | undefined {
  const found = world.found.get(key)?.toId;
  return found === undefined ? undefined : sideOf(context, origin === "a" ? "b" : "a").ids.key(found);
}

function* linkFacts(
  context: RunContext,
  world: World,
  facts: { readonly a: SideFacts; readonly b: SideFacts },
): Generator<LinkFacts> {
  for (const link of world.stored.links.values()) {
    const found = counterpartOf(context, world, link.key, link.origin);
    if (found !== undefined) yield link.origin === "a" ? { ...link, bId: found } : { ...link, aId: found };
    else yield rests(link, facts) ? withoutCounterpart(link) : link;
  }
}

/** What the service refused is not sent again before it has been looked for again, unless somebody added it there. */
function rests({ state, origin, aId, bId }: StoredLink, { a, b }: { readonly a: SideFacts; readonly b: SideFacts }) {
  if (state !== "refused") return false;
  const [counterpart, facts] = origin === "a" ? [bId, b] : [aId, a];
  return counterpart !== undefined && facts(counterpart) !== "present";
}

function withoutCounterpart({ aId, bId, ...link }: StoredLink): LinkFacts {
  if (link.origin === "a") return { ...link, ...(aId === undefined ? {} : { aId }) };
  return { ...link, ...(bId === undefined ? {} : { bId }) };
}
