import { DeferredError, OutcomeUnknownError, ServiceError, type WriteOutcome } from "../../contract/index.ts";
import { afterCall, diffOrdered, type OrderedCall, toCalls } from "../../ordered/index.ts";
import type { Statement } from "../../ports/index.ts";
import { namesUnknown, recordsOf } from "../links/link-records.ts";
import { writeLinks } from "../links/links.ts";
import { changeLinks, rememberLeft, rememberUnmatched, rememberWrong } from "../membership/record-links.ts";
import { takenDown } from "../membership/takedown.ts";
import type { ContentsPlan, PlannedArrangement, PlannedOperation, Side } from "../plans/plan.ts";
import { reason } from "../plans/reasons.ts";
import { closeIntent, type Intent, openIntent } from "../runs/intents.ts";
import type { Lease } from "../runs/lease.ts";
import { type ApplyResult, Ledger } from "../runs/ledger.ts";
import { assertSameAccounts } from "../runs/open-sides.ts";
import { assertRunning, type OpenSide, openSideOf, type RunContext } from "../runs/run-context.ts";
import { settleCursors } from "../runs/settle-cursors.ts";
import type { BoundContents } from "./bound-contents.ts";
import { writeCall } from "./list-calls.ts";
import { agreedStatements, begunStatements } from "./list-orders.ts";
import {
  byId,
  hasPlaces,
  idOn,
  isOfTheList,
  operationsOf,
  outcomesOf,
  type WrittenList,
  withoutMissing,
} from "./written-list.ts";

/** Where the contents of one container are written. */
interface ListTarget {
  readonly contents: BoundContents;
  /** Absent: the container could not be made. */
  readonly containerId: string | undefined;
}

export interface ListTargets {
  readonly from: ListTarget;
  readonly to: ListTarget;
}

/**
 * Carries out what is planned for one pair of lists, call by call and one after another. Each call is an intent first and
 * a committed outcome afterwards.
 * @param moved sides whose list is another by now than it was when this was planned
 */
export async function applyContents(
  context: RunContext,
  lease: Lease,
  plan: ContentsPlan,
  targets: ListTargets,
  moved: ReadonlySet<Side>,
): Promise<ApplyResult> {
  return await new ListApplier(context, lease, plan, targets).run(moved);
}

class ListApplier {
  readonly #context: RunContext;
  readonly #lease: Lease;
  readonly #plan: ContentsPlan;
  readonly #targets: ListTargets;
  readonly #ledger: Ledger;
  readonly #written = { from: { added: 0, removed: 0, changed: 0 }, to: { added: 0, removed: 0, changed: 0 } };

  constructor(context: RunContext, lease: Lease, plan: ContentsPlan, targets: ListTargets) {
    this.#context = context;
    this.#lease = lease;
    this.#plan = plan;
    this.#targets = targets;
    this.#ledger = new Ledger(context, lease);
  }

