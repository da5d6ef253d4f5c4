import { mappingOf } from "../contract/index.ts";
import { itemKinds, type UniversalTrack } from "../items/index.ts";
import {
  type Decision,
  guard,
  type HoldReason,
  type LinkFacts,
  type Presence,
  type Reconciliation,
  reconcile,
  type SideFacts,
} from "../reconcile/index.ts";
import { estimate } from "./estimate.ts";
import { type LinkSet, linkKey, nextGeneration, readLinks, type StoredLink } from "./links.ts";
import { assertSameAccounts } from "./open-sides.ts";
import { toOperations } from "./operations.ts";
import type { Hold, PairPlan, PlannedRequest, SideBasis } from "./plan.ts";
import { planHash } from "./plan-hash.ts";
import { type Cursor, readSide, type SideReading } from "./read-side.ts";
import { reason } from "./reasons.ts";
import { type RecentWrites, readRecentWrites } from "./recent-writes.ts";
import type { UnmatchedItem } from "./report.ts";
import { requestsOf } from "./reports.ts";
import { type Resolution, resolve, type Seeker } from "./resolve.ts";
import type { PairRow, RunContext } from "./run-context.ts";
import { askForTakedowns } from "./takedown.ts";
import type { World } from "./world.ts";

export interface PlanOptions {
  /** Remembers resolutions while they come; absent in a dry run, which changes nothing. */
  readonly checkpoint?: (resolutions: readonly Resolution[], links: LinkSet) => Promise<void>;
}

/** How long a miss rests before it is looked for again, by how often it was. */
const RETRY_DAYS = [1, 3, 7, 30];
const DAY_MS = 24 * 60 * 60 * 1000;
/** A lookup that failed for reasons of the service's is tried again soon. */
const FAILED_RETRY_MS = 15 * 60 * 1000;

/** Reads both sides, resolves what is new, decides and guards. Writes nothing to any service. */
export async function makePlan(context: RunContext, options: PlanOptions): Promise<PairPlan> {
  const { pair, from, to, parts } = context;
  const now = parts.clock.now();
  const stored = await readLinks(parts.storage, pair.id, from.side);
  const due = dueForRetry(stored, now);
  const recent = await readRecentWrites(context, now);
  const { a, b, rebuild } = await readBothSides(context, stored, due, recent);
  await assertSameAccounts(context);

  const { seekers, unsyncable } = seekersOf(context, a, stored, due);
  const { resolutions, doubtful, deferred } = await resolve(context, {
    seekers,
    held: b.arrivals,
    threshold: pair.match_threshold,
    ...(options.checkpoint ? { checkpoint: (lot) => options.checkpoint?.(lot, stored) ?? Promise.resolve() } : {}),
  });
  const found = new Map(resolutions.flatMap((each) => (each.found ? [[each.seeker.key, each] as const] : [])));
  const searchedOut = !deferred && resolutions.every((each) => each.found || each.verdict !== "failed");
  const world: World = { stored, seekers, found, searchedOut, doubtful, a, b };

  let reconciled = decideAll(context, world, a.facts);
  let verdict = guardAll(context, world, reconciled, recent);
  let known = new Map<string, UniversalTrack>();
  if (verdict.held.length === 0) {
    const takedowns = await askForTakedowns(context, verdict.released, world);
    known = takedowns.items;
    if (takedowns.taken.size > 0) {
      reconciled = decideAll(context, world, (id) => (takedowns.taken.has(id) ? "unknown" : a.facts(id)));
      verdict = guardAll(context, world, reconciled, recent);
    }
  }

  const describe = { ...world, known };
  const hasher = await parts.hashes.forTenant(pair.tenant_id);
  const released = await toOperations(context, hasher, verdict.released, describe);
  const heldOperations = await toOperations(context, hasher, verdict.held, describe);
  const holdHash = planHash(pair, heldOperations);
  const confirmed = heldOperations.length > 0 && pair.confirmed_plan_hash === holdHash;
  const operations = confirmed ? [...released, ...heldOperations] : released;
  const hold: Hold | undefined =
    heldOperations.length > 0 && !confirmed
      ? { hash: holdHash, reasons: verdict.reasons, operations: heldOperations }
      : undefined;
  const unmatched = [
    ...resolutions.flatMap((each) => (each.found ? [] : [toUnmatched(each, stored, now)])),
    ...unsyncable,
  ];

  return {
    pairId: pair.id,
    request: requestOf(pair),
    pairVersion: pair.version,
    basis: { from: basisOf(a), to: basisOf(b) },
    type: pair.sync_type as PairPlan["type"],
    source: (from.side === "source" ? from : to).provider.name,
    target: (to.side === "target" ? to : from).provider.name,
    from: from.side,
    to: to.side,
    operations,
    ...(hold ? { hold } : {}),
    unmatched,
    quiet: a.extent === "unchanged" && b.extent === "unchanged" && operations.length === 0 && !hold,
    requests: requestsOf(context),
    estimate: estimate(context, operations),
    hash: planHash(pair, operations),
    plannedAtMs: now,
    ...(deferred ? { deferredUntilMs: deferred.untilMs } : {}),
    ...(rebuild ? { rebuild } : {}),
  };
}

