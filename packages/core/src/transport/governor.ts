import type { RateLimit } from "../contract/index.ts";

/** What several sessions share: a service's limit, under the key of whoever the service counts. */
export interface Budget {
  /** A hash; see `budgetKey`. */
  readonly key: string;
  readonly service: string;
  readonly limit: RateLimit;
}

/** Why a budget is closed: refused for asking too often, a (daily) quota used up, the application refused as a whole, or the service down. */
export type QuietReason = "rate-limited" | "quota" | "outage" | "unavailable";

/** A time in which no request of a budget goes out. */
export interface Quiet {
  readonly untilMs: number;
  readonly reason: QuietReason;
  /** Which in a row it is: refusals, or openings of the circuit. Absent: not known. */
  readonly strikes?: number;
}

/** One request's place in the line. */
export interface Claim {
  /** Who asks: a connection. Parties are served in turns. */
  readonly party: string;
  readonly cost: number;
  /** The longest quiet that is waited out. Waiting for one's turn has no limit but the signal. */
  readonly maxWaitMs: number;
  readonly signal: AbortSignal;
}

export interface GovernorStatus {
  /** Units that the window still holds, and those of the day where that is less. */
  readonly remaining: number;
  readonly wholeAtMs: number;
  readonly quiet?: Quiet;
}

/**
 * Decides when requests go out. One process has it in memory; several share it through a store that they all reach.
 *
 * Promises:
 * - no window of `perMs` holds more than `requests` units, and no more than `concurrency` pieces of work run at once
 * - parties are served in turns
 * - during a quiet nothing starts; it is prolonged by a later end, never shortened by an earlier one
 */
export interface Governor {
  /**
   * Starts `work` when the budget allows, and gives its result. `work` begins at once when its turn has come: what it
   * sends counts from that moment. It is given the last quiet if that is over, nobody has been answered since, and the
   * governor knows: what other processes were refused.
   * @throws {BudgetClosedError} the budget is closed, or gets closed while waiting, for longer than `maxWaitMs`
   * @throws the signal's reason, if it aborts while waiting; running work looks after its own signal
   */
  run<T>(budget: Budget, claim: Claim, work: (standing?: Quiet) => Promise<T>): Promise<T>;
  /**
   * Holds all work of the budget that has not started yet.
   * @throws it could not be stored; in this process it holds all the same
   */
  close(budget: Budget, quiet: Quiet): Promise<void>;
  status(budget: Budget): Promise<GovernorStatus>;
  /** A request that was sent then was answered, and not by a refusal. Only governors that hand out a standing quiet care. */
  answered?(budget: Budget, sentAtMs: number): void;
  /** It keeps quiets over restarts, for all processes that have one like it; then nobody else needs to. */
  readonly isShared?: boolean;
}

/** Thrown by governors to the transport, which tells its callers in their own terms. */
export class BudgetClosedError extends Error {
  override readonly name = "BudgetClosedError";
  readonly quiet: Quiet;
  constructor(quiet: Quiet) {
    super(`The budget is closed until ${quiet.untilMs} (${quiet.reason}).`);
    this.quiet = quiet;
  }
}
