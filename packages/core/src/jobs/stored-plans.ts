import type { CallOptions } from "../engine/requests/call-options.ts";
import type { PairOwner, PairRef } from "../engine/requests/pairs.ts";
import type { UnderWay } from "../engine/runs/under-way.ts";
import type { PlanRef, StoredPlan } from "../engine/stored-plans/plan-info.ts";
import type { StoredPlanItem } from "../engine/stored-plans/shown-items.ts";
import type { Enqueuer } from "./enqueue.ts";
import type { JobInfo } from "./job-info.ts";
import type { JobParts } from "./job-parts.ts";
import type { Alternative, ApplyPlan, PlanItemRef, PlanItemsQuery } from "./plan-calls.ts";

/** Few processes of a host show plans. */
const loadCalls = () => import("./plan-calls.ts");

/**
 * Dry runs in the background, kept for a day to be looked at from any process, and carried out if somebody says so. Of what they
 * hold only ids and codes are stored; names are asked of the services for the lines that are shown.
 */
export class StoredPlans {
  readonly #parts: JobParts;
  readonly #underWay: UnderWay;
  readonly #enqueuer: Enqueuer;

  constructor(parts: JobParts, underWay: UnderWay, enqueuer: Enqueuer) {
    this.#parts = parts;
    this.#underWay = underWay;
    this.#enqueuer = enqueuer;
  }

  /**
   * Queues a dry run of a stored pair. While one of it waits or runs, that one is given back. Of a pair the ten youngest plans are kept.
   * @throws {InvalidRequestError} `pair.unknown`
   * @throws {QueueFullError} `queue.full`
   */
  async create(pair: PairRef): Promise<StoredPlan> {
    this.#underWay.assertOpen();
    return await (await loadCalls()).createPlan(this.#parts, this.#enqueuer, pair);
  }

  /** A user's plans, youngest first; of one pair, if it is named. */
  async list(query: PairOwner & { readonly pairId?: string }): Promise<StoredPlan[]> {
    return await (await loadCalls()).listPlans(this.#parts, query);
  }

  /** @throws {InvalidRequestError} `plan.unknown`, also for another user's plan */
  async get(ref: PlanRef): Promise<StoredPlan> {
    return await (await loadCalls()).getPlan(this.#parts, ref);
  }

  /**
   * Lines of a plan in the order of their positions: what is written, what is held, what has no counterpart, and changes of links
   * only. With `names`, the services are asked for each line that is given back, a request a side.
   * @throws {InvalidRequestError} `plan.unknown`, `request.invalid`
   */
  async items(query: PlanItemsQuery, options: CallOptions = {}): Promise<StoredPlanItem[]> {
    return await (await this.#calls(options)).planItems(this.#parts, query, this.#underWay.signal(options.signal));
  }

  /**
   * What else a line's item could be on the other side, the most alike first: looked for now in the service's catalogue. To be
   * decided by `engine.overrides`.
   * @throws {InvalidRequestError} `plan.unknown`, `request.invalid`: there is no such line, or it is none with a catalogue
   */
  async alternatives(ref: PlanItemRef, options: CallOptions = {}): Promise<readonly Alternative[]> {
    const calls = await this.#calls(options);
    return await this.#underWay.track(calls.alternatives(this.#parts, ref, this.#underWay.signal(options.signal)));
  }

  /**
   * Queues a job that does what the plan says and nothing else: it plans anew, and leaves out what is not in the stored plan. What
   * is stored and does not come out any more is `refused.precondition-moved`. Asked again while it waits or runs, gives the same job.
   * @param request.confirm the hash of what is held, to let it go ahead as well
   * @throws {InvalidRequestError} `plan.unknown`, `plan.stale`, `plan.applied`, `plan.not-ready`
   * @throws {QueueFullError} `queue.full`
   */
  async apply(request: ApplyPlan): Promise<JobInfo> {
    this.#underWay.assertOpen();
    return await (await loadCalls()).applyPlan(this.#parts, this.#enqueuer, request);
  }

  /** Forgets a plan. A job that makes it or carries it out fails. */
  async forget(ref: PlanRef): Promise<void> {
    await (await loadCalls()).forgetPlan(this.#parts, ref);
  }

  #calls(options: CallOptions) {
    this.#underWay.assertOpen();
    return loadCalls().then((calls) => {
      calls.checkCallOptions(options);
      return calls;
    });
  }
}
