import type { HeldContents, PairPlan, PairReport, PlannedOperation } from "@syncer/core";
import { ended } from "../base/ended.ts";
import type { Outcome } from "../base/explore.ts";
import { demand } from "../base/violation.ts";
import { observe, type RunEnd } from "./runs.ts";
import { settle } from "./settle.ts";
import { type Lie, otherThan, type Shelf } from "./shelf.ts";
import { songOf } from "./songs.ts";
import { countsOf } from "./standing.ts";
import { LONGEST_LAG_MS, type Step } from "./steps.ts";
import { undo } from "./undo.ts";
import type { PlaylistsWorld } from "./world.ts";

const NOTHING: Outcome = { outcome: "nothing to do" };
const USER = { userId: "user-1" } as const;

type Of<TDo extends Step["do"]> = Extract<Step, { readonly do: TDo }>;

/** Does one step. @throws {Violation} the semantics were broken */
export async function perform(world: PlaylistsWorld, step: Step): Promise<Outcome> {
  // People take a second for what they do; so no two steps happen at the same time.
  await world.clock.advance(1_000);
  switch (step.do) {
    case "edit": {
      const touched = world.edit(step);
      return touched === undefined ? NOTHING : { outcome: "", detail: String(touched) };
    }
    case "list": {
      const done = world.editList(step.what, step.side, step.list, step.fill);
      // What is not shown yet is not known for a twin, and is made once more.
      if (done && step.what === "twin") await world.clock.advance(LONGEST_LAG_MS);
      return done ? { outcome: step.what } : NOTHING;
    }
    case "take-many":
    case "shuffle":
      return editMuch(world, step);
    case "take-lists":
      return takeLists(world, step);
    case "wait":
      await world.clock.advance(step.ms);
      return { outcome: "" };
    case "restart":
      world.restart();
      return { outcome: "" };
    case "takedown":
      return takeDown(world, step);
    case "bring-back":
      return bringBack(world, step);
    case "mode":
      world.change(step);
      return { outcome: `${step.mode} ${step.propagation}` };
    case "calm":
      return await settle(world);
    default:
      return await performRun(world, step);
  }
}

type RunDo = "contest" | "sync" | "plan" | "dry-run" | "fault" | "mishap" | "lie" | "meanwhile" | "confirm" | "undo";

async function performRun(world: PlaylistsWorld, step: Of<RunDo>): Promise<Outcome> {
  switch (step.do) {
    case "contest":
      world.editBoth(step);
      return outcomeOf(await sync(world));
    case "sync":
      return outcomeOf(await sync(world));
    case "plan":
      return await planAndApply(world, step);
    case "dry-run":
      return await dryRun(world);
    case "fault":
      return await underFault(world, step);
    case "mishap":
      return await mishap(world, step);
    case "lie":
      return await underLie(world, step);
    case "meanwhile":
      return await editedMeanwhile(world, step);
    case "confirm":
      return outcomeOf(await confirm(world));
    case "undo":
      return await undo(world);
  }
}

function outcomeOf(run: RunEnd | undefined): Outcome {
  return run ? { outcome: run.outcome, detail: run.detail } : NOTHING;
}

/** An ordinary run. */
export async function sync(world: PlaylistsWorld): Promise<RunEnd> {
  return await observe(world, () => world.process.engine.sync(world.request()));
}

function editMuch(world: PlaylistsWorld, step: Of<"take-many" | "shuffle">): Outcome {
  const shelf = world.side(step.side);
  const list = world.choose(shelf, step.list);
  const entries = list ? shelf.visible(list) : [];
  if (!list || entries.length < 3) return NOTHING;
  const taken = new Set(entries.slice(0, step.count));
  const rest = list.entries.filter((entry) => !taken.has(entry));
  if (step.do === "take-many") world.replace(shelf, list, rest);
  else world.replace(shelf, list, [...rest, ...[...taken].reverse()]);
  return { outcome: "", detail: String(taken.size) };
}

function takeLists(world: PlaylistsWorld, { side, count }: Of<"take-lists">): Outcome {
  let taken = 0;
  for (let n = 0; n < count; n++) if (world.editList("delete", side, 0, 0)) taken++;
  return { outcome: "", detail: String(taken) };
}

