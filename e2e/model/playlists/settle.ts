import type { PairReport } from "@syncer/core";
import type { Outcome } from "../base/explore.ts";
import { demand } from "../base/violation.ts";
import { outOfStep, type SideOfList } from "./in-step.ts";
import { isInStep } from "./judge.ts";
import { isMine } from "./justified.ts";
import { confirm, sync } from "./perform.ts";
import { isDone, type RunEnd } from "./runs.ts";
import { bothSides, type ShelvedList, type SideIndex } from "./shelf.ts";
import { countsOf, type Standing } from "./standing.ts";
import type { PlaylistsWorld } from "./world.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** What could not be found is looked for again after 30 days at the latest. */
const LONGEST_REST_MS = 31 * DAY_MS;
/** So many rounds, and everything is in step. */
const MOST_ROUNDS = 14;
const MOST_ATTEMPTS = 4;

/** Faults stop, and people rest: then everything comes into step within a few rounds, and a further run has nothing to do. */
export async function settle(world: PlaylistsWorld): Promise<Outcome> {
  for (const shelf of world.shelves) for (const id of [...shelf.withdrawn.keys()]) world.withdraw(shelf, id, "not");
  const rounds = await converge(world);
  for (const standing of world.standings.values()) judgeList(world, standing);
  await assertQuiet(world);
  await world.watch.checkAll(world.storage);
  for (const standing of world.standings.values()) standing.begin(world.both(standing.serial));
  // What one-way times let go of stays so.
  const isApart = !isAllInStep(world);
  world.strayed = !world.isTwoWay || (world.strayed && isApart);
  world.isUndone &&= isApart;
  world.hindered.clear();
  world.anyHindered = false;
  return { outcome: `in ${rounds}` };
}

function isAllInStep(world: PlaylistsWorld): boolean {
  return [...world.standings.keys()].every((serial) => {
    const [a, b] = world.both(serial);
    if (a && b) return !isMine(a) || !isMine(b) || isInStep(world, [a, b]);
    return !a === !b || [a, b].every((list) => !list || !isMine(list));
  });
}

async function converge(world: PlaylistsWorld): Promise<number> {
  let last = "";
  let still = 0;
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    await world.clock.advance(round % 2 === 1 ? DAY_MS + 60 * MINUTE_MS : LONGEST_REST_MS);
    const run = await runToItsEnd(world);
    last = `${run.outcome} ${run.detail}`;
    // What was taken to be put back elsewhere is looked for anew by the run after the next.
    still = isThrough(world, run) ? still + 1 : 0;
    if (still >= 2 && round % 2 === 0) return round;
  }
  demand(false, "everything comes into step", () => `not in ${MOST_ROUNDS} rounds: ${last}`);
}

/** What is held is confirmed if it is what people did; what a held run did all the same may make it another plan. */
async function runToItsEnd(world: PlaylistsWorld): Promise<RunEnd> {
  const first = await sync(world);
  let run = first;
  for (let attempt = 1; world.held && !isThrough(world, run) && attempt <= MOST_ATTEMPTS; attempt++) {
    // A person takes longer than any listing lags, which would show another plan each time.
    await world.clock.advance(MINUTE_MS);
    run = (await confirm(world)) ?? (await sync(world));
  }
  return first;
}

/** Whether a run found nothing to do, but for what services do not let it do. */
function isThrough(world: PlaylistsWorld, { report, writes }: RunEnd): boolean {
  if (!report || !isDone(report) || writes.length > 0) return false;
  if (report.status === "succeeded" || isHeldForOthers(world, report)) return true;
  const refused = report.items.filter(({ kind }) => kind === "refused" || kind === "left");
  return report.status === "partial" && refused.every((item) => isExcused(world, item.reason?.code));
}

