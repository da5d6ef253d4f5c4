import { demand } from "../base/violation.ts";
import { type Change, type Entry, otherThan, type ShelvedList, type SideIndex } from "./shelf.ts";
import { isIn, songOf } from "./songs.ts";
import { countsOf } from "./standing.ts";
import type { PlaylistsWorld, Running } from "./world.ts";

/** The user's own, or shared with the user to be filled. */
export function isMine({ access }: ShelvedList): boolean {
  return access !== "followed";
}

/** Whatever goes wrong, in whatever state a run finds things: what it writes has a reason at the other service. */
export function justify(world: PlaylistsWorld, change: Change, { sinceMs, isUndoing }: Running): void {
  const { shelf, before, after } = change;
  const serial = (after ?? before)?.serial ?? 0;
  const seen = () => `list ${serial} at ${shelf.name}`;
  // The pair may have been asked for another mode since, which counts from its next run on.
  if (isUndoing) {
    judgeOwn(shelf.index, before, after, seen);
    return;
  }
  const mayWrite = world.isTwoWay || world.reads !== shelf.index;
  demand(mayWrite, "one-way, the side that is read is never written", seen);
  const other = world.side(otherThan(shelf.index));
  const there = other.since(serial, sinceMs - other.habits.lagMs);
  if (!before) {
    const twins = [...shelf.lists.values()].filter((list) => list.serial === serial);
    demand(twins.length === 1, "no list is made twice", seen);
    demand(
      there.some((list) => list && isMine(list)),
      "only lists that the other side has are made",
      seen,
    );
    return;
  }
  if (!after) {
    demand(there.includes(undefined), "only lists that somebody deleted are deleted", seen);
    demand(world.isTwoWay || world.settings.propagation === "mirror", "additive, no list is deleted", seen);
    return;
  }
  judgeEntries(world, change as Required<Change>, there, sinceMs);
}

/** What nobody but people can put there again never goes. */
function judgeOwn(
  side: SideIndex,
  before: ShelvedList | undefined,
  after: ShelvedList | undefined,
  seen: () => string,
): void {
  const kept = new Set(after?.entries.map(({ uid }) => uid));
  const own = before?.entries.filter(({ kind, id }) => kind !== "song" || !isIn(otherThan(side), songOf(id ?? "")));
  demand(own?.every(({ uid }) => kept.has(uid)) ?? true, "what one side alone can hold is never removed", seen);
}

function judgeEntries(
  world: PlaylistsWorld,
  { shelf, before, after }: Required<Change>,
  there: readonly (ShelvedList | undefined)[],
  sinceMs: number,
): void {
  const { serial } = after;
  const standing = world.standing(serial);
  const kept = new Set(after.entries.map(({ uid }) => uid));
  const had = new Set(before.entries.map(({ uid }) => uid));
  const lost = before.entries.filter(({ uid }) => !kept.has(uid));
  const seen = (entry: Entry) => `${entry.kind} ${entry.id} of list ${serial} at ${shelf.name}`;
  judgeOwn(shelf.index, before, after, () => `of list ${serial} at ${shelf.name}`);
  for (const entry of lost) {
    if (shelf.habits.remove === "token" || !world.isTwoWay) continue;
    // Of copies that are told apart none goes but what the other side has fewer of.
    const song = songOf(entry.id ?? "");
    // It may be shown what was there before people took some.
    const shown = shelf.since(serial, sinceMs - shelf.habits.lagMs);
    const count = Math.max(...shown.map((list) => countsOf(list).get(song) ?? 0), countsOf(before).get(song) ?? 0);
    // KNOWN LIMIT: while its service shows nothing of a song, further copies of it that we made may go, and come back later.
    const isLess = world.hindered.has(song) || there.some((list) => (countsOf(list).get(song) ?? 0) < count);
    demand(isLess, "only what left the other side is removed", () => seen(entry));
  }
  const counts = countsOf(after);
  for (const entry of after.entries.filter(({ uid }) => !had.has(uid))) {
    const song = songOf(entry.id ?? "");
    const isOn = (list: ShelvedList | undefined) => countsOf(list).has(song);
    // What a removal of all copies has taken is put back.
    const wasHere = shelf.since(serial, world.running?.sinceMs ?? 0).some(isOn);
    demand(there.some(isOn) || wasHere, "only what is on the other side is added", () => seen(entry));
    const most = standing.most(song);
    demand((counts.get(song) ?? 0) <= most, "nothing is there more often than people put it there", () => {
      return `${counts.get(song)} times, not ${most}: ${seen(entry)}`;
    });
  }
  // What was made by us is hidden before anything is in it, unless its original is shown.
  const isFuller = after.entries.length > before.entries.length;
  // What people have shown or hidden since is theirs to say; on both sides it is a conflict.
  const isSaid = standing.published.size > 0 || standing.isApart;
  if (!isFuller || !after.isPublic || isSaid || !standing.madeByUs.has(shelf.index)) return;
  const isShown = there.some((list) => list?.isPublic);
  demand(isShown, "a private list is hidden before anything is in it", () => after.name);
}
