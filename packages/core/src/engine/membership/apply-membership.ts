import PQueue from "p-queue";
import {
  DeferredError,
  type MembershipWriter,
  OutcomeUnknownError,
  ServiceError,
  type WriteOutcome,
} from "../../contract/index.ts";
import type { LinkState } from "../../reconcile/index.ts";
import { namesUnknown, recordsOf } from "../links/link-records.ts";
import { type LinkRecord, writeLinks } from "../links/links.ts";
import type { PairPlan, PlannedOperation, Side } from "../plans/plan.ts";
import { type Reason, reason } from "../plans/reasons.ts";
import { closeIntent, type Intent, openIntent } from "../runs/intents.ts";
import type { Lease } from "../runs/lease.ts";
import { type ApplyResult, Ledger } from "../runs/ledger.ts";
import { assertSameAccounts } from "../runs/open-sides.ts";
import { assertRunning, type OpenSide, openSideOf, type RunContext } from "../runs/run-context.ts";
import { settleCursors } from "../runs/settle-cursors.ts";
import { checkPresence, writtenAsRead } from "./preconditions.ts";
import { membershipOf } from "./read-side.ts";
import { changeLinks, rememberLeft, rememberUnmatched, rememberWrong } from "./record-links.ts";
import { takenDown } from "./takedown.ts";

/** How many one-item writes of a set may be under way at once; order does not matter there. */
const PARALLEL_REMOVES = 4;

/**
 * Carries a plan out: nothing that is not in it, and of what is in it only what still holds. Each remote call is an
 * intent first and a committed outcome afterwards.
 */
export async function applyMembership(
  context: RunContext,
  lease: Lease,
  plan: PairPlan,
  given: boolean,
): Promise<ApplyResult> {
  const applier = new Applier(context, lease, plan);
  return await applier.run(given);
}

