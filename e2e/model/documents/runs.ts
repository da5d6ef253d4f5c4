import { type PairReport, StorageError, SyncerError, type SyncReport } from "@syncer/core";
import { type Ended, ended } from "../base/ended.ts";
import { demand } from "../base/violation.ts";
import type { Change } from "./side.ts";
import type { DocumentsModel, Running } from "./world.ts";

const LEASE_MS = 30_000;

/** What is special about a run. */
export interface Circumstances {
  /** Whether something was made to go wrong, which is known when it has ended. */
  readonly disturbed?: () => boolean;
  /** The storage is made to fail: the call may throw. */
  readonly storageFails?: boolean;
  readonly confirmed?: boolean;
  readonly lied?: boolean;
  /** It rests on a plan that was made then; notes that changed since are left out. */
  readonly planned?: { readonly atMs: number; readonly changed: ReadonlySet<number> };
  /** Another run may hold the pair. */
  readonly rivalled?: boolean;
  /**
   * What it sent long ago may arrive only now. KNOWN LIMIT: a service without conditional writes takes it, whatever was
   * written there since.
   */
  readonly late?: boolean;
  /** Called before each remote call. */
  readonly onCall?: (number: number, call: { readonly kind: string; readonly ids: readonly string[] }) => void;
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
  /** Of these: writes that were asked for. */
  readonly writeCalls: number;
}

/** Lets a run happen, and judges what it has done. @throws {Violation} it was wrong */
export async function observe(
  world: DocumentsModel,
  call: () => Promise<SyncReport | PairReport>,
  how: Circumstances = {},
): Promise<RunEnd> {
  const { oracle, process } = world;
  const startMs = world.clock.now();
  oracle.begin(startMs, how.planned?.atMs ?? startMs);
  const wasClear = oracle.isClear;
  const changedMeanwhile = new Set(how.planned?.changed);
  const running: Running = {
    sinceMs: how.planned?.atMs ?? startMs,
    confirmed: how.confirmed === true || world.outstanding,
    lied: how.lied === true,
    changedMeanwhile,
    writes: [],
  };
  world.running = running;
  let remoteCalls = 0;
  let writeCalls = 0;
  for (const { documents, place } of world.sides) {
    documents.onCall(({ moment, kind, ids }) => {
      world.listen();
      if (kind === "delete") for (const id of ids) oracle.removals[place].record(startMs, id, "tried");
      if (moment === "before") {
        remoteCalls++;
        if (kind === "create" || kind === "update" || kind === "delete") writeCalls++;
        how.onCall?.(remoteCalls, { kind, ids });
      }
      world.listen();
      return process.storage.passService();
    });
  }
  const end = await ended(call(), how.stopped);
  for (const { documents } of world.sides) documents.onCall(undefined);
  world.absorb();
  world.running = undefined;
  const run = { ...describe(world, end, running, remoteCalls), writeCalls };
  const disturbed = how.disturbed?.() === true || how.rivalled === true;
  judgeEnding(world, run, end, how, disturbed);
  const { report } = run;
  const late = new Set(how.late ? running.writes.map(({ serial }) => serial) : []);
  for (const serial of late) changedMeanwhile.add(serial);
  const clean = !disturbed && isDone(report);
  oracle.judge({
    startMs: running.sinceMs,
    nowMs: world.clock.now(),
    policy: world.policy,
    ending: clean ? "clean" : "cut",
    ...(report?.hold ? { hold: report.hold.reasons } : {}),
    confirmed: running.confirmed,
    changedMeanwhile,
    late,
    undisputed: (await world.storage.count({ table: "conflicts", where: { state: "open" } })) === 0,
    undone: undoneNotes(world, report),
    resting: restingNotes(world, report),
  });
  if (clean && wasClear && changedMeanwhile.size === 0 && report) judgeCounts(run, report);
  if (clean && report?.status === "succeeded") world.moved.clear();
  const removed = running.writes.some(({ write }) => write.kind === "delete");
  if (clean && report?.status === "succeeded" && removed) world.outstanding = false;
  world.held = report?.status === "held" ? report : undefined;
  return run;
}

