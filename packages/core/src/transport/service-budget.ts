import { DeferredError, type RateLimit, ServiceError, type ServiceFailure } from "../contract/index.ts";
import type { Clock, LogEvent, Random } from "../ports/index.ts";
import { type Admission, CircuitBreaker, type Switch } from "./circuit-breaker.ts";
import { type Budget, BudgetClosedError, type Claim, type Governor, type Quiet } from "./governor.ts";
import type { LimitStore } from "./limit-store.ts";
import { QuietTime, type Refusal } from "./quiet-time.ts";
import type { BudgetStatus } from "./types.ts";

/** Above this somebody should look: no service means it, or the application is in trouble there. */
const ALARM_ABOVE_MS = 7 * 24 * 60 * 60_000;
/** How old our knowledge of the stored quiet may be: other processes may have been refused meanwhile. */
const STORED_GOOD_FOR_MS = 30_000;

export interface BudgetParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly governor: Governor;
  readonly limits: LimitStore;
  readonly log: (event: Omit<LogEvent, "atMs">) => void;
}

/** All that sessions of one budget share: its line, its circuit, its quiet, and what of it is stored. */
export class ServiceBudget {
  readonly #budget: Budget;
  readonly #parts: BudgetParts;
  readonly #circuit = new CircuitBreaker();
  readonly #quietTime: QuietTime;
  #loadedAtMs = Number.NEGATIVE_INFINITY;
  #loading: Promise<void> | undefined;
  /** Many requests meet one quiet; it is written once. */
  #savedUntilMs = Number.NEGATIVE_INFINITY;
  #outageReason = "refused before a restart";

  constructor(service: string, key: string, limit: RateLimit, parts: BudgetParts) {
    this.#budget = { service, key, limit };
    this.#parts = parts;
    this.#quietTime = new QuietTime(limit);
  }

