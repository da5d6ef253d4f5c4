import type { Outcome } from "../base/explore.ts";
import { demand } from "../base/violation.ts";
import { alike, describe } from "./notes.ts";
import { assertRecords, confirm, decideOne, openConflicts, sync } from "./perform.ts";
import { isThrough, type RunEnd } from "./runs.ts";
import type { DocumentsModel } from "./world.ts";

const DAY_MS = 24 * 60 * 60_000;
const MOST_ROUNDS = 8;
const MOST_ATTEMPTS = 3;

/**
 * Faults stop, and people rest: then everything comes into step within a few rounds, stays so, and a further run has
 * nothing to do.
 */
export async function settle(world: DocumentsModel): Promise<Outcome> {
  for (const side of world.sides) world.settleHabits(side);
  const rounds = await converge(world);
  assertInStep(world);
  await assertRecords(world);
  await assertQuiet(world);
  await world.watch.checkAll(world.storage);
  // How often the known limits were what kept a note from being judged in full.
  const blurred = world.oracle
    .serials()
    .filter((serial) => !world.isHard(serial) && world.oracle.isExempt(serial)).length;
  return { outcome: `in ${rounds}${blurred > 0 ? ", some blurred" : ""}` };
}

async function converge(world: DocumentsModel): Promise<number> {
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    await world.clock.advance(DAY_MS + 60 * 60_000);
    const run = await sync(world);
    if (world.held) await confirmAll(world);
    else if (!(await decideAll(world)) && isQuiet(world, run)) return round;
  }
  demand(false, "everything comes into step", () => `not in ${MOST_ROUNDS} rounds`);
}

function isQuiet(world: DocumentsModel, run: RunEnd): boolean {
  return run.writes.length === 0 && isThrough(world, run);
}

/** What a held run did all the same may make it another plan. */
async function confirmAll(world: DocumentsModel): Promise<void> {
  for (let attempt = 1; world.held; attempt++) {
    const { reasons } = world.held.hold ?? {};
    demand(attempt <= MOST_ATTEMPTS, "what people did goes ahead once it is confirmed", () => JSON.stringify(reasons));
    const { outcome } = await confirm(world);
    if (outcome === "nothing to do") await sync(world);
  }
}

/** People decide what is left to them, now this way and now that. @returns whether there was anything */
async function decideAll(world: DocumentsModel): Promise<boolean> {
  // One-way, what the side that is not written wins stays as it is; and what a service refuses is not settled by it.
  const open = (await openConflicts(world)).filter(({ serial }) => world.isTwoWay && !world.isHard(serial ?? 0));
  for (const conflict of open) await decideOne(world, conflict, (conflict.serial ?? 0) % 2 === 0 ? "source" : "target");
  return open.length > 0;
}

function assertInStep(world: DocumentsModel): void {
  const { oracle, sides, isTwoWay } = world;
  for (const serial of oracle.serials()) {
    if (oracle.isExempt(serial)) continue;
    const [source, target] = sides;
    const seen = () =>
      `${describe(source.form(serial))} and ${describe(target.form(serial))}; ${oracle.describe(serial)}`;
    for (const side of sides) demand(side.count(serial) <= 1, "nothing is there twice", seen);
    if (isTwoWay) demand(alike(source.form(serial), target.form(serial)), "both sides end equal", seen);
  }
}

async function assertQuiet(world: DocumentsModel): Promise<void> {
  const run = await sync(world);
  demand(isQuiet(world, run), "a second run is quiet", () => `${run.outcome} ${run.detail}`);
  const open = await world.storage.count({ table: "intents", where: { state: "prepared" } });
  demand(open === 0, "nothing is left begun", () => `${open} intents`);
}
