import { DeferredError, type DocumentState, OutcomeUnknownError, ServiceError } from "../../contract/index.ts";
import { asHidden, hide, isShown } from "../containers/hidden-containers.ts";
import { type LinkRecord, writeLinks } from "../links/links.ts";
import type { PlannedOperation } from "../plans/plan.ts";
import { reason } from "../plans/reasons.ts";
import { closeIntent, type Intent, openIntent } from "../runs/intents.ts";
import type { Lease } from "../runs/lease.ts";
import type { Ledger } from "../runs/ledger.ts";
import { assertSameAccounts } from "../runs/open-sides.ts";
import { assertRunning, type RunContext } from "../runs/run-context.ts";
import { listsOf, type WritableLists } from "./owned-list.ts";

/** Makes the playlist that takes the plays, which nobody else shall see. Each call is an intent first. */
export class ListMaker {
  readonly #context: RunContext;
  readonly #lease: Lease;
  readonly #ledger: Ledger;
  readonly #lists: WritableLists;

  constructor(context: RunContext, lease: Lease, ledger: Ledger) {
    this.#context = context;
    this.#lease = lease;
    this.#ledger = ledger;
    this.#lists = listsOf(context);
  }

  /**
   * Its link is pending, with its id, until it is known to be hidden: nothing is put into it before.
   * @returns its id; `undefined` if there is none, which is reported
   */
  async make(operation: PlannedOperation): Promise<string | undefined> {
    const item = asHidden(this.#lists, { ...operation.item });
    const made = await this.#call(operation, "create", { state: "pending" }, async () => {
      const { session } = this.#context.to;
      return await this.#lists.write.create(session, { item, operationId: operation.id });
    });
    if (!made || !(await this.#finish(operation, made))) return undefined;
    this.#ledger.report(operation, "added", operation.reason);
    return made.id;
  }

  /** One that is there, and that its link does not know to be. @returns its id; `undefined` if it is not there any more */
  async finishFound(operation: PlannedOperation): Promise<string | undefined> {
    const found = await this.#lists.read.get(this.#context.to.session, operation.toId ?? "");
    if (found.state === "gone") {
      this.#ledger.refuse(operation);
      return undefined;
    }
    const wasGone = operation.links.some(({ state }) => state === "suppressed");
    // Who has brought it back may have shown it to others.
    if (wasGone) await this.#ledger.commit(await writeLinks(this.#context, [recordOf(operation, "linked", found.id)]));
    else if (!(await this.#finish(operation, found))) return undefined;
    this.#ledger.report(operation, "linked", operation.reason);
    return found.id;
  }

  /** Hides it where others see it, and records that it is there. @returns whether that is done */
  async #finish(operation: PlannedOperation, found: DocumentState<unknown>): Promise<boolean> {
    if (!isShown(this.#lists, found.native)) {
      await this.#ledger.commit(await writeLinks(this.#context, [recordOf(operation, "linked", found.id)]));
      return true;
    }
    const linked = { state: "linked", id: found.id } as const;
    const hidden = await this.#call(operation, "update", linked, async () => {
      return await hide(this.#lists, this.#context.to.session, found, operation.id);
    });
    return hidden !== undefined;
  }

  async #call(
    operation: PlannedOperation,
    kind: "create" | "update",
    after: { readonly state: "pending" | "linked"; readonly id?: string },
    send: () => Promise<DocumentState<unknown>>,
  ): Promise<DocumentState<unknown> | undefined> {
    assertRunning(this.#context);
    await assertSameAccounts(this.#context);
    this.#lease.assertHeld();
    const { to } = this.#context;
    const intent = await openIntent(this.#context, to.side, kind, [operation], this.#lease.fencing);
    const begun = await writeLinks(this.#context, [recordOf(operation, "pending", after.id)]);
    await this.#ledger.commit([...intent.statements, ...begun]);
    // The answer of the storage may have been long in coming, and another run may have taken over since.
    this.#lease.assertHeld();
    try {
      const made = await send();
      const outcome = { id: made.id, result: "written" } as const;
      await this.#ledger.commit([
        ...(await writeLinks(this.#context, [recordOf(operation, after.state, made.id)])),
        ...closeIntent(this.#context, intent, "done", [outcome]),
      ]);
      return made;
    } catch (error) {
      await this.#afterFailure(operation, intent, error);
      return undefined;
    }
  }

  async #afterFailure(operation: PlannedOperation, intent: Intent, error: unknown): Promise<void> {
    if (error instanceof OutcomeUnknownError) {
      // The intent stays prepared: the next run looks for what was made before it makes another.
      this.#ledger.leave([operation], reason("refused.outcome-unknown", {}));
      return;
    }
    const failure = error instanceof ServiceError ? error.failure : undefined;
    if (error instanceof DeferredError || (failure && failure.kind !== "unavailable")) {
      await this.#ledger.commit(closeIntent(this.#context, intent, "abandoned", []));
    }
    if (failure?.kind !== "invalid" && failure?.kind !== "collection-full") {
      this.#ledger.fail(error);
      return;
    }
    const why =
      failure.kind === "invalid"
        ? reason("refused.by-service", { detail: failure.reason })
        : reason("refused.collection-full", {});
    this.#ledger.report(operation, "refused", why);
  }
}

function recordOf({ links, reason: why }: PlannedOperation, state: "pending" | "linked", id?: string): LinkRecord {
  const [link = { key: "", generation: 0 }] = links;
  return {
    key: link.key,
    ...(id === undefined ? {} : { toId: id }),
    state,
    reason: why.code,
    alias: false,
    generation: link.generation,
    attempts: 0,
  };
}