async function readBothSides(
  context: RunContext,
  { links }: LinkSet,
  due: ReadonlySet<string>,
  recent: RecentWrites,
): Promise<{ readonly a: SideReading; readonly b: SideReading; readonly rebuild: boolean }> {
  const { pair, from, to, parts } = context;
  const cursors = await parts.storage.select({ table: "sync_cursors", where: { pair_id: pair.id } });
  // Cursors that speak of a listing whose links are all gone are left over from before a loss: both sides are compared anew.
  const lost = links.size === 0 && cursors.some(({ side, rows }) => side === from.side && rows > 0);
  const cursorOf = (side: string): Cursor | undefined =>
    lost ? undefined : cursors.find((cursor) => cursor.side === side);
  const knownA = new Map<string, Presence>();
  const knownB = new Map<string, Presence>();
  for (const link of links.values()) {
    // What is due for another search is read with its content, as if it were new. Prune compares all that has no
    // counterpart with what the other side holds by now.
    if (!due.has(link.key) && !(pair.prune && isUnresolved(link)))
      knownA.set(link.aId, link.state === "detached" ? "absent" : "present");
    if (link.bId !== undefined && knownB.get(link.bId) !== "present") knownB.set(link.bId, recordedOnB(link));
  }
  const readA = (full: boolean) =>
    readSide(context, from, {
      phase: from.side === "source" ? "reading-source" : "reading-target",
      cursor: cursorOf(from.side),
      known: knownA,
      settling: new Set(),
      full,
    });
  const readB = readSide(context, to, {
    phase: to.side === "source" ? "reading-source" : "reading-target",
    cursor: cursorOf(to.side),
    known: knownB,
    settling: recent.settling,
    full: false,
  });
  // Both are awaited whatever happens, so that none goes on behind a run that has ended.
  const [a, b] = await Promise.allSettled([readA(due.size > 0), readB]);
  if (a.status === "rejected") throw a.reason;
  if (b.status === "rejected") throw b.reason;
  // Prune must not take for a stray what the side that is read has too.
  const strays = pair.prune && b.value.arrivals.length > 0;
  const again = strays && a.value.extent !== "full";
  return { a: again ? await readA(true) : a.value, b: b.value, rebuild: lost };
}

function recordedOnB({ state }: StoredLink): Presence {
  return state === "linked" || state === "detached" ? "present" : "absent";
}

function dueForRetry({ links }: LinkSet, now: number): Set<string> {
  const due = new Set<string>();
  for (const link of links.values()) if (isUnresolved(link) && (link.retryAtMs ?? 0) <= now) due.add(link.key);
  return due;
}

function isUnresolved({ state }: StoredLink): boolean {
  return state === "unmatched" || state === "uncertain" || state === "refused";
}

function seekersOf(context: RunContext, a: SideReading, { links }: LinkSet, due: ReadonlySet<string>) {
  const { from } = context;
  const toTrack = mappingOf(from.provider, itemKinds.track.name);
  const seekers: Seeker[] = [];
  const unsyncable: UnmatchedItem[] = [];
  for (const entry of a.arrivals) {
    if (entry.state === "listed") {
      const key = linkKey(from.side, from.ids.key(entry.id));
      const link = links.get(key);
      if (link?.state === "pending") continue;
      const heldOnly = link !== undefined && !due.has(key);
      seekers.push({ key, fromId: entry.id, item: toTrack(entry.native), heldOnly });
    } else {
      unsyncable.push({
        // Such ids can spell out titles; they are shown to people, never stored.
        fromId: entry.id ?? "",
        verdict: "unsyncable",
        reason: reason(entry.state === "unsyncable" ? `unsyncable.${entry.reason}` : "unsyncable.unreadable", {}),
        attempts: 0,
      });
    }
  }
  return { seekers, unsyncable };
}

