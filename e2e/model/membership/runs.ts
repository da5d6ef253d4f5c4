import { type PairReport, StorageError, SyncerError, type SyncReport } from "@syncer/core";
import { type Ended, ended } from "../base/ended.ts";
import { demand } from "../base/violation.ts";
import type { Outset } from "./oracle.ts";
import type { ModelPair } from "./pair.ts";
import type { Change } from "./side.ts";
import { songOf } from "./songs.ts";
import type { MembershipWorld, Running } from "./world.ts";

const LEASE_MS = 30_000;

/** What is special about a run. */
export interface Circumstances {
  /** Something is made to go wrong: items may be refused or left, and the run may fail. */
  readonly disturbed?: boolean;
  /** The storage is made to fail: the call may throw. */
  readonly storageFails?: boolean;
  /** It rests on a plan that was made then, and looks again at what it carries over. */
  readonly plannedMs?: number;
  /** It may carry over what was so at any time since then. */
  readonly sinceMs?: number;
  /** Songs that changed between that plan and the run. */
  readonly moved?: ReadonlySet<number>;
  /** What a person has confirmed for this run only: ids. */
  readonly confirmed?: ReadonlySet<string>;
  /** Another run may hold the pair. */
  readonly rivalled?: boolean;
  /** Called before each remote call. */
  readonly onCall?: (number: number) => void;
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
  /** Of these, those that ask for a write. */
  readonly writeCalls: number;
  /** Songs of which the semantics say what became of them. */
  readonly clear: (song: number) => boolean;
}

/** Lets a run happen, and judges what it has done. @throws {Violation} it was wrong */
export async function observe(
  world: MembershipWorld,
  call: () => Promise<SyncReport | PairReport>,
  how: Circumstances = {},
): Promise<RunEnd> {
  const { pair, sides, process } = world;
  const { oracle } = pair;
  pair.use();
  world.strayed ||= !pair.isTwoWay;
  const before = [sides[0].songs(), sides[1].songs()] as const;
  const outset = oracle.outset(how.plannedMs ?? how.sinceMs ?? world.clock.now(), world.hindered());
  const running = begin(world, outset, how);
  const begun = process.runs;
  const listening = listen(world, how);
  const end = await ended(call(), how.stopped);
  for (const { library } of sides) library.onCall(undefined);
  world.absorb();
  world.running = undefined;
  const quiet = !how.disturbed && !how.rivalled && running.changedMeanwhile.size === 0;
  const good = quiet && isDone(reportOf(end)) && process.runs - begun === 1;
  const run = describe(end, running, listening, (song) => good && outset.clear.has(song));
  judgeEnding(world, run, end, how);
  const confirmed = how.confirmed ?? pair.confirmed;
  if (run.remoteCalls > 0 || isDone(run.report)) {
    oracle.judge({
      outset,
      before,
      good,
      done: isDone(run.report) && !how.rivalled,
      held: run.report?.status === "held",
      single: process.runs - begun === 1,
      confirmed,
      changedMeanwhile: running.changedMeanwhile,
      undone: undoneSongs(run.report),
      removed: running.writes.filter(({ write }) => write.kind === "remove"),
    });
  }
  if (good && run.report) judgeCounts(world, run, run.report);
  if (run.remoteCalls > 0 || isDone(run.report)) pair.held = run.report?.status === "held" ? run.report : undefined;
  if (isDone(run.report) && !pair.held) pair.confirmed = undefined;
  return run;
}

function begin(world: MembershipWorld, { hindered, blurred }: Outset, how: Circumstances): Running {
  const running: Running = {
    readMs: how.sinceMs ?? world.clock.now(),
    mayRepeat: (song) =>
      how.disturbed === true || hindered.has(song) || blurred.has(song) || running.changedMeanwhile.has(song),
    changedMeanwhile: new Set(how.moved),
    writes: [],
  };
  world.running = running;
  return running;
}

interface Calls {
  readonly calls: number;
  readonly writes: number;
}

/** Tells the world of each remote call, and the oracle of what is asked for. */
function listen(world: MembershipWorld, how: Circumstances): Calls {
  const told = { calls: 0, writes: 0 };
  const { process, pair, clock } = world;
  for (const side of world.sides) {
    side.library.onCall(({ moment, kind, ids }) => {
      world.listen();
      if (kind === "add" || kind === "remove") {
        for (const id of ids) pair.oracle.asked(side, songOf(id), clock.now());
        if (moment === "after") for (const id of ids) world.losing.delete(id);
      }
      if (moment === "before") {
        told.calls++;
        if (kind === "add" || kind === "remove") told.writes++;
        how.onCall?.(told.calls);
      }
      return process.storage.passService();
    });
  }
  return told;
}

export function isDone(report: PairReport | undefined): boolean {
  return report !== undefined && ["succeeded", "partial", "held"].includes(report.status);
}

function reportOf(end: Ended<SyncReport | PairReport>): PairReport | undefined {
  if (end.how !== "answered") return undefined;
  return "pairs" in end.answer ? end.answer.pairs[0] : end.answer;
}

