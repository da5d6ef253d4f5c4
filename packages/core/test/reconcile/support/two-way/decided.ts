import {
  type Arrival,
  type DocumentFacts,
  type LinkFacts,
  type LinkState,
  type Presence,
  type ReconcileInput,
  type Reconciliation,
  reconcile,
  type SideLetter,
} from "../../../../src/reconcile/index.ts";

/** A link of an entry that was first seen on A; its key is `a:` and the entry's id. */
export function linkA(aId: string, bId: string | undefined, state: LinkState = "linked", alias?: "alias"): LinkFacts {
  return linkOf("a", aId, bId, state, alias);
}

/** The same, first seen on B; its key is `b:` and the entry's id. */
export function linkB(bId: string, aId: string | undefined, state: LinkState = "linked", alias?: "alias"): LinkFacts {
  return linkOf("b", aId, bId, state, alias);
}

function linkOf(
  origin: SideLetter,
  aId: string | undefined,
  bId: string | undefined,
  state: LinkState,
  alias: "alias" | undefined,
): LinkFacts {
  return {
    key: `${origin}:${origin === "a" ? aId : bId}`,
    origin,
    ...(aId === undefined ? {} : { aId }),
    ...(bId === undefined ? {} : { bId }),
    state,
    alias: alias === "alias",
  };
}

export function newOnA(aId: string, bId?: string): Arrival {
  return { origin: "a", key: `a:${aId}`, aId, ...(bId === undefined ? {} : { bId }) };
}

export function newOnB(bId: string, aId?: string): Arrival {
  return { origin: "b", key: `b:${bId}`, bId, ...(aId === undefined ? {} : { aId }) };
}

export interface Situation {
  readonly table?: ReconcileInput["table"];
  readonly links?: readonly LinkFacts[];
  readonly arrivals?: readonly Arrival[];
  /** What each side has; the rest is absent, and what ends in `?` unknown, in `~` changed. */
  readonly a?: readonly string[];
  readonly b?: readonly string[];
  readonly documents?: Partial<DocumentFacts>;
}

export function decided({
  table = "two-way",
  links = [],
  arrivals = [],
  a = [],
  b = [],
  documents,
}: Situation): Reconciliation {
  return reconcile({
    table,
    links,
    arrivals,
    strays: [],
    aComplete: true,
    a: presences(a),
    b: presences(b),
    ...(documents && { documents: { ...differing, ...documents } }),
  });
}

/** Two sides that differ in all that both have, read whole, with nothing on record. */
const differing: DocumentFacts = {
  policy: "skip",
  source: "a",
  complete: { a: true, b: true },
  equal: () => false,
  later: () => undefined,
  recorded: () => undefined,
};

function presences(has: readonly string[]): (id: string) => Presence {
  return (id) => {
    if (has.includes(`${id}?`)) return "unknown";
    if (has.includes(`${id}~`)) return "changed";
    return has.includes(id) ? "present" : "absent";
  };
}

export const nothing: Reconciliation = { decisions: [], waiting: 0, readAgain: false, unmatched: [] };
