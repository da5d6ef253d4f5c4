import { otherThan, type SideLetter } from "./conflicts.ts";
import type { Decision } from "./reconcile.ts";

/**
 * What is on record of an item of one service: the last time that somebody wished it there, or wished it gone. Pairs
 * pass wishes on with what they write, so that a wish that comes round by another way is known again.
 */
export interface Wish {
  readonly gone: boolean;
  readonly atMs: number;
}

/** On record for an item, by side and id; `undefined` if nothing is. */
export type Wishes = (side: SideLetter, id: string) => Wish | undefined;

export interface Weighed {
  readonly decisions: readonly WishedDecision[];
  /** Something is left to the pair that it came by: wherefrom it came it is gone, and has been since. */
  readonly waiting: boolean;
}

/** A decision with the wish that it carries out, in ms since the epoch, where it writes. */
export type WishedDecision = Decision & { readonly wishedAtMs?: number };

/** What a record does not say happened after it, and before anything that is on record later. */
const AFTERWARDS = 0.5;

/**
 * In a ring of pairs two contradictory acts would chase each other round for ever: each pair sees only that an item has
 * come or gone, and passes that on. Here the later wish counts, whichever way it came: a set whose entries the last
 * writer decides has one end, in whatever order the pairs run. Pure.
 *
 * - a removal that is older than the wish for what it would remove: the item is made again instead
 * - a copy of something older than the removal of its counterpart: it waits, and goes the way that it came
 *
 * @param nowMs what a pair sees first, no other has seen: a person did that since
 */
export function weighWishes(decisions: readonly Decision[], wishes: Wishes, nowMs: number): Weighed {
  let waiting = false;
  const weighed = decisions.flatMap((decision): WishedDecision[] => {
    const { action, on, aId, bId } = decision;
    if (on === undefined || (action !== "create" && action !== "remove")) return [decision];
    const [ownId, otherId] = on === "a" ? [aId, bId] : [bId, aId];
    const other = otherThan(on);
    if (action === "remove") {
      const there = thereAllAlong(wishes, on, ownId);
      const gone = dateOf(wishes, other, otherId, { gone: true }) ?? latest(nowMs, there);
      if (there <= gone) return [{ ...decision, wishedAtMs: gone }];
      return [{ ...decision, action: "create", on: other, wishedAtMs: Math.ceil(there) }];
    }
    const gone = goneAllAlong(wishes, on, ownId);
    const there = dateOf(wishes, other, otherId, { gone: false }) ?? latest(nowMs, gone);
    if (gone <= there) return [{ ...decision, wishedAtMs: there }];
    waiting = true;
    return [];
  });
  return { decisions: withoutTwins(weighed), waiting };
}

/** What is made again for one entry may be made for another too: then it is one item, made once, for both. */
function withoutTwins(decisions: readonly WishedDecision[]): readonly WishedDecision[] {
  const made = new Map<string, number>();
  const alone: WishedDecision[] = [];
  for (const decision of decisions) {
    const { action, on } = decision;
    const id = on === "a" ? decision.aId : decision.bId;
    const name = `${on} ${id}`;
    const at = action === "create" && id !== undefined ? made.get(name) : undefined;
    const twin = at === undefined ? undefined : alone[at];
    if (at !== undefined && twin) {
      alone[at] = both(twin, decision);
      continue;
    }
    if (action === "create") made.set(name, alone.length);
    alone.push(decision);
  }
  return alone;
}

function both(left: WishedDecision, right: WishedDecision): WishedDecision {
  const { aId, bId, ...rest } = left;
  return {
    ...rest,
    keys: [...left.keys, ...right.keys],
    ...(aId === undefined || aId !== right.aId ? {} : { aId }),
    ...(bId === undefined || bId !== right.bId ? {} : { bId }),
    wishedAtMs: Math.max(left.wishedAtMs ?? 0, right.wishedAtMs ?? 0),
  };
}

/** Since when an item is as a pair finds it, changed since that pair last looked: if another pair has seen that too. */
function dateOf(wishes: Wishes, side: SideLetter, id: string | undefined, { gone }: Pick<Wish, "gone">) {
  const wish = id === undefined ? undefined : wishes(side, id);
  return wish?.gone === gone ? wish.atMs : undefined;
}

/** The date of what nobody has seen before: later than all that it meets, also where time stands still. */
function latest(nowMs: number, metMs: number): number {
  return Math.max(nowMs, Math.floor(metMs) + 1);
}

/** An item that is as the pair knows it. On record as gone, it has come back since. */
function thereAllAlong(wishes: Wishes, side: SideLetter, id: string | undefined): number {
  const wish = id === undefined ? undefined : wishes(side, id);
  if (!wish) return Number.NEGATIVE_INFINITY;
  return wish.gone ? wish.atMs + AFTERWARDS : wish.atMs;
}

/** An item that is not there, and that the pair never knew. On record as there, it has gone since. */
function goneAllAlong(wishes: Wishes, side: SideLetter, id: string | undefined): number {
  const wish = id === undefined ? undefined : wishes(side, id);
  if (!wish) return Number.NEGATIVE_INFINITY;
  return wish.gone ? wish.atMs : wish.atMs + AFTERWARDS;
}