function decideAll(context: RunContext, world: World, a: SideFacts): Reconciliation {
  const { pair, to } = context;
  const { links } = world.stored;
  const counterpartOf = (key: string) => {
    const toId = world.found.get(key)?.toId;
    return toId === undefined ? undefined : to.ids.key(toId);
  };
  const arrivals = world.seekers
    .filter(({ key }) => !links.has(key))
    .map(({ key, fromId }) => {
      const bId = counterpartOf(key);
      return { key, aId: context.from.ids.key(fromId), ...(bId === undefined ? {} : { bId }) };
    });
  const known = function* (): Generator<LinkFacts> {
    for (const link of links.values()) {
      const bId = counterpartOf(link.key);
      if (bId !== undefined) yield { ...link, bId };
      else yield rests(link, world.b.facts) ? withoutCounterpart(link) : link;
    }
  };
  const strays = world.b.arrivals.flatMap((entry) =>
    entry.state === "listed" && !world.doubtful.has(entry.id) ? [to.ids.key(entry.id)] : [],
  );
  const table = pair.propagation === "mirror" ? (pair.prune ? "prune" : "mirror") : "additive";
  return reconcile({
    table,
    links: known(),
    arrivals,
    strays,
    aComplete: world.a.extent === "full" && world.a.complete && world.searchedOut,
    a,
    b: world.b.facts,
  });
}

/** What the service refused is not sent again before it has been looked for again, unless somebody added it there. */
function rests({ state, bId }: LinkFacts, b: SideFacts): boolean {
  return state === "refused" && bId !== undefined && b(bId) !== "present";
}

function withoutCounterpart({ bId: _, ...link }: LinkFacts): LinkFacts {
  return link;
}

function guardAll(context: RunContext, world: World, { decisions }: Reconciliation, recent: RecentWrites) {
  const { pair } = context;
  let linked = 0;
  let onA = 0;
  for (const { state } of world.stored.links.values()) {
    if (state === "linked") linked++;
    if (state !== "detached") onA++;
  }
  const emptied = (side: SideReading, had: number) => side.extent === "full" && side.rows === 0 && had > 0;
  return guard({
    decisions,
    links: linked,
    removedLately: recent.removedLately,
    emptySide: emptied(world.a, onA) || emptied(world.b, linked),
    confirmFirst: pair.delete_free || (pair.prune && !pair.pruned_once),
  }) satisfies { readonly reasons: readonly HoldReason[]; readonly held: readonly Decision[] };
}

function toUnmatched(
  resolution: Extract<Resolution, { found: false }>,
  { links, tombstones }: LinkSet,
  now: number,
): UnmatchedItem {
  const { seeker, verdict, reason: why, match } = resolution;
  const link = links.get(seeker.key);
  const attempts = (link?.attempts ?? 0) + 1;
  const restMs =
    verdict === "failed" ? FAILED_RETRY_MS : (RETRY_DAYS[Math.min(attempts, RETRY_DAYS.length) - 1] ?? 30) * DAY_MS;
  return {
    fromId: seeker.fromId,
    verdict,
    reason: why,
    item: seeker.item,
    attempts,
    retryAtMs: now + restMs,
    link: {
      key: seeker.key,
      fromId: seeker.fromId,
      generation: link?.generation ?? nextGeneration(tombstones, seeker.key),
      ...(link ? { state: link.state } : {}),
    },
    ...(match ? { match } : {}),
  };
}

function basisOf({ rows, listedAtMs, complete, fingerprint }: SideReading): SideBasis {
  return { rows, listedAtMs, ...(complete && fingerprint !== undefined ? { fingerprint } : {}) };
}

function requestOf(pair: PairRow): PlannedRequest {
  return {
    sourceConnectionId: pair.source_connection_id,
    targetConnectionId: pair.target_connection_id,
    // Two-way pairs are refused when they are asked for, so a stored one-way mode is all there is.
    mode: pair.mode as PlannedRequest["mode"],
    type: pair.sync_type as PlannedRequest["type"],
    options: {
      conflictPolicy: pair.conflict_policy,
      matchThreshold: pair.match_threshold,
      propagation: pair.propagation,
      prune: pair.prune,
    },
  };
}
