import { mappingOf } from "../../contract/index.ts";
import type { TenantHasher } from "../../crypto/index.ts";
import type { Play } from "../../reconcile/index.ts";
import { ItemIdBook } from "../links/item-id-book.ts";
import type { PlannedOperation } from "../plans/plan.ts";
import { operationId } from "../plans/plan-hash.ts";
import { type Reason, reason } from "../plans/reasons.ts";
import type { RunContext } from "../runs/run-context.ts";
import type { Counterpart } from "./find-counterparts.ts";
import type { LogWorld } from "./log-world.ts";
import { preconditionOf } from "./plays.ts";
import { logOf } from "./read-log.ts";

type Draft = Omit<PlannedOperation, "id">;

/** Makes operations about plays: what is written for them, and what becomes of their links. */
export class LogOperations {
  readonly #context: RunContext;
  readonly #world: LogWorld;
  readonly #hasher: TenantHasher;
  readonly #book: ItemIdBook;
  readonly #toItem: (native: unknown) => PlannedOperation["item"];

  readonly #found = new Set<string>();

  private constructor(context: RunContext, world: LogWorld, hasher: TenantHasher, book: ItemIdBook) {
    this.#context = context;
    this.#world = world;
    this.#hasher = hasher;
    this.#book = book;
    this.#toItem = mappingOf(context.from.provider, logOf(context).kind);
  }

  static async of(context: RunContext, world: LogWorld): Promise<LogOperations> {
    const book = new ItemIdBook(context);
    await book.openLinks([...world.stored.links.keys()]);
    for (const { id } of world.reading.plays.values()) book.learn("a", id);
    return new LogOperations(context, world, await context.parts.hashes.forTenant(context.pair.tenant_id), book);
  }

  /** These turned out to have an entry, and that is recorded before anything is carried out. */
  noteFound(keys: Iterable<string>): void {
    for (const key of keys) this.#found.add(key);
  }

  /** The service's id behind a link's item on the side that is written. */
  toId(storedKey: string): string {
    return this.#book.id("b", storedKey);
  }

  add(play: Play, { toId, match }: Counterpart): PlannedOperation {
    const state = this.#world.stored.links.get(play.key)?.state;
    const why = state === "pending" ? reason("add.pending", {}) : reason("add.new", { to: this.#to });
    return this.make({
      ...this.#ofPlay(play, toId),
      kind: "add",
      on: this.#context.to.side,
      reason: why,
      ...(match ? { match } : {}),
    });
  }

  /** Its entry leaves the list, and it is over. */
  remove(play: Play, toId: string, why: Reason): PlannedOperation {
    return this.make({ ...this.#ofPlay(play, toId), kind: "remove", on: this.#context.to.side, reason: why });
  }

  /** Its user took its entry away. */
  suppress(play: Play, toId: string): PlannedOperation {
    return this.make({
      ...this.#ofPlay(play, toId),
      kind: "suppress",
      reason: reason("suppress.deleted", { to: this.#to }),
    });
  }

  /** Nothing more is done about it; its link remembers that for a while. */
  drop(play: Play, why: Reason, toId?: string): PlannedOperation {
    return this.make({ ...this.#ofPlay(play, toId), kind: "drop", reason: why, asked: true });
  }

  make(draft: Draft): PlannedOperation {
    return { id: operationId(this.#hasher, this.#context.pair.id, draft), ...draft };
  }

  get #to(): string {
    return this.#context.to.provider.displayName;
  }

  #ofPlay({ key, itemId }: Play, toId: string | undefined) {
    const ids = { fromId: this.#book.id("a", itemId), ...(toId === undefined ? {} : { toId }) };
    const shown = this.#world.reading.plays.get(key);
    const precondition = preconditionOf(this.#world.stored, key, ids);
    return {
      ...ids,
      links: [this.#found.has(key) ? { ...precondition, state: "linked" as const } : precondition],
      ...(shown ? { item: this.#toItem(shown.native) ?? {} } : {}),
    };
  }
}
