import type { Outcome } from "../base/explore.ts";
import { demand } from "../base/violation.ts";
import type { ChainPair } from "./pair.ts";
import { confirm } from "./perform.ts";
import { isHardFor, isThrough, type RunEnd, sync } from "./runs.ts";
import { copiesOf, SONGS } from "./songs.ts";
import type { ChainWorld } from "./world.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** So many rounds over all pairs, and everything is in step. */
const MOST_ROUNDS = 8;
const MOST_ATTEMPTS = 3;

/** Faults stop, and people rest: everything comes into step within a few rounds, and a further round has nothing to do. */
export async function settle(world: ChainWorld): Promise<Outcome> {
  const rounds = await converge(world);
  for (const pair of world.pairs) assertInStep(world, pair);
  assertWishes(world);
  assertOnce(world);
  for (const pair of world.ordered) await assertQuiet(world, pair);
  await world.watch.checkAll(world.storage);
  world.settle();
  return { outcome: `in ${rounds}` };
}

async function converge(world: ChainWorld): Promise<number> {
  const seen: string[] = [];
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    await world.clock.advance(DAY_MS);
    let isStill = true;
    for (const pair of world.ordered) if (!(await runToItsEnd(world, pair, seen))) isStill = false;
    if (isStill) return round;
    seen.push("|");
  }
  demand(false, "everything comes into step", () => `not in ${MOST_ROUNDS} rounds: ${seen.join(" ")}`);
}

/**
 * What is held is confirmed; what a held run did all the same may make it another plan.
 * @returns whether there was nothing left to do
 */
async function runToItsEnd(world: ChainWorld, pair: ChainPair, seen: string[]): Promise<boolean> {
  let run = await soon(world, pair, seen);
  let isStill = run.writes === 0;
  for (let attempt = 1; pair.held; attempt++) {
    const { operations = [], reasons } = pair.held.hold ?? {};
    demand(attempt <= MOST_ATTEMPTS, "what is confirmed goes ahead", () => `${pair.name} ${JSON.stringify(reasons)}`);
    // What a service refuses to remove is asked for again, and held again.
    isStill &&= operations.every(({ fromId, toId }) => [fromId, toId].some((id) => isHardFor(pair, id)));
    await world.clock.advance(MINUTE_MS);
    run = (await confirm(world, pair)) ?? (await soon(world, pair, seen));
    seen.push(`confirmed ${run.outcome} ${run.detail}`);
    isStill &&= run.writes === 0;
  }
  return isStill && isThrough(pair, run.report);
}

/** What others have just written is to be seen by then. */
async function soon(world: ChainWorld, pair: ChainPair, seen: string[]): Promise<RunEnd> {
  await world.clock.advance(MINUTE_MS);
  const run = await sync(world, pair);
  seen.push(`${pair.name} ${run.outcome} ${run.detail}`);
  return run;
}

/**
 * Two-way, both sides have the same, but for what one of them cannot have or does not let go of. In a ring what is gone
 * has to go the way that it came, and a third service may be on it.
 */
function assertInStep({ isRing, sides }: ChainWorld, pair: ChainPair): void {
  if (!pair.isTwoWay) return;
  const concerned = isRing ? sides : pair.sides;
  for (let song = 0; song < SONGS; song++) {
    if (concerned.some((side) => side.isHard(song)) || pair.source.has(song) === pair.target.has(song)) continue;
    demand(false, "both sides end equal", () => `${pair.name}, song ${song}: ${sides.map((side) => side.has(song))}`);
  }
}

/** Since everything was last in step: what people only added is everywhere, what they only removed is nowhere. */
function assertWishes(world: ChainWorld): void {
  const { sides, pairs, touched } = world;
  if (pairs.some(({ isTwoWay }) => !isTwoWay)) return;
  for (const [song, touches] of touched) {
    // A known limitation: in a ring, a recording that took the place of another may bring a removed song back.
    const isUnsure = world.mayBeTwice(song) || (world.isRing && sides.some((side) => side.hadAnother(song)));
    if (touches.size !== 1 || sides.some((side) => side.isHard(song)) || isUnsure) continue;
    const wanted = touches.has("add");
    const seen = () => `song ${song}: ${sides.map((side) => side.has(song))}`;
    demand(
      sides.every((side) => side.has(song) === wanted),
      wanted ? "nothing is lost" : "nothing comes back",
      seen,
    );
  }
}

function assertOnce(world: ChainWorld): void {
  for (const side of world.sides) {
    for (let song = 0; song < SONGS; song++) {
      if (copiesOf(song, side.index) < 2 || world.mayBeTwice(song)) continue;
      demand(side.entries(song) < 2, "no song is there twice", () => `song ${song} at ${side.library.name}`);
    }
  }
}

async function assertQuiet(world: ChainWorld, pair: ChainPair): Promise<void> {
  const seen: string[] = [];
  const isQuiet = await runToItsEnd(world, pair, seen);
  demand(isQuiet, "a further round is quiet", () => seen.join(" "));
}
