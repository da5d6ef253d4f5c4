import { diffOrdered, type Kept, type OrderedScript } from "./diff.ts";

export interface OrderedMerge {
  /** What both sides held when they last agreed; nothing if they never did (first match). */
  readonly base?: readonly string[] | undefined;
  readonly a: readonly string[];
  readonly b: readonly string[];
  /** Whose order counts where both sides changed it; with the policy `skip` give A. */
  readonly winner: "a" | "b";
}

export interface OrderedMergeResult {
  /** What both sides shall hold. */
  readonly merged: readonly string[];
  /** Both sides put what they share in an order of their own, and the winner's was taken: the loser's is a conflict. */
  readonly bothMoved: boolean;
}

/**
 * Merges what two sides made of one ordered list.
 *
 * What: of each token as many copies as `base` has, and what was added on either side, and without what was removed on either
 * side, by counting. What both sides did counts once: copies that both added are there once, copies that both removed are gone
 * once. Two sides that hold the same are therefore left alone, whatever the base says, and without a base each token is there
 * as often as on the side that has more of it.
 *
 * Order: that of the side which moved entries that are left; of the winner if both did, or neither. An addition of the other
 * side comes right after its left neighbour there (the nearest that is left, at the front if none is), behind what the side
 * whose order counts has added at that place. Swapping the sides and the winner gives the same list.
 *
 * A merge that is made again when only one side has been written gives the same where nothing is twice. Of copies it gives as
 * many, perhaps at other places; not even that where one side added a copy and the other removed one of the same: there, keep
 * what was merged until both sides are written.
 *
 * Entries that only one side can hold (no counterpart yet): leave them out of `base` and give them with the side that has them.
 * They come out at their place as additions; leave them out again of what the other side is to become, until they have a
 * counterpart there.
 */
export function mergeOrdered({ base = [], a, b, winner }: OrderedMerge): OrderedMergeResult {
  const sides = { a: diffOrdered(base, a), b: diffOrdered(base, b) };
  const [aMoved, bMoved] = [isReordered(sides.a, sides.b), isReordered(sides.b, sides.a)];
  const leader = aMoved === bMoved ? winner : aMoved ? "a" : "b";
  const lead = sides[leader];
  const follow = sides[leader === "a" ? "b" : "a"];
  const entries = leading(lead, follow);
  const together = diffOrdered(
    entries.map(({ name }) => name),
    namesIn(follow, lead),
  );
  return {
    merged: woven(entries, follow, together),
    bothMoved: aMoved === bMoved && together.moves.length > 0,
  };
}

/** An entry of a side. Entries of both sides with one name can be one and the same. */
interface Named {
  readonly token: string;
  readonly name: string;
}

/** What both sides kept of the base is known by its place there; all else is any copy of its token. */
function namesIn(side: OrderedScript, other: OrderedScript): string[] {
  const names = side.wanted.map((token) => `+${token}`);
  for (const { from, to } of keptByBoth(side, other)) names[to] = `=${from}`;
  return names;
}

/** Whether a side has put what is left of the base in another order. What it moved and the other removed tells nothing. */
function isReordered(side: OrderedScript, other: OrderedScript): boolean {
  const kept = keptByBoth(side, other).sort((left, right) => left.to - right.to);
  return kept.some(({ from }, i) => from < (kept[i - 1]?.from ?? 0));
}

function keptByBoth(side: OrderedScript, other: OrderedScript): Kept[] {
  const gone = new Set(other.removes.map(({ at }) => at));
  return keptOf(side).filter(({ from }) => !gone.has(from));
}

/** The leading list without what the other side removed. */
function leading(lead: OrderedScript, follow: OrderedScript): Named[] {
  const dropped = droppedFrom(lead, follow);
  const names = namesIn(lead, follow);
  const entries = lead.wanted.map((token, place) => ({ token, name: names[place] ?? token }));
  return entries.filter((_, place) => !dropped.has(place));
}

/**
 * Places of the leading list whose entries the other side removed. The leader may have removed other copies of the same: those
 * count, so that two who each removed one copy do not remove two.
 */
function droppedFrom(lead: OrderedScript, follow: OrderedScript): ReadonlySet<number> {
  const due = new Map<string, number>();
  for (const { token } of follow.removes) due.set(token, (due.get(token) ?? 0) + 1);
  for (const { token } of lead.removes) due.set(token, (due.get(token) ?? 0) - 1);
  const places = new Map(keptOf(lead).map(({ from, to }) => [from, to]));
  const dropped = new Set<number>();
  for (const { token, at } of follow.removes.toReversed()) {
    const place = places.get(at);
    const left = due.get(token) ?? 0;
    if (place === undefined || left <= 0) continue;
    dropped.add(place);
    due.set(token, left - 1);
  }
  return dropped;
}

/** The leading entries, and what the other side alone has added after their left neighbours. */
function woven(entries: readonly Named[], follow: OrderedScript, together: OrderedScript): string[] {
  const partners = new Map(keptOf(together).map(({ from, to }) => [from, to]));
  const runs = runsOf(follow, new Set(partners.values()));
  const merged: string[] = [];
  let waiting = runs.get(FRONT) ?? [];
  entries.forEach(({ token }, place) => {
    const partner = partners.get(place);
    if (partner !== undefined) {
      for (const added of waiting) merged.push(added);
      waiting = runs.get(partner) ?? [];
    }
    merged.push(token);
  });
  return [...merged, ...waiting];
}

const FRONT = -1;

/** What the following side alone has added, by the place of the left neighbour that both have. */
function runsOf(follow: OrderedScript, shared: ReadonlySet<number>): ReadonlyMap<number, readonly string[]> {
  const added = new Set(follow.inserts.map(({ at }) => at));
  let run: string[] = [];
  const runs = new Map([[FRONT, run]]);
  follow.wanted.forEach((token, at) => {
    if (shared.has(at)) {
      run = [];
      runs.set(at, run);
    } else if (added.has(at)) run.push(token);
  });
  return runs;
}

function keptOf({ stays, moves }: OrderedScript): Kept[] {
  return [...stays, ...moves];
}
