import type { SideLetter } from "./conflicts.ts";
import type { TableLinkState } from "./decision-table.ts";

/**
 * Whether a side has an item, as far as what was read proves it. `changed`: it has, and another than was agreed on; so is
 * an item in conflict on which both sides never agreed.
 */
export type Presence = "present" | "changed" | "absent" | "unknown";

/** One link or arrival: an entry of one side and what stands for it on the other, as far as there is something. */
export interface Member {
  readonly key: string;
  readonly aId: string | undefined;
  readonly bId: string | undefined;
  readonly link: TableLinkState;
  /** Linked, and on record as changed by both sides. */
  readonly conflict: boolean;
  /** The side that it was first seen on. */
  readonly origin: SideLetter;
  /** Without an id as well: absent, or unknown while something may be there that was not found. */
  readonly a: Presence;
  readonly b: Presence;
  readonly rank: "0 primary" | "1 alias" | "2 newcomer";
}

/**
 * Collects what belongs together: several entries of one side may stand for one item of the other, and are one item
 * then. Those that have nothing on one side yet are alone.
 */
export class Groups {
  readonly #byA = new Map<string, Member[]>();
  readonly #byB = new Map<string, Member[]>();
  readonly #seen = new Set<string>();
  readonly alone: Member[] = [];

  /** A row listed twice counts once. */
  add(member: Member): void {
    if (this.#seen.has(member.key)) return;
    this.#seen.add(member.key);
    const { aId, bId } = member;
    if (aId === undefined || bId === undefined) {
      this.alone.push(member);
      return;
    }
    const joined = this.#join(this.#byA.get(aId), this.#byB.get(bId));
    joined?.push(member);
    // Made with its member: nearly all groups have one, and an empty list makes room for many more.
    const group = joined ?? [member];
    this.#byA.set(aId, group);
    this.#byB.set(bId, group);
  }

  /** Whether something that was added stands for the item on either side. */
  hasAny({ aId, bId }: { readonly aId?: string; readonly bId?: string }): boolean {
    return (aId !== undefined && this.#byA.has(aId)) || (bId !== undefined && this.#byB.has(bId));
  }

  hasB(bId: string): boolean {
    return this.#byB.has(bId);
  }

  *[Symbol.iterator](): Generator<Member[]> {
    for (const [bId, group] of this.#byB) if (group[0]?.bId === bId) yield group;
  }

  #join(left: Member[] | undefined, right: Member[] | undefined): Member[] | undefined {
    if (left === undefined || right === undefined || left === right) return left ?? right;
    const [small, large] = left.length < right.length ? [left, right] : [right, left];
    for (const member of small) {
      large.push(member);
      if (member.aId !== undefined) this.#byA.set(member.aId, large);
      if (member.bId !== undefined) this.#byB.set(member.bId, large);
    }
    return large;
  }
}
