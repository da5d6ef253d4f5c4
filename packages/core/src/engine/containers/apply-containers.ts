import { RunError } from "../../errors/index.ts";
import type { Statement } from "../../ports/index.ts";
import { applyContents, type ListTargets } from "../contents/apply-contents.ts";
import { namesOf } from "../contents/bound-contents.ts";
import { applyDocuments } from "../documents/apply-documents.ts";
import { readLinks } from "../links/links.ts";
import { containerFailure } from "../membership/read-side.ts";
import type { ContentsPlan, PairPlan, Side } from "../plans/plan.ts";
import { assertUnaltered } from "../plans/plan-integrity.ts";
import { reason } from "../plans/reasons.ts";
import { inContainers } from "../reports/build-reports.ts";
import { storePair } from "../requests/pairs.ts";
import { afterRun } from "../runs/after-run.ts";
import { inRanges, PAIRS_AT_ONCE } from "../runs/in-ranges.ts";
import type { Lease } from "../runs/lease.ts";
import type { ApplyResult } from "../runs/ledger.ts";
import { assertRunning, type PairRow, type RunContext } from "../runs/run-context.ts";
import { type ContainerLink, containerName, containerPair, readContainerPairs } from "./container-pairs.ts";
import type { ContainerSides } from "./containers-shape.ts";
import { bind, storedLinks } from "./plan-containers.ts";
import { stillShown } from "./still-shown.ts";

/** Carries a plan out: the containers first, then what is in them. */
export async function applyContainers(
  context: RunContext,
  sides: ContainerSides,
  lease: Lease,
  plan: PairPlan,
  given: boolean,
): Promise<ApplyResult> {
  const sinceMs = context.parts.clock.now();
  const results = [await applyDocuments(context, lease, plan, { given })];
  const contents = plan.contents ?? [];
  await rememberHolds(context, lease, contents);
  if (contents.length > 0 && isGoingOn(results)) {
    await relist(context, sides, contents);
    const links = new Map((await storedLinks(context)).map((link) => [containerName(link), link]));
    const stored = await readContainerPairs(context.parts.storage, context.pair);
    const shown = stillShown(context, sides, plan, results[0]?.outcomes ?? []);
    for (const each of contents) {
      if (!isGoingOn(results) || (hasWritten(results) && (await context.isSliceOver?.(sinceMs)))) break;
      assertRunning(context);
      const name = containerName(each.link);
      const isHeldBack = shown.has(each.link.key) && (stored.get(name)?.last_run_at ?? null) === null;
      const link = isHeldBack ? undefined : links.get(name);
      // The container was not made or hidden after all, or is linked to another one by now: the next run plans anew.
      results.push(link ? await applyOne(context, sides, lease, each, { link, stored, given }) : notReached(each));
    }
  }
  for (const each of contents.slice(results.length - 1)) results.push(notReached(each));
  await forgetUnlinked(context, lease);
  if (plan.left) results.push({ outcomes: plan.left, settled: false });
  return joined(results);
}

/** What the report says is held can be confirmed, also in containers that the run does not get to. */
async function rememberHolds({ parts, pair }: RunContext, lease: Lease, contents: readonly ContentsPlan[]) {
  const updated_at = parts.clock.now();
  const statements = contents.flatMap(({ pairId, hold, heldBefore }): Statement[] => {
    if (!hold || hold.hash === heldBefore) return [];
    return [{ update: "sync_pairs", set: { held_plan_hash: hold.hash, updated_at }, where: { id: pairId } }];
  });
  if (statements.length === 0) return;
  const written = await parts.storage.write({ guards: lease.guards, statements });
  if (!written.applied) throw new RunError("run.lease-lost", { pairId: pair.id });
}

function hasWritten(results: readonly ApplyResult[]): boolean {
  return results.some(({ outcomes }) => outcomes.some(({ kind }) => kind !== "left" && kind !== "refused"));
}

/** The next run goes on with these. */
export function notReached(plan: Pick<ContentsPlan, "operations" | "containers">): ApplyResult {
  const writes = plan.operations.filter(({ on }) => on !== undefined);
  const outcomes = writes.map(({ on, fromId, toId, item }) => ({
    kind: "left" as const,
    reason: reason("refused.not-reached", {}),
    ...(on === undefined ? {} : { on }),
    ...(fromId === undefined ? {} : { fromId }),
    ...(toId === undefined ? {} : { toId }),
    ...(item === undefined ? {} : { item }),
  }));
  return { outcomes: inContainers(outcomes, plan), settled: false };
}

