import type { PairReport } from "@syncer/core";
import type { Fault, FaultRequest, ListingLie } from "@syncer/testkit";
import { ended } from "../base/ended.ts";
import type { Outcome } from "../base/explore.ts";
import { demand } from "../base/violation.ts";
import { isMass } from "./guard-rule.ts";
import { observe } from "./runs.ts";
import type { Side } from "./side.ts";
import { songOf } from "./songs.ts";
import type { Edit, FaultKind, Lie, Step } from "./steps.ts";
import type { MembershipWorld } from "./world.ts";

const BEYOND_LEASE_MS = 31_000;

type Of<TDo extends Step["do"]> = Extract<Step, { readonly do: TDo }>;

/** A service fails at some calls of a run. */
export async function underFault(world: MembershipWorld, step: Of<"fault">): Promise<Outcome> {
  const { library } = world.side(step.side);
  library.fail(faultRequest(step));
  const run = await observe(world, () => world.process.engine.sync(world.pair.request()), { disturbed: true });
  library.recover();
  return { outcome: `${step.fault} ${step.moment}: ${run.outcome}`, detail: run.detail };
}

const faults: Record<FaultKind, Fault> = {
  unavailable: { kind: "unavailable" },
  "rate-limited": { kind: "rate-limited" },
  deferred: { kind: "deferred", forMs: 10 * 60_000 },
  malformed: { kind: "malformed" },
  "outcome-unknown": { kind: "outcome-unknown" },
};

function faultRequest({ calls, fault, moment, skip, times }: Of<"fault">): FaultRequest {
  // Who says that it is too much has done nothing.
  const refuses = fault === "rate-limited" || fault === "deferred";
  const kinds = calls === "any" ? {} : { calls };
  return { ...kinds, with: faults[fault], moment: refuses ? "before" : moment, skip, times };
}

/** A process is stopped in the middle of a run, overtaken, and goes on. */
export async function stall(world: MembershipWorld, step: Of<"stall">): Promise<Outcome> {
  const slow = world.process;
  const readMs = world.clock.now();
  slow.storage.arm({ what: "stalls", at: step.at });
  const call = slow.engine.sync(world.pair.request());
  const first = await observe(world, () => call, { disturbed: true, stopped: slow.storage.struck });
  slow.storage.disarm();
  if (first.outcome !== "stopped") return { outcome: `not stopped, ${first.outcome}`, detail: first.detail };
  await world.clock.advance(BEYOND_LEASE_MS);
  editAll(world, step.edits);
  world.restart();
  const second = await observe(world, () => world.process.engine.sync(world.pair.request()));
  const { confirmed } = world.pair;
  const goOn = () => {
    slow.storage.goOn();
    return call;
  };
  const third = await observe(world, goOn, { disturbed: true, rivalled: true, sinceMs: readMs });
  world.restart();
  // Which of the two has had the last word on what is held nobody can tell.
  world.pair.held = undefined;
  world.pair.confirmed = confirmed;
  const lost = third.report?.error?.code === "run.lease-lost";
  // What it had sent before it was stopped may arrive.
  demand(!lost || third.writeCalls === 0, "a run that was overtaken asks for no write", () => third.detail);
  return {
    outcome: `${second.outcome}, then ${third.outcome}`,
    detail: `${first.detail}, ${second.detail}, ${third.detail}`,
  };
}

function editAll(world: MembershipWorld, edits: readonly Edit[]): number {
  return edits.filter((edit) => world.edit(edit)).length;
}

/** A listing does not show what is there, in a run or in a plan. */
export async function underLie(world: MembershipWorld, step: Of<"lie">): Promise<Outcome> {
  const side = world.side(step.side);
  side.library.adopt({ lie: lieOf(world, side, step.lie) });
  const { engine } = world.process;
  if (!step.planned) {
    const run = await observe(world, () => engine.sync(world.pair.request()), { disturbed: true });
    world.settleHabits(side);
    return { outcome: `${step.lie}: ${run.outcome}`, detail: run.detail };
  }
  const plannedMs = world.clock.now();
  const end = await ended(engine.plan(world.pair.request()));
  world.settleHabits(side);
  if (end.how !== "answered" || !end.answer.pairs[0]?.ok) return { outcome: `${step.lie}: planned nothing` };
  const run = await observe(world, () => engine.apply(end.answer), { disturbed: true, plannedMs });
  return { outcome: `${step.lie}: planned, ${run.outcome}`, detail: run.detail };
}

