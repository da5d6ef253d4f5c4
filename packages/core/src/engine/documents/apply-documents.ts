import PQueue from "p-queue";
import { DeferredError, OutcomeUnknownError, ServiceError } from "../../contract/index.ts";
import type { TenantHasher } from "../../crypto/index.ts";
import type { Statement } from "../../ports/index.ts";
import { writeLinks } from "../links/links.ts";
import type { PairPlan, PlannedOperation } from "../plans/plan.ts";
import { reason } from "../plans/reasons.ts";
import { closeIntent, type Intent, openIntent } from "../runs/intents.ts";
import type { Lease } from "../runs/lease.ts";
import { type ApplyResult, Ledger } from "../runs/ledger.ts";
import { assertSameAccounts } from "../runs/open-sides.ts";
import { assertRunning, type RunContext } from "../runs/run-context.ts";
import { settleCursors } from "../runs/settle-cursors.ts";
import {
  beginConflict,
  closeConflict,
  type PlannedConflict,
  recordConflict,
  withdrawConflict,
} from "./conflict-records.ts";
import { documentRecords, renewedRecord, type WrittenSides } from "./document-records.ts";
import { type DocumentSides, documentSides } from "./document-side.ts";
import { sourcesMoved } from "./source-moved.ts";
import {
  type CallResult,
  callsOf,
  type DocumentCall,
  lookFirst,
  makeCall,
  notReached,
  restOfCreation,
  untilTheRest,
} from "./write-document.ts";

/** How many documents are written at once; each is one by itself. */
const PARALLEL = 8;

/**
 * Carries a plan out: nothing that is not in it, and of what is in it only what still holds. Each remote call is an
 * intent first and a committed outcome afterwards.
 */
export async function applyDocuments(
  context: RunContext,
  lease: Lease,
  plan: PairPlan,
  { given }: { readonly given: boolean },
): Promise<ApplyResult> {
  return await new DocumentApplier(context, lease, plan).run(given);
}

class DocumentApplier {
  readonly #context: RunContext;
  readonly #lease: Lease;
  readonly #plan: PairPlan;
  readonly #ledger: Ledger;
  readonly #sides: DocumentSides;
  readonly #written = { from: { added: 0, removed: 0, changed: 0 }, to: { added: 0, removed: 0, changed: 0 } };

  constructor(context: RunContext, lease: Lease, plan: PairPlan) {
    this.#context = context;
    this.#lease = lease;
    this.#plan = plan;
    this.#ledger = new Ledger(context, lease);
    this.#sides = documentSides(context);
  }

