import type { Presence } from "../../reconcile/index.ts";
import type { LinkSet, StoredLink } from "../links/links.ts";
import { readCursors } from "../runs/read-cursors.ts";
import { isTwoWay, type RunContext } from "../runs/run-context.ts";
import { type Cursor, readSide, type SideReading } from "./read-side.ts";
import type { RecentWrites } from "./recent-writes.ts";

export interface BothReadings {
  readonly a: SideReading;
  readonly b: SideReading;
  /** The pair's links had been lost: its cursors speak of a listing that no link remembers. */
  readonly rebuild: boolean;
}

/**
 * Reads both sides at once, each for the price of its changes.
 * @param afresh all of both, whatever their probes say
 */
export async function readBothSides(
  context: RunContext,
  { links }: LinkSet,
  due: ReadonlySet<string>,
  recent: RecentWrites,
  afresh: boolean,
): Promise<BothReadings> {
  const { pair, from, to } = context;
  const cursors = await readCursors(context);
  const lost = links.size === 0 && cursors.some(({ side, rows }) => side === from.side && rows > 0);
  const cursorOf = (side: string): Cursor | undefined =>
    lost ? undefined : cursors.find((cursor) => cursor.side === side);
  const knownA = new Map<string, Presence>();
  const knownB = new Map<string, Presence>();
  for (const link of links.values()) {
    // What is due for another search is read with its content, as if it were new. Prune compares all that has no
    // counterpart with what the other side holds by now.
    const asNew = due.has(link.key) || (pair.prune && isUnresolved(link));
    if (link.aId !== undefined && !(asNew && link.origin === "a")) note(knownA, link.aId, recordedOnA(link));
    if (link.bId !== undefined && !(asNew && link.origin === "b")) note(knownB, link.bId, recordedOnB(link));
  }
  const isDue = (origin: "a" | "b") => [...due].some((key) => links.get(key)?.origin === origin);
  const readA = (full: boolean) =>
    readSide(context, from, {
      phase: from.side === "source" ? "reading-source" : "reading-target",
      cursor: cursorOf(from.side),
      known: knownA,
      settling: recent.settling.a,
      full,
    });
  const readB = readSide(context, to, {
    phase: to.side === "source" ? "reading-source" : "reading-target",
    cursor: cursorOf(to.side),
    known: knownB,
    settling: recent.settling.b,
    full: afresh || (isTwoWay(context) && isDue("b")),
  });
  // Both are awaited whatever happens, so that none goes on behind a run that has ended.
  const [a, b] = await Promise.allSettled([readA(afresh || isDue("a")), readB]);
  if (a.status === "rejected") throw a.reason;
  if (b.status === "rejected") throw b.reason;
  // Prune must not take for a stray what the side that is read has too.
  const strays = pair.prune && b.value.arrivals.length > 0;
  const again = strays && a.value.extent !== "full";
  return { a: again ? await readA(true) : a.value, b: b.value, rebuild: lost };
}

function note(known: Map<string, Presence>, id: string, recorded: Presence): void {
  if (known.get(id) !== "present") known.set(id, recorded);
}

/** What the link last recorded of A: what a probe that says that nothing changed stands for. */
export function recordedOnA({ state, origin }: StoredLink): Presence {
  if (state === "linked" || state === "suppressed") return "present";
  return state !== "detached" && origin === "a" ? "present" : "absent";
}

/** The same of B. */
export function recordedOnB({ state, origin }: StoredLink): Presence {
  if (state === "linked" || state === "detached") return "present";
  return state !== "suppressed" && origin === "b" ? "present" : "absent";
}

export function isUnresolved({ state }: StoredLink): boolean {
  return state === "unmatched" || state === "uncertain" || state === "refused";
}
