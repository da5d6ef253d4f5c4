import type { PairReport, PlannedOperation } from "@syncer/core";
import { ended } from "../base/ended.ts";
import type { Outcome } from "../base/explore.ts";
import { demand } from "../base/violation.ts";
import { duel, editedMeanwhile, stall, underFault, underLie, withoutContainer } from "./hostile.ts";
import { observe, type RunEnd } from "./runs.ts";
import { settle } from "./settle.ts";
import { songOf } from "./songs.ts";
import type { Edit, Step } from "./steps.ts";
import type { MembershipWorld } from "./world.ts";

const NOTHING: Outcome = { outcome: "nothing to do" };

/** Does one step. @throws {Violation} the semantics were broken */
export async function perform(world: MembershipWorld, step: Step): Promise<Outcome> {
  // People take a second for what they do; so no two steps happen at the same time.
  await world.clock.advance(1_000);
  switch (step.do) {
    case "edit":
      return world.edit(step) ? { outcome: step.kind } : NOTHING;
    case "edits":
      return { outcome: "", detail: String(editAll(world, step.edits)) };
    case "put-many":
      return { outcome: "", detail: String(world.editMany("put", step.side, step.count)) };
    case "take-many":
      return { outcome: "", detail: String(world.editMany("take", step.side, step.count)) };
    case "wait":
      await world.clock.advance(step.ms);
      return { outcome: "" };
    case "restart":
      world.restart();
      return { outcome: "" };
    case "habits":
      world.changeHabits(world.side(step.side), step.habits);
      return { outcome: "" };
    case "withdraw":
      return withdraw(world, step);
    case "return":
      return bringBack(world, step);
    case "lose":
      return lose(world, step);
    case "mode":
      world.pair.change(step);
      return { outcome: `${step.mode} ${step.propagation}` };
    case "calm":
      return await settle(world);
    default:
      return await performRun(world, step);
  }
}

type RunDo = "sync" | "plan" | "fault" | "mishap" | "stall" | "lie" | "duel" | "meanwhile" | "confirm" | "container";

async function performRun(world: MembershipWorld, step: Extract<Step, { readonly do: RunDo }>): Promise<Outcome> {
  switch (step.do) {
    case "sync":
      return outcomeOf(await sync(world));
    case "plan":
      return await planAndApply(world, step);
    case "fault":
      return await underFault(world, step);
    case "mishap":
      return await mishap(world, step);
    case "stall":
      return await stall(world, step);
    case "lie":
      return await underLie(world, step);
    case "duel":
      return await duel(world, step);
    case "meanwhile":
      return await editedMeanwhile(world, step);
    case "confirm":
      return outcomeOf(await confirm(world));
    case "container":
      return await withoutContainer(world, step);
  }
}

function outcomeOf(run: RunEnd | undefined): Outcome {
  return run ? { outcome: run.outcome, detail: run.detail } : NOTHING;
}

/** An ordinary run. */
export async function sync(world: MembershipWorld): Promise<RunEnd> {
  return await observe(world, () => world.process.engine.sync(world.pair.request()));
}

function editAll(world: MembershipWorld, edits: readonly Edit[]): number {
  return edits.filter((edit) => world.edit(edit)).length;
}

function withdraw(world: MembershipWorld, { side: index, what, how }: Extract<Step, { do: "withdraw" }>): Outcome {
  const side = world.side(index);
  // What nobody has may be withdrawn too; what a person has just taken away comes back by itself with an exact probe only.
  const ids = [...side.library.catalogue.keys()].filter((id) => world.isUsed(id, side));
  const id = ids[what % Math.max(1, ids.length)];
  if (id === undefined) return NOTHING;
  world.withdraw(side, id, how);
  return { outcome: how };
}

function bringBack(world: MembershipWorld, { side: index, what }: Extract<Step, { do: "return" }>): Outcome {
  const side = world.side(index);
  const ids = side.withdrawnIds;
  const id = ids[what % Math.max(1, ids.length)];
  if (id === undefined) return NOTHING;
  world.withdraw(side, id, "not");
  return { outcome: "" };
}

function lose(world: MembershipWorld, { side, what, moment }: Extract<Step, { do: "lose" }>): Outcome {
  const { library } = world.side(side);
  const ids = [...library.catalogue.keys()].filter((id) => songOf(id) < world.span);
  const id = ids[what % ids.length];
  if (id === undefined) return NOTHING;
  library.lose(id, moment);
  world.losing.add(id);
  return { outcome: moment };
}