/** What waits is about lists of others, which nobody but they can delete. */
function isHeldForOthers({ shelves }: PlaylistsWorld, { status, hold, heldContents = [] }: PairReport): boolean {
  const lists = new Map(shelves.flatMap((shelf) => [...shelf.lists]));
  const isOthers = (id: string | undefined) => id !== undefined && lists.has(id) && lists.get(id)?.access !== "owned";
  const isAll =
    hold?.operations.every(({ kind, fromId, toId }) => kind !== "create" && (isOthers(fromId) || isOthers(toId))) ??
    false;
  return status === "held" && isAll && heldContents.length === 0;
}

/** What is full takes no more, and what others own cannot be deleted. */
function isExcused(world: PlaylistsWorld, code: string | undefined): boolean {
  if (code === "refused.collection-full") return world.shelves.some(({ habits }) => habits.maxItems !== undefined);
  const lists = world.shelves.flatMap(({ lists }) => [...lists.values()]);
  return code === "refused.by-service" && lists.some(({ access }) => access !== "owned");
}

function judgeList(world: PlaylistsWorld, standing: Standing): void {
  const [a, b] = world.both(standing.serial);
  const seen = () => `list ${standing.serial}: ${describe(a)} and ${describe(b)}`;
  if (standing.isFollowed) {
    const copied = a !== undefined && b !== undefined;
    demand(!copied, "what is only followed is not copied", seen);
    return;
  }
  const isTold = world.isTwoWay && !world.strayed && !world.isUndone;
  if (isTold && !standing.isAlone) judgeWhereabouts(standing, [a, b], seen);
  if (!a || !b || !isMine(a) || !isMine(b)) return;
  const [left, right] = world.shelves;
  const sides = [
    { shelf: left, list: a },
    { shelf: right, list: b },
  ] as const;
  if (isTold) {
    const wrong = outOfStep(sides, () => false);
    demand(wrong === undefined, "both sides end equal", () => `${wrong}; ${seen()}`);
    judgeNames(standing, a, b, seen);
  }
  if (!world.strayed && !standing.isUntold) judgeWishes(standing, sides, seen);
}

function describe(list: ShelvedList | undefined): string {
  return list ? `${list.name} (${list.access}): ${list.entries.map(({ id }) => id)}` : "nothing";
}

/** A list that nobody deleted is on both sides, one that was deleted on none. */
function judgeWhereabouts(
  { deleted, renamed, published, isShared, isApart }: Standing,
  lists: readonly [ShelvedList | undefined, ShelvedList | undefined],
  seen: () => string,
): void {
  const there = lists.filter((list) => list !== undefined);
  if (deleted.size === 0) {
    const isKept = there.length === 2 || there.some((list) => !isMine(list)) || there.length === 0;
    demand(isKept, "a list that nobody deleted is on both sides", seen);
    return;
  }
  // Edited on one side and deleted on the other it is a conflict; what is another's cannot be deleted.
  if (renamed.size > 0 || published.size > 0 || isShared || isApart) return;
  demand(there.length === 0, "a list that was deleted is gone", seen);
}

function judgeNames(
  { renamed, published, isShared, isApart }: Standing,
  a: ShelvedList,
  b: ShelvedList,
  seen: () => string,
): void {
  // Edited on both sides it is a conflict, and open until somebody decides it.
  if (isShared || isApart || new Set([...renamed, ...published]).size === 2) return;
  demand(a.name === b.name, "both are called the same", seen);
}

