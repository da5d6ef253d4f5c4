import type { Outcome } from "../base/explore.ts";
import { otherPlace, type Place } from "./notes.ts";
import { sync } from "./perform.ts";
import type { Step } from "./steps.ts";
import type { DocumentsModel } from "./world.ts";

/** What seldom comes about by chance: several things that concern one and the same note. */

/** A note that both sides have, and that may be edited there. */
function sharedNote(world: DocumentsModel, what: number): number | undefined {
  const [source, target] = world.sides;
  const free = (serial: number, place: Place) => !world.moved.has(`${place} ${serial}`);
  const shared = source.serials().filter((serial) => {
    return target.count(serial) === 1 && source.count(serial) === 1 && free(serial, 0) && free(serial, 1);
  });
  return shared[what % Math.max(1, shared.length)];
}

function editOne(world: DocumentsModel, place: Place, serial: number, kind: "body" | "tag"): void {
  const serials = world.sides[place].serials().filter((each) => !world.moved.has(`${place} ${each}`));
  world.edit({ kind, side: place, what: serials.indexOf(serial), both: false });
}

export async function withLostAnswer(
  world: DocumentsModel,
  { side, what, moment }: Extract<Step, { do: "lost" }>,
): Promise<Outcome> {
  const serial = sharedNote(world, what);
  if (serial === undefined) return { outcome: "nothing to do" };
  editOne(world, side, serial, "body");
  const { documents } = world.sides[otherPlace(side)];
  const fault = documents.fail({ calls: "update", with: { kind: "outcome-unknown" }, moment });
  const run = await sync(world, { disturbed: () => fault.struck > 0 });
  documents.recover();
  await world.clock.advance(1_000);
  if (world.sides[side].count(serial) === 1) editOne(world, side, serial, "body");
  return { outcome: `${moment}: ${run.outcome}`, detail: run.detail };
}

export async function editedBeside(
  world: DocumentsModel,
  { side, what }: Extract<Step, { do: "beside" }>,
): Promise<Outcome> {
  const serial = sharedNote(world, what);
  if (serial === undefined) return { outcome: "nothing to do" };
  editOne(world, otherPlace(side), serial, "body");
  const written = world.sides[side];
  let done = false;
  const onCall = (_: number, { kind, ids }: { readonly kind: string; readonly ids: readonly string[] }) => {
    const [id] = ids;
    if (done || kind !== "update" || id === undefined || written.serialOf(id) !== serial || written.id(serial) !== id)
      return;
    done = true;
    const what = written
      .serials()
      .filter((each) => !world.moved.has(`${side} ${each}`))
      .indexOf(serial);
    world.editWhileRunning({ kind: "tag", side, what, both: false });
  };
  const run = await sync(world, { disturbed: () => done, onCall });
  return { outcome: run.outcome, detail: run.detail };
}

export async function toAndFro(
  world: DocumentsModel,
  { what, turns }: Extract<Step, { do: "to-and-fro" }>,
): Promise<Outcome> {
  const serial = sharedNote(world, what);
  if (serial === undefined) return { outcome: "nothing to do" };
  const outcomes: string[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const place = turn % 2 === 0 ? 0 : 1;
    if (world.sides[place].count(serial) === 1) editOne(world, place, serial, "body");
    const run = await sync(world);
    outcomes.push(`${run.outcome} ${run.detail}`);
    await world.clock.advance(1_000);
  }
  return { outcome: String(turns), detail: outcomes.join(", ") };
}
