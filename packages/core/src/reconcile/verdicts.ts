import type { SideLetter } from "./conflicts.ts";
import { type Action, type ConflictAction, decide, type TableLinkState } from "./decision-table.ts";
import { isConflict, type Outcome, ofDocument } from "./documents.ts";
import {
  bothSides,
  byRankAndKey,
  compare,
  Held,
  idOf,
  isThere,
  partsOf,
  sideState,
  sortOut,
  stateOfEntry,
  stateOfItem,
} from "./entries.ts";
import type { Member } from "./groups.ts";
import type { Decision, ReconcileInput, Reconciliation } from "./reconcile.ts";

/** Looks each item up in the table and collects what follows for its links. */
export class Verdicts {
  readonly #input: ReconcileInput;
  readonly #decisions: Decision[] = [];
  readonly #unmatched: string[] = [];
  #waiting = 0;
  #readAgain = false;

  constructor(input: ReconcileInput) {
    this.#input = input;
  }

  result(): Reconciliation {
    this.#decisions.sort(byActionAndKey);
    this.#unmatched.sort();
    const decisions = this.#decisions;
    return { decisions, waiting: this.#waiting, readAgain: this.#readAgain, unmatched: this.#unmatched };
  }

  /** An entry with nothing on the other side that could stand for it. Documents need nothing there: they are copied. */
  ofAlone(member: Member): void {
    if (this.#input.documents || !isThere(member[member.origin])) this.#ofEntry(member);
    else if (member.link === "none") this.#unmatched.push(member.key);
  }

  /** An item of B that no link knows. It may be what A has while not all of A is known. */
  ofStray(bId: string): void {
    const { table, aComplete, b } = this.#input;
    const action = decide(table, aComplete ? "0" : "?", sideState(b(bId), "none", false), "none");
    if (action === "remove B") this.#decisions.push({ ...outcomes[action], keys: [], bId });
    else if (action !== "nothing") this.#waiting++;
  }

  /** Entries that stand for each other, as one item. */
  ofGroup(entries: readonly Member[]): void {
    const [only, another] = entries;
    if (only && !another) {
      this.#ofEntry(only);
      return;
    }
    const members = entries.toSorted(byRankAndKey);
    if (this.#input.documents) {
      this.#ofMoved(members);
      return;
    }
    const { a, b, link } = stateOfItem(members, this.#input.table);
    const action = decide(this.#input.table, a, b, link);
    if (action === "drop") {
      this.#forget(members);
    } else if (action === undefined || action === "wait") {
      this.#take(action, members);
    } else if (action === "remove A" || action === "remove B") {
      this.#removeItem(action, members);
    } else {
      // What holds for the item holds for all that stand for it, newcomers included.
      this.#ofEntries(action === "nothing" ? joining[link] : action, members);
    }
  }

  #ofEntry(member: Member): void {
    const { table, documents } = this.#input;
    const { a, b, link } = stateOfEntry(member);
    const action = decide(table, a, b, link);
    const verdict = documents ? ofDocument(documents, table, member, action) : action;
    if (verdict === "drop") this.#forget([member]);
    else this.#take(verdict, [member]);
  }

  /**
   * An item goes with all its entries. Two-way, an entry that was never agreed on with the other side (it came since, or
   * could not be written yet) was not what was deleted there: it is decided by itself.
   */
  #removeItem(action: "remove A" | "remove B", members: readonly Member[]): void {
    const side = action === "remove A" ? "a" : "b";
    const agreed = new Held(members.filter(({ link }) => link === "linked"));
    const isNew = (member: Member) =>
      this.#input.table === "two-way" && isThere(member[side]) && !agreed.has(member, side);
    const own = members.filter(isNew);
    if (own.length === 0) {
      this.#ofEntries(action, members);
      return;
    }
    this.ofGroup(members.filter((member) => !isNew(member)));
    this.ofGroup(own);
  }

  /** An item of several entries. Those that are gone leave quietly while others stand for it. */
  #ofEntries(action: Action, members: readonly Member[]): void {
    const { concerned, unknown, gone } = sortOut(members, action);
    const staying = new Held(concerned);
    this.#take("wait", unknown);
    if (action === "link" && !standFor(staying, gone, unknown)) {
      // Only those that are gone tell that what is left of the item on either side is one: they stay on record.
      this.#take(action, [...concerned, ...gone].sort(byRankAndKey));
    } else {
      this.#take(action, concerned);
      this.#forget(gone, staying);
    }
  }

  /** Documents stand one for one: of several, all but one must be gone. That one has moved to another id. */
  #ofMoved(members: readonly Member[]): void {
    const [moved, another] = members.filter(({ a, b }) => a !== "absent" && b !== "absent");
    if (!moved || another) {
      this.#take("wait", members);
      return;
    }
    this.#ofEntry(moved);
    this.#forget(
      members.filter((member) => member !== moved),
      new Held([moved]),
    );
  }

  /** Links that go; what they stood for may still be there, and is new to the next run then. */
  #forget(members: readonly Member[], staying = new Held([])): void {
    const known = members.filter(({ a, b }) => a !== "unknown" && b !== "unknown");
    if (known.length < members.length) this.#waiting += members.length - known.length;
    const stored = known.filter(({ link }) => link !== "none");
    this.#take("drop", stored);
    const read = this.#input.table === "two-way" ? bothSides : (["a"] as const);
    const isLeft = (member: Member) => read.some((side) => isThere(member[side]) && !staying.has(member, side));
    this.#readAgain ||= stored.some(isLeft);
  }

  /** Takes what is decided for some entries; what the table says nothing of is left alone and not called settled. */
  #take(verdict: Action | Outcome | undefined, concerned: readonly Member[]): void {
    if (verdict === "nothing") return;
    if (verdict === undefined || verdict === "wait" || isConflict(verdict)) {
      this.#waiting += concerned.length;
      return;
    }
    const outcome = typeof verdict === "string" ? outcomes[verdict] : verdict;
    // Entries that share an item may have been decided in different runs: some may be where they shall be.
    const members = concerned.filter(({ link }) => link !== statesAfter[outcome.action]);
    const written = outcome.action === "create" || outcome.action === "remove" ? outcome.on : undefined;
    for (const part of partsOf(members, written)) {
      const aId = commonId(part, "a");
      const bId = commonId(part, "b");
      this.#decisions.push({
        ...outcome,
        keys: part.map(({ key }) => key),
        ...(aId === undefined ? {} : { aId }),
        ...(bId === undefined ? {} : { bId }),
      });
    }
  }
}

