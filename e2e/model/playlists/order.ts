import { demand } from "../base/violation.ts";
import { isFull } from "./in-step.ts";
import type { Both } from "./judge.ts";
import { bothSides, type Entry, otherThan, type ShelvedList, type SideIndex } from "./shelf.ts";
import { isInBoth, songOf } from "./songs.ts";
import { countsOf, type Standing, sharedIn } from "./standing.ts";
import type { PlaylistsWorld } from "./world.ts";

/** By what an entry is known on both sides; what one side alone has is known by itself. */
function nameOf({ kind, id, uid }: Entry): string {
  const song = kind === "song" && id !== null ? songOf(id) : undefined;
  return song !== undefined && isInBoth(song) ? `${song}` : `own ${uid}`;
}

function namesOf({ entries }: ShelvedList): readonly string[] {
  return entries.map(nameOf);
}

function isUnique(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}

/** The nearest of these on the left; none: at the front. */
function anchorOf(names: readonly string[], name: string, anchors: ReadonlySet<string>): string {
  return names.slice(0, names.indexOf(name)).findLast((each) => anchors.has(each)) ?? "front";
}

/** What one side alone has stays behind what stood before it, as far as that is left. */
export function judgePlaces(world: PlaylistsWorld, { serial }: Standing, then: Both, now: Both): void {
  if (cannotPlace(world, now)) return;
  for (const side of bothSides) {
    const [before, after] = [namesOf(then[side]), namesOf(now[side])];
    if (!isUnique(before) || !isUnique(after)) continue;
    const left = new Set(before.filter((name) => after.includes(name) && !name.startsWith("own")));
    for (const name of before) {
      if (!name.startsWith("own")) continue;
      const [was, is] = [anchorOf(before, name, left), anchorOf(after, name, left)];
      demand(was === is, "what one side alone has keeps its place", () => {
        return `${name} of list ${serial} at ${world.shelves[side].name}, behind ${was} and now ${is}: ${before} → ${after}`;
      });
    }
  }
}

/** Where some entries cannot be moved, or have no room, what is there stands as it may. */
function cannotPlace(world: PlaylistsWorld, now: Both): boolean {
  return bothSides.some((side) => {
    const shelf = world.shelves[side];
    return shelf.habits.moves === "none" || isFull({ shelf, list: now[side] });
  });
}

/** What both sides made of a list on which they had agreed: base, both additions, without both removals; and its order. */
export function judgeMerge(world: PlaylistsWorld, standing: Standing, then: Both, now: Both): void {
  const { agreed, serial } = standing;
  if (!agreed || cannotPlace(world, now)) return;
  judgeCounts(world, standing, then, now);
  const base = agreed.songs[0].map(String);
  const lists = then.map((list) => sharedIn(list).map(String)) as [string[], string[]];
  const merged = sharedIn(now[0]).map(String);
  if (![base, ...lists, merged].every(isUnique)) return;
  const kept = base.filter((name) => lists.every((list) => list.includes(name)));
  const orders = lists.map((list) => list.filter((name) => kept.includes(name)));
  const moved = orders.map((order) => order.join() !== kept.join());
  const winner: SideIndex = world.policy === "target-wins" ? 1 : 0;
  const leader = moved[0] === moved[1] ? winner : moved[0] ? 0 : 1;
  const is = merged.filter((name) => kept.includes(name));
  demand(is.join() === orders[leader]?.join(), "the order is that of the side that moved something", () => {
    return `list ${serial}: ${base} became ${lists[0]} and ${lists[1]}, and then ${merged}`;
  });
  const anchors = new Set(kept);
  for (const side of bothSides) {
    for (const name of lists[side]) {
      if (base.includes(name) || lists[otherThan(side)].includes(name)) continue;
      const [was, goes] = [anchorOf(lists[side], name, anchors), anchorOf(merged, name, anchors)];
      demand(was === goes, "an addition goes behind its left neighbour", () => {
        return `${name} in list ${serial}: ${base} became ${lists[0]} and ${lists[1]}, and then ${merged}`;
      });
    }
  }
}

function judgeCounts(world: PlaylistsWorld, { agreed, serial }: Standing, then: Both, now: Both): void {
  const isOnce = world.shelves.some(({ habits }) => habits.copies === "once");
  if (isOnce || !agreed) return;
  const count = (songs: readonly number[], song: number) => songs.filter((each) => each === song).length;
  const [a, b] = [sharedIn(then[0]), sharedIn(then[1])];
  const after = countsOf(now[0]);
  for (const song of new Set([...agreed.songs[0], ...a, ...b])) {
    const had = count(agreed.songs[0], song);
    const [onA, onB] = [count(a, song), count(b, song)];
    const [moreA, moreB] = [onA - had, onB - had];
    const isBothWays = Math.sign(moreA) === Math.sign(moreB);
    const change = isBothWays ? Math.sign(moreA) * Math.max(Math.abs(moreA), Math.abs(moreB)) : moreA + moreB;
    // What one side has lost altogether is lost, with all copies.
    const wanted = had > 0 && Math.min(onA, onB) === 0 ? 0 : had + change;
    demand((after.get(song) ?? 0) === wanted, "copies are counted", () => {
      return `song ${song} of list ${serial}: ${had} became ${onA} and ${onB}, and then ${after.get(song) ?? 0}`;
    });
  }
}
