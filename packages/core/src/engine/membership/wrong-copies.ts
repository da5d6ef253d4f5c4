import type { Statement } from "../../ports/index.ts";
import type { Decision, Reconciliation, SideFacts, SideLetter } from "../../reconcile/index.ts";
import { otherThan } from "../../reconcile/index.ts";
import { type LinkRecord, linkKey, readLinkStamps, writeLinks } from "../links/links.ts";
import type { PlannedOperation } from "../plans/plan.ts";
import { isTwoWay, type RunContext, sideOf } from "../runs/run-context.ts";
import type { Release, Released } from "./release.ts";
import type { World } from "./world.ts";

const PAGE = 500;
/** Why a link was made by a write of this pair. */
const added: ReadonlySet<string> = new Set(["add.new", "add.again", "add.pending"]);

/** States in which a link may be made one that remembers a wrong copy. */
const free: ReadonlySet<string> = new Set(["dropped", "unmatched", "uncertain"]);

/** An item that this pair put where it is, for another that it does not stand for after all. */
interface WrongCopy {
  readonly side: SideLetter;
  readonly storedId: string;
  /** Of what it was copied from, until its link says otherwise. */
  readonly from?: Released;
}

/** What follows from released links beside a new search. */
export interface Overturned {
  /** By the key of the link that remembers each. */
  readonly copies: ReadonlyMap<string, WrongCopy>;
  /** Links that go, because nothing looks for a counterpart of theirs. */
  readonly dropped: ReadonlySet<string>;
}

/**
 * What is wrong on the side where it was copied to. Only what this pair added is taken away again: what had been there
 * before is its user's, and stays. One-way, A is never written.
 */
export async function overturn(
  context: RunContext,
  { stored, released }: Release,
  due: ReadonlySet<string>,
): Promise<Overturned> {
  const twoWay = isTwoWay(context);
  const copies = new Map<string, WrongCopy>();
  for (const { key, origin, state, aId, bId } of stored.links.values()) {
    const storedId = origin === "a" ? aId : bId;
    // A counterpart that is known and not yet written has two ids.
    const isLeft = state === "pending" && (aId === undefined || bId === undefined);
    if (isLeft && storedId !== undefined && (twoWay || origin === "b")) copies.set(key, { side: origin, storedId });
  }
  const made = await addedByThisPair(context, released);
  for (const from of released) {
    const side = otherThan(from.origin);
    if (!made.has(from.key) || (!twoWay && side === "a")) continue;
    copies.set(linkKey(sideOf(context, side).side, from.letGo), { side, storedId: from.letGo, from });
  }
  const isSought = ({ key, origin }: Released) => due.has(key) && (twoWay || origin === "a");
  return { copies, dropped: new Set(released.flatMap((each) => (isSought(each) ? [] : [each.key]))) };
}

async function addedByThisPair(
  { parts, pair }: RunContext,
  released: readonly Released[],
): Promise<ReadonlySet<string>> {
  const keys = released.flatMap(({ key, state }) => (state === "linked" ? [key] : []));
  const made = new Set<string>();
  for (let start = 0; start < keys.length; start += PAGE) {
    const rows = await parts.storage.select({
      table: "links",
      columns: ["link_key", "reason"],
      where: { pair_id: pair.id, link_key: { in: keys.slice(start, start + PAGE) } },
    });
    for (const { link_key, reason } of rows) if (reason !== null && added.has(reason)) made.add(link_key);
  }
  return made;
}

/** Stored keys of what is wrong on a side. */
export function wrongOn(letter: SideLetter, { copies }: Overturned): ReadonlySet<string> {
  return new Set([...copies.values()].flatMap(({ side, storedId }) => (side === letter ? [storedId] : [])));
}

/** Adds to what was decided: wrong copies go, unless something else turns out to be what they stand for. */
export function withOverturned(
  context: RunContext,
  world: World,
  { a, b }: { readonly a: SideFacts; readonly b: SideFacts },
  reconciled: Reconciliation,
): Reconciliation {
  const { copies, dropped } = world.overturned;
  if (copies.size === 0 && dropped.size === 0) return reconciled;
  const facts = { a, b };
  const wanted = wantedIds(context, world);
  const removals = [...copies].flatMap(([key, { side, storedId, from }]): Decision[] => {
    const isUnknown = from !== undefined && facts[from.origin](from.ownId) === "unknown";
    if (isUnknown || wanted[side].has(storedId)) return [];
    if (facts[side](storedId) !== "present") return [];
    return [{ action: "remove", on: side, keys: [key], ...(side === "a" ? { aId: storedId } : { bId: storedId }) }];
  });
  const kept = [...copies].flatMap(([key, { side, storedId }]): Decision[] =>
    wanted[side].has(storedId) && world.stored.links.has(key) ? [{ action: "drop", keys: [key] }] : [],
  );
  const drops = [...dropped].map((key): Decision => ({ action: "drop", keys: [key] }));
  return { ...reconciled, decisions: [...reconciled.decisions, ...kept, ...drops, ...removals] };
}

/** What links stand for, and what was found in this run. */
function wantedIds({ from, to }: RunContext, { stored, found, overturned }: World) {
  const wanted = { a: new Set<string>(), b: new Set<string>() };
  for (const [key, { aId, bId }] of stored.links) {
    if (overturned.copies.has(key)) continue;
    if (aId !== undefined) wanted.a.add(aId);
    if (bId !== undefined) wanted.b.add(bId);
  }
  for (const { seeker, toId } of found.values()) {
    if (seeker.origin === "a") wanted.b.add(to.ids.key(toId));
    else wanted.a.add(from.ids.key(toId));
  }
  return wanted;
}

/** Whether an operation takes away what the pair put there by mistake. */
export function isOfWrongCopy({ kind, reason }: PlannedOperation): boolean {
  return kind === "remove" && reason.code === "remove.by-override";
}

/**
 * Remembers wrong copies before the links go that tell of them, so that they are still known as such if a guard holds their
 * removal, or it fails.
 */
export async function rememberWrongCopies(
  context: RunContext,
  removals: readonly PlannedOperation[],
): Promise<Statement[]> {
  const keys = removals.flatMap(({ links }) => links.map(({ key }) => key));
  if (keys.length === 0) return [];
  const { parts, pair, from } = context;
  const stamps = await readLinkStamps(parts.storage, pair.id, keys, from.side);
  const isFree = (key: string) => free.has(stamps.get(key)?.state ?? "dropped");
  const records = removals.flatMap(({ links, fromId, toId }) =>
    links.flatMap(({ key, generation }): LinkRecord[] =>
      !isFree(key)
        ? []
        : [
            {
              key,
              ...(fromId === undefined ? {} : { fromId }),
              ...(toId === undefined ? {} : { toId }),
              state: "pending",
              reason: "remove.by-override",
              alias: false,
              generation,
              attempts: 0,
            },
          ],
    ),
  );
  return await writeLinks(context, records);
}
