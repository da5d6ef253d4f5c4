import type { Outcome } from "../base/explore.ts";
import { demand } from "../base/violation.ts";
import { confirm, sync } from "./perform.ts";
import { isThrough } from "./runs.ts";
import { SONGS } from "./songs.ts";
import { LONGEST_REST_MS } from "./standing.ts";
import type { MembershipWorld } from "./world.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** So many rounds, and everything is in step. */
const MOST_ROUNDS = 8;
const MOST_ATTEMPTS = 3;

/**
 * Faults stop, and people rest: then everything comes into step within a few rounds, stays so, and a further run has
 * nothing to do.
 */
export async function settle(world: MembershipWorld): Promise<Outcome> {
  for (const side of world.sides) {
    for (const id of side.withdrawnIds) world.withdraw(side, id, "not");
    world.settleHabits(side);
  }
  const rounds = await converge(world);
  assertInStep(world);
  assertWishes(world);
  await assertQuiet(world);
  await world.watch.checkAll(world.storage);
  world.touched.clear();
  world.strayed = !world.pair.isTwoWay;
  return { outcome: `in ${rounds}` };
}

/** The first round after a day and the next after another; what could not be found before may take longer. */
async function converge(world: MembershipWorld): Promise<number> {
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    await world.clock.advance(round % 2 === 1 ? DAY_MS + 60 * 60_000 : LONGEST_REST_MS);
    const still = await runToItsEnd(world);
    if (still && round % 2 === 0) return round;
  }
  demand(false, "everything comes into step", () => `not in ${MOST_ROUNDS} rounds`);
}

/**
 * What is held is confirmed if it is what people did; what a held run did all the same may make it another plan.
 * @returns whether there was nothing left to do
 */
async function runToItsEnd(world: MembershipWorld): Promise<boolean> {
  const { pair } = world;
  let run = await sync(world);
  const through = isThrough(world, run);
  for (let attempt = 1; pair.held && !isThrough(world, run); attempt++) {
    const { reasons } = pair.held.hold ?? {};
    demand(attempt <= MOST_ATTEMPTS, "what people did goes ahead once it is confirmed", () => JSON.stringify(reasons));
    // A person takes longer than any listing lags, which would show another plan each time.
    await world.clock.advance(MINUTE_MS);
    run = (await confirm(world)) ?? (await sync(world));
  }
  return through;
}

/** Both sides have the same, but for what one of them cannot have; one-way, the target has what the source has. */
function assertInStep({ sides, pair: { oracle, isTwoWay } }: MembershipWorld): void {
  for (let song = 0; song < SONGS; song++) {
    const exempt = oracle.mayBeLetGo(song) || sides.some((side) => side.cannot(song));
    const [first, second] = oracle.reads === 0 ? sides : [sides[1], sides[0]];
    const inStep = isTwoWay ? first.has(song) === second.has(song) : second.has(song) || !first.has(song);
    demand(
      exempt || inStep,
      "both sides end equal",
      () => `${sides.map((side) => side.has(song))} ${oracle.describe(song)}`,
    );
  }
}

/** Since everything was last in step: what people only added is everywhere, what they only removed is nowhere. */
function assertWishes({ sides, pair, touched, strayed }: MembershipWorld): void {
  if (strayed) return;
  for (const [song, touches] of touched) {
    if (touches.size !== 1 || pair.oracle.mayBeLetGo(song)) continue;
    const able = sides.filter((side) => side.copies(song) > 0);
    if (able.some((side) => side.cannot(song))) continue;
    const [wish] = touches;
    const met = able.every((side) => side.has(song) === (wish === "add"));
    // Of several entries a person may have taken one.
    const partly =
      wish === "remove" && able.some((side) => side.copies(song) > 1) && able.every((side) => side.has(song));
    const rule = wish === "add" ? "nothing is lost" : "nothing comes back";
    demand(met || partly, rule, () => `song ${song}: ${sides.map((side) => side.has(song))}`);
  }
}

async function assertQuiet(world: MembershipWorld): Promise<void> {
  const before = world.sides.map(({ library }) => library.calls);
  const run = await sync(world);
  demand(
    run.writes.length === 0 && isThrough(world, run),
    "a second run is quiet",
    () => `${run.outcome} ${run.detail}`,
  );
  if (run.outcome !== "succeeded") return;
  demand(run.report?.items.length === 0, "a second run has nothing to tell", () => JSON.stringify(run.report?.counts));
  // A known limitation: a link that a refused write has left behind may make each run list.
  if (world.sides.some(({ refusesAny }) => refusesAny)) return;
  for (const { index, library } of world.sides) {
    const made = (kind: "list" | "probe" | "lookup" | "search" | "get") =>
      (library.calls[kind] ?? 0) - (before[index]?.[kind] ?? 0);
    // Where totals prove nothing a listing is compared with another, while an entry of several is on record as gone.
    const looks = library.habits.totals === "exact" ? 1 : 2;
    const pages = Math.max(1, Math.ceil(library.ids().length / library.habits.pageSize)) * looks;
    const asked = `${made("probe")} probes, ${made("list")} pages, ${made("lookup")} look-ups at ${library.name}`;
    const most = library.habits.probe === "none" ? made("list") <= pages : made("list") === 0;
    demand(made("probe") <= 1 && most, "a second run looks once at each side", () => asked);
    demand(made("lookup") + made("search") + made("get") === 0, "a second run looks nothing up", () => asked);
  }
}
