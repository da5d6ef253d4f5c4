import type { Fault, FaultRequest } from "@syncer/testkit";
import { ended } from "../base/ended.ts";
import type { Outcome } from "../base/explore.ts";
import { demand } from "../base/violation.ts";
import type { ChainPair } from "./pair.ts";
import { begin, observe, observeBoth, type RunEnd, sync } from "./runs.ts";
import { settle } from "./settle.ts";
import { songOf } from "./songs.ts";
import type { FaultKind, RunStep, Step } from "./steps.ts";
import type { ChainWorld } from "./world.ts";

const NOTHING: Outcome = { outcome: "nothing to do" };
const BEYOND_LEASE_MS = 31_000;

/** Does one step. @throws {Violation} the semantics were broken */
export async function perform(world: ChainWorld, step: Step): Promise<Outcome> {
  // People take a second for what they do; so no two steps happen at the same time.
  await world.clock.advance(1_000);
  switch (step.do) {
    case "edit":
      return world.edit(step) ? { outcome: step.kind } : NOTHING;
    case "edits":
      return { outcome: "", detail: String(world.editAll(step.edits)) };
    case "wait":
      await world.clock.advance(step.ms);
      return { outcome: "" };
    case "restart":
      world.restart();
      return { outcome: "" };
    case "calm":
      return await settle(world);
    default: {
      const { outcome, detail = "" } = await performRun(world, world.pair(step.pair), step);
      return { outcome, detail };
    }
  }
}

async function performRun(world: ChainWorld, pair: ChainPair, step: RunStep): Promise<Outcome> {
  switch (step.do) {
    case "sync":
      return await sync(world, pair);
    case "fault": {
      const { library } = world.side(step.side);
      library.fail(faultRequest(step));
      const run = await sync(world, pair, { disturbed: true });
      library.recover();
      return { ...run, outcome: `${step.fault}: ${run.outcome}` };
    }
    case "mishap": {
      const { storage } = world.process;
      storage.arm(step.mishap);
      const run = await sync(world, pair, { disturbed: true, storageFails: true, stopped: storage.struck });
      storage.disarm();
      if (storage.isDead) world.restart();
      return { ...run, outcome: `${step.mishap.what}: ${run.outcome}` };
    }
    case "stall":
      return await stall(world, pair, world.pair(step.rival), step.at);
    case "duel":
      return await both(world, pair, world.pair(step.rival), step.waits, world.anotherProcess());
    case "together":
      return await both(world, pair, world.pair(step.rival), step.waits, world.process);
    case "meanwhile": {
      const onCall = (number: number) => {
        if (number === step.at) world.editAll(step.edits);
      };
      return await sync(world, pair, { disturbed: true, onCall });
    }
    case "confirm":
      return (await confirm(world, pair)) ?? NOTHING;
  }
}

function faultRequest(step: Extract<Step, { do: "fault" }>): FaultRequest {
  const { calls, fault, moment, skip, times } = step;
  const withs: Record<FaultKind, Fault> = {
    unavailable: { kind: "unavailable" },
    "rate-limited": { kind: "rate-limited" },
    deferred: { kind: "deferred", forMs: 10 * 60_000 },
    malformed: { kind: "malformed" },
    "outcome-unknown": { kind: "outcome-unknown" },
  };
  // Who says that it is too much has done nothing.
  const refuses = fault === "rate-limited" || fault === "deferred";
  const when = { moment: refuses ? "before" : moment, skip, times } as const;
  return { ...(calls === "any" ? {} : { calls }), with: withs[fault], ...when };
}

/** A process stops in the middle of a run and is overtaken. When it goes on, it must not do harm. */
async function stall(world: ChainWorld, pair: ChainPair, rival: ChainPair, at: number): Promise<Outcome> {
  const slow = world.process;
  const sinceMs = world.clock.now();
  slow.storage.arm({ what: "stalls", at });
  const call = begin(slow, pair);
  const first = await observe(world, pair, () => call, { disturbed: true, stopped: slow.storage.struck });
  slow.storage.disarm();
  if (first.outcome !== "stopped") return { ...first, outcome: `not stopped, ${first.outcome}` };
  await world.clock.advance(BEYOND_LEASE_MS);
  world.restart();
  const second = await sync(world, rival);
  const { held } = pair;
  const goOn = () => {
    slow.storage.goOn();
    return call;
  };
  const third = await observe(world, pair, goOn, { disturbed: true, rivalled: true, sinceMs });
  world.restart();
  const isLost = third.report?.error?.code === "run.lease-lost";
  // What an overtaken run has to say is of yesterday.
  if (isLost) pair.held = held;
  // What it had sent before it was stopped may arrive.
  demand(!isLost || third.writeCalls === 0, "a run that was overtaken asks for no write", () => third.detail);
  return {
    outcome: `${second.outcome}, then ${third.outcome}`,
    detail: `${first.detail}, ${second.detail}, ${third.detail}`,
  };
}

async function both(
  world: ChainWorld,
  pair: ChainPair,
  rival: ChainPair,
  waits: number,
  process: ChainWorld["process"],
): Promise<RunEnd> {
  return await observeBoth(world, [pair, rival], () => {
    const later = async () => {
      for (let turn = 0; turn < waits; turn++) await Promise.resolve();
      return await begin(process, rival);
    };
    return Promise.all([begin(world.process, pair), later()]);
  });
}

/**
 * A person looks at what is held, and confirms it if it is what was done.
 * @returns nothing if there is nothing to confirm
 */
export async function confirm(world: ChainWorld, pair: ChainPair): Promise<RunEnd | undefined> {
  const { held } = pair;
  if (!held?.hold) return undefined;
  const { operations, hash } = held.hold;
  const songs = operations.flatMap(({ kind, fromId, toId }) => {
    const id = kind === "remove" ? (fromId ?? toId) : undefined;
    return id === undefined ? [] : [songOf(id)];
  });
  // What is to be removed is on one side only, or its other side was another recording.
  const isTrue = (song: number) => pair.sides.some((side) => !side.has(song) || side.hadAnother(song));
  if (!songs.every(isTrue)) return undefined;
  const end = await ended(world.process.engine.confirm({ userId: "user-1", pairId: held.pairId, planHash: hash }));
  demand(end.how === "answered", "what is held can be confirmed", () => `${end.how === "threw" ? end.error : end.how}`);
  pair.confirm(songs, world.clock.now());
  return await sync(world, pair);
}
