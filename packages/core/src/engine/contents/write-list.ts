import { DeferredError, OutcomeUnknownError, ServiceError, type WriteOutcome } from "../../contract/index.ts";
import { afterCall, diffOrdered, type OrderedCall, toCalls } from "../../ordered/index.ts";
import { namesUnknown, recordsOf } from "../links/link-records.ts";
import { writeLinks } from "../links/links.ts";
import type { PlannedArrangement, PlannedOperation } from "../plans/plan.ts";
import { reason } from "../plans/reasons.ts";
import { closeIntent, type Intent, openIntent } from "../runs/intents.ts";
import type { Lease } from "../runs/lease.ts";
import type { Ledger } from "../runs/ledger.ts";
import { assertSameAccounts } from "../runs/open-sides.ts";
import { assertRunning, type OpenSide, type RunContext } from "../runs/run-context.ts";
import { reachedStatements, runListStatements } from "../runs/run-lists.ts";
import { writeCall } from "./list-calls.ts";
import { begunStatements } from "./list-orders.ts";
import { withoutMore } from "./put-back.ts";
import { TakenForNow } from "./taken-for-now.ts";
import { hasPlaces, idOn, lacksCopy, operationsOf, outcomesOf, type WrittenList } from "./written-list.ts";

/** Makes the calls that lead from one order of a list to another. Each is an intent first and a committed outcome afterwards. */
export class ListWriter {
  readonly #context: RunContext;
  readonly #lease: Lease;
  readonly #ledger: Ledger;
  /** How many operations the plan has, for progress. */
  readonly #total: number;
  readonly #taken: TakenForNow;
  /** What has been written, by side. */
  readonly written = { from: { added: 0, removed: 0, changed: 0 }, to: { added: 0, removed: 0, changed: 0 } };

  constructor(context: RunContext, lease: Lease, ledger: Ledger, total: number) {
    this.#context = context;
    this.#lease = lease;
    this.#ledger = ledger;
    this.#total = total;
    this.#taken = new TakenForNow(context);
  }