type TableOutcome = Exclude<Action, "nothing" | "wait" | ConflictAction>;

const outcomes: { readonly [A in TableOutcome]: Outcome } = {
  "create A": { action: "create", on: "a" },
  "create B": { action: "create", on: "b" },
  "update A": { action: "update", on: "a" },
  "update B": { action: "update", on: "b" },
  "remove A": { action: "remove", on: "a" },
  "remove B": { action: "remove", on: "b" },
  link: { action: "link" },
  drop: { action: "drop" },
  detach: { action: "detach" },
  suppress: { action: "suppress" },
};

/** What an item that needs nothing means for an entry that joins it. */
const joining: { readonly [L in TableLinkState]: Action } = {
  linked: "link",
  detached: "detach",
  suppressed: "suppress",
  unresolved: "nothing",
  none: "nothing",
};

/** Actions that only record a state, and which one. */
const statesAfter: { readonly [A in Decision["action"]]?: TableLinkState } = {
  link: "linked",
  detach: "detached",
  suppress: "suppressed",
};

/** Whether those that stay stand for all that the gone ones may have, and are one item with those nobody knows of. */
function standFor(staying: Held, gone: readonly Member[], unknown: readonly Member[]): boolean {
  return (
    gone.every((member) => bothSides.every((side) => member[side] === "absent" || staying.has(member, side))) &&
    unknown.every((member) => bothSides.some((side) => staying.has(member, side)))
  );
}

/** The id that all of them have on a side, if it is one. */
function commonId(members: readonly Member[], side: SideLetter): string | undefined {
  const [first] = members;
  const id = first && idOf(first, side);
  return members.every((member) => idOf(member, side) === id) ? id : undefined;
}

/** Links that take over come before links that are forgotten, see `reconcile`. */
const order: readonly Decision["action"][] = [
  "link",
  "suppress",
  "detach",
  "advance",
  "conflict",
  "create",
  "update",
  "merge",
  "remove",
  "drop",
];

function byActionAndKey(left: Decision, right: Decision): number {
  return (
    order.indexOf(left.action) - order.indexOf(right.action) ||
    compare(left.keys[0] ?? "", right.keys[0] ?? "") ||
    compare(left.bId ?? "", right.bId ?? "")
  );
}