function takeDown(world: PlaylistsWorld, { side, what, how }: Of<"takedown">): Outcome {
  const shelf = world.side(side);
  const ids = [...new Set([...shelf.lists.values()].flatMap(({ entries }) => entries.flatMap(({ id }) => id ?? [])))];
  const songs = ids.filter((id) => shelf.catalogue.has(id));
  const id = songs[what % Math.max(1, songs.length)];
  if (id === undefined) return NOTHING;
  // A service that orders a list by ids shows one for each entry.
  const shown = how === "nameless" && shelf.habits.moves === "whole-order" ? "unreadable" : how;
  world.withdraw(shelf, id, shown);
  return { outcome: shown };
}

function bringBack(world: PlaylistsWorld, { side, what }: Of<"bring-back">): Outcome {
  const shelf = world.side(side);
  const ids = [...shelf.withdrawn.keys()];
  const id = ids[what % Math.max(1, ids.length)];
  if (id === undefined) return NOTHING;
  world.withdraw(shelf, id, "not");
  return { outcome: "" };
}

async function underFault(world: PlaylistsWorld, step: Of<"fault">): Promise<Outcome> {
  const { calls } = world.side(step.side);
  // Who says that it is too much has done nothing.
  const refuses = step.fault === "rate-limited" || step.fault === "deferred";
  calls.fail({ ...step, moment: refuses ? "before" : step.moment });
  const run = await observe(world, () => world.process.engine.sync(world.request()), {
    disturbed: () => calls.struck.length > 0,
  });
  calls.recover();
  if (calls.struck.some((kind) => kind === "lookup" || kind === "get")) world.anyHindered = true;
  const how = calls.struck.length > 0 ? `${step.fault} ${step.moment}: ` : "no fault: ";
  return { outcome: how + run.outcome, detail: run.detail };
}

async function mishap(world: PlaylistsWorld, { mishap: what }: Of<"mishap">): Promise<Outcome> {
  const { engine, storage } = world.process;
  storage.arm(what);
  const run = await observe(world, () => engine.sync(world.request()), {
    disturbed: () => true,
    storageFails: true,
    stopped: storage.struck,
  });
  storage.disarm();
  if (storage.isDead) world.restart();
  return { outcome: `${what.what}: ${run.outcome}`, detail: run.detail };
}

/** A listing does not show what is there. Only lies are told that the semantics protect from. */
async function underLie(world: PlaylistsWorld, { side, lie }: Of<"lie">): Promise<Outcome> {
  const shelf = world.side(side);
  if (!isProtected(world, shelf, lie)) return NOTHING;
  shelf.lie = lie;
  const run = await observe(world, () => world.process.engine.sync(world.request()), { disturbed: () => true });
  shelf.lie = undefined;
  return { outcome: `${lie}: ${run.outcome}`, detail: run.detail };
}

/** Where nothing is known of what should be there, nobody can tell that it is missing. */
function isProtected(world: PlaylistsWorld, shelf: Shelf, lie: Lie): boolean {
  const both = [...shelf.lists.values()].filter(({ serial }) => world.side(otherThan(shelf.index)).list(serial));
  switch (lie) {
    case "short":
      return shelf.habits.totals === "exact";
    case "no-lists":
      return both.every(({ serial }) => world.standing(serial).isPaired);
    case "empty":
      return both.every(({ serial }) => (world.standing(serial).agreed?.songs[0].length ?? 0) > 0);
    default:
      return true;
  }
}

/** Somebody edits a list while a run is at work. */
async function editedMeanwhile(world: PlaylistsWorld, step: Of<"meanwhile">): Promise<Outcome> {
  let isDone = false;
  const onCall = (call: { readonly number: number; readonly writes: number }) => {
    if (isDone || (step.writes ? call.writes : call.number) !== step.at) return;
    isDone = true;
    world.edit(step.editing);
  };
  const run = await observe(world, () => world.process.engine.sync(world.request()), { onCall });
  return { outcome: `${isDone ? "" : "not "}edited: ${run.outcome}`, detail: run.detail };
}

async function dryRun(world: PlaylistsWorld): Promise<Outcome> {
  const { engine, storage } = world.process;
  const { written } = storage;
  const run = await observe(world, () => engine.sync(world.request(true)));
  demand(storage.written === written, "a dry run writes nothing", () => `${storage.written - written} batches`);
  demand(run.writes.length === 0, "a dry run asks for no write", () => run.detail);
  return outcomeOf(run);
}