async function mishap(world: MembershipWorld, { mishap: what }: Extract<Step, { do: "mishap" }>): Promise<Outcome> {
  const { engine, storage } = world.process;
  storage.arm(what);
  const run = await observe(world, () => engine.sync(world.pair.request()), {
    disturbed: true,
    storageFails: true,
    stopped: storage.struck,
  });
  storage.disarm();
  if (storage.isDead) world.restart();
  return outcomeOf(run);
}

async function planAndApply(world: MembershipWorld, step: Extract<Step, { do: "plan" }>): Promise<Outcome> {
  const { pair, sides, clock } = world;
  const { engine, storage } = world.process;
  const [written, plannedMs] = [storage.written, clock.now()];
  const end = await ended(engine.plan(pair.request()));
  world.absorb();
  demand(storage.written === written, "a plan writes nothing", () => `${storage.written - written} batches`);
  demand(end.how === "answered", "a plan is given", () => `${end.how === "threw" ? end.error : end.how}`);
  const [planned] = end.answer.pairs;
  if (!planned?.ok) return { outcome: `planned: ${planned?.error.code}` };
  const before = sides.map((side) => side.songs());
  await clock.advance(step.waitMs);
  const touched = new Set<number>();
  for (const edit of step.edits) for (const song of editedSongs(world, edit)) touched.add(song);
  const changed = sides.flatMap((side, index) =>
    side.songs().flatMap((has, song) => (has === before[index]?.[song] ? [] : [song])),
  );
  for (const song of changed) touched.add(song);
  await clock.advance(1_000);
  pair.use();
  const hold = touched.size === 0 && planned.hold && isTrue(world, planned.hold) ? planned.hold : undefined;
  const run = await observe(world, () => engine.apply(end.answer, hold ? { confirm: [hold.hash] } : {}), {
    plannedMs,
    moved: touched,
    ...(hold ? { confirmed: idsOf(world, hold) } : {}),
  });
  assertAsPlanned(world, [...planned.operations, ...(hold?.operations ?? [])], run);
  const how = [...(touched.size > 0 ? ["moved"] : []), ...(hold ? ["confirmed"] : [])];
  return { outcome: [...how, run.outcome].join(", "), detail: run.detail };
}

/** Does an edit. @returns the song, if it could be done */
function editedSongs(world: MembershipWorld, edit: Edit): readonly number[] {
  const { library } = world.side(edit.side);
  if (!world.edit(edit)) return [];
  const last = library.log.at(-1);
  return last ? [songOf(last.id)] : [];
}

/** Nothing is done that was not shown; and what was shown is done, where nothing moved. */
function assertAsPlanned({ pair }: MembershipWorld, operations: readonly PlannedOperation[], run: RunEnd): void {
  const planned = new Set<string>();
  for (const operation of operations) {
    const { kind } = operation;
    const written = kind === "add" || kind === "remove" ? pair.written(operation) : undefined;
    if (written) planned.add(`${kind} ${written.id}`);
  }
  const done = new Set(run.writes.map(({ write: { kind, id } }) => `${kind} ${id}`));
  for (const each of done) demand(planned.has(each), "only what was planned is applied", () => each);
  for (const each of planned) {
    const [kind, id = ""] = each.split(" ");
    // What was to be added may have been there already.
    const met = pair.sides.some(({ library }) => library.has(id)) === (kind === "add");
    demand(met || !run.clear(songOf(id)), "planned is applied", () => each);
  }
}

type Held = NonNullable<PairReport["hold"]>;

/** Whether what is held is what people did: each item really is gone from the other side. */
function isTrue({ pair }: MembershipWorld, { operations }: Held): boolean {
  return operations.every((operation) => {
    if (operation.kind !== "remove") return true;
    const written = pair.written(operation);
    if (!written) return false;
    const other = pair.otherThan(written.side);
    const song = songOf(written.id);
    return !other.has(song) || other.hadAnother(song);
  });
}

function idsOf({ pair }: MembershipWorld, { operations }: Held): ReadonlySet<string> {
  const removals = operations.filter(({ kind }) => kind === "remove");
  return new Set(removals.flatMap((operation) => pair.written(operation)?.id ?? []));
}

/** A person looks at what is held, and confirms it if it is what was done. */
export async function confirm(world: MembershipWorld): Promise<RunEnd | undefined> {
  const { pair } = world;
  const { held } = pair;
  if (!held?.hold || !isTrue(world, held.hold)) return undefined;
  const ids = idsOf(world, held.hold);
  const ref = { userId: "user-1", pairId: held.pairId, planHash: held.hold.hash };
  const end = await ended(world.process.engine.confirm(ref));
  demand(end.how === "answered", "what is held can be confirmed", () => `${end.how === "threw" ? end.error : end.how}`);
  pair.confirmed = ids;
  return await sync(world);
}