  async run(moved: ReadonlySet<Side>): Promise<ApplyResult> {
    const { operations, unmatched, hold, deferredUntilMs, readAgain, plannedAtMs, agreed } = this.#plan;
    const holding = await this.#stillHolding(operations, moved);
    await rememberWrong(this.#context, this.#ledger, this.#plan, holding);
    await rememberUnmatched(this.#context, this.#ledger, unmatched);
    await changeLinks(
      this.#context,
      this.#ledger,
      holding.filter((operation) => !isOfTheList(operation)),
    );
    for (const { side } of [this.#context.to, this.#context.from]) await this.#writeSide(holding, side);
    await rememberLeft(this.#context, this.#ledger, holding);
    const settled = !this.#ledger.open && !hold && deferredUntilMs === undefined && !readAgain;
    const overtaken = (this.#context.pair.last_run_at ?? 0) > plannedAtMs;
    const refused = this.#ledger.result(settled).outcomes.some(({ kind }) => kind === "refused");
    const now = this.#context.parts.clock.now();
    await this.#ledger.commit([
      // What both agreed on is what both hold; until then the old order tells what each of them has changed.
      ...(settled && !refused ? agreedStatements(this.#context.pair, agreed, now) : []),
      ...(await settleCursors(
        this.#context,
        this.#plan,
        { settled: settled && !overtaken && !refused, fresh: { from: true, to: true } },
        this.#written,
      )),
    ]);
    return this.#ledger.result(settled);
  }

  /** A list that is another by now is planned anew as a whole: every place in it may be another. */
  async #stillHolding(operations: readonly PlannedOperation[], moved: ReadonlySet<Side>): Promise<PlannedOperation[]> {
    const linked = await this.#ledger.stillLinked(operations);
    const isWhole = linked.length === operations.length && moved.size === 0;
    const taken = isWhole ? await takenDown(this.#context, linked) : new Set<PlannedOperation>();
    for (const operation of taken) this.#ledger.refuse(operation, reason("refused.taken-down", {}));
    if (isWhole && taken.size === 0) return linked;
    for (const operation of linked) if (isOfTheList(operation) && !taken.has(operation)) this.#ledger.refuse(operation);
    return linked.filter((operation) => !isOfTheList(operation));
  }

  async #writeSide(holding: readonly PlannedOperation[], side: Side): Promise<void> {
    const arrange = holding.find(({ kind, on }) => kind === "arrange" && on === side);
    const items = holding.filter(({ kind, on }) => on === side && (kind === "add" || kind === "remove"));
    const open = openSideOf(this.#context, side);
    const { contents, containerId } = open === this.#context.from ? this.#targets.from : this.#targets.to;
    const writer = contents.collection.write;
    if (!arrange?.arrangement || !writer) return await this.#settleWithoutCall(open, items, []);
    const mine = [...items, arrange];
    if (
      containerId === undefined ||
      this.#ledger.failure ||
      this.#ledger.deferred ||
      (await this.#ledger.isSliceOver())
    ) {
      return this.#ledger.leave(mine, reason("refused.not-reached", {}));
    }
    const target: WrittenList = {
      open,
      writer,
      contents,
      containerId,
      arrange,
      items: byId(open, this.#context, items),
    };
    try {
      await this.#begin(target, arrange.arrangement);
      const isDone = await this.#writeList(target, arrange.arrangement.was, arrange.arrangement.becomes);
      if (isDone) await this.#settleWithoutCall(open, items, arrange.arrangement.becomes);
    } catch (error) {
      this.#ledger.fail(error);
    }
    const left = mine.filter((operation) => !this.#ledger.isReported(operation));
    this.#ledger.leave(left, reason(this.#isLost ? "refused.outcome-unknown" : "refused.not-reached", {}));
  }

  /** Should the run end on the way, the next one knows that it was us who moved things, and what the user had before. */
  async #begin({ open }: WrittenList, { was, becomes, before }: PlannedArrangement): Promise<void> {
    const key = (name: string) => (name.startsWith("#") ? name : open.ids.key(name));
    const from = was.map(key);
    const begun = { was: before ?? from, from, becomes: becomes.map(key) };
    const now = this.#context.parts.clock.now();
    await this.#ledger.commit(begunStatements(this.#context.pair, open.side, begun, now));
  }

  /** The answer of a call was lost: what the list is now is for the next run to find out. */
  #isLost = false;

  /**
   * Call after call, until the list is what it shall be. What the service refuses is left out, and the rest of the way is
   * looked for anew.
   */
  async #writeList(target: WrittenList, was: readonly string[], becomes: readonly string[]): Promise<boolean> {
    const { capability } = target.writer;
    let list = [...was];
    let goal = [...becomes];
    let most = capability.perCall.insert;
    let isFirst = true;
    while (true) {
      const perCall = { ...capability.perCall, insert: most };
      const { calls } = toCalls(diffOrdered(list, goal), { ...capability, perCall });
      const [call] = calls;
      if (!call) break;
      if (!isFirst && hasPlaces(call, list.length) && !(await this.#isStill(target, list))) {
        // Somebody was there between two of our calls: every place may be another, and the next plan begins anew.
        for (const operation of [...target.items.values(), target.arrange]) {
          if (!this.#ledger.isReported(operation)) this.#ledger.refuse(operation);
        }
        return false;
      }
      isFirst = false;
      const result = await this.#write(target, call, calls, list.length);
      if (result.kind === "stopped") return false;
      if (result.kind === "refused") {
        const refused = new Set(result.ids);
        if (call.kind === "insert" && call.tokens.length > 1 && result.ids.length === 0) {
          most = Math.ceil(call.tokens.length / 2);
          continue;
        }
        if (refused.size === 0) return false;
        goal = withoutMissing(goal, refused, list);
        most = capability.perCall.insert;
        continue;
      }
      const landed = new Set(result.ids);
      const done = call.kind === "insert" ? { ...call, tokens: call.tokens.filter((id) => landed.has(id)) } : call;
      list = afterCall(list, done);
      if (call.kind === "insert") {
        const missing = new Set(call.tokens.filter((id) => !landed.has(id)));
        goal = withoutMissing(goal, missing, list);
      }
      this.#context.progress("applying", this.#ledger.done, this.#plan.operations.length);
    }
    if (!this.#ledger.isReported(target.arrange)) this.#ledger.report(target.arrange, "updated", target.arrange.reason);
    return true;
  }

  /** One page tells how many entries there are, and which come first; a list that was moved further down is seen later. */
  async #isStill({ open, contents }: WrittenList, list: readonly string[]): Promise<boolean> {
    for await (const { entries, total } of contents.references.read.list(open.session, {})) {
      const isSameLength =
        total === undefined || contents.references.read.totals === "inexact" || total === list.length;
      return isSameLength && entries.every(({ id }, place) => (id === undefined ? true : id === list[place]));
    }
    return list.length === 0;
  }

  /** What no call was about: an addition that the list has no room for, a removal of what is gone. */
  async #settleWithoutCall(
    open: OpenSide,
    items: readonly PlannedOperation[],
    becomes: readonly string[],
  ): Promise<void> {
    const now = this.#context.parts.clock.now();
    const there = new Set(becomes);
    for (const operation of items) {
      if (this.#ledger.isReported(operation)) continue;
      const id = idOn(this.#context, open, operation);
      if (there.has(id)) continue;
      const outcome: WriteOutcome =
        operation.kind === "add" ? { id, result: "refused", reason: "collection-full" } : { id, result: "not-found" };
      await this.#ledger.commit(await writeLinks(this.#context, recordsOf(this.#context, operation, outcome, now)));
      this.#report(operation, outcome);
    }
  }

  async #write(
    target: WrittenList,
    call: OrderedCall,
    calls: readonly OrderedCall[],
    length: number,
  ): Promise<CallEnd> {
    assertRunning(this.#context);
    await assertSameAccounts(this.#context);
    this.#lease.assertHeld();
    const operations = operationsOf(this.#context, target, call);
    const kind = call.kind === "insert" ? "add" : call.kind === "move" || call.kind === "order" ? "arrange" : "remove";
    const intent = await openIntent(this.#context, target.open.side, kind, operations, this.#lease.fencing);
    await this.#ledger.commit([...intent.statements, ...this.#comesBack(target, call, calls)]);
    // The answer of the storage may have been long in coming, and another run may have taken over since.
    this.#lease.assertHeld();
    try {
      const { outcomes } = await writeCall(target.writer, target.open.session, target.containerId, call, length);
      return await this.#settle(target, call, intent, operations, outcomes);
    } catch (error) {
      return await this.#afterFailure(target, call, intent, operations, error);
    }
  }

  /**
   * A removal that takes all copies takes some that are put back afterwards. Should the run end between the two, their links
   * say that they are still to be written, and nobody takes them for removed.
   */
  #comesBack({ open }: WrittenList, call: OrderedCall, calls: readonly OrderedCall[]): Statement[] {
    if (call.kind !== "remove-every") return [];
    const later = new Set(calls.flatMap((each) => (each.kind === "insert" ? each.tokens : [])));
    const ids = call.tokens.filter((id) => later.has(id)).map((id) => open.ids.key(id));
    return ids.length === 0 ? [] : [this.#stateOf(open, ids, "linked", "pending")];
  }

  #stateOf(open: OpenSide, ids: readonly string[], from: "linked" | "pending", to: "linked" | "pending"): Statement {
    const { pair, parts } = this.#context;
    const column = open.side === "source" ? "source_id" : "target_id";
    const set = { state: to, reason: to === "pending" ? "add.pending" : "link.both", updated_at: parts.clock.now() };
    return { update: "links", set, where: { pair_id: pair.id, state: from, [column]: { in: ids } } };
  }

  async #settle(
    { open, items }: WrittenList,
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
      ...(call.kind === "insert" && landed.length > 0
        ? [
            this.#stateOf(
              open,
              landed.map((id) => open.ids.key(id)),
              "pending",
              "linked",
            ),
          ]
        : []),
      ...(await writeLinks(this.#context, records)),
      ...closeIntent(this.#context, intent, unknown ? "prepared" : "done", outcomes),
    ]);
    this.#count(open, call, outcomes);
    for (const [index, operation] of operations.entries()) this.#report(operation, outcomes[index]);
    if (unknown) {
      this.#isLost = true;
      return { kind: "stopped" };
    }
    return { kind: "done", ids: landed };
  }

  #count(open: OpenSide, call: OrderedCall, outcomes: readonly WriteOutcome[]): void {
    const written = open === this.#context.from ? this.#written.from : this.#written.to;
    const count = outcomes.filter(({ result }) => result === "written").length;
    if (call.kind === "insert") written.added += count;
    else if (call.kind === "remove" || call.kind === "remove-every") written.removed += Math.max(1, count);
    else written.changed++;
  }

  #report(operation: PlannedOperation, outcome: WriteOutcome | undefined): void {
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
      this.#isLost = true;
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
