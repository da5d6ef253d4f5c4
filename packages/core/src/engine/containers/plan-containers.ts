import type { Statement } from "../../ports/index.ts";
import { bindContents } from "../contents/bound-contents.ts";
import { type BothContents, planContents } from "../contents/plan-contents.ts";
import { planDocuments, recoverOpenDocuments } from "../documents/plan-documents.ts";
import { ItemIdBook } from "../links/item-id-book.ts";
import { readLinks } from "../links/links.ts";
import { recoverOpenIntents } from "../membership/plan-membership.ts";
import { containerFailure } from "../membership/read-side.ts";
import type { ContainerIds, ContentsPlan, PairPlan } from "../plans/plan.ts";
import { reason } from "../plans/reasons.ts";
import type { ItemOutcome } from "../reports/report.ts";
import { inRanges, PAIRS_AT_ONCE } from "../runs/in-ranges.ts";
import { assertRunning, type OpenSide, type PairRow, type RunContext } from "../runs/run-context.ts";
import { type ContainerLink, containerName, containerPair, readContainerPairs } from "./container-pairs.ts";
import type { ContainerSides } from "./containers-shape.ts";
import { readKnownContents } from "./due-contents.ts";
import { notListed, scopeOfRun } from "./scope-of-run.ts";

type Commit = (statements: readonly Statement[]) => Promise<void>;

/** Plans the containers, then what is in those whose contents have changed. Writes nothing to any service. */
export async function planContainers(context: RunContext, sides: ContainerSides, commit?: Commit): Promise<PairPlan> {
  const inScope = scopeOfRun(context, sides);
  const plan = await planDocuments(context, {
    ...(commit ? { commit } : {}),
    inScope,
    restated: (letter, key) => {
      const becomes = sides[letter].nameInstead(key);
      return becomes === undefined ? undefined : { field: "name", becomes };
    },
  });
  const key = ({ ids }: OpenSide, id: string | undefined) => (id === undefined ? undefined : ids.key(id));
  const all = await linksAfter(context, plan);
  const links = all.filter(({ aId, bId }) => inScope(key(context.from, aId), key(context.to, bId)));
  const stored = await readContainerPairs(context.parts.storage, context.pair);
  const children = await Promise.all(
    links.map(async (link) => ({
      link,
      child: await containerPair(context.parts, context.pair, link, stored.get(containerName(link))),
    })),
  );
  const known = await readKnownContents(
    context,
    sides,
    children.map(({ child }) => child),
  );
  const run = { ...context, resolved: new Map() };
  const contents: ContentsPlan[] = [];
  const left: ItemOutcome[] = [];
  const leave = (link: ContainerLink, code: "refused.settling" | "refused.unreachable") =>
    left.push({ kind: "left", reason: reason(code, {}), containers: containersOf(context, link) });
  for (const { link, child } of children) {
    assertRunning(context);
    const isSame = child.version === (stored.get(containerName(link))?.version ?? child.version);
    if (!isThere(sides, link) || (isSame && (await known.isQuiet(child, link)))) continue;
    if (known.isSettling(child)) {
      leave(link, "refused.settling");
      continue;
    }
    const planned = await planOne(run, sides, link, child, commit);
    if (planned === "unreachable") leave(link, "refused.unreachable");
    else contents.push(planned);
  }
  return {
    ...plan,
    unmatched: [...plan.unmatched, ...notListed(context, sides)],
    contents,
    ...(left.length > 0 ? { left } : {}),
    quiet: plan.quiet && contents.every(({ quiet }) => quiet) && left.length === 0,
    requests: contents.at(-1)?.requests ?? plan.requests,
    estimate: {
      requests: contents.reduce((sum, { estimate }) => sum + estimate.requests, plan.estimate.requests),
      expectedEndMs: Math.max(plan.estimate.expectedEndMs, ...contents.map(({ estimate }) => estimate.expectedEndMs)),
    },
  };
}

/** Records what interrupted calls have done after all, to containers and to what is in them. */
export async function recoverContainers(
  context: RunContext,
  sides: ContainerSides,
  commit: Commit,
): Promise<readonly ItemOutcome[]> {
  const outcomes = [...(await recoverOpenDocuments(context, commit))];
  const stored = await readContainerPairs(context.parts.storage, context.pair);
  if (stored.size === 0) return outcomes;
  const ids = new Set<string>();
  for (const range of inRanges([...stored.values()], PAIRS_AT_ONCE)) {
    const open = await context.parts.storage.select({
      table: "intents",
      columns: ["pair_id"],
      where: { pair_id: { in: range.map(({ id }) => id) }, state: "prepared" },
    });
    for (const { pair_id } of open) ids.add(pair_id);
  }
  for (const link of await storedLinks(context)) {
    const child = stored.get(containerName(link));
    if (!child || !ids.has(child.id)) continue;
    const { context: own } = bind(context, sides, link, child);
    try {
      outcomes.push(...(await recoverOpenIntents(own, commit)));
    } catch (error) {
      // One container that cannot be reached says nothing of the others: its calls stay open.
      if (containerFailure(error) === undefined) throw error;
    }
  }
  return outcomes;
}

