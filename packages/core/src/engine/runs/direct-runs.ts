import { InvalidRequestError, type SyncerError } from "../../errors/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import type { PairPlan, PairPlanResult } from "../plans/plan.ts";
import { failedReport } from "../reports/build-reports.ts";
import type { PairReport } from "../reports/report.ts";
import type { ApplyOptions, CallOptions } from "../requests/call-options.ts";
import { draftPair, type PairRef, readPair, storePair } from "../requests/pairs.ts";
import type { ResolvedPair } from "../requests/request.ts";
import { planResult } from "./plan-result.ts";
import { planningAgain } from "./planning-again.ts";
import type { PairRow } from "./run-context.ts";
import type { PlanOptions, RunOptions } from "./run-pair.ts";
import type { UnderWay } from "./under-way.ts";

/**
 * What plans and runs pairs is most of the code. It is loaded by whoever does either for the first time: a process that
 * connects accounts, queues work or shows what was done never does.
 */
const loadRuns = () => import("./run-pair.ts");
export const loadPlanChecks = () => import("../plans/plan-integrity.ts");

/** Plans and runs of this process, each of which `engine.stop` waits for. */
export class DirectRuns {
  readonly #parts: EngineParts;
  readonly #underWay: UnderWay;
  /** Plans that have been carried out to the end here; what is left of any other may be applied again. */
  readonly #applied = new WeakSet<PairPlan>();

  constructor(parts: EngineParts, underWay: UnderWay) {
    this.#parts = parts;
    this.#underWay = underWay;
  }

  readonly plan = (pair: PairRow, options: PlanOptions): Promise<PairPlan> =>
    this.#underWay.track(loadRuns().then(({ planPair }) => planPair(this.#parts, pair, options)));

  readonly run = (pair: PairRow, options: RunOptions): Promise<PairReport> =>
    this.#underWay.track(loadRuns().then(({ runPair }) => runPair(this.#parts, pair, options)));

  /** Of a pair that need not be stored. */
  async planRequest(request: ResolvedPair, { signal }: CallOptions): Promise<PairPlanResult> {
    const pair = await draftPair(this.#parts, request);
    return await planResult(pair, request, this.plan(pair, { signal: this.#underWay.signal(signal) }));
  }

  sync(pair: PairRow, { signal }: CallOptions): Promise<PairReport> {
    const options = { signal: this.#underWay.signal(signal), trigger: "manual" } as const;
    return planningAgain((continues) => this.run(pair, { ...options, ...continues }));
  }

  async undo(ref: PairRef, jobId: string, { signal }: CallOptions): Promise<PairReport> {
    const pair = await readPair(this.#parts, ref);
    return await this.run(pair, { signal: this.#underWay.signal(signal), trigger: "manual", undo: jobId });
  }

  async planUndo(ref: PairRef, jobId: string, { signal }: CallOptions): Promise<PairPlan> {
    return await this.plan(await readPair(this.#parts, ref), { signal: this.#underWay.signal(signal), undo: jobId });
  }

  async apply(
    owner: { readonly tenantId: string; readonly userId: string },
    planned: PairPlanResult,
    { signal, confirm }: ApplyOptions,
  ): Promise<PairReport> {
    if (!planned.ok) return this.failed(planned.pairId ?? "", planned.error);
    const { pairId } = planned;
    try {
      if (this.#applied.has(planned)) throw new InvalidRequestError("plan.applied", { pairId });
      const { pairToApply } = await loadPlanChecks();
      const pair = await storePair(this.#parts, await pairToApply(this.#parts, owner, planned));
      const confirmed = confirm?.find((hash) => hash === planned.hold?.hash);
      const report = await this.run(pair, {
        signal: this.#underWay.signal(signal),
        trigger: "manual",
        plan: planned,
        ...(confirmed ? { confirm: confirmed } : {}),
      });
      if (report.status === "succeeded") this.#applied.add(planned);
      return report;
    } catch (error) {
      if (error instanceof InvalidRequestError) return this.failed(pairId, error);
      throw error;
    }
  }

  failed(pairId: string, error: SyncerError): PairReport {
    const now = this.#parts.clock.now();
    return failedReport({ pair: { id: pairId }, startedAtMs: now }, now, error, "failed");
  }
}