class Applier {
  readonly #context: RunContext;
  readonly #lease: Lease;
  readonly #plan: PairPlan;
  readonly #ledger: Ledger;
  readonly #full = new Set<Side>();
  readonly #written = {
    from: { added: 0, removed: 0, already: 0 },
    to: { added: 0, removed: 0, already: 0 },
  };

  /** Something was refused, so that a link may record another thing than was seen. */
  #disagrees = false;

  constructor(context: RunContext, lease: Lease, plan: PairPlan) {
    this.#context = context;
    this.#lease = lease;
    this.#plan = plan;
    this.#ledger = new Ledger(context, lease);
  }

  async run(given: boolean): Promise<ApplyResult> {
    const { operations, unmatched } = this.#plan;
    const holding = await this.#stillHolding(operations);
    // A plan that was made in this run rests on readings of a moment ago; one that was given may be old.
    const fresh = given ? await writtenAsRead(this.#context, this.#plan, holding) : { from: true, to: true };
    await rememberWrong(this.#context, this.#ledger, this.#plan, holding);
    await rememberUnmatched(this.#context, this.#ledger, unmatched);
    const withoutCall = holding.filter(({ kind }) => kind !== "add" && kind !== "remove");
    await changeLinks(this.#context, this.#ledger, withoutCall);
    for (const kind of ["add", "remove"] as const) {
      for (const { side } of [this.#context.to, this.#context.from]) await this.#writeAll(holding, side, kind);
    }
    await rememberLeft(this.#context, this.#ledger, holding);
    const { hold, deferredUntilMs, readAgain } = this.#plan;
    const settled = !this.#ledger.open && !hold && deferredUntilMs === undefined && !readAgain;
    // What a run in between has seen and linked, a plan from before it knows nothing of.
    const overtaken = (this.#context.pair.last_run_at ?? 0) > this.#plan.plannedAtMs;
    const ending = { settled: settled && !overtaken && !this.#disagrees, fresh };
    if (this.#plan.undoes === undefined)
      await this.#ledger.commit(await settleCursors(this.#context, this.#plan, ending, this.#written));
    return this.#ledger.result(settled);
  }

  /** Refuses, item by item, what has moved since it was planned. */
  async #stillHolding(operations: readonly PlannedOperation[]): Promise<PlannedOperation[]> {
    const asPlanned = await this.#ledger.stillLinked(operations);
    // What takes a run back was asked for by name: it rests on nothing that a service shows.
    if (this.#plan.undoes !== undefined) return asPlanned;
    const moved = await checkPresence(this.#context, this.#plan, asPlanned);
    for (const operation of moved) this.#ledger.refuse(operation);
    const present = asPlanned.filter((operation) => !moved.has(operation));
    const taken = await takenDown(this.#context, present);
    for (const operation of taken) this.#ledger.refuse(operation, reason("refused.taken-down", {}));
    return present.filter((operation) => !taken.has(operation));
  }

  async #writeAll(holding: readonly PlannedOperation[], side: Side, kind: "add" | "remove"): Promise<void> {
    const operations = holding.filter((operation) => operation.kind === kind && operation.on === side);
    const open = openSideOf(this.#context, side);
    const writer = membershipOf(this.#context, open).write;
    if (operations.length === 0 || !writer) return;
    if (this.#ledger.failure || (await this.#ledger.isSliceOver())) {
      this.#ledger.leave(operations, reason("refused.not-reached", {}));
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
        if (failure !== undefined || (await this.#ledger.isSliceOver())) return;
        try {
          await this.#writeBatch({ open, writer, kind }, batch);
        } catch (error) {
          failure ??= error;
        }
        this.#context.progress("applying", this.#ledger.done, operations.length);
      }),
    );
    if (failure !== undefined) this.#ledger.fail(failure);
    this.#ledger.leave(
      operations.filter((operation) => !this.#ledger.isReported(operation)),
      reason("refused.not-reached", {}),
    );
  }

  /** One remote call; a batch that is refused as a whole is halved until the culprit stands alone. */
  async #writeBatch(target: Target, batch: readonly PlannedOperation[]): Promise<void> {
    const { open, writer, kind } = target;
    if (this.#ledger.deferred) {
      this.#ledger.leave(batch, reason("refused.not-reached", {}));
      return;
    }
    if (kind === "add" && this.#full.has(open.side)) return await this.#refuseAll(batch, "refused.collection-full");
    assertRunning(this.#context);
    await assertSameAccounts(this.#context);
    this.#lease.assertHeld();
    const intent = await openIntent(this.#context, open.side, kind, batch, this.#lease.fencing);
    await this.#ledger.commit(intent.statements);
    // The answer of the storage may have been long in coming, and another run may have taken over since.
    this.#lease.assertHeld();
    const ids = batch.map((operation) => this.#idOn(open, operation));
    try {
      await this.#settle(open, intent, batch, await writer[kind](open.session, ids));
    } catch (error) {
      await this.#afterFailure(target, batch, intent, error);
    }
  }

  #idOn(open: OpenSide, { fromId, toId }: PlannedOperation): string {
    return (open === this.#context.from ? fromId : toId) ?? "";
  }

  async #afterFailure(
    target: Target,
    batch: readonly PlannedOperation[],
    intent: Intent,
    error: unknown,
  ): Promise<void> {
    const { open, kind } = target;
    if (error instanceof OutcomeUnknownError) {
      // The intent stays prepared: the next run looks at the listing before it repeats anything.
      this.#ledger.leave(batch, reason("refused.outcome-unknown", {}));
      return;
    }
    if (error instanceof DeferredError) {
      this.#ledger.deferred = error;
      await this.#ledger.commit(closeIntent(this.#context, intent, "abandoned", []));
      this.#ledger.leave(batch, reason("refused.not-reached", {}));
      return;
    }
    const failure = error instanceof ServiceError ? error.failure : undefined;
    const [first, another] = batch;
    const only = first && !another ? this.#idOn(open, first) : undefined;
    switch (failure?.kind) {
      case "invalid":
      case "not-found":
      case "already-there":
        if (only !== undefined) return await this.#settle(open, intent, batch, [outcomeOf(only, kind, failure)]);
        await this.#ledger.commit(closeIntent(this.#context, intent, "abandoned", []));
        return await this.#halve(target, batch);
      case "collection-full":
        this.#full.add(open.side);
        await this.#ledger.commit(closeIntent(this.#context, intent, "abandoned", []));
        return await this.#refuseAll(batch, "refused.collection-full");
      default:
        // The service answered, and not that it does not know: nothing is open.
        if (failure && failure.kind !== "unavailable")
          await this.#ledger.commit(closeIntent(this.#context, intent, "abandoned", []));
        throw error;
    }
  }

  async #halve(target: Target, batch: readonly PlannedOperation[]): Promise<void> {
    const middle = Math.ceil(batch.length / 2);
    await this.#writeBatch(target, batch.slice(0, middle));
    await this.#writeBatch(target, batch.slice(middle));
  }

  /** Commits what the service answered: links, the journal, and the report. Each item's answer counts alone. */
  async #settle(
    open: OpenSide,
    intent: Intent,
    batch: readonly PlannedOperation[],
    answers: readonly WriteOutcome[],
  ): Promise<void> {
    const byId = new Map(answers.map((answer) => [answer.id, answer]));
    const records: LinkRecord[] = [];
    const outcomes: WriteOutcome[] = [];
    for (const operation of batch) {
      const id = this.#idOn(open, operation);
      const outcome = byId.get(id) ?? { id, result: "unknown" as const };
      outcomes.push(outcome);
      records.push(...recordsOf(this.#context, operation, outcome, this.#context.parts.clock.now()));
    }
    const unknown = outcomes.some(({ result }) => result === "unknown");
    await this.#ledger.commit([
      ...(await writeLinks(this.#context, records)),
      ...closeIntent(this.#context, intent, unknown ? "prepared" : "done", outcomes),
    ]);
    for (const [index, operation] of batch.entries()) this.#reportOutcome(open, operation, outcomes[index]);
  }

  #reportOutcome(open: OpenSide, operation: PlannedOperation, outcome: WriteOutcome | undefined): void {
    const written = open === this.#context.from ? this.#written.from : this.#written.to;
    const result = outcome?.result ?? "unknown";
    if (result === "unknown") this.#ledger.leave([operation], reason("refused.outcome-unknown", {}));
    else if (operation.kind === "remove" && (result === "written" || result === "not-found")) {
      if (result === "written") written.removed++;
      else written.already++;
      this.#ledger.report(operation, "removed", operation.reason);
    } else if (result === "written") {
      written.added++;
      this.#ledger.report(operation, "added", operation.reason);
    } else if (result === "already-there") {
      written.already++;
      this.#ledger.report(operation, "already-there", operation.reason);
    } else {
      // Links that tell of the time before are not made to tell of now by an answer that changes nothing.
      this.#disagrees ||= operation.links.some(({ state }) => state !== undefined && agreed.has(state));
      this.#ledger.report(operation, "refused", refusalOf(operation, outcome));
    }
  }

  async #refuseAll(batch: readonly PlannedOperation[], code: "refused.collection-full"): Promise<void> {
    const now = this.#context.parts.clock.now();
    const refused = batch.map((operation) => ({
      operation,
      outcome: { id: "", result: "refused", reason: "collection-full" } as const,
    }));
    await this.#ledger.commit(
      await writeLinks(
        this.#context,
        refused.flatMap(({ operation, outcome }) => recordsOf(this.#context, operation, outcome, now)),
      ),
    );
    for (const { operation } of refused) this.#ledger.report(operation, "refused", reason(code, {}));
  }
}

/** States that tell what both sides were agreed to be. */
const agreed: ReadonlySet<LinkState> = new Set(["linked", "detached", "suppressed"]);

/** Where a batch goes. */
interface Target {
  readonly open: OpenSide;
  readonly writer: MembershipWriter;
  readonly kind: "add" | "remove";
}

function outcomeOf(id: string, kind: "add" | "remove", failure: { kind: string; reason?: string }): WriteOutcome {
  if (failure.kind === "already-there") return { id, result: kind === "add" ? "already-there" : "refused" };
  if (failure.kind === "not-found") return { id, result: "not-found" };
  return { id, result: "refused", reason: failure.reason ?? failure.kind };
}

function refusalOf(operation: PlannedOperation, outcome: WriteOutcome | undefined): Reason {
  if (namesUnknown(operation, outcome)) return reason("refused.override-unknown", {});
  if (outcome?.result === "not-found") return reason("refused.not-found", {});
  if (outcome?.reason === "collection-full") return reason("refused.collection-full", {});
  return reason("refused.by-service", { detail: outcome?.reason ?? "no reason given" });
}