  /** Should the run end on the way, the next one knows that it was us who moved things, and what the user had before. */
  async begin({ open }: WrittenList, { was, becomes, before }: PlannedArrangement): Promise<void> {
    const key = (name: string) => (name.startsWith("#") ? name : open.ids.key(name));
    const from = was.map(key);
    const begun = { was: before ?? from, from, becomes: becomes.map(key) };
    const now = this.#context.parts.clock.now();
    const { jobId, pair, parts } = this.#context;
    const run = { jobId, pair, side: open.side };
    await this.#ledger.commit([
      ...begunStatements(pair, open.side, begun, now),
      ...(await runListStatements(parts.storage, run, { before: from, after: begun.becomes }, now)),
    ]);
  }

  /** As far as our calls have come: all that is otherwise by now was done by somebody else. */
  async #reached({ open }: WrittenList, list: readonly string[]): Promise<void> {
    const { jobId, pair, parts } = this.#context;
    const keys = list.map((name) => (name.startsWith("#") ? name : open.ids.key(name)));
    await this.#ledger.commit(reachedStatements({ jobId, pair, side: open.side }, keys, parts.clock.now()));
  }

  /** The answer of a call was lost: what the list is now is for the next run to find out. */
  isLost = false;

  /**
   * Call after call, until the list is what it shall be. What the service refuses is left out, and the rest of the way is
   * looked for anew.
   */
  async write(target: WrittenList, was: readonly string[], becomes: readonly string[]): Promise<boolean> {
    const { capability } = target.writer;
    let list = [...was];
    const states = [list];
    let goal = becomes;
    let most = capability.perCall.insert;
    let isFirst = true;
    while (true) {
      const perCall = { ...capability.perCall, insert: most };
      const [call, ...later] = toCalls(diffOrdered(list, goal), { ...capability, perCall }).calls;
      if (!call) break;
      if (!isFirst && hasPlaces(call, list.length) && !(await this.#isStill(target, states))) {
        // Somebody was there between two of our calls: every place may be another, and the next plan begins anew.
        await this.#reached(target, list);
        for (const operation of [...[...target.items.values()].flat(), target.arrange]) {
          if (!this.#ledger.isReported(operation)) this.#ledger.refuse(operation);
        }
        return false;
      }
      isFirst = false;
      const result = await this.#call(target, [call, ...later], list.length);
      if (result.kind === "stopped") return false;
      if (result.kind === "refused") {
        const refused = new Set(result.ids);
        if (call.kind === "insert" && call.tokens.length > 1 && result.ids.length === 0) {
          most = Math.ceil(call.tokens.length / 2);
          continue;
        }
        if (refused.size === 0) return false;
        goal = withoutMore(list, goal, refused);
        most = capability.perCall.insert;
        continue;
      }
      const landed = new Set(result.ids);
      const done = call.kind === "insert" ? { ...call, tokens: call.tokens.filter((id) => landed.has(id)) } : call;
      list = afterCall(list, done);
      states.push(list);
      if (call.kind === "insert") {
        const missing = new Set(call.tokens.filter((id) => !landed.has(id)));
        goal = withoutMore(list, goal, missing);
      }
      this.#context.progress("applying", this.#ledger.done, this.#total);
    }
    if (!this.#ledger.isReported(target.arrange)) this.#ledger.report(target.arrange, "updated", target.arrange.reason);
    return true;
  }

  /**
   * One page tells how many entries there are, and which come first; a list that was moved further down is seen later. Where
   * listings may lag, what it was before our own last calls is no sign of anybody else.
   */
  async #isStill({ open, contents, writer }: WrittenList, states: readonly (readonly string[])[]): Promise<boolean> {
    const ours = writer.consistencyWindowMs > 0 ? states : states.slice(-1);
    const { read } = contents.references;
    for await (const { entries, total } of read.list(open.session, {})) {
      return ours.some((list) => {
        const isSameLength = total === undefined || read.totals === "inexact" || total === list.length;
        return isSameLength && entries.every(({ id }, place) => (id === undefined ? true : id === list[place]));
      });
    }
    return ours.some((list) => list.length === 0);
  }

  async #call(target: WrittenList, calls: readonly [OrderedCall, ...OrderedCall[]], length: number): Promise<CallEnd> {
    const [call] = calls;
    assertRunning(this.#context);
    await assertSameAccounts(this.#context);
    this.#lease.assertHeld();
    const operations = operationsOf(this.#context, target, calls, (each) => this.#ledger.isReported(each));
    const kind = call.kind === "insert" ? "add" : call.kind === "move" || call.kind === "order" ? "arrange" : "remove";
    const intent = await openIntent(this.#context, target.open.side, kind, operations, this.#lease.fencing);
    await this.#ledger.commit([...intent.statements, ...this.#taken.taking(target.open, call, calls.slice(1))]);
    // The answer of the storage may have been long in coming, and another run may have taken over since.
    this.#lease.assertHeld();
    try {
      const { outcomes } = await writeCall(target.writer, target.open.session, target.containerId, call, length);
      return await this.#settle(target, call, intent, operations, outcomes);
    } catch (error) {
      return await this.#afterFailure(target, call, intent, operations, error);
    }
  }

  async #settle(
    { open, items, arrange }: WrittenList,
    call: OrderedCall,
    intent: Intent,
    operations: readonly PlannedOperation[],
    answers: readonly WriteOutcome[],
  ): Promise<CallEnd> {
    const now = this.#context.parts.clock.now();
    const outcomes = outcomesOf(this.#context, open, call, operations, answers);
    const records = operations.flatMap((operation, index) =>
      items.has(idOn(this.#context, open, operation)) && operation.links.length > 0
        ? recordsOf(this.#context, operation, outcomes[index], now)
        : [],
    );
    const unknown = outcomes.some(({ result }) => result === "unknown");
    const landed = outcomes.flatMap(({ id, result }) =>
      result === "written" || result === "already-there" ? [id] : [],
    );
    await this.#ledger.commit([
      ...(call.kind === "insert" ? this.#taken.landed(open, landed) : []),
      ...(await writeLinks(this.#context, records)),
      ...closeIntent(this.#context, intent, unknown ? "prepared" : "done", outcomes),
    ]);
    this.#count(open, call, outcomes);
    for (const [index, operation] of operations.entries()) this.report(operation, outcomes[index]);
    if (call.kind === "insert" && lacksCopy(operations, outcomes)) this.#refuse([arrange], "refused");
    if (unknown) {
      this.isLost = true;
      return { kind: "stopped" };
    }
    return { kind: "done", ids: landed };
  }

  #count(open: OpenSide, call: OrderedCall, outcomes: readonly WriteOutcome[]): void {
    const written = open === this.#context.from ? this.written.from : this.written.to;
    const count = outcomes.filter(({ result }) => result === "written").length;
    if (call.kind === "insert") written.added += count;
    else if (call.kind === "remove" || call.kind === "remove-every") written.removed += Math.max(1, count);
    else written.changed++;
  }

  /** What became of an addition or a removal. */
  report(operation: PlannedOperation, outcome: WriteOutcome | undefined): void {
    if (operation.kind === "arrange" || this.#ledger.isReported(operation)) return;
    const result = outcome?.result ?? "unknown";
    if (result === "unknown") return;
    if (outcome?.reason === "collection-full") {
      this.#ledger.report(operation, "refused", reason("refused.collection-full", {}));
    } else if (operation.kind === "remove") this.#ledger.report(operation, "removed", operation.reason);
    else if (result === "written") this.#ledger.report(operation, "added", operation.reason);
    else if (result === "already-there") this.#ledger.report(operation, "already-there", operation.reason);
    else if (namesUnknown(operation, outcome)) {
      this.#ledger.report(operation, "refused", reason("refused.override-unknown", {}));
    } else if (result === "not-found") this.#ledger.report(operation, "refused", reason("refused.not-found", {}));
    else this.#ledger.report(operation, "refused", reason("refused.by-service", { detail: outcome?.reason ?? result }));
  }

  async #afterFailure(
    target: WrittenList,
    call: OrderedCall,
    intent: Intent,
    operations: readonly PlannedOperation[],
    error: unknown,
  ): Promise<CallEnd> {
    if (error instanceof OutcomeUnknownError) {
      // The intent stays prepared: the next run looks at the list before it repeats anything.
      this.isLost = true;
      return { kind: "stopped" };
    }
    const failure = error instanceof ServiceError ? error.failure : undefined;
    if (error instanceof DeferredError || (failure && failure.kind !== "unavailable")) {
      await this.#ledger.commit(closeIntent(this.#context, intent, "abandoned", []));
    }
    if (error instanceof DeferredError) {
      this.#ledger.deferred = error;
      return { kind: "stopped" };
    }
    const isOfItems = failure?.kind === "invalid" || failure?.kind === "not-found" || failure?.kind === "already-there";
    if (failure?.kind === "collection-full") {
      this.#refuse([target.arrange], "collection-full");
      return { kind: "stopped" };
    }
    if (!isOfItems) throw error;
    if (call.kind !== "insert") {
      this.#refuse([target.arrange], failure.kind);
      return { kind: "stopped" };
    }
    const [only, another] = call.tokens;
    if (only === undefined || another !== undefined) return { kind: "refused", ids: [] };
    const result =
      failure.kind === "not-found" ? "not-found" : failure.kind === "already-there" ? "already-there" : "refused";
    const again = await openIntent(this.#context, target.open.side, "add", operations, this.#lease.fencing);
    await this.#ledger.commit(again.statements);
    await this.#settle(target, call, again, operations, [{ id: only, result, reason: failure.kind }]);
    // It is there, though not where we know it: the next run sees the place.
    if (result === "already-there") this.#refuse([target.arrange], "already-there");
    return result === "already-there" ? { kind: "stopped" } : { kind: "refused", ids: [only] };
  }

  #refuse(operations: readonly PlannedOperation[], detail: string): void {
    for (const operation of operations) {
      if (this.#ledger.isReported(operation)) continue;
      const why =
        detail === "collection-full" ? reason("refused.collection-full", {}) : reason("refused.by-service", { detail });
      this.#ledger.report(operation, "refused", why);
    }
  }
}

/** How a call has ended. `refused`: the ids that the service does not take; none if that is for a smaller call to tell. */
type CallEnd =
  | { readonly kind: "done"; readonly ids: readonly string[] }
  | { readonly kind: "refused"; readonly ids: readonly string[] }
  | { readonly kind: "stopped" };