async function planOne(
  context: RunContext,
  sides: ContainerSides,
  link: ContainerLink,
  child: PairRow,
  commit: Commit | undefined,
): Promise<ContentsPlan | "unreachable"> {
  const bound = bind(context, sides, link, child);
  try {
    const plan = await planContents(bound.context, bound.contents, child.last_run_at === null ? undefined : commit);
    return {
      ...plan,
      link: { key: link.key, generation: link.generation },
      containers: containersOf(context, link),
      heldBefore: child.held_plan_hash,
      versions: versionsOf(sides, link),
    };
  } catch (error) {
    // One container that cannot be reached says nothing of the others, nor of what is in it.
    if (containerFailure(error) === undefined) throw error;
    return "unreachable";
  }
}

function containersOf({ from }: RunContext, { aId, bId }: ContainerLink): ContainerIds {
  const [source, target] = from.side === "source" ? [aId, bId] : [bId, aId];
  return { ...(source === undefined ? {} : { source }), ...(target === undefined ? {} : { target }) };
}

/** The run of what one pair of containers holds. */
export function bind(
  context: RunContext,
  sides: ContainerSides,
  { aId, bId }: ContainerLink,
  child: PairRow,
): { readonly context: RunContext; readonly contents: BothContents } {
  const contents = {
    a: bindContents(sides.a.collection.contents, aId, versionOf(sides.a, aId)),
    b: bindContents(sides.b.collection.contents, bId, versionOf(sides.b, bId)),
  };
  const from = { ...context.from, contents: contents.a.references };
  const to = { ...context.to, contents: contents.b.references };
  // What is in a container is not followed through other pairs: its items are found by the catalogue.
  return { context: { ...context, pair: child, from, to, others: [], inRing: false }, contents };
}

function versionOf(side: ContainerSides["a"], id: string | undefined): string | undefined {
  return id === undefined ? undefined : side.facts(id)?.contentsVersion;
}

function versionsOf(sides: ContainerSides, { aId, bId }: ContainerLink): ContentsPlan["versions"] {
  const [from, to] = [versionOf(sides.a, aId), versionOf(sides.b, bId)];
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** Containers that no listing shows now say nothing of what is in them. One that is still to be made holds nothing. */
function isThere(sides: ContainerSides, { aId, bId }: ContainerLink): boolean {
  const shown = (side: ContainerSides["a"], id: string | undefined) => {
    if (id === undefined) return true;
    const facts = side.facts(id);
    return facts !== undefined && facts.access !== "followed" && facts.shows === undefined;
  };
  return shown(sides.a, aId) && shown(sides.b, bId);
}

/** The pairs of containers that will be linked when the plan has been carried out. */
async function linksAfter(context: RunContext, plan: PairPlan): Promise<readonly ContainerLink[]> {
  const links = new Map((await storedLinks(context)).map((link) => [link.key, link]));
  for (const { kind, links: own, fromId, toId } of plan.operations) {
    for (const { key, generation } of own) {
      if (kind === "delete" || kind === "drop" || kind === "detach" || kind === "suppress") links.delete(key);
      else if (kind === "create" || (fromId !== undefined && toId !== undefined)) {
        links.set(key, {
          key,
          generation,
          ...(fromId === undefined ? {} : { aId: fromId }),
          ...(toId === undefined ? {} : { bId: toId }),
        });
      }
    }
  }
  return [...links.values()];
}

export async function storedLinks(context: RunContext): Promise<readonly ContainerLink[]> {
  const { links } = await readLinks(context.parts.storage, context.pair.id, context.from.side);
  const inForce = [...links.values()].filter(({ state }) => state === "linked" || state === "conflict");
  const book = new ItemIdBook(context);
  await book.openLinks(inForce.map(({ key }) => key));
  return inForce.flatMap(({ key, generation, aId, bId }) =>
    aId === undefined || bId === undefined ? [] : [{ key, generation, aId: book.id("a", aId), bId: book.id("b", bId) }],
  );
}
