import type { Clock, Random, Statement, StorageAdapter } from "../../ports/index.ts";
import type { Budget, Quiet } from "../governor.ts";
import { type LimitStore, storedLimits } from "../limit-store.ts";
import { type Decision, decide, type Intent } from "./decide.ts";
import { columnsOf, emptyState, readState, type SharedState, type StateColumns } from "./shared-state.ts";

export interface GovernorParts {
  readonly storage: StorageAdapter;
  readonly clock: Clock;
  readonly random: Random;
}

/** A row as it was read or written last; without one there is no version. */
interface Known {
  readonly version: number | undefined;
  readonly state: SharedState;
}

/** The longest pause before a change is tried again that somebody else was faster with. */
const LONGEST_PAUSE_MS = 50;
/** How long a row is remembered; maintenance deletes it after days, and its versions begin anew. */
const GOOD_FOR_MS = 60_000;

/** One budget's row: read, decide, write on condition that nobody has written since, else again. */
export class BudgetRow {
  readonly #budget: Budget;
  readonly #parts: GovernorParts;
  readonly #limits: LimitStore;
  #known: Known | undefined;
  #knownAtMs = 0;
  #isAlone = true;

  constructor(budget: Budget, parts: GovernorParts) {
    this.#budget = budget;
    this.#parts = parts;
    this.#limits = storedLimits(parts.storage);
  }

  /**
   * Does what the intents come to.
   * @param quiet one that holds though it may not have been stored
   * @throws {StorageError} whether it was done is not known
   */
  async exchange(intents: readonly Intent[], quiet: Quiet | undefined): Promise<Decision> {
    const { clock, random } = this.#parts;
    for (let attempt = 0; ; attempt += 1) {
      const remembered = attempt === 0 ? this.#remembered() : undefined;
      const known = remembered ?? (await this.read());
      // Worth trying again without reading as long as nobody else writes.
      this.#isAlone = known.version === this.#known?.version;
      this.#known = undefined;
      const decision = decide(closedBy(known.state, quiet), intents, this.#budget.limit, clock.now());
      // What is written of a quiet is written by `close`.
      const { closedUntilMs, reason } = known.state;
      const strikes = decision.state.strikes === 0 ? 0 : known.state.strikes;
      const state = { ...decision.state, closedUntilMs, reason, strikes };
      const changes = columnsOf(state);
      if (isSame(changes, columnsOf(known.state))) {
        // What was remembered will do for an answer that changes nothing: no quiet gets shorter, and who finds all taken asks
        // again. But nobody begins by it: with nothing to write, nothing would tell that a quiet has come since.
        if (remembered && decision.answers.some(({ kind }) => kind === "begin")) continue;
        return decision;
      }
      if (await this.#write(known, changes)) {
        this.#known = { version: (known.version ?? 0) + 1, state };
        this.#knownAtMs = clock.now();
        return decision;
      }
      if (attempt > 0) await clock.sleep(random.uniform() * Math.min(LONGEST_PAUSE_MS, 2 ** attempt));
    }
  }

  async read(): Promise<Known> {
    const where = { budget_hash: this.#budget.key };
    const [row] = await this.#parts.storage.select({ table: "service_limits", where, limit: 1 });
    return row ? { version: row.version, state: readState(row) } : { version: undefined, state: emptyState };
  }

  /** Prolongs the quiet for all processes. */
  close(quiet: Quiet): Promise<void> {
    this.#known = undefined;
    const { key, service } = this.#budget;
    return this.#limits.save(key, service, { ...quiet, strikes: quiet.strikes ?? 1 }, this.#parts.clock.now());
  }

  async #write(known: Known, changes: StateColumns): Promise<boolean> {
    const budget_hash = this.#budget.key;
    const updated_at = this.#parts.clock.now();
    const version = (known.version ?? 0) + 1;
    const set = { ...changes, version, updated_at };
    const { closedUntilMs: closed_until, reason } = emptyState;
    const row = { budget_hash, service: this.#budget.service, closed_until, reason, created_at: updated_at, ...set };
    const statement: Statement =
      known.version === undefined
        ? { insert: "service_limits", rows: [row], onConflict: "ignore" }
        : { update: "service_limits", set, where: { budget_hash, version: known.version } };
    const result = await this.#parts.storage.write({ statements: [statement] });
    return result.applied && result.affected[0] === 1;
  }

  #remembered(): Known | undefined {
    return this.#isAlone && this.#parts.clock.now() - this.#knownAtMs < GOOD_FOR_MS ? this.#known : undefined;
  }
}

function closedBy(state: SharedState, quiet: Quiet | undefined): SharedState {
  if (!quiet || quiet.untilMs <= state.closedUntilMs) return state;
  return { ...state, closedUntilMs: quiet.untilMs, reason: quiet.reason, strikes: quiet.strikes ?? 1 };
}

function isSame(one: StateColumns, other: StateColumns): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