  async run(given: boolean): Promise<ApplyResult> {
    const { operations, hold, deferredUntilMs, readAgain, plannedAtMs } = this.#plan;
    const linked = await this.#ledger.stillLinked(operations);
    // A plan that was made in this run rests on readings of a moment ago; one that was given may be old.
    const moved = given ? await sourcesMoved(this.#context, this.#sides, this.#plan, linked) : new Set();
    for (const operation of linked) if (moved.has(operation)) this.#ledger.refuse(operation);
    const holding = linked.filter((operation) => !moved.has(operation));
    await this.#changeLinks(holding.filter((operation) => !isWrite(operation)));
    // What is made and changed comes first: should the run end early, less is missing.
    await this.#writeAll(holding.filter((operation) => isWrite(operation) && operation.kind !== "delete"));
    await this.#writeAll(holding.filter(({ kind }) => kind === "delete"));
    const settled = !this.#ledger.open && !hold && deferredUntilMs === undefined && !readAgain;
    const overtaken = (this.#context.pair.last_run_at ?? 0) > plannedAtMs;
    const ending = { settled: settled && !overtaken, fresh: { from: !given, to: !given } };
    if (this.#plan.undoes === undefined)
      await this.#ledger.commit(await settleCursors(this.#context, this.#plan, ending, this.#written));
    return this.#ledger.result(settled);
  }

  /** Links without a write, and conflicts that nobody has won. */
  async #changeLinks(operations: readonly PlannedOperation[]): Promise<void> {
    await this.#ledger.commitInLots(operations, async (lot) => [
      ...(await writeLinks(
        this.#context,
        lot.flatMap((each) => documentRecords(this.#context, each)),
      )),
      ...lot.flatMap((each) => this.#conflictStatements(each)),
    ]);
    for (const operation of operations) this.#reportLink(operation);
  }

  #reportLink(operation: PlannedOperation): void {
    const { kind, document } = operation;
    if (kind === "link") this.#ledger.report(operation, "linked", operation.reason);
    if (kind === "rest") this.#ledger.report(operation, "conflict", operation.reason);
    if (kind !== "conflict") return;
    this.#ledger.report(operation, "conflict", operation.reason);
    // One event per record: found again, it is known.
    if (document?.conflict && !document.conflict.known) this.#announce(document.conflict);
  }

  #announce({ recordId, kind, policy }: PlannedConflict): void {
    const { parts, pair, jobId } = this.#context;
    const of = { tenantId: pair.tenant_id, userId: pair.user_id, pairId: pair.id };
    parts.emit({ type: "conflict.recorded", ...of, jobId, conflictId: recordId, kind, policy });
  }

  #conflictStatements({ links, document, kind }: PlannedOperation): Statement[] {
    const [link] = links;
    if (!link || !document) return [];
    const recorded = document.conflict ? recordConflict(this.#context, link.key, document.conflict) : [];
    if (document.ends === undefined || document.conflict) return recorded;
    const isGone = kind === "drop" || kind === "delete" || kind === "detach" || kind === "suppress";
    return [closeConflict(this.#context, link.key, isGone ? "gone" : "equal")];
  }

  async #writeAll(operations: readonly PlannedOperation[]): Promise<void> {
    if (operations.length === 0) return;
    if (this.#ledger.failure || this.#ledger.deferred || (await this.#ledger.isSliceOver())) {
      this.#ledger.leave(operations, notReached);
      return;
    }
    const queue = new PQueue({ concurrency: PARALLEL });
    let failure: unknown;
    await queue.addAll(
      operations.map((operation) => async () => {
        if (failure !== undefined || (await this.#ledger.isSliceOver())) return;
        try {
          await this.#writeOne(operation);
        } catch (error) {
          failure ??= error;
        }
        this.#context.progress("applying", this.#ledger.done, operations.length);
      }),
    );
    if (failure !== undefined) this.#ledger.fail(failure);
    this.#ledger.leave(
      operations.filter((operation) => !this.#ledger.isReported(operation)),
      notReached,
    );
  }

  async #writeOne(operation: PlannedOperation): Promise<void> {
    const calls = [...callsOf(operation, { from: this.#sides.a, to: this.#sides.b })];
    const { hasher } = await this.#hasher();
    let written: WrittenSides = {};
    const losses: string[] = [];
    for (const [index, call] of calls.entries()) {
      if (this.#ledger.deferred) return this.#ledger.leave([operation], notReached);
      const letter = call.side === this.#sides.a ? "from" : "to";
      const last = index === calls.length - 1;
      const result = await this.#write(operation, call, (one) => {
        if (one.result === "written") {
          written = { ...written, [letter]: one };
          losses.push(...(one.losses ?? []));
        }
        const rest = restOfCreation(call, one);
        if (rest) calls.push(rest);
        if (rest) return this.#linkStatements(withoutTheRest(hasher, operation, call, one), written);
        return last ? this.#linkStatements(operation, written) : Promise.resolve([]);
      });
      if (!result) return;
      if (!this.#wentWell(operation, result)) return;
    }
    this.#report(operation, losses);
  }

  /** @returns `undefined` if it is reported already */
  async #write(
    operation: PlannedOperation,
    call: DocumentCall,
    afterwards: (result: CallResult) => Promise<Statement[]>,
  ): Promise<CallResult | undefined> {
    assertRunning(this.#context);
    await assertSameAccounts(this.#context);
    const { hasher } = await this.#hasher();
    const on = await lookFirst(hasher, call);
    if (on === "moved") return { result: "moved" };
    this.#lease.assertHeld();
    const intent = await openIntent(
      this.#context,
      call.side.open.side,
      operation.kind === "merge" ? "merge" : call.kind,
      [operation],
      this.#lease.fencing,
    );
    await this.#ledger.commit([...intent.statements, ...beginConflict(this.#context, operation)]);
    // The answer of the storage may have been long in coming, and another run may have taken over since.
    this.#lease.assertHeld();
    try {
      const result = on === "gone" ? ({ result: "gone" } as const) : await makeCall(hasher, call, on);
      await this.#settle(operation, call, intent, result, afterwards);
      return result;
    } catch (error) {
      return await this.#afterFailure(operation, intent, error);
    }
  }

  async #settle(
    operation: PlannedOperation,
    call: DocumentCall,
    intent: Intent,
    result: CallResult,
    afterwards: (result: CallResult) => Promise<Statement[]>,
  ): Promise<void> {
    if (result.result === "moved") return await this.#abandon(operation, intent);
    if (result.result === "used-up") return await this.#abandon(operation, intent, await this.#renewed(operation));
    const id = result.result === "written" ? result.id : (call.id ?? "");
    const outcome =
      result.result === "refused"
        ? ({ id, result: "refused", reason: result.reason } as const)
        : ({ id, result: result.result === "gone" ? "not-found" : "written" } as const);
    const [stored] = await call.side.open.ids.seal([id], {
      table: "intent_items",
      column: "written_sealed",
      owner: { tenant_id: this.#context.pair.tenant_id, intent_id: intent.row.id },
    });
    const named = {
      ...intent,
      items: intent.items.map((item) =>
        id === "" ? item : { ...item, written_id: stored?.key ?? id, written_sealed: stored?.sealed ?? null },
      ),
    };
    const refused =
      result.result === "refused"
        ? [...(await this.#refusedStatements(operation, call)), ...withdrawConflict(operation)]
        : await afterwards(result);
    await this.#ledger.commit([...refused, ...closeIntent(this.#context, named, "done", [outcome])]);
    this.#count(call, result);
  }

  async #afterFailure(operation: PlannedOperation, intent: Intent, error: unknown): Promise<undefined> {
    if (error instanceof OutcomeUnknownError) {
      // The intent stays prepared: the next run looks before it repeats anything.
      this.#ledger.leave([operation], reason("refused.outcome-unknown", {}));
      return;
    }
    // A service that answers with a failure has done nothing, unless it does not know itself.
    const isRefusal = error instanceof ServiceError && error.failure.kind !== "unavailable";
    if (isRefusal || error instanceof DeferredError) await this.#abandon(operation, intent);
    if (!(error instanceof DeferredError)) throw error;
    this.#ledger.deferred = error;
    this.#ledger.leave([operation], notReached);
  }

  /** Nothing was written. */
  async #abandon(operation: PlannedOperation, intent: Intent, instead: readonly Statement[] = []): Promise<void> {
    await this.#ledger.commit([
      ...closeIntent(this.#context, intent, "abandoned", []),
      ...withdrawConflict(operation),
      ...instead,
    ]);
  }

  /** The next generation of a link makes its document under another id. */
  async #renewed(operation: PlannedOperation): Promise<Statement[]> {
    const record = renewedRecord(operation);
    return record ? await writeLinks(this.#context, [record]) : [];
  }

  #wentWell(operation: PlannedOperation, result: CallResult): boolean {
    if (result.result === "moved" || result.result === "used-up") this.#ledger.refuse(operation);
    else if (result.result !== "refused") return true;
    else if (result.reason === "collection-full")
      this.#ledger.report(operation, "refused", reason("refused.collection-full", {}));
    else this.#ledger.report(operation, "refused", reason("refused.by-service", { detail: result.reason }));
    return false;
  }

  #report(operation: PlannedOperation, losses: readonly string[]): void {
    const { kind } = operation;
    const outcome = kind === "create" ? "added" : kind === "delete" ? "removed" : "updated";
    this.#ledger.report(operation, outcome, operation.reason, losses);
  }

  async #linkStatements(operation: PlannedOperation, written: WrittenSides): Promise<Statement[]> {
    return [
      ...(await writeLinks(this.#context, documentRecords(this.#context, operation, written))),
      ...this.#conflictStatements(operation),
    ];
  }

  /** A creation that was refused is remembered, so that it can be explained; what is linked stays as it was. */
  async #refusedStatements(operation: PlannedOperation, call: DocumentCall): Promise<Statement[]> {
    // The rest of a creation is about what has been made, and is linked by now.
    if (call.kind !== "create") return [];
    const [link] = operation.links;
    if (operation.kind !== "create" || !link || link.state === "linked" || link.state === "conflict") return [];
    const [record] = documentRecords(this.#context, operation);
    return record
      ? await writeLinks(this.#context, [{ ...record, state: "refused", reason: "refused.by-service" }])
      : [];
  }

  #count({ side, kind }: DocumentCall, { result }: CallResult): void {
    const written = side === this.#sides.a ? this.#written.from : this.#written.to;
    if (result === "deleted") written.removed++;
    if (result === "written") written[kind === "create" ? "added" : "changed"]++;
  }

  async #hasher() {
    return { hasher: await this.#context.parts.hashes.forTenant(this.#context.pair.tenant_id) };
  }
}

function withoutTheRest(
  hasher: TenantHasher,
  operation: PlannedOperation,
  call: DocumentCall,
  result: CallResult,
): PlannedOperation {
  const { document } = operation;
  const other = operation.document?.from ? "from" : "to";
  const base = document?.[other];
  if (!document || !base || result.result !== "written") return operation;
  return { ...operation, document: { ...document, [other]: untilTheRest(hasher, call, base, result.base) } };
}

function isWrite({ kind }: PlannedOperation): boolean {
  return kind === "create" || kind === "update" || kind === "merge" || kind === "delete";
}
