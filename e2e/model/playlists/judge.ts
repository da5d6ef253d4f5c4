import { demand } from "../base/violation.ts";
import { outOfStep } from "./in-step.ts";
import { isMine } from "./justified.ts";
import { judgeMerge, judgePlaces } from "./order.ts";
import type { RunEnd } from "./runs.ts";
import { bothSides, type ShelvedList, type SideIndex } from "./shelf.ts";
import { isInBoth } from "./songs.ts";
import { countsOf, type Standing, sharedIn } from "./standing.ts";
import type { PlaylistsWorld, Running } from "./world.ts";

export type ListsBefore = readonly [ReadonlyMap<string, ShelvedList>, ReadonlyMap<string, ShelvedList>];
export type Both = readonly [ShelvedList, ShelvedList];

export interface Look {
  readonly before: ListsBefore;
  readonly running: Running;
  readonly run: RunEnd;
  /** It came to its end. */
  readonly isDone: boolean;
  /** It says that it has done everything, and nothing was made to go wrong with it. */
  readonly isClean: boolean;
  readonly isDisturbed: boolean;
  readonly confirmed: boolean;
}

/** Most songs that a person takes from a list in a day without being asked: a few, or a fifth of what is linked. */
const FEW = 4;
const FIFTH = 0.2;
const DAY_MS = 24 * 60 * 60_000;

/** What a run has made of each list. @throws {Violation} it did not do what it had to */
export function judgeLists(world: PlaylistsWorld, look: Look): void {
  // Who takes a run back has chosen to; what that is to come to is judged by itself.
  const { isUndoing } = look.running;
  if (!isUndoing) judgeDeletions(world, look);
  for (const standing of world.standings.values()) {
    if (!isUndoing) for (const side of bothSides) judgeRemovals(world, standing, side, look);
    judgeKeptApart(world, standing, look);
    judgeList(world, standing, look);
  }
}

/** What a run that was taken back has left different stays so until somebody does something about it. */
function judgeKeptApart(
  { hindered, anyHindered, shelves }: PlaylistsWorld,
  { serial, isKeptApart }: Standing,
  { running }: Look,
): void {
  if (!isKeptApart || running.isUndoing || hindered.size > 0 || anyHindered) return;
  // What was turned away because there was no room is tried again.
  if (shelves.some(({ habits }) => habits.maxItems !== undefined)) return;
  const written = running.writes.filter(({ before, after }) => (after ?? before)?.serial === serial);
  demand(written.length === 0, "what was taken back is not done again", () => {
    return written
      .map(
        ({ shelf, before, after }) =>
          `list ${serial} at ${shelf.name}: ${uidsOf(before ?? { entries: [] })} → ${uidsOf(after ?? { entries: [] })}`,
      )
      .join("; ");
  });
}

function judgeList(world: PlaylistsWorld, standing: Standing, look: Look): void {
  const { serial } = standing;
  const { running, isDisturbed, isClean, isDone } = look;
  const touched = running.changedMeanwhile.has(serial);
  const blurred = running.blurred.has(serial);
  if (running.asked.has(serial)) standing.changedMs = world.clock.now();
  const was = { asked: running.asked.has(serial), edited: standing.edits.some((edits) => edits > 0) };
  if (isDisturbed && was.asked) standing.isUncertain = true;
  if (!isClean && was.asked) {
    standing.isCut = true;
    standing.wasCut = true;
  }
  if (!isDisturbed && isDone && !blurred) standing.isUncertain = false;
  const [a, b] = world.both(serial);
  const isBoth = a !== undefined && b !== undefined && isMine(a) && isMine(b);
  if (!isClean || touched || blurred || !isBoth) {
    if (was.asked || was.edited || touched || blurred || !isBoth) standing.agreed = undefined;
    return;
  }
  standing.isTwin = false;
  standing.isPaired = true;
  // What is in a list that is made again is for the run after that.
  const isTold = world.isTwoWay && !world.strayed && !world.isUndone && standing.deleted.size === 0 && !standing.isCut;
  if (isTold) judgeTwoWay(world, standing, [a, b], look);
  standing.agreed = isInStep(world, [a, b]) ? { songs: [sharedIn(a), sharedIn(b)] } : undefined;
  if (standing.agreed) standing.isCut = false;
  standing.edits.fill(0);
}

export function isInStep(world: PlaylistsWorld, [a, b]: Both): boolean {
  const [left, right] = world.shelves;
  return (
    outOfStep(
      [
        { shelf: left, list: a },
        { shelf: right, list: b },
      ],
      () => false,
    ) === undefined
  );
}

/** A run that says that it is done has brought in step what was not, and left alone what nobody had changed. */
function judgeTwoWay(world: PlaylistsWorld, standing: Standing, [a, b]: Both, look: Look): void {
  const then = bothSides.map((side) => listBefore(look, standing.serial, side));
  // What was turned away because there was no room rests for a while.
  if (world.anyHindered || world.shelves.some(({ habits }) => habits.maxItems !== undefined)) return;
  const [left, right] = world.shelves;
  const exempt = (song: number) => world.hindered.has(song);
  const wrong = outOfStep(
    [
      { shelf: left, list: a },
      { shelf: right, list: b },
    ],
    exempt,
  );
  demand(
    wrong === undefined,
    "a run that is done leaves both sides in step",
    () => `list ${standing.serial}: ${wrong}`,
  );
  const [thenA, thenB] = then;
  if (!thenA || !thenB || !standing.agreed || [...sharedIn(a), ...sharedIn(b)].some(exempt)) return;
  judgeUntouched(world, standing, [thenA, thenB], [a, b], look);
  judgePlaces(world, standing, [thenA, thenB], [a, b]);
  judgeMerge(world, standing, [thenA, thenB], [a, b]);
}

