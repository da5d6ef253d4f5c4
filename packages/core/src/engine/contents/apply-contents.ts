import type { WriteOutcome } from "../../contract/index.ts";
import type { Statement } from "../../ports/index.ts";
import { recordsOf } from "../links/link-records.ts";
import { writeLinks } from "../links/links.ts";
import { changeLinks, rememberLeft, rememberUnmatched, rememberWrong } from "../membership/record-links.ts";
import { takenDown } from "../membership/takedown.ts";
import type { ContentsPlan, PlannedOperation, Side } from "../plans/plan.ts";
import { reason } from "../plans/reasons.ts";
import type { Lease } from "../runs/lease.ts";
import { type ApplyResult, Ledger } from "../runs/ledger.ts";
import { type OpenSide, openSideOf, type RunContext } from "../runs/run-context.ts";
import { settleCursors } from "../runs/settle-cursors.ts";
import type { BoundContents } from "./bound-contents.ts";
import { agreedStatements } from "./list-orders.ts";
import { ListWriter } from "./write-list.ts";
import { byId, idOn, isOfTheList, type WrittenList } from "./written-list.ts";

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
  readonly #plan: ContentsPlan;
  readonly #targets: ListTargets;
  readonly #ledger: Ledger;
  readonly #writer: ListWriter;

  constructor(context: RunContext, lease: Lease, plan: ContentsPlan, targets: ListTargets) {
    this.#context = context;
    this.#plan = plan;
    this.#targets = targets;
    this.#ledger = new Ledger(context, lease);
    this.#writer = new ListWriter(context, lease, this.#ledger, plan.operations.length);
  }

  async run(moved: ReadonlySet<Side>): Promise<ApplyResult> {
    const { operations, unmatched, hold, deferredUntilMs, readAgain, plannedAtMs, undoes } = this.#plan;
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
    await this.#ledger.commit([
      ...(this.#ledger.open || refused ? [] : this.#agreed()),
      ...(undoes === undefined
        ? await settleCursors(
            this.#context,
            this.#plan,
            { settled: settled && !overtaken && !refused, fresh: { from: true, to: true } },
            this.#writer.written,
          )
        : []),
    ]);
    return this.#ledger.result(settled);
  }

  /**
   * What both agreed on is what both hold, also while something else is held or not known; until their lists are written the
   * old order tells what each of them has changed. Kept for longer it would take what we have written for what a user did.
   */
  #agreed(): Statement[] {
    const { agreed, agreedOnTarget } = this.#plan;
    if (!agreed) return [];
    const orders = { agreed, ...(agreedOnTarget ? { agreedOnTarget } : {}) };
    return agreedStatements(this.#context.pair, orders, this.#context.parts.clock.now());
  }

  /** A list that is another by now is planned anew as a whole: every place in it may be another. */
  async #stillHolding(operations: readonly PlannedOperation[], moved: ReadonlySet<Side>): Promise<PlannedOperation[]> {
    const linked = await this.#ledger.stillLinked(operations);
    const isWhole = linked.length === operations.length && moved.size === 0;
    // What takes a run back was asked for by name: it rests on nothing that a service shows.
    const isAsked = isWhole && this.#plan.undoes === undefined;
    const taken = isAsked ? await takenDown(this.#context, linked) : new Set<PlannedOperation>();
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
      await this.#writer.begin(target, arrange.arrangement);
      const isDone = await this.#writer.write(target, arrange.arrangement.was, arrange.arrangement.becomes);
      if (isDone) await this.#settleWithoutCall(open, items, arrange.arrangement.becomes);
    } catch (error) {
      this.#ledger.fail(error);
    }
    const left = mine.filter((operation) => !this.#ledger.isReported(operation));
    this.#ledger.leave(left, reason(this.#writer.isLost ? "refused.outcome-unknown" : "refused.not-reached", {}));
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
      this.#writer.report(operation, outcome);
    }
  }
}
