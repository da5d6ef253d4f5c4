/**
 * Says what must hold after a run, from the semantics of one-way membership sync alone. It knows no link states and no
 * decision table: it remembers, for each item of B, who had it when it was last looked at, and whom A had for it.
 */

export type Policy = "additive" | "mirror" | "prune";
export type Seen = "present" | "absent" | "unknown";

/** What one run sees of one item of B. */
export interface Sighting {
  /** What A is seen to have for it, of the entries whose counterpart is known. */
  readonly entries: ReadonlyMap<string, Seen>;
  readonly onB: Seen;
  /** Whether all of A was seen. */
  readonly aComplete: boolean;
}

export type Rule =
  | "what A has is on B"
  | "a copy that its user deleted does not come back"
  | "what A lets go in mirror leaves B"
  | "what is not ours stays on B"
  | "what is not known is not touched"
  | "nothing is invented";

export interface Expectation {
  /** `either`: more than one outcome is right. `untouched`: neither B nor any link of the item changes. */
  readonly after: "on" | "off" | "either" | "untouched";
  readonly rule: Rule;
}

/**
 * An entry of A was not known when the others' standing changed, so that two answers are right until all are seen
 * together: after a refusal always, otherwise where a mirror cannot tell a deletion on B from one that it had accepted.
 */
type Doubt = "none" | "in-mirror" | "always";

interface Memory {
  /** Whether A had it, and whether B had it after the run, when both were last known. */
  readonly aHad: boolean;
  readonly bHad: boolean;
  /** Entries of A that may be remembered for it. */
  readonly entries: ReadonlySet<string>;
  readonly doubt: Doubt;
}

export class Oracle {
  readonly #memories = new Map<number, Memory>();

  expect(recording: number, sighting: Sighting, policy: Policy): Expectation {
    const memory = this.#memories.get(recording);
    const { here, maybe } = this.#onA(recording, sighting);
    if (sighting.onB === "unknown" || (here.length === 0 && maybe.length > 0)) {
      return { after: "untouched", rule: "what is not known is not touched" };
    }
    const doubtful = memory?.doubt === "always" || (memory?.doubt === "in-mirror" && policy !== "additive");
    if (here.length > 0) {
      if (sighting.onB === "present") return { after: "on", rule: "what A has is on B" };
      if (doubtful) return { after: "either", rule: "what A has is on B" };
      return userTookItAway(memory, policy)
        ? { after: "off", rule: "a copy that its user deleted does not come back" }
        : { after: "on", rule: "what A has is on B" };
    }
    if (sighting.onB === "absent") return { after: "off", rule: "nothing is invented" };
    if (policy === "prune") {
      // While A was not read whole, the item may be what the rest of A has.
      return { after: sighting.aComplete ? "off" : "either", rule: "what A lets go in mirror leaves B" };
    }
    if (policy === "mirror" && doubtful) return { after: "either", rule: "what A lets go in mirror leaves B" };
    return policy === "mirror" && memory?.aHad && memory.bHad
      ? { after: "off", rule: "what A lets go in mirror leaves B" }
      : { after: "on", rule: "what is not ours stays on B" };
  }

  /** Takes note of how a run ended for an item: `bHas` is what the run knows of B afterwards. */
  remember(
    recording: number,
    sighting: Sighting,
    policy: Policy,
    { bHas, refused }: { readonly bHas: boolean; readonly refused: boolean },
  ): void {
    const { after } = this.expect(recording, sighting, policy);
    if (after === "untouched") return;
    const { here, maybe } = this.#onA(recording, sighting);
    const memory = this.#memories.get(recording);
    if (refused) {
      // The service would not have it: nothing has been agreed on, whatever was before.
      const entries = new Set([...here, ...maybe]);
      this.#memories.set(recording, { aHad: false, bHad: false, entries, doubt: maybe.length > 0 ? "always" : "none" });
      return;
    }
    const changed = memory !== undefined && (memory.aHad !== here.length > 0 || memory.bHad !== bHas);
    const before = memory?.doubt ?? "none";
    const doubt = maybe.length === 0 ? "none" : before === "none" && changed ? "in-mirror" : before;
    if (here.length > 0) {
      this.#memories.set(recording, { aHad: true, bHad: bHas, entries: new Set([...here, ...maybe]), doubt });
    } else {
      const kept = bHas && memory?.bHad ? memory.entries : new Set<string>();
      this.#memories.set(recording, { aHad: false, bHad: bHas, entries: kept, doubt });
    }
  }

  /** Two recordings turn out to be one: what a user deleted weighs most, then what was agreed on, then what A let go. */
  merge(recording: number, into: number): void {
    const one = this.#memories.get(recording);
    const other = this.#memories.get(into);
    this.#memories.delete(recording);
    if (!one) return;
    if (!other) {
      this.#memories.set(into, one);
      return;
    }
    const stronger = strength(one) > strength(other) ? one : other;
    const entries = new Set([...one.entries, ...other.entries]);
    this.#memories.set(into, { ...stronger, entries, doubt: moreDoubt(one.doubt, other.doubt) });
  }

  /** Of the entries of A: those that are there, and those that were and may still be. */
  #onA(recording: number, { entries }: Sighting): { here: string[]; maybe: string[] } {
    const remembered = this.#memories.get(recording)?.entries;
    const here: string[] = [];
    const maybe: string[] = [];
    for (const [entry, seen] of entries) {
      if (seen === "present") here.push(entry);
      else if (seen === "unknown" && remembered?.has(entry)) maybe.push(entry);
    }
    return { here, maybe };
  }
}

function moreDoubt(one: Doubt, other: Doubt): Doubt {
  return one === "none" ? other : one === "always" ? one : other === "always" ? other : one;
}

/** A has it, B does not, and B's user is the reason. */
function userTookItAway(memory: Memory | undefined, policy: Policy): boolean {
  if (!memory?.aHad) return false;
  // Mirror makes a copy again, unless it was deleted and accepted as such before the pair became a mirror.
  return policy === "additive" || !memory.bHad;
}

function strength({ aHad, bHad, entries }: Memory): number {
  if (entries.size === 0) return -1;
  return aHad ? (bHad ? 2 : 3) : bHad ? 1 : 0;
}