async function planAndApply(world: PlaylistsWorld, step: Of<"plan">): Promise<Outcome> {
  const { engine, storage } = world.process;
  const [written, plannedMs] = [storage.written, world.clock.now()];
  const planning = await ended(engine.plan(world.request()));
  world.absorb();
  demand(storage.written === written, "a plan writes nothing", () => `${storage.written - written} batches`);
  demand(planning.how === "answered", "a plan is given", () => `${planning.how === "threw" ? planning.error : ""}`);
  const [planned] = planning.answer.pairs;
  if (!planned?.ok) return { outcome: `planned: ${planned?.error.code}` };
  await world.clock.advance(step.waitMs);
  const then = world.shelves.map(({ lists }) => new Map(lists));
  for (const editing of step.editing) world.edit(editing);
  const changed = world.shelves.flatMap(({ lists }, side) =>
    [...lists.values()].filter((list) => then[side]?.get(list.id) !== list),
  );
  const moved = new Set(changed.map(({ serial }) => serial));
  await world.clock.advance(1_000);
  const run = await observe(world, () => engine.apply(planning.answer), { plannedMs, moved });
  if (moved.size === 0 && run.report?.status === "succeeded") assertAsPlanned(planned, run.report);
  return { outcome: `${moved.size > 0 ? "moved, " : ""}${run.outcome}`, detail: run.detail };
}

/** Nothing moved: what was shown is what was done, in number and kind. */
function assertAsPlanned({ operations, contents = [] }: PairPlan, { items }: PairReport): void {
  const all = [...operations, ...contents.flatMap((each) => each.operations)];
  for (const [kinds, told] of [
    [
      ["create", "add"],
      ["added", "already-there"],
    ],
    [["delete", "remove"], ["removed"]],
  ] as const) {
    const wanted = all.filter(({ kind }) => kinds.some((each) => each === kind)).length;
    const done = items.filter(
      ({ kind, reason }) => told.some((each) => each === kind) && reason?.code !== "link.recovered",
    ).length;
    demand(wanted === done, "planned is applied", () => `${wanted} planned to be ${told[0]}, ${done} done`);
  }
}

/** A person looks at what is held, and confirms it if it is what was done. */
export async function confirm(world: PlaylistsWorld): Promise<RunEnd | undefined> {
  const { held } = world;
  if (!held) return undefined;
  const wanted = [
    ...(held.hold && isTrue(world, held.hold.operations) ? [{ pairId: held.pairId, hash: held.hold.hash }] : []),
    ...(held.heldContents ?? [])
      .filter((each) => isTrueOf(world, each))
      .map(({ pairId, hold }) => ({ pairId, hash: hold.hash })),
  ];
  if (wanted.length === 0) return undefined;
  for (const { pairId, hash } of wanted) {
    const end = await ended(world.process.engine.confirm({ ...USER, pairId, planHash: hash }));
    const how = () => `${end.how === "threw" ? end.error : end.how}`;
    demand(end.how === "answered", "what is held can be confirmed", how);
  }
  world.isConfirmed = true;
  return await sync(world);
}

/** Each list that would be deleted is gone from the other side. */
function isTrue(world: PlaylistsWorld, operations: readonly PlannedOperation[]): boolean {
  return operations.every((operation) => {
    if (operation.kind !== "delete") return true;
    const { otherId, other } = sidesOf(world, operation);
    return otherId === undefined || !other.lists.has(otherId);
  });
}

/** Each song that would be removed is gone from the other list. */
function isTrueOf(world: PlaylistsWorld, { containers, hold }: HeldContents): boolean {
  return hold.operations.every((operation) => {
    if (operation.kind !== "remove") return true;
    const { otherId, other } = sidesOf(world, operation);
    const listId = operation.on === "source" ? containers.target : containers.source;
    const list = other.lists.get(listId ?? "");
    return otherId === undefined || !list || !countsOf(list).has(songOf(otherId));
  });
}

function sidesOf(world: PlaylistsWorld, { on, fromId, toId }: PlannedOperation) {
  const written = on === "source" ? 0 : 1;
  const isFirst = written === world.reads;
  return { other: world.side(1 - written), otherId: isFirst ? toId : fromId };
}
