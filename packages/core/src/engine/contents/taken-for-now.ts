import type { OrderedCall } from "../../ordered/index.ts";
import type { Statement } from "../../ports/index.ts";
import type { OpenSide, RunContext } from "../runs/run-context.ts";

/**
 * What a removal of all copies takes although some are put back afterwards. Should the run end between the two, its links say
 * that it is still to be written, and nobody takes it for removed.
 */
export class TakenForNow {
  readonly #context: RunContext;
  readonly #taken = { source: new Set<string>(), target: new Set<string>() };

  constructor(context: RunContext) {
    this.#context = context;
  }

  /** Before a call is made. @param later the calls behind it */
  taking(open: OpenSide, call: OrderedCall, later: readonly OrderedCall[]): Statement[] {
    if (call.kind !== "remove-every") return [];
    const back = new Set(later.flatMap((each) => (each.kind === "insert" ? each.tokens : [])));
    const ids = call.tokens.filter((id) => back.has(id)).map((id) => open.ids.key(id));
    for (const id of ids) this.#taken[open.side].add(id);
    return ids.length === 0 ? [] : [this.#stateOf(open, ids, "linked", "pending")];
  }

  /** What waits to be written on the other side is not there because a copy of it came to this one. */
  landed(open: OpenSide, landed: readonly string[]): Statement[] {
    const taken = this.#taken[open.side];
    const ids = landed.map((id) => open.ids.key(id)).filter((id) => taken.delete(id));
    return ids.length === 0 ? [] : [this.#stateOf(open, ids, "pending", "linked")];
  }

  #stateOf(open: OpenSide, ids: readonly string[], from: "linked" | "pending", to: "linked" | "pending"): Statement {
    const { pair, parts } = this.#context;
    const column = open.side === "source" ? "source_id" : "target_id";
    const set = { state: to, reason: to === "pending" ? "add.pending" : "link.both", updated_at: parts.clock.now() };
    return { update: "links", set, where: { pair_id: pair.id, state: from, [column]: { in: ids } } };
  }
}
