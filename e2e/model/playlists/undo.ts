import type { Outcome } from "../base/explore.ts";
import { demand } from "../base/violation.ts";
import { observe } from "./runs.ts";
import { bothSides, type Entry, type ShelvedList } from "./shelf.ts";
import { LONGEST_LAG_MS } from "./steps.ts";
import type { LastRun, PlaylistsWorld } from "./world.ts";

/** The last run is taken back: what was in each list before it is in it again, in its order, and what it made is gone. */
export async function undo(world: PlaylistsWorld): Promise<Outcome> {
  const { lastRun } = world;
  if (!lastRun) return { outcome: "nothing to do" };
  // It would wait for what the services do not show yet, and no time passes.
  await world.clock.advance(LONGEST_LAG_MS);
  const { jobId } = lastRun;
  const untouched = untouchedSince(world, lastRun);
  const isChanged = untouched.size < world.standings.size;
  const run = await observe(world, () => world.process.engine.undo({ userId: "user-1", jobId }), { isUndoing: true });
  world.lastRun = undefined;
  world.isUndone = true;
  const status = run.report?.status;
  const isDone = status === "succeeded" || status === "partial";
  if (isDone) assertRestored(world, lastRun, untouched);
  const written = changedBy(lastRun);
  for (const standing of world.standings.values()) {
    const { serial } = standing;
    const isAsBefore = isDone && untouched.has(serial);
    standing.undone(world.both(serial), isAsBefore, isAsBefore && written.has(serial));
  }
  return { outcome: `${isChanged ? "changed since, " : ""}${run.outcome}`, detail: run.detail };
}

/** Lists that nobody has changed on either side since just before that run; none, if a song is withdrawn that might have to be put back. */
function untouchedSince(
  { shelves, standings, hindered }: PlaylistsWorld,
  { after, blurred }: LastRun,
): ReadonlySet<number> {
  if (hindered.size > 0) return new Set();
  // What comes back is what the run was shown, which was there before people made something else of it.
  const changed = new Set(blurred);
  for (const side of bothSides) {
    const { lists } = shelves[side];
    for (const [id, { serial }] of [...after[side], ...lists]) {
      if (lists.get(id) !== after[side].get(id)) changed.add(serial);
    }
  }
  return new Set([...standings.keys()].filter((serial) => !changed.has(serial)));
}

function changedBy({ before, after }: LastRun): ReadonlySet<number> {
  const changed = new Set<number>();
  for (const side of bothSides) {
    for (const [id, { serial }] of [...before[side], ...after[side]]) {
      if (before[side].get(id) !== after[side].get(id)) changed.add(serial);
    }
  }
  return changed;
}

function assertRestored({ shelves }: PlaylistsWorld, { before, after }: LastRun, untouched: ReadonlySet<number>): void {
  for (const side of bothSides) {
    const { lists, name } = shelves[side];
    for (const [id, made] of after[side]) {
      const then = before[side].get(id);
      const now = lists.get(id);
      if (!untouched.has(made.serial)) continue;
      if (!then) demand(now === undefined, "what a run made is gone once it is undone", () => made.name);
      else {
        const seen = () => `list ${then.serial} at ${name}: ${shown(then)}, and now ${now && shown(now)}`;
        demand(now !== undefined && shown(now) === shown(then), "undoing restores each list", seen);
      }
    }
  }
}

function shown({ entries }: ShelvedList): string {
  return entries.map(nameOf).join(" ");
}

function nameOf({ kind, id, uid }: Entry): string {
  return kind === "song" && id !== null ? id : `${kind} ${uid}`;
}
