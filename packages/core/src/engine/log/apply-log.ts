import { receiverOf, serviceError } from "../../contract/index.ts";
import { type BoundContents, bindContents, namesOf } from "../contents/bound-contents.ts";
import { agreedStatements } from "../contents/list-orders.ts";
import { ListWriter } from "../contents/write-list.ts";
import { byId, isOfTheList } from "../contents/written-list.ts";
import { recordsOf } from "../links/link-records.ts";
import { writeLinks } from "../links/links.ts";
import { changeLinks, rememberLeft, rememberUnmatched } from "../membership/record-links.ts";
import type { PairPlan, PlannedOperation } from "../plans/plan.ts";
import { reason } from "../plans/reasons.ts";
import type { Lease } from "../runs/lease.ts";
import { type ApplyResult, Ledger } from "../runs/ledger.ts";
import type { RunContext } from "../runs/run-context.ts";
import { settleCursors } from "../runs/settle-cursors.ts";
import { appendEntries } from "./append-entries.ts";
import { ListMaker } from "./make-list.ts";
import { listsOf, readEntries, readListId } from "./owned-list.ts";
import { listKey } from "./plays.ts";

/**
 * Carries a plan out: entries are appended to a log, or a playlist is made and arranged. Nothing is written to the side that
 * was read.
 * @param given the plan was made earlier, so that the list may be another by now
 */
export async function applyLog(
  context: RunContext,
  lease: Lease,
  plan: PairPlan,
  given: boolean,
): Promise<ApplyResult> {
  const { outcomes, ...result } = await new LogApplier(context, lease, plan).run(given);
  return { ...result, outcomes: [...(plan.left ?? []), ...outcomes] };
}

class LogApplier {
  readonly #context: RunContext;
  readonly #lease: Lease;
  readonly #plan: PairPlan;
  readonly #ledger: Ledger;
  readonly #writer: ListWriter;

  constructor(context: RunContext, lease: Lease, plan: PairPlan) {
    this.#context = context;
    this.#lease = lease;
    this.#plan = plan;
    this.#ledger = new Ledger(context, lease);
    this.#writer = new ListWriter(context, lease, this.#ledger, plan.operations.length);
  }

