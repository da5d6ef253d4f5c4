import { sameCanonical } from "../../items/index.ts";
import {
  type Arrival,
  type DocumentFacts,
  type LinkFacts,
  type Reconciliation,
  reconcile,
  type SideLetter,
} from "../../reconcile/index.ts";
import { linkKey } from "../links/links.ts";
import { tableOf } from "../membership/decide.ts";
import { isTwoWay, type RunContext } from "../runs/run-context.ts";
import { decisionOf, isAsRecorded } from "./conflict-records.ts";
import type { DocumentLink } from "./document-links.ts";
import { type DocumentWorld, type Presences, seenOn } from "./document-world.ts";
import { readFieldHashes } from "./field-hashes.ts";
import { baseOf } from "./seen-document.ts";
import { isTold } from "./side-state.ts";

/** Two services' times closer than this are the same moment. */
const SAME_MOMENT_MS = 2_000;

/** Hands everything that was read to the decision table. */
export function decideDocuments(context: RunContext, world: DocumentWorld, presences: Presences): Reconciliation {
  const { pair, from } = context;
  const arrivals = arrivalsOf(context, world).filter(({ aId, bId }) => world.inScope(aId, bId));
  const matched = new Set(world.matches.pairs.values());
  return reconcile({
    table: tableOf(context),
    links: linkFacts(world),
    arrivals,
    strays: [...world.unlinked.b.keys()].filter(
      (id) => !matched.has(id) && !world.matches.ambiguous.b.has(id) && world.inScope(undefined, id),
    ),
    aComplete: world.readings.a.extent === "full" && world.readings.a.complete,
    a: (id) => presences.of("a", id),
    b: (id) => presences.of("b", id),
    documents: {
      policy: pair.conflict_policy,
      source: from.side === "source" ? "a" : "b",
      complete: { a: world.readings.a.complete, b: world.readings.b.complete },
      equal: (aId, bId) => areEqual(world, aId, bId),
      later: (aId, bId) => laterOf(world, aId, bId),
      recorded: (key) => recordedOf(context, world, key),
    },
  });
}

function* linkFacts({ stored, conflicts, readings, inScope }: DocumentWorld): Generator<LinkFacts> {
  for (const { key, aId, bId, origin, state } of stored.links.values()) {
    // Nothing has changed since the last run, which has left it as it should be; and no content was read.
    if (!isTold(readings.a, aId) && !isTold(readings.b, bId)) continue;
    // Stopped until the day is over; what happens to it meanwhile is seen then.
    if (state === "oscillating" || !inScope(aId, bId)) continue;
    yield {
      key,
      ...(aId === undefined ? {} : { aId }),
      ...(bId === undefined ? {} : { bId }),
      origin,
      // A run that was about to settle a conflict did not get to it.
      state: state === "linked" && conflicts.has(key) ? "conflict" : state,
      alias: false,
    };
  }
}

function arrivalsOf(context: RunContext, { unlinked, matches, pending }: DocumentWorld): readonly Arrival[] {
  const arrivals: Arrival[] = [];
  for (const aId of unlinked.a.keys()) {
    if (matches.ambiguous.a.has(aId)) continue;
    const bId = matches.pairs.get(aId);
    const key = linkKey(context.from.side, aId);
    const fromB = bId === undefined ? undefined : linkKey(context.to.side, bId);
    if (bId !== undefined && fromB !== undefined && pending.has(fromB)) {
      arrivals.push({ origin: "b", key: fromB, aId, bId });
      continue;
    }
    arrivals.push({ origin: "a", key, aId, ...(bId === undefined ? {} : { bId }) });
  }
  if (!isTwoWay(context)) return arrivals;
  const matched = new Set(matches.pairs.values());
  for (const bId of unlinked.b.keys()) {
    if (matched.has(bId) || matches.ambiguous.b.has(bId)) continue;
    arrivals.push({ origin: "b", key: linkKey(context.to.side, bId), bId });
  }
  return arrivals;
}

function areEqual(world: DocumentWorld, aId: string, bId: string): boolean {
  const a = seenOn(world, "a", aId);
  const b = seenOn(world, "b", bId);
  return a !== undefined && b !== undefined && sameCanonical(a.canonical, b.canonical);
}

/** By the services' own clocks, each corrected by how far it was ahead of ours when it answered. */
function laterOf(world: DocumentWorld, aId: string, bId: string): SideLetter | undefined {
  const a = timeOf(world, "a", aId);
  const b = timeOf(world, "b", bId);
  if (a === undefined || b === undefined || Math.abs(a - b) <= SAME_MOMENT_MS) return undefined;
  return a > b ? "a" : "b";
}

function timeOf(world: DocumentWorld, side: SideLetter, id: string): number | undefined {
  const { deleted, clockOffsetMs } = world.readings[side];
  const time = seenOn(world, side, id)?.modifiedAtMs ?? deleted.get(id);
  return time === undefined ? undefined : time - clockOffsetMs;
}

function recordedOf(context: RunContext, world: DocumentWorld, key: string): ReturnType<DocumentFacts["recorded"]> {
  const record = world.conflicts.get(key);
  const link = world.stored.links.get(key);
  if (!record || !link || (link.state !== "conflict" && record.decision === null)) return undefined;
  const now = { a: checksumNow(world, link, "a"), b: checksumNow(world, link, "b") };
  if (!isAsRecorded(record, context, now)) return undefined;
  const decision = decisionOf(record, context);
  return decision === undefined ? {} : { decision };
}

function checksumNow(world: DocumentWorld, link: DocumentLink, side: SideLetter): string | undefined {
  const seen = seenOn(world, side, side === "a" ? link.aId : link.bId);
  return seen && baseOf(world.hasher, seen, readFieldHashes(link.base[side]?.fields)).checksum;
}
