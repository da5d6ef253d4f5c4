import {
  DeferredError,
  type LogWriter,
  OutcomeUnknownError,
  receiverOf,
  ServiceError,
  type WriteOutcome,
} from "../../contract/index.ts";
import { recordsOf } from "../links/link-records.ts";
import { writeLinks } from "../links/links.ts";
import type { PlannedOperation } from "../plans/plan.ts";
import { reason } from "../plans/reasons.ts";
import { closeIntent, type Intent, openIntent } from "../runs/intents.ts";
import type { Lease } from "../runs/lease.ts";
import type { Ledger } from "../runs/ledger.ts";
import { assertSameAccounts } from "../runs/open-sides.ts";
import { assertRunning, type RunContext } from "../runs/run-context.ts";
import { playedAtMs } from "./plays.ts";

/** Appends plays to the log of the other side, in batches, in the order of the operations. */
export async function appendEntries(
  context: RunContext,
  lease: Lease,
  ledger: Ledger,
  operations: readonly PlannedOperation[],
): Promise<void> {
  const { from, to, pair } = context;
  const collection = receiverOf(from.provider, to.provider, pair.sync_type);
  if (collection?.shape !== "log" || !collection.write) throw new TypeError(`${to.provider.name} accepts no entries`);
  await new EntryAppender(context, lease, ledger, collection.write).run(operations);
}

class EntryAppender {
  readonly #context: RunContext;
  readonly #lease: Lease;
  readonly #ledger: Ledger;
  readonly #writer: LogWriter;

  constructor(context: RunContext, lease: Lease, ledger: Ledger, writer: LogWriter) {
    this.#context = context;
    this.#lease = lease;
    this.#ledger = ledger;
    this.#writer = writer;
  }

  async run(operations: readonly PlannedOperation[]): Promise<void> {
    const { batchSize } = this.#writer;
    for (let start = 0; start < operations.length; start += batchSize) {
      if (this.#ledger.failure || this.#ledger.deferred || (await this.#ledger.isSliceOver())) break;
      try {
        await this.#append(operations.slice(start, start + batchSize));
      } catch (error) {
        this.#ledger.fail(error);
      }
      this.#context.progress("applying", this.#ledger.done, operations.length);
    }
    const left = operations.filter((operation) => !this.#ledger.isReported(operation));
    this.#ledger.leave(left, reason("refused.not-reached", {}));
  }

  /** One remote call; a batch that is refused as a whole is halved until the culprit stands alone. */
  async #append(batch: readonly PlannedOperation[]): Promise<void> {
    assertRunning(this.#context);
    await assertSameAccounts(this.#context);
    this.#lease.assertHeld();
    const { to } = this.#context;
    const intent = await openIntent(this.#context, to.side, "add", batch, this.#lease.fencing);
    await this.#ledger.commit(intent.statements);
    // The answer of the storage may have been long in coming, and another run may have taken over since.
    this.#lease.assertHeld();
    const entries = batch.map(({ toId = "", links: [link] }) => ({ id: toId, atMs: playedAtMs(link?.key ?? "") }));
    try {
      await this.#settle(batch, intent, await this.#writer.append(to.session, entries));
    } catch (error) {
      await this.#afterFailure(batch, intent, error);
    }
  }

  /** Outcomes come in the order of the entries: the same item may be among them at several times. */
  async #settle(batch: readonly PlannedOperation[], intent: Intent, answers: readonly WriteOutcome[]): Promise<void> {
    const now = this.#context.parts.clock.now();
    const outcomes = batch.map(({ toId = "" }, at): WriteOutcome => answers[at] ?? { id: toId, result: "unknown" });
    const records = batch.flatMap((operation, at) => recordsOf(this.#context, operation, outcomes[at], now));
    const isUnknown = outcomes.some(({ result }) => result === "unknown");
    await this.#ledger.commit([
      ...(await writeLinks(this.#context, records)),
      ...closeIntent(this.#context, intent, isUnknown ? "prepared" : "done", outcomes),
    ]);
    for (const [at, outcome] of outcomes.entries()) {
      const operation = batch[at];
      if (operation) this.#report(operation, outcome);
    }
  }

  #report(operation: PlannedOperation, { result, reason: detail = "no reason given" }: WriteOutcome): void {
    if (result === "unknown") this.#ledger.leave([operation], reason("refused.outcome-unknown", {}));
    else if (result === "written") this.#ledger.report(operation, "added", operation.reason);
    else if (result === "already-there") this.#ledger.report(operation, "already-there", operation.reason);
    else if (result === "not-found") this.#ledger.report(operation, "refused", reason("refused.not-found", {}));
    else this.#ledger.report(operation, "refused", reason("refused.by-service", { detail }));
  }

  async #afterFailure(batch: readonly PlannedOperation[], intent: Intent, error: unknown): Promise<void> {
    if (error instanceof OutcomeUnknownError) {
      // The intent stays prepared; the next run appends the same entries again, which changes nothing if they are there.
      this.#ledger.leave(batch, reason("refused.outcome-unknown", {}));
      return;
    }
    const failure = error instanceof ServiceError ? error.failure : undefined;
    const isOfEntries = failure?.kind === "invalid" || failure?.kind === "not-found";
    const [only, another] = batch;
    if (isOfEntries && only && !another) {
      const detail = failure.kind === "invalid" ? failure.reason : failure.kind;
      const result = failure.kind === "invalid" ? "refused" : "not-found";
      return await this.#settle(batch, intent, [{ id: only.toId ?? "", result, reason: detail }]);
    }
    if (error instanceof DeferredError || (failure && failure.kind !== "unavailable")) {
      await this.#ledger.commit(closeIntent(this.#context, intent, "abandoned", []));
    }
    if (!isOfEntries) throw error;
    const middle = Math.ceil(batch.length / 2);
    await this.#append(batch.slice(0, middle));
    await this.#append(batch.slice(middle));
  }
}
