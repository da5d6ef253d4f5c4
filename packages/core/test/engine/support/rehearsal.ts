import type { SyntheticService } from "@syncer/testkit";
import {
  type Engine,
  type PairReport,
  type StorageAdapter,
  type SyncEngineOptions,
  type SyncReport,
  tableNames,
} from "../../../src/index.ts";
import type { VirtualClock } from "../../support/virtual-clock.ts";
import { BEYOND_LEASE_MS, only } from "./bench.ts";
import { CutOff } from "./cut-off.ts";

type Resumable<S> = SyntheticService & { snapshot(): S; restore(snapshot: S): void };

/** Two services, a storage and a clock that can be put back to where they were. */
export interface Stage<S> {
  readonly left: Resumable<S>;
  readonly right: Resumable<S>;
  readonly storage: StorageAdapter;
  readonly clock: VirtualClock;
  engine(options?: Partial<Pick<SyncEngineOptions, "storage">>): Pick<Engine, "sync">;
  /** Starts the sync that is rehearsed. */
  start(engine: Pick<Engine, "sync">): Promise<SyncReport>;
}

type Rows = { readonly [T in (typeof tableNames)[number]]: readonly object[] };

/** A moment to begin from again and again. */
export class Scene<S, B extends Stage<S>> {
  readonly #make: () => B;
  readonly #left: S;
  readonly #right: S;
  readonly #rows: Partial<Rows>;
  readonly #nowMs: number;

  private constructor(make: () => B, bench: B, rows: Partial<Rows>) {
    this.#make = make;
    this.#left = bench.left.snapshot();
    this.#right = bench.right.snapshot();
    this.#rows = rows;
    this.#nowMs = bench.clock.now();
  }

  /** @param make benches of the same services, with nothing on them */
  static async of<S, B extends Stage<S>>(bench: B, make: () => B): Promise<Scene<S, B>> {
    const rows = tableNames.map(async (table) => [table, await bench.storage.select({ table })] as const);
    return new Scene(make, bench, Object.fromEntries(await Promise.all(rows)));
  }

  /** The scene once more, on services and in a storage of its own. */
  async begin(): Promise<B> {
    const bench = this.#make();
    bench.left.restore(this.#left);
    bench.right.restore(this.#right);
    await bench.clock.advanceTo(this.#nowMs);
    await bench.storage.migrate();
    const statements = Object.entries(this.#rows).flatMap(([insert, rows]) =>
      rows.length > 0 ? [{ insert, rows, onConflict: "replace" }] : [],
    );
    await bench.storage.write({ statements } as unknown as Parameters<StorageAdapter["write"]>[0]);
    return bench;
  }
}

/** Syncs in a process that ends at its n-th step, and lets its lease run out. @param at `Infinity`: it does not end */
export async function syncAndDie<S>(bench: Stage<S>, at: number): Promise<CutOff> {
  const cutOff = new CutOff(at, [bench.left, bench.right]);
  const engine = bench.engine({ storage: cutOff.around(bench.storage) });
  const ended = await bench.start(engine).then(
    ({ pairs }) => pairs[0]?.status,
    () => "rejected",
  );
  cutOff.end();
  if (!cutOff.struck && ended !== "succeeded" && ended !== "partial") throw new Error(`a whole run ended ${ended}`);
  await bench.clock.advance(BEYOND_LEASE_MS);
  return cutOff;
}

/** Syncs until nothing is left to find out; the first runs may have to wait for what is not shown yet. */
export async function syncToTheEnd<S>(bench: Stage<S>): Promise<PairReport> {
  for (let attempt = 0; attempt < 12; attempt++) {
    await bench.clock.advance(60_000);
    const report = only(await bench.start(bench.engine()));
    const { intents } = await openWork(bench);
    const unsettled = await bench.storage.count({ table: "sync_cursors", where: { settled: false } });
    if (report.status === "succeeded" && intents + unsettled === 0) return report;
    if (report.status !== "partial" && report.status !== "succeeded")
      throw new Error(`it ended ${report.status}`, { cause: report.error });
  }
  throw new Error("it does not come to an end");
}

/** What a run that ended well leaves behind of its own work: nothing. */
export async function openWork({ storage }: Stage<unknown>) {
  return {
    intents: await storage.count({ table: "intents", where: { state: "prepared" } }),
    jobs: await storage.count({ table: "sync_jobs", where: { status: "running" } }),
    pending: await storage.count({ table: "links", where: { state: "pending" } }),
  };
}

export const noOpenWork = { intents: 0, jobs: 0, pending: 0 } as const;

/** Longer than any service of these tests takes to show what was written. */
const SHOWN_BY_THEN_MS = 600_000;

/** How an enumeration is thinned out where it is not the point; 1: every step. */
const stride = Number(process.env.CUT_OFF_STRIDE || 1);

export interface Rehearsal<S, B extends Stage<S>> {
  readonly scene: Scene<S, B>;
  /** What must be the same in the end, whatever happened in between. */
  outcomeOf(bench: B): Promise<unknown>;
  /** Changes that the services have seen us make. */
  writesOf(bench: B): number;
  /** The services show things late, so that some of it may wait for longer than until a run succeeds. */
  readonly late?: boolean;
  /** Further writes that an interruption may cost; 0 by default. */
  readonly repeats?: number;
}

/**
 * Ends the sync of a scene at each of its steps in turn, and lets another process go on: in the end all is as if nothing
 * had happened, nothing was done twice, and a further run does nothing.
 * @param deaths further steps, counted from its own first, at which the processes that recover end too
 * @returns how many combinations were tried, and what was wrong with which
 */
export async function cutOffEverywhere<S, B extends Stage<S>>(
  rehearsal: Rehearsal<S, B>,
  deaths: (step: number) => readonly number[] = () => [],
): Promise<{ readonly tried: number; readonly steps: readonly string[]; readonly problems: readonly string[] }> {
  const { scene, outcomeOf, writesOf, repeats = 0, late = false } = rehearsal;
  const undisturbed = await scene.begin();
  const { steps } = await syncAndDie(undisturbed, Number.POSITIVE_INFINITY);
  await syncToTheEnd(undisturbed);
  const wanted = { outcome: await outcomeOf(undisturbed), writes: writesOf(undisturbed) };
  const problems: string[] = [];
  let tried = 0;
  for (let at = 1; at <= steps.length; at += stride) {
    const bench = await scene.begin();
    tried++;
    const where = [at, ...deaths(at)];
    try {
      for (const death of where) await syncAndDie(bench, death);
      await syncToTheEnd(bench);
      if (late) {
        await bench.clock.advance(SHOWN_BY_THEN_MS);
        await syncToTheEnd(bench);
      }
      const outcome = await outcomeOf(bench);
      const writes = writesOf(bench);
      const open = await openWork(bench);
      if (!isEqual(outcome, wanted.outcome))
        problems.push(`${where} ${steps[at - 1]}: the end is ${JSON.stringify(outcome)}`);
      if (writes < wanted.writes || writes > wanted.writes + repeats) {
        problems.push(`${where} ${steps[at - 1]}: ${writes} writes, not ${wanted.writes}`);
      }
      if (!isEqual(open, noOpenWork)) problems.push(`${where} ${steps[at - 1]}: left open ${JSON.stringify(open)}`);
      await syncToTheEnd(bench);
      if (writesOf(bench) !== writes) problems.push(`${where} ${steps[at - 1]}: a further run writes`);
    } catch (error) {
      problems.push(`${where} ${steps[at - 1]}: ${error}`);
    }
  }
  return { tried, steps, problems };
}

function isEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