function describe(
  end: Ended<SyncReport | PairReport>,
  { writes }: Running,
  { calls: remoteCalls, writes: writeCalls }: Calls,
  clear: RunEnd["clear"],
): RunEnd {
  const report = reportOf(end);
  const code = report?.error?.code ?? (end.how === "threw" ? codeOf(end.error) : undefined);
  const outcome = [report?.status ?? end.how, code].filter((part) => part !== undefined).join(" ");
  const done = writes.map(({ write: { kind, id } }) => `${kind === "add" ? "+" : "-"}${id}`);
  const detail = `${done.join(" ")} calls ${remoteCalls}`;
  return { ...(report ? { report } : {}), outcome, detail, writes, remoteCalls, writeCalls, clear };
}

function codeOf(error: unknown): string {
  return SyncerError.is(error) ? error.code : String(error);
}

function judgeEnding({ clock, pair }: MembershipWorld, run: RunEnd, end: Ended<unknown>, how: Circumstances): void {
  const { report } = run;
  const nowMs = clock.now();
  if (end.how === "threw") {
    const allowed = how.storageFails === true && end.error instanceof StorageError;
    demand(allowed, "a run throws only what the storage did", () => stackOf(end.error));
  }
  if (report?.status === "busy") judgeBusy(pair, run, nowMs, how);
  if (nowMs < pair.quietUntilMs && report) {
    demand(!isDone(report), "a pair that a service asked to be quiet is put off", () => run.outcome);
    demand(run.remoteCalls === 0, "who is put off asks nothing", () => run.detail);
  }
  // Who was killed, or could not write, has not given back its lease.
  if (end.how === "stopped" || how.storageFails) pair.leasedUntilMs = nowMs + LEASE_MS;
  if (report?.deferredUntilMs !== undefined) pair.quietUntilMs = report.deferredUntilMs;
  if (report?.status === "failed" || report?.status === "deferred") {
    const why = how.disturbed === true || nowMs < pair.quietUntilMs;
    demand(why, "no run fails without a reason", () => `${run.outcome} ${stackOf(report.error)}`);
  }
}

function judgeBusy(pair: ModelPair, run: RunEnd, nowMs: number, how: Circumstances): void {
  const { rivalled = false, storageFails = false } = how;
  // A run that begins again because something moved may not have been able to give back its own lease.
  demand(
    rivalled || storageFails || nowMs < pair.leasedUntilMs,
    "a pair is busy only while another run holds it",
    () => run.outcome,
  );
  demand(rivalled || storageFails || run.writes.length === 0, "who is busy writes nothing", () => run.detail);
}

/** What it says is what the services saw; shown an old state, it may ask for what is done already. */
function judgeCounts({ sides }: MembershipWorld, { writes }: RunEnd, { counts, items }: PairReport): void {
  const earlier = items.filter(({ kind, reason }) => kind === "removed" && reason?.code === "link.recovered").length;
  const made = (kind: "add" | "remove") => writes.filter(({ write }) => write.kind === kind).length;
  const [added, removed] = [made("add"), made("remove")];
  const own = counts.removed - earlier;
  const vague = sides.some(({ library: { habits } }) => habits.lag.listMs > 0 || habits.probe === "hint");
  // Of what is left with an unknown outcome some may have been done.
  const most = (told: number) => told + counts.left;
  const fits =
    removed <= most(own) && (vague || own <= removed) && counts.added <= added && added <= most(counts.added);
  demand(fits, "a report tells what was done", () => {
    return `${counts.added} added and ${counts.removed} removed, while ${added} and ${removed} were`;
  });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split("\n").slice(0, 4).join(" ") : String(error);
}

/** Songs of which the run says that it could not deal with them, and until when it leaves them alone. */
function undoneSongs(report: PairReport | undefined): ReadonlyMap<number, number> {
  const left = report?.items.filter(({ kind }) => kind === "refused" || kind === "left") ?? [];
  const undone = new Map(left.flatMap(songsOf).map((song) => [song, 0]));
  for (const { itemId, retryAtMs = 0 } of report?.unmatched ?? []) undone.set(songOf(itemId), retryAtMs);
  return undone;
}

function songsOf({ fromId, toId }: { readonly fromId?: string; readonly toId?: string }): readonly number[] {
  return [fromId, toId].flatMap((id) => (id === undefined ? [] : [songOf(id)]));
}

/** Whether a run found nothing to do, but for what services do not let it do. */
export function isThrough({ sides, pair }: MembershipWorld, { report, writes }: RunEnd): boolean {
  const impossible = (song: number) => sides.some((side) => side.cannot(song));
  if (!report || !isDone(report) || writes.length > 0) return false;
  const held = report.hold?.operations.map((operation) => pair.written(operation)?.id) ?? [];
  if (!held.every((id) => id !== undefined && impossible(songOf(id)))) return false;
  if (report.items.some(({ kind }) => kind !== "refused" && kind !== "left")) return false;
  return [...undoneSongs(report).keys()].every(impossible);
}
