import { DeferredError } from "../../contract/index.ts";
import { RunError, StorageError, SyncerError } from "../../errors/index.ts";
import type { Statement } from "../../ports/index.ts";
import { readLinkStamps } from "../links/links.ts";
import type { PlannedOperation } from "../plans/plan.ts";
import { type Reason, reason } from "../plans/reasons.ts";
import type { ItemOutcome } from "../reports/report.ts";
import type { Lease } from "./lease.ts";
import type { RunContext } from "./run-context.ts";

export interface ApplyResult {
  readonly outcomes: readonly ItemOutcome[];
  /** Set when a service asked for quiet before the plan was through. */
  readonly deferred?: DeferredError;
  /** What ended the run before the plan was through; what had been done is recorded and reported. */
  readonly error?: SyncerError;
  /** Everything that was planned is done: nothing refused for now, nothing left. */
  readonly settled: boolean;
}

/** Statements are committed in lots of so many records. */
const LOT = 500;
/** What a remote call has brought about, and the next run finds done. A refusal may come again. */
const MOVED: ReadonlySet<ItemOutcome["kind"]> = new Set(["added", "updated", "removed", "already-there"]);

/** The account of a plan that is being carried out: what became of each operation, committed under the lease. */
export class Ledger {
  readonly #context: RunContext;
  readonly #lease: Lease;
  readonly #outcomes: ItemOutcome[] = [];
  readonly #reported = new Set<PlannedOperation>();
  readonly #left = new Set<PlannedOperation>();
  readonly #sinceMs: number;
  #open = false;
  #hasMoved = false;
  #isSliceOver = false;
  /** A service asked for quiet: nothing more is sent. */
  deferred: DeferredError | undefined;
  /** What ended the run: nothing more is sent. */
  failure: SyncerError | undefined;

  constructor(context: RunContext, lease: Lease) {
    this.#context = context;
    this.#lease = lease;
    this.#sinceMs = context.parts.clock.now();
  }

  get done(): number {
    return this.#reported.size;
  }

  /** Whether anything remains for the next run. */
  get open(): boolean {
    return this.#open || this.deferred !== undefined || this.failure !== undefined;
  }

  result(settled: boolean): ApplyResult {
    return {
      outcomes: this.#outcomes,
      settled,
      ...(this.deferred ? { deferred: this.deferred } : {}),
      ...(this.failure ? { error: this.failure } : {}),
    };
  }

  /** @param losses of the call itself, beside those that were planned */
  report(operation: PlannedOperation, kind: ItemOutcome["kind"], why: Reason, losses: readonly string[] = []): void {
    this.#reported.add(operation);
    if (MOVED.has(kind)) this.#hasMoved = true;
    const { on, fromId, toId, item, match } = operation;
    const lost = MOVED.has(kind) ? [...new Set([...(operation.losses ?? []), ...losses])].sort() : [];
    this.#outcomes.push({
      kind,
      reason: why,
      ...(on === undefined ? {} : { on }),
      ...(fromId === undefined ? {} : { fromId }),
      ...(toId === undefined ? {} : { toId }),
      ...(match === undefined ? {} : { match }),
      ...(item === undefined ? {} : { item }),
      ...(lost.length === 0 ? {} : { losses: lost }),
    });
  }

  /** Its ground has moved since it was planned. */
  refuse(operation: PlannedOperation, why: Reason = reason("refused.precondition-moved", {})): void {
    this.#open = true;
    this.report(operation, "refused", why);
  }

  /** The next run goes on with these. */
  leave(operations: readonly PlannedOperation[], why: Reason): void {
    for (const operation of operations) {
      this.#open = true;
      this.#left.add(operation);
      this.report(operation, "left", why);
    }
  }

  wasLeft(operation: PlannedOperation): boolean {
    return this.#left.has(operation);
  }

  isReported(operation: PlannedOperation): boolean {
    return this.#reported.has(operation);
  }

  /**
   * Ends the run for a failure that concerns more than one item. Without the lease nothing may be recorded any more, and
   * what is no error of ours is a bug: both are thrown on.
   */
  fail(error: unknown): void {
    if (!SyncerError.is(error) || error.code === "run.lease-lost" || error instanceof StorageError) throw error;
    if (error instanceof DeferredError) this.deferred ??= error;
    else this.failure ??= error;
  }

  /** Whether the rest is left to another run, so that others get a turn; asked before an operation is begun. */
  async isSliceOver(): Promise<boolean> {
    const { isSliceOver } = this.#context;
    if (!this.#isSliceOver && this.#hasMoved && isSliceOver && (await isSliceOver(this.#sinceMs))) {
      this.#isSliceOver = true;
    }
    return this.#isSliceOver;
  }

  /** Refuses, item by item, what is no longer as it was planned by the links that it concerns. */
  async stillLinked(operations: readonly PlannedOperation[]): Promise<PlannedOperation[]> {
    const { parts, pair, from } = this.#context;
    const keys = operations.flatMap(({ links }) => links.map(({ key }) => key));
    const stamps = await readLinkStamps(parts.storage, pair.id, keys, from.side);
    return operations.filter((operation) => {
      const holds = operation.links.every(({ key, state, generation }) => {
        const stamp = stamps.get(key);
        const found = stamp?.state === "dropped" ? undefined : stamp;
        // Applying may follow a checkpoint of the same plan, which has made pending links of what was new.
        if (found?.state === "pending" && operation.kind !== "drop") return found.generation === generation;
        const same = found?.state === state || (found?.state === "oscillating" && state === "linked");
        return same && (found === undefined || found.generation === generation);
      });
      if (!holds) this.refuse(operation);
      return holds;
    });
  }

  async commitInLots<T>(all: readonly T[], statements: (lot: readonly T[]) => Promise<Statement[]>): Promise<void> {
    for (let start = 0; start < all.length; start += LOT) {
      await this.commit(await statements(all.slice(start, start + LOT)));
    }
  }

  /** @throws {RunError} `run.lease-lost`: nothing was recorded */
  async commit(statements: readonly Statement[]): Promise<void> {
    if (statements.length === 0) return;
    const { parts, pair } = this.#context;
    const result = await parts.storage.write({ guards: this.#lease.guards, statements });
    if (!result.applied) throw new RunError("run.lease-lost", { pairId: pair.id });
  }
}
