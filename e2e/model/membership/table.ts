/**
 * What a pair knows of a song: nothing; that both sides had it; that it left the side that is read and was kept on the
 * other; that its copy was deleted and must not come back.
 */
export type Known = "never" | "linked" | "detached" | "suppressed";

/** How a pair is synced. `two-way` writes both sides, the others only the second. */
export type Way = "two-way" | "additive" | "mirror";

/** What must happen to a song, and what is known of it afterwards. Sides: 0 is read from first, 1 is the other. */
export interface Fate {
  readonly write?: { readonly kind: "add" | "remove"; readonly on: 0 | 1 };
  readonly leaves: Known;
}

const add = (on: 0 | 1): Fate => ({ write: { kind: "add", on }, leaves: "linked" });
const remove = (on: 0 | 1): Fate => ({ write: { kind: "remove", on }, leaves: "never" });
const stays = (leaves: Known): Fate => ({ leaves });

/**
 * The semantics for a reference, told per song. A song that both sides had and that one side has no more was removed
 * there by somebody; a song that the pair never saw on both sides is new where it is.
 */
export function fateOf(way: Way, known: Known, first: boolean, second: boolean): Fate {
  if (first && second) return stays("linked");
  if (!first && !second) return stays("never");
  if (way === "two-way") {
    // What a one-way mode let go of stays as it is until it is seen again where it had gone.
    if (known === "detached") return first ? add(1) : stays("detached");
    if (known === "suppressed") return first ? stays("suppressed") : add(0);
    if (known === "never") return add(first ? 1 : 0);
    return remove(first ? 0 : 1);
  }
  if (first) {
    if (known === "suppressed") return stays("suppressed");
    if (known === "linked" && way === "additive") return stays("suppressed");
    return add(1);
  }
  if (known === "linked") return way === "mirror" ? remove(1) : stays("detached");
  return stays(known === "detached" ? "detached" : "never");
}
