import type { LinkState, SideLetter } from "../../reconcile/index.ts";
import { otherThan } from "../../reconcile/index.ts";

/** What a user decided about one item of A and one of B, or about one item alone (`none`). Ids are stored keys. */
export type Decided =
  | { readonly verdict: "same" | "different"; readonly a: string; readonly b: string }
  | { readonly verdict: "none"; readonly side: SideLetter; readonly id: string };

/** As much of a link as an override can speak against. */
export interface OverruledLink {
  readonly state: LinkState;
  readonly aId?: string;
  readonly bId?: string;
  readonly matchedBy?: string;
}

/**
 * What a user decided about items of the two services of a run. Pure; all ids are stored keys.
 *
 * What is the same as one item is no other's counterpart, so an override never makes two items share one that the user
 * gave to one of them: it has to be said of both.
 */
export class Overruled {
  readonly #same: { readonly [S in SideLetter]: Map<string, string[]> };
  readonly #none: { readonly [S in SideLetter]: Set<string> };
  readonly #different: Set<string>;
  readonly isEmpty: boolean;

  /** @param decided the latest first: of several that are the same, it is the one to take */
  constructor(decided: readonly Decided[]) {
    this.#same = { a: new Map(), b: new Map() };
    this.#none = { a: new Set(), b: new Set() };
    this.#different = new Set();
    this.isEmpty = decided.length === 0;
    for (const each of decided) {
      if (each.verdict === "none") this.#none[each.side].add(each.id);
      else if (each.verdict === "different") this.#different.add(together(each.a, each.b));
      else {
        append(this.#same.a, each.a, each.b);
        append(this.#same.b, each.b, each.a);
      }
    }
  }

  /** What an item is on the other side, the latest decision first; empty if the user did not say. */
  sameAs(side: SideLetter, id: string): readonly string[] {
    return this.#same[side].get(id) ?? [];
  }

  /** Whether an item has no counterpart on the other side, whatever is there. */
  isAlone(side: SideLetter, id: string): boolean {
    return this.#none[side].has(id);
  }

  /** Whether two items may not stand for each other. */
  forbids(aId: string, bId: string): boolean {
    return this.isAlone("a", aId) || this.isAlone("b", bId) || this.#isRuledOut(aId, bId);
  }

  /**
   * Whether a link may not stay as it is: what it says was ruled out, or it was made because the user said so, who
   * does not any more. A copy that its user deleted does not come back because nothing is to stand for the item.
   */
  contradicts({ state, aId, bId, matchedBy }: OverruledLink): boolean {
    if (aId === undefined || bId === undefined) return false;
    if (state === "suppressed") return this.#isRuledOut(aId, bId);
    return this.forbids(aId, bId) || (matchedBy === "override" && !this.sameAs("a", aId).includes(bId));
  }

  #isRuledOut(aId: string, bId: string): boolean {
    // Asked of each link of a library, and nearly nobody has decided anything.
    if (this.#different.size > 0 && this.#different.has(together(aId, bId))) return true;
    return this.#isAnothers("a", aId, bId) || this.#isAnothers("b", bId, aId);
  }

  /** The user said what the item is, and not that. */
  #isAnothers(side: SideLetter, id: string, other: string): boolean {
    const same = this.sameAs(side, id);
    return same.length > 0 && !same.includes(other);
  }

  /** The same, seen from the other side. */
  flipped(): Flipped {
    return {
      isEmpty: this.isEmpty,
      sameAs: (side, id) => this.sameAs(otherThan(side), id),
      isAlone: (side, id) => this.isAlone(otherThan(side), id),
      forbids: (aId, bId) => this.forbids(bId, aId),
    };
  }
}

/** What the search for counterparts asks, in either direction. */
export type Flipped = Pick<Overruled, "isEmpty" | "sameAs" | "isAlone" | "forbids">;

function together(a: string, b: string): string {
  return JSON.stringify([a, b]);
}

function append(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
