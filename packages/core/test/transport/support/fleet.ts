import fc from "fast-check";
import type { RateLimit } from "../../../src/contract/index.ts";
import { memoryStorage, type StorageAdapter } from "../../../src/ports/index.ts";
import { BudgetClosedError, type Governor } from "../../../src/transport/governor.ts";
import { sharedGovernor } from "../../../src/transport/shared-governor.ts";
import { type VirtualClock, virtualClock } from "../../support/virtual-clock.ts";
import { claimOf } from "./describe-governor.ts";

/** What happens to several processes on one storage. Times in ms from the beginning. */
export interface FleetPlan {
  readonly limit: RateLimit;
  readonly requests: readonly {
    readonly process: number;
    readonly party: string;
    readonly atMs: number;
    readonly lastsMs: number;
    readonly cost: number;
    readonly abortAfterMs: number | undefined;
  }[];
  readonly closes: readonly { readonly process: number; readonly atMs: number; readonly forMs: number }[];
  readonly deaths: readonly { readonly process: number; readonly atMs: number }[];
  /** How long the storage takes before it does what it is asked, and before its answer is there: by turns. */
  readonly latenciesMs: readonly number[];
  /** How much too late timers fire: by turns. */
  readonly latenessMs: readonly number[];
}

export interface Start {
  readonly process: number;
  readonly party: string;
  readonly atMs: number;
  readonly cost: number;
}

export interface FleetRun {
  readonly starts: readonly Start[];
  readonly mostRunning: number;
  /** How requests ended that were neither aborted nor died with their process. */
  readonly ends: readonly ("done" | "closed")[];
  readonly endMs: number;
  /** When which process was told of a quiet, when it was stored, and until when it held. */
  readonly quiets: readonly { process: number; fromMs: number; storedMs: number; untilMs: number }[];
}

const PROCESSES = 3;
const never = new Promise<never>(() => {});

class Process {
  isDead = false;
  readonly died: Promise<void>;
  readonly governor: Governor;
  readonly kill: () => void;

  constructor(storage: StorageAdapter, clock: VirtualClock, plan: FleetPlan) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.died = promise;
    this.kill = () => {
      this.isDead = true;
      resolve();
    };
    const turn = byTurns(plan.latenciesMs);
    const late = byTurns(plan.latenessMs);
    const slowly = async <T>(work: () => Promise<T>): Promise<T> => {
      await clock.sleep(turn());
      if (this.isDead) return never;
      const result = await work();
      await clock.sleep(turn());
      return this.isDead ? never : result;
    };
    const slow: StorageAdapter = {
      ...storage,
      select: (query) => slowly(() => storage.select(query)),
      write: (batch) => slowly(() => storage.write(batch)),
    };
    let seed = 1;
    const uniform = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    this.governor = sharedGovernor({
      storage: slow,
      clock: { now: clock.now, sleep: (ms, signal) => clock.sleep(ms + late(), signal) },
      random: { uniform, bytes: (length) => new Uint8Array(length) },
    });
  }
}

/** Lets the fleet live through the plan, until every request of a living process has ended. */
export async function runFleet(plan: FleetPlan): Promise<FleetRun> {
  const clock = virtualClock({ startMs: 0 });
  const storage = memoryStorage();
  const fleet = Array.from({ length: PROCESSES }, () => new Process(storage, clock, plan));
  const of = (process: number): Process => fleet[process % PROCESSES] as Process;
  const budget = { key: "budget", service: "fake", limit: plan.limit };
  const starts: Start[] = [];
  const running = new Set<Process>();
  const runs = new Map<Process, number>();
  const ends: ("done" | "closed")[] = [];
  const quiets: { process: number; fromMs: number; storedMs: number; untilMs: number }[] = [];
  let mostRunning = 0;
  const count = (process: Process, by: number) => {
    runs.set(process, (runs.get(process) ?? 0) + by);
    running.add(process);
    const now = [...running].filter(({ isDead }) => !isDead).reduce((sum, one) => sum + (runs.get(one) ?? 0), 0);
    mostRunning = Math.max(mostRunning, now);
  };

  const requests = plan.requests.map(async ({ process, party, atMs, lastsMs, cost, abortAfterMs }) => {
    const home = of(process);
    await clock.sleep(atMs);
    if (home.isDead) return;
    const controller = new AbortController();
    const sent = home.governor.run(budget, claimOf({ party, cost, signal: controller.signal }), async () => {
      starts.push({ process: process % PROCESSES, party, atMs: clock.now(), cost });
      count(home, 1);
      await clock.sleep(lastsMs);
      count(home, -1);
    });
    if (abortAfterMs !== undefined) void clock.sleep(abortAfterMs).then(() => controller.abort(new Error("aborted")));
    const end = sent.then(
      () => ends.push("done"),
      (error: unknown) => {
        if (error instanceof BudgetClosedError) ends.push("closed");
        else if (!controller.signal.aborted) throw error;
      },
    );
    await Promise.race([end, home.died]);
  });
  const closes = plan.closes.map(async ({ process, atMs, forMs }) => {
    await clock.sleep(atMs);
    const home = of(process);
    if (home.isDead) return;
    const fromMs = clock.now();
    const untilMs = fromMs + forMs;
    const stored = home.governor.close(budget, { untilMs, reason: "rate-limited", strikes: 1 });
    await Promise.race([stored, home.died]);
    if (!home.isDead) quiets.push({ process: process % PROCESSES, fromMs, storedMs: clock.now(), untilMs });
  });
  const deaths = plan.deaths.map(async ({ process, atMs }) => {
    await clock.sleep(atMs);
    of(process).kill();
  });
  await clock.run(Promise.all([...requests, ...closes, ...deaths]));
  return { starts, mostRunning, ends, endMs: clock.now(), quiets };
}

/** Any plan; `calm` ones without deaths, aborts, quiets and lateness. */
export function anyPlan({ isCalm = false } = {}): fc.Arbitrary<FleetPlan> {
  const few = <T>(one: fc.Arbitrary<T>, maxLength: number) => fc.array(one, { maxLength: isCalm ? 0 : maxLength });
  const process = fc.nat(PROCESSES - 1);
  return fc.record({
    limit: fc.record({
      requests: fc.integer({ min: 1, max: 20 }),
      perMs: fc.integer({ min: 200, max: 3_000 }),
      concurrency: fc.integer({ min: 1, max: 8 }),
      sharedBy: fc.constant("client" as const),
    }),
    requests: fc.array(
      fc.record({
        process,
        party: fc.constantFrom("anna", "ben", "cleo", "dora"),
        atMs: fc.nat(3_000),
        lastsMs: fc.nat(1_500),
        cost: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 4 })),
        abortAfterMs: isCalm ? fc.constant(undefined) : fc.option(fc.nat(2_000), { nil: undefined, freq: 6 }),
      }),
      { minLength: 1, maxLength: 40 },
    ),
    closes: few(fc.record({ process, atMs: fc.nat(4_000), forMs: fc.integer({ min: 1, max: 5_000 }) }), 3),
    deaths: few(fc.record({ process: fc.constantFrom(1, 2), atMs: fc.nat(5_000) }), 2),
    latenciesMs: fc.array(fc.nat(isCalm ? 1 : 12), { minLength: 1, maxLength: 7 }),
    latenessMs: fc.array(fc.nat(isCalm ? 0 : 60), { minLength: 1, maxLength: 7 }),
  });
}

function byTurns(numbers: readonly number[]): () => number {
  let next = 0;
  return () => numbers[next++ % numbers.length] ?? 0;
}