  /**
   * Waits for the turn, then runs `work`.
   * @throws {DeferredError} the service asked for more quiet than `claim.maxWaitMs`
   * @throws {ServiceError} `service.circuit-open`, for longer than that
   */
  async run<T>(claim: Claim, work: () => Promise<T>): Promise<T> {
    await this.#catchUpWithStore();
    try {
      return await this.#parts.governor.run(this.#budget, claim, (standing) => {
        if (standing) this.#resume(standing);
        return work();
      });
    } catch (error) {
      if (!(error instanceof BudgetClosedError)) throw error;
      if (error.quiet.reason === "quota") await this.#save(error.quiet);
      throw this.#closedError(error.quiet);
    }
  }

  /** Asks the circuit; call it inside `run`, right before sending. */
  admit(): Admission {
    return this.#circuit.admit(this.#parts.clock.now());
  }

  answered(trial: boolean, sentAtMs: number, refusal: Refusal | undefined): Promise<void> {
    if (!refusal) {
      this.#quietTime.afterSuccess(sentAtMs);
      this.#parts.governor.answered?.(this.#budget, sentAtMs);
    }
    const switched = this.#circuit.succeed(trial);
    if (switched) this.#parts.log({ level: "info", event: "circuit.closed", service: this.#budget.service });
    return refusal ? this.#quieten(refusal) : Promise.resolve();
  }

  failed(trial: boolean, cause: Extract<ServiceFailure, { kind: "unavailable" | "outage" }>): Promise<void> {
    if (cause.kind === "outage") this.#outageReason = cause.reason;
    return this.#follow(this.#circuit.fail(trial, this.#parts.clock.now(), cause));
  }

  abandoned(trial: boolean): void {
    this.#circuit.abandon(trial, this.#parts.clock.now());
  }

  async status(): Promise<BudgetStatus> {
    await this.#catchUpWithStore();
    const { remaining, wholeAtMs, quiet } = await this.#parts.governor.status(this.#budget);
    return {
      service: this.#budget.service,
      remaining: quiet ? 0 : remaining,
      resetAtMs: Math.max(wholeAtMs, quiet?.untilMs ?? 0),
      ...(quiet ? { closedUntilMs: quiet.untilMs, reason: quiet.reason } : {}),
    };
  }

  /** Whether nothing would be lost by forgetting it. */
  get isFresh(): boolean {
    return this.#circuit.isFresh && this.#quietTime.strikes === 0;
  }

  async #quieten(refusal: Refusal): Promise<void> {
    const { clock, random, log } = this.#parts;
    const quiet = this.#quietTime.afterRefusal(refusal, random.uniform());
    const durationMs = quiet.untilMs - clock.now();
    const event = { service: this.#budget.service, code: quiet.reason, durationMs };
    log({ level: "warn", event: "service.rate-limited", ...event });
    if (durationMs > ALARM_ABOVE_MS) log({ level: "error", event: "service.quiet-alarm", ...event });
    await this.#close({ ...quiet, strikes: this.#quietTime.strikes });
  }

  async #follow(switched: Switch): Promise<void> {
    if (switched?.kind !== "opened") return;
    const { untilMs, cause, openings } = switched;
    this.#parts.log({
      level: cause.kind === "outage" ? "error" : "warn",
      event: "circuit.opened",
      service: this.#budget.service,
      code: cause.kind,
      durationMs: untilMs - this.#parts.clock.now(),
    });
    await this.#close({ untilMs, reason: cause.kind, strikes: openings });
  }

  async #close(quiet: Quiet): Promise<void> {
    await this.#stored(quiet, () => this.#parts.governor.close(this.#budget, quiet));
    await this.#save(quiet);
  }

  async #save(quiet: Quiet): Promise<void> {
    if (quiet.untilMs <= this.#savedUntilMs) return;
    this.#savedUntilMs = quiet.untilMs;
    const { limits, clock } = this.#parts;
    const { key, service } = this.#budget;
    const strikes = quiet.strikes ?? this.#quietTime.strikes;
    await this.#stored(quiet, () => limits.save(key, service, { ...quiet, strikes }, clock.now()));
  }

  /** The quiet holds in this process even if it cannot be stored. */
  async #stored({ reason: code }: Quiet, store: () => Promise<void>): Promise<void> {
    try {
      await store();
    } catch {
      const { service } = this.#budget;
      this.#parts.log({ level: "warn", event: "service.quiet-not-stored", service, code });
    }
  }

  #closedError({ untilMs, reason }: Quiet): DeferredError | ServiceError {
    const { service } = this.#budget;
    if (reason === "rate-limited" || reason === "quota") return new DeferredError(service, untilMs);
    const failure: ServiceFailure =
      reason === "outage" ? { kind: "outage", reason: this.#outageReason } : { kind: "unavailable" };
    return new ServiceError(service, failure, "service.circuit-open", { service, untilMs });
  }

  async #catchUpWithStore(): Promise<void> {
    if (this.#parts.clock.now() - this.#loadedAtMs < STORED_GOOD_FOR_MS) return;
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    await this.#loading;
  }

  async #load(): Promise<void> {
    const stored = await this.#parts.limits.load(this.#budget.key);
    this.#loadedAtMs = this.#parts.clock.now();
    if (!stored) return;
    // An earlier process's refusals count on while its quiet lasts; later they are history.
    if (stored.untilMs <= this.#loadedAtMs) return;
    this.#resume(stored);
    await this.#parts.governor.close(this.#budget, stored);
  }

  /** Goes on from what an earlier or another process had seen. */
  #resume({ reason, strikes = 1, untilMs }: Quiet): void {
    if (reason === "rate-limited" || reason === "quota") this.#quietTime.resume(strikes, untilMs);
    else {
      const cause = reason === "outage" ? { kind: reason, reason: this.#outageReason } : { kind: reason };
      this.#circuit.resume(strikes, untilMs, cause);
    }
  }
}