/** What people only put there is there, what they took the last copy of and did not put back is gone, and copies are kept. */
function judgeWishes(standing: Standing, sides: readonly [SideOfList, SideOfList], seen: () => string): void {
  if (standing.deleted.size > 0) return;
  const isOnce = sides.some(({ shelf }) => shelf.habits.copies === "once");
  const counts = [countsOf(sides[0].list), countsOf(sides[1].list)] as const;
  const songs = new Set(bothSides.flatMap((side) => [...standing.base[side].keys(), ...standing.deeds[side].keys()]));
  for (const song of songs) {
    if (standing.entangled.has(song)) continue;
    const deeds = bothSides.map((side) => standing.deedsTo(song, side));
    const [put, taken] = [sum(deeds.map((each) => each.put)), sum(deeds.map((each) => each.taken))];
    const told = () =>
      `song ${song}: ${counts.map((each) => each.get(song) ?? 0)} of ${put} put and ${taken} taken; ${seen()}`;
    const count = (side: SideIndex) => counts[side].get(song) ?? 0;
    const base = (side: SideIndex) => standing.base[side].get(song) ?? 0;
    if (put === 0 && standing.emptied.has(song)) {
      demand(count(0) + count(1) === 0, "what was removed does not come back", told);
    }
    if (taken > 0) {
      // KNOWN LIMIT: where copies were on their way when a run was cut off, a removal of one of them may be undone.
      if (put > 0 || isOnce || base(0) !== base(1) || standing.emptied.has(song) || standing.wasCut) continue;
      const most = base(0) - Math.max(...deeds.map((each) => each.taken));
      demand(count(0) >= base(0) - taken && count(0) <= most, "copies are counted", told);
      continue;
    }
    // KNOWN LIMIT: a further copy may go where a run was cut off and the other side had no room for it.
    const isTight = standing.wasCut && sides.some(({ shelf }) => shelf.habits.maxItems !== undefined);
    for (const side of bothSides) {
      const least = base(side) + (deeds[side]?.put ?? 0);
      demand(count(side) >= (isTight ? Math.min(1, least) : least), "nothing is lost", told);
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

async function assertQuiet(world: PlaylistsWorld): Promise<void> {
  const before = world.shelves.map(({ calls }) => ({ ...calls.counts }));
  const run = await sync(world);
  const told = () => `${run.outcome} ${run.detail}`;
  // KNOWN LIMIT: what a full list is made of changes with each look at it, where one side alone decides.
  if (!world.isTwoWay && world.shelves.some(({ habits }) => habits.maxItems !== undefined)) return;
  demand(run.writes.length === 0 && run.writeCalls.size === 0, "a second run is quiet", told);
  await assertNothingBegun(world);
  const isTold = world.shelves.every(({ habits }) => habits.tellsVersion && habits.maxItems === undefined);
  if (run.outcome !== "succeeded" || !isTold || [...world.standings.values()].some(isWithout)) return;
  for (const { index, calls, name } of world.shelves) {
    const made = (kind: "lists" | "list" | "lookup" | "get") =>
      (calls.counts[kind] ?? 0) - (before[index]?.[kind] ?? 0);
    const asked = () => `${made("lists")} and ${made("list")} pages, ${made("lookup")} look-ups at ${name}`;
    demand(made("lists") === 1, "a second run looks once at all lists", asked);
    demand(made("list") + made("lookup") + made("get") === 0, "a second run reads no list", asked);
  }
}

/** Its counterpart was deleted, and it was not. */
function isWithout({ deleted, isAlone }: Standing): boolean {
  return isAlone || deleted.size > 0;
}

async function assertNothingBegun({ shelves, standings, storage }: PlaylistsWorld): Promise<void> {
  const begun = await storage.select({ table: "intents", columns: ["pair_id"], where: { state: "prepared" } });
  const lists = new Set(begun.map(({ pair_id }) => pair_id)).size;
  const followed = new Set(
    shelves.flatMap(({ lists }) => [...lists.values()].flatMap((list) => (isMine(list) ? [] : [list.serial]))),
  );
  // What was begun in a list that its owner shares no more waits for that to change; in one that was deleted on one side while it
  // was edited on the other, for somebody to decide.
  const waiting = [...standings.values()].filter(
    (standing) => isWithout(standing) || (standing.isShared && followed.has(standing.serial)),
  );
  demand(lists <= waiting.length, "nothing is left begun", () => `${begun.length} intents in ${lists} lists`);
}
