import {
  type Arrival,
  type Decision,
  type DecisionTableName,
  type LinkFacts,
  type LinkState,
  type Reconciliation,
  reconcile,
} from "../../../src/reconcile/index.ts";
import type { Reading } from "./reading.ts";
import type { World } from "./world.ts";

export interface StoredLink {
  readonly key: string;
  readonly aId: string;
  readonly bId?: string;
  readonly state: LinkState;
  readonly alias: boolean;
}

export type Links = Map<string, StoredLink>;

export interface RunInput {
  readonly world: World;
  readonly links: Links;
  readonly table: DecisionTableName;
  readonly a: Reading;
  readonly b: Reading;
}

export function keyOf(aId: string): string {
  return `source:${aId}`;
}

/** What an engine does before it decides: follows ids that moved, looks for counterparts of what is there. */
export function decideRun({ world, links, table, a, b }: RunInput): Reconciliation {
  for (const link of links.values()) {
    if (link.bId !== undefined) links.set(link.key, { ...link, bId: world.presentBId(link.bId) });
  }
  const known = [...links.values()].map((link): LinkFacts => {
    const bId = link.bId ?? (a.presence(link.aId) === "present" ? world.counterpart(link.aId) : undefined);
    return { ...link, origin: "a", ...(bId === undefined ? {} : { bId }) };
  });
  const arrivals = a.rows.map((aId): Arrival => {
    const bId = world.counterpart(aId);
    return { origin: "a", key: keyOf(aId), aId, ...(bId === undefined ? {} : { bId }) };
  });
  const linkedIds = new Set([...links.values()].map(({ bId }) => bId));
  const strays = b.rows.filter((bId) => !linkedIds.has(bId));
  return reconcile({ table, links: known, arrivals, strays, aComplete: a.complete, a: a.presence, b: b.presence });
}

/** Carries decisions out in their order, each as one step. @returns the items that B's service refused to add */
export function carryOut(
  { world, links }: Pick<RunInput, "world" | "links">,
  decisions: readonly Decision[],
  refuses: (bId: string) => boolean = () => false,
): Set<string> {
  const refused = new Set<string>();
  for (const decision of decisions) {
    const { action, on, bId } = decision;
    if (on === "a") throw new Error(`${action} writes A, which is only read`);
    if (action === "drop") forget(links, decision.keys);
    else if (bId === undefined) throw new Error(`${action} names no item of B`);
    else if (action === "remove") {
      if (!world.b.delete(bId)) throw new Error(`removes ${bId}, which B does not have`);
      forget(links, decision.keys);
    } else if (action === "create" && refuses(bId)) {
      refused.add(bId);
      record(links, decision.keys, bId, "refused");
    } else {
      if (action === "create") world.b.add(bId);
      record(
        links,
        decision.keys,
        bId,
        action === "detach" ? "detached" : action === "suppress" ? "suppressed" : "linked",
      );
    }
  }
  return refused;
}

/** What a run leaves behind for items without a counterpart. */
export function recordUnmatched(links: Links, { unmatched }: Reconciliation): void {
  for (const key of unmatched) links.set(key, { key, aId: aIdOf(key), state: "unmatched", alias: false });
}

function record(links: Links, keys: readonly string[], bId: string, state: LinkState): void {
  for (const key of keys) {
    const others = [...links.values()].filter((link) => link.bId === bId && link.key !== key);
    links.set(key, { key, aId: aIdOf(key), bId, state, alias: others.some(({ alias }) => !alias) });
  }
}

function forget(links: Links, keys: readonly string[]): void {
  for (const key of keys) if (!links.delete(key)) throw new Error(`forgets ${key}, which is no link`);
}

function aIdOf(key: string): string {
  return key.slice(key.indexOf(":") + 1);
}
