import { type PairReport, StorageError, SyncerError } from "@syncer/core";
import { type Ended, ended } from "../base/ended.ts";
import type { Outcome } from "../base/explore.ts";
import type { Process } from "../base/process.ts";
import { demand } from "../base/violation.ts";
import type { ChainPair } from "./pair.ts";
import { songOf } from "./songs.ts";
import type { ChainWorld, Running } from "./world.ts";

const LEASE_MS = 30_000;

/** What is special about a run. */
export interface Circumstances {
  /** Something is made to go wrong: the run may fail. */
  readonly disturbed?: boolean;
  /** The storage is made to fail: the call may throw. */
  readonly storageFails?: boolean;
  /** Another run may hold the pair, or one of its sides. */
  readonly rivalled?: boolean;
  /** Called before each remote call. */
  readonly onCall?: (number: number) => void;
  /** Settles when the process is killed or stopped. */
  readonly stopped?: Promise<void>;
  /** It began then, and was stopped since. */
  readonly sinceMs?: number;
}

export interface RunEnd extends Outcome {
  readonly detail: string;
  readonly report?: PairReport;
  readonly writes: number;
  /** Calls that ask for a write, whatever comes of them. */
  readonly writeCalls: number;
}

/** An ordinary run. */
export async function sync(world: ChainWorld, pair: ChainPair, how: Circumstances = {}): Promise<RunEnd> {
  return await observe(world, pair, () => begin(world.process, pair), how);
}

export async function begin({ engine }: Process, pair: ChainPair): Promise<PairReport | undefined> {
  const { pairs } = await engine.sync(pair.request());
  return pairs[0];
}

/** Lets a run happen, and judges how it ends. @throws {Violation} */
export async function observe(
  world: ChainWorld,
  pair: ChainPair,
  call: () => Promise<PairReport | undefined>,
  how: Circumstances = {},
): Promise<RunEnd> {
  const running: Running = { pair, sinceMs: how.sinceMs ?? world.clock.now() };
  const { end, detail, writes, writeCalls } = await watched(world, [running], call, how);
  const report = end.how === "answered" ? end.answer : undefined;
  if (end.how === "threw") {
    const allowed = how.storageFails === true && end.error instanceof StorageError;
    demand(allowed, "a run throws only what the storage did", () => stackOf(end.error));
  }
  // Who was killed, or could not write, has not given back its lease.
  if (end.how === "stopped" || how.storageFails) world.abandon(running, LEASE_MS);
  if (report) judgeStatus(world, pair, report, how);
  pair.held = report?.status === "held" ? report : undefined;
  const code = report?.error?.code ?? (end.how === "threw" && SyncerError.is(end.error) ? end.error.code : undefined);
  const outcome = [report?.status ?? end.how, code].filter((part) => part !== undefined).join(" ");
  return { outcome, detail, writes, writeCalls, ...(report ? { report } : {}) };
}

/** Two runs at the same time, begun by whoever. */
export async function observeBoth(
  world: ChainWorld,
  pairs: readonly [ChainPair, ChainPair],
  call: () => Promise<readonly (PairReport | undefined)[]>,
): Promise<RunEnd> {
  const sinceMs = world.clock.now();
  const runs = pairs.map((pair): Running => ({ pair, sinceMs }));
  const { end, detail, writes, writeCalls } = await watched(world, runs, call, {});
  demand(end.how === "answered", "a run throws only what the storage did", () =>
    end.how === "threw" ? stackOf(end.error) : end.how,
  );
  for (const [index, report] of end.answer.entries()) {
    const pair = pairs[index];
    if (!pair || !report) continue;
    judgeStatus(world, pair, report, { rivalled: true });
    pair.held = undefined;
  }
  return { outcome: end.answer.map((report) => report?.status).join(" and "), detail, writes, writeCalls };
}

async function watched<T>(
  world: ChainWorld,
  running: readonly Running[],
  call: () => Promise<T>,
  how: Circumstances,
): Promise<{ readonly end: Ended<T>; readonly detail: string; readonly writes: number; readonly writeCalls: number }> {
  world.running = running;
  world.written = [];
  let [remoteCalls, writeCalls] = [0, 0];
  const { storage } = world.process;
  for (const { library } of world.sides) {
    library.onCall(({ kind, moment }) => {
      world.listen();
      if (moment === "before") {
        remoteCalls++;
        if (kind === "add" || kind === "remove") writeCalls++;
        how.onCall?.(remoteCalls);
      }
      return storage.passService();
    });
  }
  const end = await ended(call(), how.stopped);
  for (const { library } of world.sides) library.onCall(undefined);
  world.absorb();
  world.running = [];
  const written = world.written.map(({ write }) => `${write.kind === "add" ? "+" : "-"}${write.id}`);
  return { end, detail: `${written.join(" ")} calls ${remoteCalls}`, writes: written.length, writeCalls };
}

/** How a run may end. */
function judgeStatus(world: ChainWorld, pair: ChainPair, report: PairReport, how: Circumstances): void {
  const { status, error } = report;
  const nowMs = world.clock.now();
  const seen = () => `${pair.name}: ${status} ${error ? stackOf(error) : ""}`;
  const isQuiet = pair.sides.some(({ quietUntilMs }) => nowMs < quietUntilMs);
  const isLeased = [pair, ...pair.sides].some(({ leasedUntilMs }) => nowMs < leasedUntilMs);
  const isDisturbed = how.disturbed === true || how.storageFails === true;
  if (status === "busy") {
    const allowed = how.rivalled === true || isLeased;
    demand(allowed, "a pair is busy only while another run has the right to write", seen);
  }
  if (status === "failed" || status === "deferred") {
    for (const side of pair.sides) side.quietUntilMs = Math.max(side.quietUntilMs, report.deferredUntilMs ?? 0);
    demand(isDisturbed || isQuiet, "no run fails without a reason", seen);
  }
}

/** Whether a run did all that the services of its pair let it do. */
export function isThrough(pair: ChainPair, report: PairReport | undefined): boolean {
  if (report?.status === "succeeded") return true;
  const undone = report?.items.filter(({ kind }) => kind === "refused" || kind === "left") ?? [];
  return report?.status === "partial" && undone.every(({ fromId, toId }) => isHardFor(pair, fromId ?? toId));
}

/** Whether a service of the pair lacks the song, or refuses to do something with it. */
export function isHardFor({ source, target }: ChainPair, id: string | undefined): boolean {
  return id !== undefined && (source.isHard(songOf(id)) || target.isHard(songOf(id)));
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split("\n").slice(0, 4).join(" ") : String(error);
}