  async run(given: boolean): Promise<ApplyResult> {
    const { operations, unmatched, deferredUntilMs, readAgain, plannedAtMs } = this.#plan;
    const holding = await this.#ledger.stillLinked(operations);
    await rememberUnmatched(this.#context, this.#ledger, unmatched);
    const isOfList = (operation: PlannedOperation) =>
      isOfTheList(operation) || this.#isAboutList(operation) || handsOver(operation);
    await changeLinks(
      this.#context,
      this.#ledger,
      holding.filter((operation) => !isOfList(operation)),
    );
    const writes = holding.filter(isOfList);
    const { from, to, pair } = this.#context;
    const isLog = receiverOf(from.provider, to.provider, pair.sync_type)?.shape === "log";
    if (isLog) await appendEntries(this.#context, this.#lease, this.#ledger, writes);
    else if (writes.length > 0) await this.#writeList(writes, given);
    await rememberLeft(this.#context, this.#ledger, holding);
    const settled = !this.#ledger.open && deferredUntilMs === undefined && !readAgain;
    const overtaken = (this.#context.pair.last_run_at ?? 0) > plannedAtMs;
    await this.#ledger.commit([
      // Nothing is on its way in the list any more.
      ...(settled ? agreedStatements(this.#context.pair, { agreed: [] }, this.#context.parts.clock.now()) : []),
      ...(await settleCursors(
        this.#context,
        this.#plan,
        { settled: settled && !overtaken, fresh: { from: true, to: true } },
        this.#writer.written,
      )),
    ]);
    return this.#ledger.result(settled);
  }

  /** The playlist itself, not what is in it. */
  #isAboutList({ links: [link] }: PlannedOperation): boolean {
    return link?.key === listKey(this.#context.to.side);
  }

  async #writeList(holding: readonly PlannedOperation[], given: boolean): Promise<void> {
    const own = holding.filter((operation) => this.#isAboutList(operation));
    const gone = own.find(({ kind }) => kind === "suppress");
    if (gone) return await this.#recordGone(gone);
    const writes = holding.filter((operation) => !this.#isAboutList(operation));
    const { operations } = this.#plan;
    const planned = operations.filter((each) => isOfTheList(each) || this.#isAboutList(each) || handsOver(each));
    // A list that is another by now is planned anew as a whole: every place in it may be another.
    if (planned.length !== holding.length) {
      for (const operation of holding) this.#ledger.refuse(operation);
      return;
    }
    try {
      const id = await this.#openList(own);
      if (id !== undefined) await this.#writeEntries(id, writes, given && !own.some(({ kind }) => kind === "create"));
    } catch (error) {
      this.#ledger.fail(error);
    }
    const why = this.#writer.isLost ? reason("refused.outcome-unknown", {}) : reason("refused.not-reached", {});
    this.#ledger.leave(
      holding.filter((operation) => !this.#ledger.isReported(operation) && !handsOver(operation)),
      why,
    );
  }

  /** Whoever deletes the playlist does not get another one without asking: the pair rests until it is resumed. */
  async #recordGone(operation: PlannedOperation): Promise<void> {
    await changeLinks(this.#context, this.#ledger, [operation]);
    const { displayName } = this.#context.to.provider;
    this.#ledger.fail(serviceError(displayName, "/playlist", 404, { kind: "not-found" }));
  }

  /** Makes the playlist, or finishes one that a run left unfinished. @returns its id; `undefined` if there is none */
  async #openList(own: readonly PlannedOperation[]): Promise<string | undefined> {
    const [operation] = own;
    if (!operation) return await readListId(this.#context);
    const maker = new ListMaker(this.#context, this.#lease, this.#ledger);
    return operation.kind === "create" ? await maker.make(operation) : await maker.finishFound(operation);
  }

  async #writeEntries(containerId: string, holding: readonly PlannedOperation[], given: boolean): Promise<void> {
    const lists = listsOf(this.#context);
    const contents = bindContents(lists.contents, containerId, undefined);
    const arrange = holding.find(({ kind }) => kind === "arrange");
    const items = holding.filter(({ kind }) => kind === "add" || kind === "remove");
    if (given && arrange?.arrangement && !(await this.#isAsPlanned(contents, containerId, arrange.arrangement.was))) {
      for (const operation of holding) this.#ledger.refuse(operation);
      return;
    }
    const { to } = this.#context;
    if (arrange?.arrangement) {
      const writer = lists.contents.write;
      const target = { open: to, writer, contents, containerId, arrange, items: byId(to, this.#context, items) };
      await this.#remember(items);
      await this.#writer.begin(target, arrange.arrangement);
      const { was, becomes } = arrange.arrangement;
      if (!(await this.#writer.write(target, was, becomes))) return;
    }
    await this.#settleMoved(items);
    await changeLinks(this.#context, this.#ledger, holding.filter(handsOver));
  }

  /** Should the run end on the way, the next one knows for which plays there are entries in what it was making of the list. */
  async #remember(items: readonly PlannedOperation[]): Promise<void> {
    const adds = items.filter(({ kind }) => kind === "add");
    await this.#ledger.commitInLots(adds, (lot) =>
      writeLinks(
        this.#context,
        lot.flatMap((operation) =>
          recordsOf(this.#context, operation, { id: operation.toId ?? "", result: "written" }).map((record) => ({
            ...record,
            state: "pending" as const,
            reason: "add.pending",
          })),
        ),
      ),
    );
  }

  async #isAsPlanned(contents: BoundContents, id: string, was: readonly string[]): Promise<boolean> {
    const { state } = await listsOf(this.#context).read.get(this.#context.to.session, id);
    if (state === "gone") return false;
    await readEntries(this.#context, contents);
    const now = namesOf(contents.rows());
    return now.length === was.length && now.every((name, place) => name === was[place]);
  }

  /** An entry that stands for another play from now on was moved, or needed no call: the list is what it shall be. */
  async #settleMoved(items: readonly PlannedOperation[]): Promise<void> {
    const moved = items.filter((operation) => !this.#ledger.isReported(operation));
    await this.#ledger.commitInLots(moved, (lot) =>
      writeLinks(
        this.#context,
        lot.flatMap((operation) =>
          recordsOf(this.#context, operation, { id: operation.toId ?? "", result: "written" }),
        ),
      ),
    );
    for (const operation of moved) {
      this.#ledger.report(operation, operation.kind === "add" ? "added" : "removed", operation.reason);
    }
  }
}

/** Its entry stands for a later play as soon as that is in its place, and until then for this one. */
function handsOver({ kind, toId, reason: why }: PlannedOperation): boolean {
  return kind === "drop" && toId !== undefined && why.code === "drop.played-again";
}