const isOdd = (song: number) => song % 2 === 1;

/** A lie that the semantics protect from: one that hides more than a person would remove in a day. */
function lieOf(world: MembershipWorld, side: Side, lie: Lie): ListingLie {
  const { oracle } = world.pair;
  const shared = oracle.shared(oracle.outset(world.clock.now(), world.hindered()));
  const { probe, totals } = side.library.habits;
  const probed = probe !== "none";
  const few = new Set(shared.slice(0, 2));
  switch (lie) {
    case "failing-page":
      return { lie, page: 2, with: { kind: "unavailable" } };
    case "looping":
      return { lie, page: 1 };
    case "doubled":
      return { lie: "doubled-rows" };
    case "wrong-total":
      if (totals !== "exact") break;
      // So few that only the total tells.
      return { lie: "missing-rows", ids: (id) => few.has(songOf(id)), totals: "true" };
    case "half":
      if (probed || !isMass(shared.filter(isOdd).length, oracle.mostLinks)) break;
      return { lie: "missing-rows", ids: (id) => isOdd(songOf(id)) };
    case "empty":
  }
  // Nobody could tell that rows are missing if a probe vouched for them and nothing was linked.
  if (probed && shared.length === 0) return { lie: "failing-page", page: 2, with: { kind: "unavailable" } };
  return { lie: "empty" };
}

/** Two processes are asked at once. */
export async function duel(world: MembershipWorld, { waits }: Of<"duel">): Promise<Outcome> {
  const rival = world.anotherProcess();
  let reports: readonly (PairReport | undefined)[] = [];
  const both = async () => {
    const first = world.process.engine.sync(world.pair.request());
    const second = (async () => {
      for (let turn = 0; turn < waits; turn++) await Promise.resolve();
      return await rival.engine.sync(world.pair.request());
    })();
    reports = (await Promise.all([first, second])).map(({ pairs }) => pairs[0]);
    const idle = reports[1]?.status === "busy" ? reports[0] : reports[1];
    return { pairs: idle ? [idle] : [] };
  };
  const run = await observe(world, both, { rivalled: true });
  return { outcome: reports.map((report) => report?.status).join(" and "), detail: run.detail };
}

/** People do something while a run is at work. */
export async function editedMeanwhile(world: MembershipWorld, { at, edits }: Of<"meanwhile">): Promise<Outcome> {
  // Rows that shift under a reader are seen by the total; two changes may leave that as it was.
  const shifting = world.sides.some(({ library }) => library.habits.paging === "offset");
  const onCall = (number: number) => {
    if (number === at) editAll(world, shifting ? edits.slice(0, 1) : edits);
  };
  const run = await observe(world, () => world.process.engine.sync(world.pair.request()), { disturbed: true, onCall });
  return { outcome: run.outcome, detail: run.detail };
}

/** While the place is gone or closed nothing is written and nothing concluded; then a person resumes the pair. */
export async function withoutContainer(world: MembershipWorld, { side: index, is }: Of<"container">): Promise<Outcome> {
  const side = world.side(index);
  side.library.adopt({ container: is });
  const sync = () => world.process.engine.sync(world.pair.request());
  const run = await observe(world, sync, { disturbed: true });
  const idle = run.report?.status === "busy" || run.report?.status === "deferred";
  demand(run.writes.length === 0, "nothing is written without the place", () => run.detail);
  demand(idle || run.report?.status === "failed", "without the place a run fails", () => run.outcome);
  if (!idle) {
    const again = await observe(world, sync, { disturbed: true });
    demand(again.remoteCalls === 0, "who is paused asks nothing", () => again.detail);
    demand(again.outcome.endsWith("pair.paused"), "the pair is paused", () => again.outcome);
    const ref = { userId: "user-1", pairId: run.report?.pairId ?? "" };
    const end = await ended(world.process.engine.pairs.resume(ref));
    demand(end.how === "answered", "a paused pair can be resumed", () => `${end.how === "threw" ? end.error : ""}`);
    world.pair.quietUntilMs = Number.NEGATIVE_INFINITY;
  }
  world.settleHabits(side);
  return { outcome: `${is}: ${run.outcome}`, detail: run.detail };
}