/** What was in containers that are linked no more is nobody's business: their pair goes, and its links with it. */
async function forgetUnlinked(context: RunContext, lease: Lease): Promise<void> {
  const { parts, pair, from } = context;
  const children = await readContainerPairs(parts.storage, pair);
  if (children.size === 0) return;
  const { links } = await readLinks(parts.storage, pair.id, from.side);
  const known = new Set([...links.values()].map(containerName));
  const ids = [...children].flatMap(([name, { id }]) => (known.has(name) ? [] : [id]));
  if (ids.length === 0) return;
  const statements = inRanges(ids, PAIRS_AT_ONCE).map((range) => ({
    delete: "sync_pairs" as const,
    where: { id: { in: range } },
  }));
  const written = await parts.storage.write({ guards: lease.guards, statements });
  if (!written.applied) throw new RunError("run.lease-lost", { pairId: pair.id });
}

interface LinkedContents {
  readonly link: ContainerLink;
  readonly stored: ReadonlyMap<string, PairRow>;
  readonly given: boolean;
}

async function applyOne(
  context: RunContext,
  sides: ContainerSides,
  lease: Lease,
  plan: ContentsPlan,
  { link, stored, given }: LinkedContents,
): Promise<ApplyResult> {
  const draft = await containerPair(context.parts, context.pair, link, stored.get(containerName(link)));
  if (given) await assertUnaltered(context.parts, draft, plan);
  const child = await storePair(context.parts, draft);
  const bound = bind(context, sides, link, child);
  const targets: ListTargets = {
    from: { contents: bound.contents.a, containerId: link.aId },
    to: { contents: bound.contents.b, containerId: link.bId },
  };
  try {
    const moved = await movedSides(bound.context, sides, plan, link, targets);
    const { error, ...done } = await applyContents(bound.context, lease, plan, targets, moved);
    // A service that refuses one list (somebody else's, by now) says nothing of the others.
    const result = error === undefined || containerFailure(error) !== undefined ? done : { ...done, error };
    const written = await context.parts.storage.write({
      guards: lease.guards,
      statements: [afterRun(context.parts, child, plan, result, result.deferred?.untilMs)],
    });
    if (!written.applied) throw new RunError("run.lease-lost", { pairId: context.pair.id });
    return { ...result, outcomes: inContainers(result.outcomes, plan) };
  } catch (error) {
    // One container that cannot be reached says nothing of the others.
    if (containerFailure(error) === undefined) throw error;
    return notReached(plan);
  }
}

/** One look at all containers tells which of them have changed since they were read for the plan. */
async function relist(context: RunContext, sides: ContainerSides, contents: readonly ContentsPlan[]): Promise<void> {
  if (contents.every(({ operations }) => operations.length === 0)) return;
  await sides.a.look(context.from.session);
  await sides.b.look(context.to.session);
}

/** Sides whose list is not what it was when the plan was made. Equal versions need no look; else the list itself tells. */
async function movedSides(
  context: RunContext,
  sides: ContainerSides,
  plan: ContentsPlan,
  { aId, bId }: ContainerLink,
  { from, to }: ListTargets,
): Promise<ReadonlySet<Side>> {
  const moved = new Set<Side>();
  if (plan.operations.length === 0) return moved;
  const looks = [
    {
      open: context.from,
      id: aId,
      target: from,
      was: plan.lists.from,
      version: sides.a.facts(aId ?? "")?.contentsVersion,
    },
    { open: context.to, id: bId, target: to, was: plan.lists.to, version: sides.b.facts(bId ?? "")?.contentsVersion },
  ];
  for (const { open, id, target, was, version } of looks) {
    const planned = open.side === "source" ? plan.containers.source : plan.containers.target;
    // It was made a moment ago, by us, and is empty.
    if (planned === undefined || id === undefined) continue;
    if (version !== undefined && version === plan.versions[open === context.from ? "from" : "to"]) continue;
    for await (const _ of target.contents.references.read.list(open.session, {})) assertRunning(context);
    const list = namesOf(target.contents.rows());
    if (list.length !== was.length || list.some((name, place) => name !== was[place])) moved.add(open.side);
  }
  return moved;
}

function isGoingOn(results: readonly ApplyResult[]): boolean {
  return results.every(({ deferred, error }) => deferred === undefined && error === undefined);
}

export function joined(results: readonly ApplyResult[]): ApplyResult {
  const deferred = results.find((result) => result.deferred)?.deferred;
  const error = results.find((result) => result.error)?.error;
  return {
    outcomes: results.flatMap(({ outcomes }) => outcomes),
    settled: results.every(({ settled }) => settled),
    ...(deferred ? { deferred } : {}),
    ...(error ? { error } : {}),
  };
}
