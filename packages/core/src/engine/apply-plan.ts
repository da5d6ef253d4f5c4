import PQueue from "p-queue";
import {
  DeferredError,
  type MembershipWriter,
  OutcomeUnknownError,
  ServiceError,
  type WriteOutcome,
} from "../contract/index.ts";
import { RunError, StorageError, SyncerError } from "../errors/index.ts";
import type { Statement } from "../ports/index.ts";
import { closeIntent, type Intent, openIntent, pendingLinks } from "./intents.ts";
import type { Lease } from "./lease.ts";
import { recordsOf, unmatchedRecord } from "./link-records.ts";
import { type LinkRecord, readLinkStamps, writeLinks } from "./links.ts";
import { assertSameAccounts } from "./open-sides.ts";
import type { PairPlan, PlannedOperation } from "./plan.ts";
import { checkPresence } from "./preconditions.ts";
import { membershipOf } from "./read-side.ts";
import { type Reason, reason } from "./reasons.ts";
import type { ItemOutcome } from "./report.ts";
import { assertRunning, type RunContext } from "./run-context.ts";
import { settleCursors } from "./settle-cursors.ts";
import { takenDown } from "./takedown.ts";

export interface ApplyResult {
  readonly outcomes: readonly ItemOutcome[];
  /** Set when a service asked for quiet before the plan was through. */
  readonly deferred?: DeferredError;
  /** What ended the run before the plan was through; what had been done is recorded and reported. */
  readonly error?: SyncerError;
  /** Everything that was planned is done: nothing refused for now, nothing left. */
  readonly settled: boolean;
}

/** How many one-item writes of a set may be under way at once; order does not matter there. */
const PARALLEL_REMOVES = 4;
/** Changes of links without a write are committed in lots of this size. */
const LOT = 500;

/**
 * Carries a plan out: nothing that is not in it, and of what is in it only what still holds. Each remote call is an
 * intent first and a committed outcome afterwards.
 */
export async function applyPlan(context: RunContext, lease: Lease, plan: PairPlan): Promise<ApplyResult> {
  const applier = new Applier(context, lease, plan);
  return await applier.run();
}

class Applier {
  readonly #context: RunContext;
  readonly #lease: Lease;
  readonly #plan: PairPlan;
  readonly #writer: MembershipWriter | undefined;
  readonly #outcomes: ItemOutcome[] = [];
  #deferred: DeferredError | undefined;
  #failure: SyncerError | undefined;
  readonly #reported = new Set<PlannedOperation>();
  readonly #left = new Set<PlannedOperation>();
  #full = false;
  #done = 0;
  #written = { added: 0, removed: 0 };
  #open = false;

  constructor(context: RunContext, lease: Lease, plan: PairPlan) {
    this.#context = context;
    this.#lease = lease;
    this.#plan = plan;
    this.#writer = membershipOf(context, context.to).write;
  }

  async run(): Promise<ApplyResult> {
    const { operations, unmatched } = this.#plan;
    const holding = await this.#stillHolding(operations);
    await this.#rememberUnmatched(unmatched);
    await this.#changeLinks(holding.filter(({ kind }) => kind !== "add" && kind !== "remove"));
    await this.#writeAll(holding, "add");
    await this.#writeAll(holding, "remove");
    await this.#rememberLeft(holding);
    const settled = !this.#open && !this.#deferred && !this.#plan.hold && this.#plan.deferredUntilMs === undefined;
    // What a run in between has seen and linked, a plan from before it knows nothing of.
    const overtaken = (this.#context.pair.last_run_at ?? 0) > this.#plan.plannedAtMs;
    await this.#commit(await settleCursors(this.#context, this.#plan, settled && !overtaken, this.#written));
    return {
      outcomes: this.#outcomes,
      settled,
      ...(this.#deferred ? { deferred: this.#deferred } : {}),
      ...(this.#failure ? { error: this.#failure } : {}),
    };
  }

  /** Refuses, item by item, what has moved since it was planned. */
  async #stillHolding(operations: readonly PlannedOperation[]): Promise<PlannedOperation[]> {
    const { parts, pair } = this.#context;
    const keys = operations.flatMap(({ links }) => links.map(({ key }) => key));
    const stamps = await readLinkStamps(parts.storage, pair.id, keys);
    const asPlanned = operations.filter((operation) => {
      const holds = operation.links.every(({ key, state, generation }) => {
        const stamp = stamps.get(key);
        const found = stamp?.state === "dropped" ? undefined : stamp;
        // Applying may follow a checkpoint of the same plan, which has made pending links of what was new.
        if (found?.state === "pending" && operation.kind !== "drop") return found.generation === generation;
        return found?.state === state && (found === undefined || found.generation === generation);
      });
      if (!holds) this.#refuse(operation, reason("refused.precondition-moved", {}));
      return holds;
    });
    const moved = await checkPresence(this.#context, this.#plan, asPlanned);
    for (const operation of moved) this.#refuse(operation, reason("refused.precondition-moved", {}));
    const present = asPlanned.filter((operation) => !moved.has(operation));
    const taken = await takenDown(this.#context, present);
    for (const operation of taken) this.#refuse(operation, reason("refused.taken-down", {}));
    return present.filter((operation) => !taken.has(operation));
  }

  async #rememberUnmatched(unmatched: PairPlan["unmatched"]): Promise<void> {
    const records = unmatched.flatMap((item) => unmatchedRecord(item) ?? []);
    await this.#inLots(records, (lot) => writeLinks(this.#context, lot));
  }

  /** So that the next run does not look up again what this one found and did not get to write. */
  async #rememberLeft(holding: readonly PlannedOperation[]): Promise<void> {
    const left = holding.filter((operation) => operation.kind === "add" && this.#left.has(operation));
    await this.#inLots(left, (lot) => pendingLinks(this.#context, lot));
  }

  async #changeLinks(operations: readonly PlannedOperation[]): Promise<void> {
    await this.#inLots(operations, (lot) =>
      writeLinks(
        this.#context,
        lot.flatMap((each) => recordsOf(each)),
      ),
    );
    for (const operation of operations) {
      if (operation.kind === "link") this.#report(operation, "linked", operation.reason);
    }
  }

  async #inLots<T>(all: readonly T[], statements: (lot: readonly T[]) => Promise<Statement[]>): Promise<void> {
    for (let start = 0; start < all.length; start += LOT) {
      await this.#commit(await statements(all.slice(start, start + LOT)));
    }
  }

