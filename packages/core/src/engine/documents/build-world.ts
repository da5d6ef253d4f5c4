import type { SideLetter } from "../../reconcile/index.ts";
import { followChains } from "../links/chain.ts";
import type { RunContext } from "../runs/run-context.ts";
import type { ConflictRow } from "./conflict-records.ts";
import type { DocumentLink, DocumentLinks } from "./document-links.ts";
import type { DocumentSides } from "./document-side.ts";
import type { DocumentWorld } from "./document-world.ts";
import { withDoubles } from "./doubles.ts";
import { matchDocuments, type Unlinked } from "./match-documents.ts";
import type { DocumentReading } from "./read-documents.ts";
import type { SeenDocument } from "./seen-document.ts";
import type { SettlingDocuments } from "./side-state.ts";
import { Unclaimed } from "./unclaimed.ts";

/** What was read, before links and documents are put together. */
export interface Readings extends Pick<DocumentWorld, "hasher" | "inScope"> {
  readonly sides: DocumentSides;
  readonly readings: { readonly [S in SideLetter]: DocumentReading };
  readonly settling: { readonly [S in SideLetter]: SettlingDocuments };
  readonly conflicts: ReadonlyMap<string, ConflictRow>;
}

/** A document that its service gave another id, and the link that follows it. */
export interface Move {
  readonly key: string;
  readonly side: SideLetter;
  /** Stored key that is no more. */
  readonly oldId: string;
}

/**
 * Puts links and documents together: follows documents that were given another id, and matches what no link knows.
 * @param undecided links whose creation may still come to light
 */
export async function buildWorld(
  context: RunContext,
  read: Readings,
  all: DocumentLinks,
  undecided: ReadonlySet<string>,
): Promise<{ readonly world: DocumentWorld; readonly moves: readonly Move[] }> {
  const { before, pending } = withoutPending(read, all, undecided);
  const free = { a: unlinkedOn(read, before, "a"), b: unlinkedOn(read, before, "b") };
  const links = new Map([...before.links].filter(([key]) => !undecided.has(key)));
  const moves = (["a", "b"] as const).flatMap((side) => followMoves(read, links, free[side], side));
  const stored = { ...before, links };
  // What waits for its creation to come to light may be any of them.
  const unlinked =
    undecided.size === 0
      ? free
      : { a: without(before, undecided, free.a, "a"), b: without(before, undecided, free.b, "b") };
  const chained = await chainedPairs(context, unlinked);
  const found = matchDocuments(read.sides.a, unlinked.a, unlinked.b, chained);
  const matches = withDoubles(read, { links, matches: found, unlinked, chained, inRing: context.inRing });
  return {
    world: { ...read, stored, pending, unlinked, matches, notGone: { a: new Set(), b: new Set() } },
    moves,
  };
}

/**
 * A creation that was begun and never recorded says nothing of its document, which is as good as new: it may meet one
 * that came since on the other side, or that the service made of the creation without telling so.
 */
function withoutPending({ readings }: Readings, all: DocumentLinks, undecided: ReadonlySet<string>) {
  const pending = new Set<string>();
  const tombstones = new Map(all.tombstones);
  for (const { key, state, aId, bId, origin, generation } of all.links.values()) {
    const id = origin === "a" ? aId : bId;
    const alone = aId === undefined || bId === undefined;
    if (state !== "pending" || !alone || undecided.has(key)) continue;
    if (id === undefined || !readings[origin].seen.has(id)) continue;
    pending.add(key);
    // It goes on with the generation that it was begun with.
    if (generation > 0) tombstones.set(key, generation - 1);
  }
  const links = new Map([...all.links].filter(([key]) => !pending.has(key)));
  return { before: { ...all, links, tombstones }, pending };
}

/** What other pairs of the user know to be one and the same, A first; one to one. */
async function chainedPairs(
  context: RunContext,
  { a, b }: { readonly [S in SideLetter]: Unlinked },
): Promise<ReadonlyMap<string, string>> {
  const pairs = new Map<string, string>();
  if (a.size === 0 || b.size === 0) return pairs;
  const { from, to } = context;
  const found = await followChains(context, from, to, [...a.keys()].sort());
  const taken = new Set<string>();
  for (const [aId, { id }] of found) {
    const bId = to.ids.key(id);
    if (!b.has(bId) || taken.has(bId)) continue;
    pairs.set(aId, bId);
    taken.add(bId);
  }
  return pairs;
}

function idOn(link: DocumentLink, side: SideLetter): string | undefined {
  return side === "a" ? link.aId : link.bId;
}

/** Documents that no link knows, without what was deleted a moment ago, or replaced. */
function unlinkedOn(
  { readings, settling }: Readings,
  { links, superseded }: DocumentLinks,
  side: SideLetter,
): Map<string, SeenDocument> {
  const known = new Set<string>();
  for (const link of links.values()) {
    const id = idOn(link, side);
    if (id !== undefined) known.add(id);
  }
  const free = new Map<string, SeenDocument>();
  for (const [id, seen] of readings[side].seen) {
    if (!known.has(id) && !superseded[side].has(id) && !settling[side].deleted.has(id)) free.set(id, seen);
  }
  return free;
}

/**
 * An id that vanished while an unlinked document of the same side is exactly what it was: the same document, moved. The
 * link follows it; nothing is deleted and nothing created.
 */
function followMoves(
  read: Readings,
  links: Map<string, DocumentLink>,
  free: Map<string, SeenDocument>,
  side: SideLetter,
): Move[] {
  const moves: Move[] = [];
  const { seen, deleted, complete, extent } = read.readings[side];
  if (!complete || extent === "unchanged" || free.size === 0) return moves;
  let unclaimed: Unclaimed | undefined;
  for (const link of [...links.values()]) {
    const oldId = idOn(link, side);
    if (oldId === undefined || link.state !== "linked" || seen.has(oldId)) continue;
    if (extent === "delta" && !deleted.has(oldId)) continue;
    if (read.settling[side].written.has(oldId) || read.readings[side].unreadable.has(oldId)) continue;
    const base = link.base[side];
    if (!base) continue;
    unclaimed ??= new Unclaimed(read.hasher, free);
    const newId = unclaimed.claim(base);
    if (newId === undefined) continue;
    free.delete(newId);
    const ids = side === "a" ? { aId: newId } : { bId: newId };
    links.set(link.key, { ...link, ...ids });
    moves.push({ key: link.key, side, oldId });
  }
  return moves;
}

/** Nothing is concluded about documents that may be what an undecided creation has made. */
function without(
  { links }: DocumentLinks,
  undecided: ReadonlySet<string>,
  free: ReadonlyMap<string, SeenDocument>,
  side: SideLetter,
): ReadonlyMap<string, SeenDocument> {
  const waiting = [...undecided].map((key) => links.get(key)).filter((link) => link && idOn(link, side) === undefined);
  return waiting.length > 0 ? new Map() : free;
}
