import type { Bench } from "./bench.ts";
import { counterpartOf } from "./recordings.ts";

/** How an item of the right shelf stands, as a person would tell it. */
type Standing = "linked" | "detached" | "suppressed";

/**
 * What the right shelf must hold after each sync: the semantics told once more, per item of the right shelf and without
 * any of the engine's means, so that both can only be wrong in the same way by being right.
 */
export class Expected {
  readonly #propagation: "additive" | "mirror";
  readonly #standing = new Map<string, Standing>();

  constructor(propagation: "additive" | "mirror") {
    this.#propagation = propagation;
  }

  /** @returns the ids that the right shelf holds after a sync of both as they are now */
  afterSync({ left, right }: Bench): readonly string[] {
    const wanted = new Set(left.ids().flatMap((id) => counterpartOf(id) ?? []));
    const held = new Set(right.ids());
    for (const id of new Set([...wanted, ...this.#standing.keys()])) {
      const before = this.#standing.get(id);
      const [after, holds] = this.#next(before, wanted.has(id), held.has(id));
      if (after) this.#standing.set(id, after);
      else this.#standing.delete(id);
      if (holds) held.add(id);
      else held.delete(id);
    }
    return [...held].sort();
  }

  #next(before: Standing | undefined, wanted: boolean, held: boolean): [Standing | undefined, boolean] {
    const isMirror = this.#propagation === "mirror";
    if (before === "suppressed") return wanted ? [held ? "linked" : "suppressed", held] : [undefined, held];
    if (wanted) {
      const deletedByUser = before === "linked" && !held && !isMirror;
      return deletedByUser ? ["suppressed", false] : ["linked", true];
    }
    if (before === undefined || !held) return [undefined, held];
    if (before === "linked" && isMirror) return [undefined, false];
    return ["detached", true];
  }
}