  async #writeAll(holding: readonly PlannedOperation[], kind: "add" | "remove"): Promise<void> {
    const operations = holding.filter((operation) => operation.kind === kind);
    const writer = this.#writer;
    if (operations.length === 0 || !writer) return;
    if (this.#failure) {
      this.#leave(operations, reason("refused.not-reached", {}));
      return;
    }
    const size = writer.batchSize[kind];
    // Additions keep their order; removals, mostly one to a request, need none.
    const queue = new PQueue({ concurrency: kind === "add" ? 1 : PARALLEL_REMOVES });
    let failure: unknown;
    const batches = Array.from({ length: Math.ceil(operations.length / size) }, (_, index) =>
      operations.slice(index * size, (index + 1) * size),
    );
    await queue.addAll(
      batches.map((batch) => async () => {
        if (failure !== undefined) return;
        try {
          await this.#writeBatch(writer, kind, batch);
        } catch (error) {
          failure ??= error;
        }
        this.#context.progress("applying", this.#done, operations.length);
      }),
    );
    if (failure === undefined) return;
    // Without the lease nothing may be recorded any more, and what is no error of ours is a bug: both end everything.
    if (!SyncerError.is(failure) || failure.code === "run.lease-lost" || failure instanceof StorageError) throw failure;
    if (failure instanceof DeferredError) this.#deferred = failure;
    else this.#failure = failure;
    this.#leave(
      operations.filter((operation) => !this.#reported.has(operation)),
      reason("refused.not-reached", {}),
    );
  }

  /** One remote call; a batch that is refused as a whole is halved until the culprit stands alone. */
  async #writeBatch(
    writer: MembershipWriter,
    kind: "add" | "remove",
    batch: readonly PlannedOperation[],
  ): Promise<void> {
    if (this.#deferred) {
      this.#leave(batch, reason("refused.not-reached", {}));
      return;
    }
    if (kind === "add" && this.#full) return await this.#refuseAll(batch, "refused.collection-full");
    assertRunning(this.#context);
    await assertSameAccounts(this.#context);
    this.#lease.assertHeld();
    const intent = await openIntent(this.#context, kind, batch, this.#lease.fencing);
    await this.#commit(intent.statements);
    const ids = batch.map(({ toId }) => toId ?? "");
    try {
      await this.#settle(intent, batch, await writer[kind](this.#context.to.session, ids));
    } catch (error) {
      await this.#afterFailure(writer, kind, batch, intent, error);
    }
  }

  async #afterFailure(
    writer: MembershipWriter,
    kind: "add" | "remove",
    batch: readonly PlannedOperation[],
    intent: Intent,
    error: unknown,
  ): Promise<void> {
    if (error instanceof OutcomeUnknownError) {
      // The intent stays prepared: the next run looks at the listing before it repeats anything.
      this.#leave(batch, reason("refused.outcome-unknown", {}));
      return;
    }
    if (error instanceof DeferredError) {
      this.#deferred = error;
      await this.#commit(closeIntent(this.#context, intent, "abandoned", []));
      this.#leave(batch, reason("refused.not-reached", {}));
      return;
    }
    const failure = error instanceof ServiceError ? error.failure : undefined;
    const only = batch.length === 1 ? batch[0]?.toId : undefined;
    switch (failure?.kind) {
      case "invalid":
      case "not-found":
      case "already-there":
        if (only !== undefined) return await this.#settle(intent, batch, [outcomeOf(only, kind, failure)]);
        await this.#commit(closeIntent(this.#context, intent, "abandoned", []));
        return await this.#halve(writer, kind, batch);
      case "collection-full":
        this.#full = true;
        await this.#commit(closeIntent(this.#context, intent, "abandoned", []));
        return await this.#refuseAll(batch, "refused.collection-full");
      default:
        throw error;
    }
  }

  async #halve(writer: MembershipWriter, kind: "add" | "remove", batch: readonly PlannedOperation[]): Promise<void> {
    const middle = Math.ceil(batch.length / 2);
    await this.#writeBatch(writer, kind, batch.slice(0, middle));
    await this.#writeBatch(writer, kind, batch.slice(middle));
  }

  /** Commits what the service answered: links, the journal, and the report. Each item's answer counts alone. */
  async #settle(intent: Intent, batch: readonly PlannedOperation[], answers: readonly WriteOutcome[]): Promise<void> {
    const byId = new Map(answers.map((answer) => [answer.id, answer]));
    const records: LinkRecord[] = [];
    const outcomes: WriteOutcome[] = [];
    for (const operation of batch) {
      const id = operation.toId ?? "";
      const outcome = byId.get(id) ?? { id, result: "unknown" as const };
      outcomes.push(outcome);
      records.push(...recordsOf(operation, outcome, this.#context.parts.clock.now()));
    }
    const unknown = outcomes.some(({ result }) => result === "unknown");
    await this.#commit([
      ...(await writeLinks(this.#context, records)),
      ...closeIntent(this.#context, intent, unknown ? "prepared" : "done", outcomes),
    ]);
    for (const [index, operation] of batch.entries()) this.#reportOutcome(operation, outcomes[index]);
  }

  #reportOutcome(operation: PlannedOperation, outcome: WriteOutcome | undefined): void {
    const result = outcome?.result ?? "unknown";
    if (result === "unknown") this.#leave([operation], reason("refused.outcome-unknown", {}));
    else if (operation.kind === "remove" && (result === "written" || result === "not-found")) {
      if (result === "written") this.#written.removed++;
      this.#report(operation, "removed", operation.reason);
    } else if (result === "written") {
      this.#written.added++;
      this.#report(operation, "added", operation.reason);
    } else if (result === "already-there") this.#report(operation, "already-there", operation.reason);
    else this.#report(operation, "refused", refusalOf(outcome));
  }

  async #refuseAll(batch: readonly PlannedOperation[], code: "refused.collection-full"): Promise<void> {
    const now = this.#context.parts.clock.now();
    const refused = batch.map((operation) => ({
      operation,
      outcome: { id: operation.toId ?? "", result: "refused", reason: "collection-full" } as const,
    }));
    await this.#commit(
      await writeLinks(
        this.#context,
        refused.flatMap(({ operation, outcome }) => recordsOf(operation, outcome, now)),
      ),
    );
    for (const { operation } of refused) this.#report(operation, "refused", reason(code, {}));
  }

  #refuse(operation: PlannedOperation, why: Reason): void {
    this.#open = true;
    this.#report(operation, "refused", why);
  }

  #leave(batch: readonly PlannedOperation[], why: Reason): void {
    this.#open = true;
    for (const operation of batch) {
      this.#left.add(operation);
      this.#report(operation, "left", why);
    }
  }

  #report(operation: PlannedOperation, kind: ItemOutcome["kind"], why: Reason): void {
    this.#done++;
    this.#reported.add(operation);
    const { fromId, toId, item, match } = operation;
    this.#outcomes.push({
      kind,
      reason: why,
      ...(fromId === undefined ? {} : { fromId }),
      ...(toId === undefined ? {} : { toId }),
      ...(match === undefined ? {} : { match }),
      ...(item === undefined ? {} : { item }),
    });
  }

  async #commit(statements: readonly Statement[]): Promise<void> {
    if (statements.length === 0) return;
    const { parts, pair } = this.#context;
    const result = await parts.storage.write({ guards: [this.#lease.guard], statements });
    if (!result.applied) throw new RunError("run.lease-lost", { pairId: pair.id });
  }
}

function outcomeOf(id: string, kind: "add" | "remove", failure: { kind: string; reason?: string }): WriteOutcome {
  if (failure.kind === "already-there") return { id, result: kind === "add" ? "already-there" : "refused" };
  if (failure.kind === "not-found") return { id, result: "not-found" };
  return { id, result: "refused", reason: failure.reason ?? failure.kind };
}

function refusalOf(outcome: WriteOutcome | undefined): Reason {
  if (outcome?.result === "not-found") return reason("refused.not-found", {});
  if (outcome?.reason === "collection-full") return reason("refused.collection-full", {});
  return reason("refused.by-service", { detail: outcome?.reason ?? "no reason given" });
}
