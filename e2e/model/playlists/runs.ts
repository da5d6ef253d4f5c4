import { type PairReport, StorageError, SyncerError, type SyncReport } from "@syncer/core";
import { type Ended, ended } from "../base/ended.ts";
import { demand } from "../base/violation.ts";
import { isWrite } from "./calls.ts";
import { judgeLists, type ListsBefore } from "./judge.ts";
import type { Change } from "./shelf.ts";
import type { CallKind } from "./steps.ts";
import type { PlaylistsWorld, Running } from "./world.ts";

const LEASE_MS = 30_000;

/** What is special about a run. */
export interface Circumstances {
  /** Whether something was made to go wrong, which is known when it has ended. */
  readonly disturbed?: () => boolean;
  /** The storage is made to fail: the call may throw. */
  readonly storageFails?: boolean;
  /** It rests on a plan that was made then. */
  readonly plannedMs?: number;
  /** Lists that changed between that plan and the run. */
  readonly moved?: ReadonlySet<number>;
  /** It takes back what the last one did. */
  readonly isUndoing?: boolean;
  /** Called before each remote call. */
  readonly onCall?: (call: { readonly number: number; readonly writes: number; readonly kind: CallKind }) => void;
  /** Settles when the process is killed or stopped. */
  readonly stopped?: Promise<void>;
}

export interface RunEnd {
  readonly report?: PairReport;
  /** For the statistics. */
  readonly outcome: string;
  /** For the digest. */
  readonly detail: string;
  readonly writes: readonly Change[];
  readonly remoteCalls: number;
  /** Of these, those that ask for a write, by list and side. */
  readonly writeCalls: ReadonlyMap<string, number>;
}

/** Lets a run happen, and judges what it has done. @throws {Violation} it was wrong */
export async function observe(
  world: PlaylistsWorld,
  call: () => Promise<SyncReport | PairReport>,
  how: Circumstances = {},
): Promise<RunEnd> {
  const before = shotOf(world);
  const startMs = world.clock.now();
  const sinceMs = how.plannedMs ?? startMs;
  const running: Running = {
    sinceMs,
    blurred: world.blurred(sinceMs),
    asked: new Set(),
    changedMeanwhile: new Set(how.moved),
    writes: [],
    isUndoing: how.isUndoing === true,
  };
  world.running = running;
  for (const standing of world.standings.values()) standing.isNew = false;
  const { calls, byList } = listen(world, running, how);
  const begun = world.process.runs;
  const end = await ended(call(), how.stopped);
  for (const shelf of world.shelves) shelf.calls.hook = undefined;
  world.running = undefined;
  world.absorb();
  const report = reportOf(end);
  const code = report?.error?.code ?? (end.how === "threw" ? codeOf(end.error) : undefined);
  const run: RunEnd = {
    ...(report ? { report } : {}),
    outcome: [report?.status ?? end.how, code].filter((part) => part !== undefined).join(" "),
    detail: `${JSON.stringify(report?.counts ?? {})} ${calls.made} calls, ${running.writes.length} writes`,
    writes: running.writes,
    remoteCalls: calls.made,
    writeCalls: byList,
  };
  const isDisturbed = how.disturbed?.() === true;
  judgeEnding(world, run, end, how, isDisturbed);
  const isClean = !isDisturbed && report?.status === "succeeded" && world.process.runs - begun === 1;
  const isKnown = isClean && running.changedMeanwhile.size === 0 && report.jobId !== undefined;
  const { blurred } = running;
  world.lastRun = isKnown ? { jobId: report.jobId, blurred, before, after: shotOf(world) } : undefined;
  judgeLists(world, {
    before,
    running,
    run,
    isDone: isDone(report),
    isClean: isClean && !running.isUndoing,
    isDisturbed: isDisturbed || !isDone(report),
    confirmed: world.isConfirmed,
  });
  if (isDone(report) && report?.status !== "held") world.isConfirmed = false;
  // Nobody knows what it was about to do, and of what it has a record.
  if (how.storageFails) for (const standing of world.standings.values()) standing.changedMs = world.clock.now();
  if (run.remoteCalls > 0 || isDone(report)) world.held = report?.status === "held" ? report : undefined;
  return run;
}

function shotOf({ shelves: [left, right] }: PlaylistsWorld): ListsBefore {
  return [new Map(left.lists), new Map(right.lists)];
}

function listen(world: PlaylistsWorld, running: Running, how: Circumstances) {
  const calls = { made: 0, writes: 0 };
  const byList = new Map<string, number>();
  for (const shelf of world.shelves) {
    shelf.calls.hook = ({ kind, moment, listId }) => {
      if (moment === "before") {
        calls.made++;
        if (isWrite(kind)) {
          calls.writes++;
          const serial = listId === undefined ? undefined : shelf.lists.get(listId)?.serial;
          if (serial !== undefined) {
            running.asked.add(serial);
            byList.set(`${serial} ${shelf.index}`, (byList.get(`${serial} ${shelf.index}`) ?? 0) + 1);
          }
        }
        how.onCall?.({ number: calls.made, writes: calls.writes, kind });
      }
      return world.process.storage.passService();
    };
  }
  return { calls, byList };
}

export function isDone(report: PairReport | undefined): boolean {
  return report !== undefined && ["succeeded", "partial", "held"].includes(report.status);
}

function reportOf(end: Ended<SyncReport | PairReport>): PairReport | undefined {
  if (end.how !== "answered") return undefined;
  return "pairs" in end.answer ? end.answer.pairs[0] : end.answer;
}

function codeOf(error: unknown): string {
  return SyncerError.is(error) ? error.code : String(error);
}

function judgeEnding(
  world: PlaylistsWorld,
  run: RunEnd,
  end: Ended<unknown>,
  how: Circumstances,
  disturbed: boolean,
): void {
  const { report } = run;
  const nowMs = world.clock.now();
  if (end.how === "threw") {
    const allowed = how.storageFails === true && end.error instanceof StorageError;
    demand(allowed, "a run throws only what the storage did", () => stackOf(end.error));
  }
  if (report?.status === "busy") {
    const held = how.storageFails === true || nowMs < world.leasedUntilMs;
    demand(held, "a pair is busy only while another run holds it", () => run.outcome);
    demand(how.storageFails === true || run.writes.length === 0, "who is busy writes nothing", () => run.detail);
  }
  const quiet = nowMs < world.quietUntilMs;
  if (quiet && report) {
    demand(!isDone(report), "a pair that a service asked to be quiet is put off", () => run.outcome);
    demand(run.remoteCalls === 0, "who is put off asks nothing", () => run.detail);
  }
  if (report?.status === "failed" || report?.status === "deferred") {
    demand(disturbed || how.storageFails === true || quiet, "no run fails without a reason", () => {
      return `${run.outcome} ${stackOf(report.error)}`;
    });
  }
  // Who was killed, or could not write, has not given back its lease.
  if (end.how === "stopped" || how.storageFails) world.leasedUntilMs = nowMs + LEASE_MS;
  if (report?.deferredUntilMs !== undefined) world.quietUntilMs = report.deferredUntilMs;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split("\n").slice(0, 4).join(" ") : String(error);
}