function listBefore({ before }: Look, serial: number, side: SideIndex): ShelvedList | undefined {
  return [...before[side].values()].find((list) => list.serial === serial);
}

/** What only one side was changed on is written on the other only, and with few calls. */
function judgeUntouched(
  world: PlaylistsWorld,
  { serial, edits }: Standing,
  then: Both,
  now: Both,
  { run }: Look,
): void {
  const isOnce = world.shelves.some(({ habits }) => habits.copies === "once");
  for (const side of bothSides) {
    const other = side === 0 ? 1 : 0;
    const seen = () => `list ${serial} at ${world.shelves[side].name}: ${uidsOf(then[side])} and ${uidsOf(now[side])}`;
    if (edits[other] > 0) continue;
    demand(
      uidsOf(then[side]) === uidsOf(now[side]),
      "where only the other side is behind, this one is left alone",
      seen,
    );
    // Where one of them holds each song once, of copies the first counts for both, and which is the first may change.
    if (isOnce && isAnyTwice(then)) continue;
    const calls = run.writeCalls.get(`${serial} ${other}`) ?? 0;
    const copies = Math.max(...countsOf(then[side]).values(), ...countsOf(then[other]).values(), 1);
    const most = 2 * edits[side] * copies;
    demand(
      calls <= most,
      "what is written takes few calls",
      () => `${calls} calls for ${edits[side]} edits: ${seen()}`,
    );
  }
}

function isAnyTwice(lists: Both): boolean {
  return lists.some((list) => [...countsOf(list).values()].some((count) => count > 1));
}

function uidsOf({ entries }: Pick<ShelvedList, "entries">): string {
  return entries.map(({ uid }) => uid).join(" ");
}

function judgeDeletions(world: PlaylistsWorld, { running, confirmed, run }: Look): void {
  for (const { shelf, before, after } of running.writes) {
    if (!before || after || confirmed) continue;
    world.deletions = [...world.deletions, { side: shelf.index, atMs: world.clock.now() }];
  }
  world.deletions = world.deletions.filter(({ atMs }) => atMs > world.clock.now() - DAY_MS);
  for (const side of bothSides) {
    const count = world.deletions.filter((each) => each.side === side).length;
    // More lists than this nobody has.
    demand(count <= FEW, "deletions of lists are bounded", () => `${count}: ${run.detail}`);
  }
}

/** Nothing is removed in a day, without being asked, beyond what a person would remove. */
function judgeRemovals(world: PlaylistsWorld, standing: Standing, side: SideIndex, look: Look): void {
  const { serial } = standing;
  const was = listBefore(look, serial, side);
  const is = world.shelves[side].list(serial);
  const { changedMeanwhile, writes } = look.running;
  // Shown what was there before people took some, it may take more than it knows of.
  if (look.running.blurred.has(serial)) return;
  const isWritten = writes.some(({ shelf, after }) => shelf.index === side && after?.serial === serial);
  if (!was || !is || !isWritten || changedMeanwhile.has(serial)) return;
  const [then, now] = [countsOf(was), countsOf(is)];
  const gone = [...then.keys()].filter((song) => !now.has(song));
  // A removal of all copies, of which some are put back: it was cut off between the two.
  if (!look.isClean && world.shelves[side].habits.remove === "token") return;
  const other = world.shelves[side === 0 ? 1 : 0];
  const there = other.since(serial, look.running.sinceMs - other.habits.lagMs);
  for (const song of gone) {
    const isGone = there.some((list) => !countsOf(list).has(song));
    demand(isGone, "only what left the other side is removed", () => `song ${song} of list ${serial}`);
  }
  // KNOWN LIMIT: copies that an interrupted run has put there go again if the source loses them before they were recorded.
  if (!world.isTwoWay && world.settings.propagation === "additive" && !standing.isCut) {
    const fewer = [...then].find(([song, count]) => (now.get(song) ?? 0) < count);
    demand(fewer === undefined, "additive, nothing is removed", () => `song ${fewer?.[0]} of list ${serial}`);
  }
  if (look.confirmed) return;
  const lately = [
    ...standing.removed[side].filter(({ atMs }) => atMs > world.clock.now() - DAY_MS),
    ...gone.map((song) => ({ song, atMs: world.clock.now() })),
  ];
  standing.removed[side] = lately;
  const count = new Set(lately.map(({ song }) => song)).size;
  const links = new Set([...then.keys(), ...countsOf(other.list(serial)).keys()].filter(isInBoth)).size;
  const most = Math.max(FEW, FIFTH * (links + count));
  demand(count <= most, "removals are bounded", () => `${count} in a day of ${links}: list ${serial}`);
}
