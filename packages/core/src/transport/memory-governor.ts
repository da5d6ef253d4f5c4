import PQueue from "p-queue";
import type { Clock } from "../ports/index.ts";
import { DayQuota } from "./day-quota.ts";
import { FairQueue } from "./fair-queue.ts";
import {
  type Budget,
  BudgetClosedError,
  type Claim,
  type Governor,
  type GovernorStatus,
  type Quiet,
} from "./governor.ts";
import { Pace, type Sent } from "./pace.ts";

/** How many budgets are kept before idle ones are dropped: budgets of single users come and go. */
const SWEEP_FROM = 1_000;

/** The governor of one process. */
export function memoryGovernor(options: { readonly clock: Clock }): Governor {
  const { clock } = options;
  const gates = new Map<string, BudgetGate>();
  let sweepAt = SWEEP_FROM;

  const gateOf = (budget: Budget): BudgetGate => {
    const known = gates.get(budget.key);
    if (known) return known;
    if (gates.size >= sweepAt) {
      for (const [key, gate] of gates) if (gate.isIdle()) gates.delete(key);
      sweepAt = Math.max(SWEEP_FROM, gates.size * 2);
    }
    const gate = new BudgetGate(budget, clock);
    gates.set(budget.key, gate);
    return gate;
  };

  return {
    run: (budget, claim, work) => gateOf(budget).run(claim, work),
    close: async (budget, quiet) => gateOf(budget).close(quiet),
    status: async (budget) => gateOf(budget).status(),
  };
}

interface Waiter {
  readonly cost: number;
  readonly maxWaitMs: number;
  /** Hands the work to the pool. */
  start(sent: Sent): void;
  /** Takes the waiter out of the line with an error. */
  refuse(error: unknown): void;
}

/**
 * One budget's line. A waiter starts when it is its turn, a place is free, the pace allows and no quiet holds; `#pump`
 * starts all who may, and is called whenever one of the four may have changed.
 */
class BudgetGate {
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #day: DayQuota | undefined;
  /** Counts who is running; the line itself is ours, because p-queue knows neither turns nor an injected clock. */
  readonly #pool: PQueue;
  readonly #line = new FairQueue<Waiter>();
  readonly #waiters = new Set<Waiter>();
  #waitingSinceMs = 0;
  #quiet: Quiet | undefined;
  #alarm: { readonly atMs: number; readonly controller: AbortController } | undefined;

  constructor({ limit }: Budget, clock: Clock) {
    this.#clock = clock;
    this.#pace = new Pace(limit);
    this.#day = limit.perDay === undefined ? undefined : new DayQuota(limit.perDay);
    this.#pool = new PQueue({ concurrency: Math.max(1, Math.floor(limit.concurrency)) });
    this.#pool.addEventListener("next", () => this.#pump());
  }

  async run<T>(claim: Claim, work: () => Promise<T>): Promise<T> {
    await this.#takeOfTheDay(claim);
    const takenAtMs = this.#clock.now();
    let started = false;
    try {
      return await this.#queue(claim, () => {
        started = true;
        return work();
      });
    } finally {
      if (!started) this.#day?.giveBack(claim.cost, takenAtMs);
    }
  }

  close(quiet: Quiet): void {
    if (quiet.untilMs <= (this.#quiet?.untilMs ?? 0)) return;
    this.#quiet = quiet;
    const quietMs = quiet.untilMs - this.#clock.now();
    for (const waiter of [...this.#waiters]) {
      if (quietMs > waiter.maxWaitMs) waiter.refuse(new BudgetClosedError(quiet));
    }
  }

  status(): GovernorStatus {
    const nowMs = this.#clock.now();
    const quiet = this.#quietAt(nowMs);
    return {
      remaining: Math.min(this.#pace.remaining(nowMs), this.#day?.remaining(nowMs) ?? Number.POSITIVE_INFINITY),
      wholeAtMs: this.#pace.wholeAt(nowMs),
      ...(quiet ? { quiet } : {}),
    };
  }

  isIdle(): boolean {
    const nowMs = this.#clock.now();
    return (
      this.#waiters.size === 0 &&
      this.#pool.pending === 0 &&
      this.#day === undefined &&
      this.#quietAt(nowMs) === undefined &&
      this.#pace.wholeAt(nowMs) <= nowMs
    );
  }

  async #takeOfTheDay({ cost, maxWaitMs, signal }: Claim): Promise<void> {
    for (;;) {
      const nowMs = this.#clock.now();
      const taken = this.#day?.take(cost, nowMs) ?? "taken";
      if (taken === "taken") return;
      if (taken.untilMs - nowMs > maxWaitMs) {
        throw new BudgetClosedError({ untilMs: taken.untilMs, reason: "quota" });
      }
      await this.#clock.sleep(taken.untilMs - nowMs, signal);
    }
  }

  #queue<T>({ party, cost, maxWaitMs, signal }: Claim, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const nowMs = this.#clock.now();
      const quiet = this.#quietAt(nowMs);
      if (quiet && quiet.untilMs - nowMs > maxWaitMs) return reject(new BudgetClosedError(quiet));
      const leave = (): void => {
        this.#waiters.delete(waiter);
        signal.removeEventListener("abort", abort);
      };
      const abort = (): void => waiter.refuse(signal.reason);
      const waiter: Waiter = {
        cost,
        maxWaitMs,
        start: (sent) => {
          leave();
          this.#pool.add(() => this.#timed(sent, work)).then(resolve, reject);
        },
        refuse: (error) => {
          leave();
          this.#line.remove(waiter);
          if (this.#line.size === 0) this.#alarm?.controller.abort();
          reject(error);
        },
      };
      if (this.#line.size === 0) this.#waitingSinceMs = nowMs;
      this.#line.push(party, waiter);
      this.#waiters.add(waiter);
      signal.addEventListener("abort", abort, { once: true });
      this.#pump();
    });
  }

  #pump(): void {
    for (let next = this.#line.peek(); next; next = this.#line.peek()) {
      if (this.#pool.pending >= this.#pool.concurrency) return;
      const nowMs = this.#clock.now();
      const readyAtMs = Math.max(this.#pace.readyAt(next.cost), this.#quiet?.untilMs ?? 0);
      if (readyAtMs > nowMs) {
        this.#pumpAt(readyAtMs);
        return;
      }
      this.#line.shift();
      const waitingSinceMs = Math.max(this.#waitingSinceMs, this.#quiet?.untilMs ?? 0);
      next.start(this.#pace.take(next.cost, nowMs, waitingSinceMs));
    }
  }

  async #timed<T>(sent: Sent, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      this.#pace.answered(sent, this.#clock.now());
    }
  }

  /** At most one alarm is set, the earliest asked for; one that rings too early (a quiet came in between) sets the next. */
  #pumpAt(atMs: number): void {
    if (this.#alarm && this.#alarm.atMs <= atMs) return;
    this.#alarm?.controller.abort();
    const alarm = { atMs, controller: new AbortController() };
    this.#alarm = alarm;
    const ring = (): void => {
      if (this.#alarm !== alarm) return;
      this.#alarm = undefined;
      this.#pump();
    };
    this.#clock.sleep(atMs - this.#clock.now(), alarm.controller.signal).then(ring, ring);
  }

  #quietAt(nowMs: number): Quiet | undefined {
    return this.#quiet && this.#quiet.untilMs > nowMs ? this.#quiet : undefined;
  }
}
