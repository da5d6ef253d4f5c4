import {
  type Arrival,
  type ConflictAction,
  type ConflictPolicy,
  type Decision,
  type LinkFacts,
  type LinkState,
  otherThan,
  type Reconciliation,
} from "../../../src/reconcile/index.ts";
import type { Given, GivenDocuments } from "./any-input.ts";

/** How the mirror image of a pair says that the same side still is its source. */
export type Turn = "the other side is the source" | "the policy names the other side";

/** The same world with its sides swapped. */
export function mirrored(given: Given, turn: Turn): Given {
  const { table, links, arrivals, strays, aComplete, a, b, documents } = given;
  return {
    table,
    links: links.map(mirroredLink),
    arrivals: arrivals.map(mirroredArrival),
    strays,
    aComplete,
    a: b,
    b: a,
    ...(documents ? { documents: mirroredDocuments(documents, turn) } : {}),
  };
}

function mirroredLink({ aId, bId, origin, state, ...link }: LinkFacts): LinkFacts {
  return {
    ...link,
    origin: otherThan(origin),
    state: mirroredState(state),
    ...(aId === undefined ? {} : { bId: aId }),
    ...(bId === undefined ? {} : { aId: bId }),
  };
}

/** Gone from one side and kept on the other: which of both is what tells these states apart. */
function mirroredState(state: LinkState): LinkState {
  return state === "detached" ? "suppressed" : state === "suppressed" ? "detached" : state;
}

function mirroredArrival(arrival: Arrival): Arrival {
  const { key, aId, bId } = arrival;
  return arrival.origin === "a"
    ? { origin: "b", key, bId: arrival.aId, ...(bId === undefined ? {} : { aId: bId }) }
    : { origin: "a", key, aId: arrival.bId, ...(aId === undefined ? {} : { bId: aId }) };
}

function mirroredDocuments(documents: GivenDocuments, turn: Turn): GivenDocuments {
  const { policy, source, complete, equal, later, recorded } = documents;
  const swap = (pair: string) => pair.split(" ").reverse().join(" ");
  return {
    policy: turn === "the policy names the other side" ? mirroredPolicy(policy) : policy,
    source: turn === "the policy names the other side" ? source : otherThan(source),
    complete: { a: complete.b, b: complete.a },
    equal: equal.map(swap),
    later: Object.fromEntries(Object.entries(later).map(([pair, side]) => [swap(pair), otherThan(side)])),
    recorded: Object.fromEntries(
      Object.entries(recorded).map(([key, { decision }]) => [
        key,
        decision === undefined ? {} : { decision: otherThan(decision) },
      ]),
    ),
  };
}

function mirroredPolicy(policy: ConflictPolicy): ConflictPolicy {
  return policy === "source-wins" ? "target-wins" : policy === "target-wins" ? "source-wins" : policy;
}

/** What follows for the world with its sides swapped, in an order that does not depend on the names of actions. */
export function mirroredResult({ decisions, ...rest }: Reconciliation): Reconciliation {
  return { ...rest, decisions: inOrder(decisions.map(mirroredDecision)) };
}

export function inOrder(decisions: readonly Decision[]): readonly Decision[] {
  const name = ({ action, keys }: Decision) => `${keys.join(" ")}: ${action}`;
  return decisions.toSorted((left, right) => (name(left) < name(right) ? -1 : 1));
}

function mirroredDecision({ action, on, keys, aId, bId, conflict }: Decision): Decision {
  return {
    action: action === "detach" ? "suppress" : action === "suppress" ? "detach" : action,
    keys,
    ...(on === undefined ? {} : { on: otherThan(on) }),
    ...(bId === undefined ? {} : { aId: bId }),
    ...(aId === undefined ? {} : { bId: aId }),
    ...(conflict === undefined ? {} : { conflict: mirroredConflict(conflict) }),
  };
}

function mirroredConflict({ kind, winner }: NonNullable<Decision["conflict"]>): NonNullable<Decision["conflict"]> {
  const kinds: { readonly [K in ConflictAction]: ConflictAction } = {
    "edit/edit": "edit/edit",
    "delete/edit": "edit/delete",
    "edit/delete": "delete/edit",
  };
  return { kind: kinds[kind], winner: winner === "a" || winner === "b" ? otherThan(winner) : winner };
}