function isDone(report: PairReport | undefined): boolean {
  return report !== undefined && ["succeeded", "partial", "held"].includes(report.status);
}

function describe(
  world: DocumentsModel,
  end: Ended<SyncReport | PairReport>,
  { writes }: Running,
  remoteCalls: number,
): Omit<RunEnd, "writeCalls"> {
  const report = end.how === "answered" ? ("pairs" in end.answer ? end.answer.pairs[0] : end.answer) : undefined;
  const code = report?.error?.code ?? (end.how === "threw" ? codeOf(end.error) : undefined);
  const outcome = [report?.status ?? end.how, code].filter((part) => part !== undefined).join(" ");
  const told = writes.map(({ place, serial, write }) => `${write.kind} ${serial} ${world.sides[place].documents.name}`);
  const detail = `${told.join(", ")}; ${remoteCalls} calls`;
  return { ...(report ? { report } : {}), outcome, detail, writes, remoteCalls };
}

function codeOf(error: unknown): string {
  return SyncerError.is(error) ? error.code : String(error);
}

function judgeEnding(
  world: DocumentsModel,
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
    // A run that could not give back its lease finds it held when it plans again.
    const own = how.rivalled === true || how.storageFails === true;
    const held = own || nowMs < world.leasedUntilMs;
    demand(held, "a pair is busy only while another run holds it", () => run.outcome);
    demand(own || run.writes.length === 0, "who is busy writes nothing", () => run.detail);
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

/** What it says is what the services saw, and what an earlier run did that came to light only now. */
function judgeCounts(run: RunEnd, { counts, items }: PairReport): void {
  const recovered = (told: "updated" | "removed") =>
    items.filter(({ kind, reason }) => kind === told && reason?.code === "link.recovered").length;
  const made = (kind: "create" | "update" | "delete") => run.writes.filter(({ write }) => write.kind === kind).length;
  const updated = new Set(run.writes.filter(({ write }) => write.kind === "update").map(({ serial }) => serial)).size;
  const fits =
    counts.added === made("create") &&
    counts.removed - recovered("removed") === made("delete") &&
    counts.updated - recovered("updated") === updated;
  demand(fits, "a report tells what was done", () => `${JSON.stringify(counts)}: ${run.detail}`);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split("\n").slice(0, 4).join(" ") : String(error);
}

/** Of these a report says that they could not be dealt with. */
function undoneNotes(world: DocumentsModel, report: PairReport | undefined): ReadonlySet<number> {
  const items = report?.items.filter(({ kind }) => kind === "refused" || kind === "left") ?? [];
  const unmatched =
    report?.unmatched.map(({ side, itemId }) => world.sides[side === "source" ? 0 : 1].serialOf(itemId)) ?? [];
  return new Set(
    [...items.map((item) => serialOfItem(world, item)), ...unmatched].filter((serial) => serial !== undefined),
  );
}

function restingNotes(world: DocumentsModel, report: PairReport | undefined): ReadonlySet<number> {
  const items = report?.items.filter(({ reason }) => reason?.code === "conflict.oscillating") ?? [];
  return new Set(items.map((item) => serialOfItem(world, item)).filter((serial) => serial !== undefined));
}

/** An item names ids of the side that is read from first, and of the other. */
export function serialOfItem(
  { sides }: DocumentsModel,
  { fromId, toId }: { readonly fromId?: string | undefined; readonly toId?: string | undefined },
): number | undefined {
  const known = [fromId, toId].flatMap((id) => (id === undefined ? [] : sides.map((side) => side.serialOf(id))));
  return known.find((serial) => serial !== undefined);
}

/** Whether a run did all that the services let it do. */
export function isThrough(world: DocumentsModel, { report }: RunEnd): boolean {
  if (report?.status === "succeeded") return true;
  return report?.status === "partial" && [...undoneNotes(world, report)].every((serial) => world.isHard(serial));
}
