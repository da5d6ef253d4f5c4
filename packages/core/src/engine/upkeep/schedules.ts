import type { EngineParts } from "../engine-parts.ts";
import type { PairReport } from "../reports/report.ts";
import type { PairOwner, PairRef } from "../requests/pairs.ts";
import type { PairRow } from "../runs/run-context.ts";

export interface SyncSchedule {
  readonly id: string;
  readonly pairId: string;
  /** Whether it runs; `false` while it is paused. */
  readonly enabled: boolean;
  /** Its period; of one with an expression about how long it is from one run to the next. */
  readonly everyMs: number;
  /** A cron expression of five fields, in the time of `timeZone`. */
  readonly cron?: string;
  readonly timeZone?: string;
  /** By up to how much later than its time its runs are due: each schedule by an amount of its own. */
  readonly jitterMs: number;
  readonly nextRunAtMs: number;
  readonly lastRunAtMs?: number;
}

/** When a pair is to run by itself: every so often, or at the times of an expression. */
export interface ScheduleRequest extends PairRef {
  /** One minute (60,000) at least. The first run is due at once. */
  readonly everyMs?: number;
  /**
   * Minute, hour, day of the month, month, day of the week: `0 8 * * MON-FRI`. Days may be `L` (last), `15W` (the weekday
   * nearest to it) and `MON#2` (the second). The first run is due at the first of these times.
   */
  readonly cron?: string;
  /** Where the expression's times are local, as an IANA name. Default `"UTC"`. */
  readonly timeZone?: string;
  /**
   * Runs are due later than their time by a part of this: each schedule has its own, so that thousands of the same time are
   * not due in the same second. Default: a twentieth of the period, five minutes at most. `0`: to the moment.
   */
  readonly jitterMs?: number;
  /** Default `true`. */
  readonly enabled?: boolean;
}

export interface RunDueOptions {
  readonly signal?: AbortSignal;
  /** At most so many; default 100. */
  readonly limit?: number;
}

/** What schedules have done when they are due. */
export interface ScheduleActions {
  run(pair: PairRow, signal: AbortSignal): Promise<PairReport>;
  enqueueDue(): Promise<number>;
  /** Done by the way. */
  upkeep(): Promise<unknown>;
}

const loadCalls = () => import("../schedules/schedule-calls.ts");

/**
 * Schedules live in the database. They run by themselves where the engine has been started; else the host's own clock calls
 * {@link Schedules.runDue} or {@link Schedules.enqueueDue}.
 */
export class Schedules {
  readonly #parts: EngineParts;
  readonly #actions: ScheduleActions;

  constructor(parts: EngineParts, actions: ScheduleActions) {
    this.#parts = parts;
    this.#actions = actions;
  }

  /**
   * One schedule per pair; setting it again changes it.
   * @throws {InvalidRequestError} `request.invalid`, `pair.unknown`
   */
  async set(request: ScheduleRequest): Promise<SyncSchedule> {
    return await (await loadCalls()).set(this.#parts, request);
  }

  /** A user's schedules, the oldest first. */
  async list(owner: PairOwner): Promise<SyncSchedule[]> {
    return await (await loadCalls()).list(this.#parts, owner);
  }

  /**
   * Nothing runs by it until it is resumed; what waits or runs already is not touched.
   * @throws {InvalidRequestError} `pair.unknown`, `schedule.unknown`
   */
  async pause(ref: PairRef): Promise<SyncSchedule> {
    return await (await loadCalls()).setEnabled(this.#parts, ref, false);
  }

  /**
   * What was missed meanwhile gives one run, which is due at once.
   * @throws {InvalidRequestError} `pair.unknown`, `schedule.unknown`
   */
  async resume(ref: PairRef): Promise<SyncSchedule> {
    return await (await loadCalls()).setEnabled(this.#parts, ref, true);
  }

  /** Does nothing if there is none. */
  async remove(ref: PairRef): Promise<void> {
    await (await loadCalls()).remove(this.#parts, ref);
  }

  /**
   * Runs what is due, one after another, in this process; overdue ones once. Several processes may call it: each schedule is
   * claimed by moving its next run before it starts.
   */
  async runDue(options: RunDueOptions = {}): Promise<PairReport[]> {
    return await (await loadCalls()).runDue(this.#parts, this.#actions, options);
  }

  /**
   * Queues what is due, for workers elsewhere; a started engine does so by itself. For hosts whose own clock (a cron trigger)
   * wakes a process that lives for a moment only.
   * @returns how many schedules were moved on
   */
  async enqueueDue(): Promise<number> {
    return await this.#actions.enqueueDue();
  }
}
