import {
  type Arrival,
  type Decision,
  type LinkFacts,
  type LinkState,
  otherThan,
  type Presence,
  type Reconciliation,
  reconcile,
  type SideLetter,
} from "../../../../src/reconcile/index.ts";
import type { Libraries } from "./libraries.ts";

export type Links = Map<string, LinkFacts>;

/** Entries of both sides that a run does not know of, and that a listing which calls itself complete leaves out. */
export interface Sight {
  readonly unknown: ReadonlySet<string>;
  readonly hidden: ReadonlySet<string>;
}

export interface Run {
  readonly libraries: Libraries;
  readonly links: Links;
  readonly sight: Sight;
}

export function presenceOn({ libraries, sight }: Run, side: SideLetter): (id: string) => Presence {
  return (id) => {
    if (sight.unknown.has(id)) return "unknown";
    return libraries[side].has(id) && !sight.hidden.has(id) ? "present" : "absent";
  };
}

/** What an engine does before it decides: looks for counterparts of what no link knows, first of A, then of B. */
export function decideTwoWay(run: Run): Reconciliation {
  const found = search(run);
  const links = [...run.links.values()].map((link): LinkFacts => {
    const counterpart = found.get(link.key);
    if (counterpart === undefined) return link;
    return link.origin === "a" ? { ...link, bId: counterpart } : { ...link, aId: counterpart };
  });
  return reconcile({
    table: "two-way",
    links,
    arrivals: arrivalsOf(run, found),
    strays: [],
    aComplete: true,
    a: presenceOn(run, "a"),
    b: presenceOn(run, "b"),
  });
}

function search(run: Run): Map<string, string> {
  const found = new Map<string, string>();
  for (const side of ["a", "b"] as const) {
    const has = (id: string) => presenceOn(run, otherThan(side))(id) === "present";
    const taken = new Set(found.values());
    for (const entry of seekersOn(run, side)) {
      const counterpart = taken.has(entry) ? undefined : run.libraries.counterpart(side, entry, has);
      if (counterpart !== undefined) found.set(keyOf(side, entry), counterpart);
    }
  }
  return found;
}

/** What is there and no link knows, and links that have found nothing so far. */
function seekersOn(run: Run, side: SideLetter): string[] {
  return listed(run, side).filter((entry) => !isKnown(run, side, entry) || isOpen(run.links.get(keyOf(side, entry))));
}

function listed(run: Run, side: SideLetter): string[] {
  const presence = presenceOn(run, side);
  return [...run.libraries[side]].filter((entry) => presence(entry) === "present");
}

function isKnown({ links }: Run, side: SideLetter, entry: string): boolean {
  return [...links.values()].some((link) => (side === "a" ? link.aId : link.bId) === entry);
}

function isOpen(link: LinkFacts | undefined): boolean {
  return link !== undefined && (link.aId === undefined || link.bId === undefined);
}

/** What was found for an entry of A is no arrival of its own. */
function arrivalsOf(run: Run, found: ReadonlyMap<string, string>): Arrival[] {
  const taken = new Set([...found].flatMap(([key, counterpart]) => (key.startsWith("a") ? [counterpart] : [])));
  return (["a", "b"] as const).flatMap((side) =>
    listed(run, side)
      .filter((entry) => !isKnown(run, side, entry) && !taken.has(entry))
      .map((entry) => arrival(side, entry, found.get(keyOf(side, entry)))),
  );
}

function arrival(origin: SideLetter, entry: string, counterpart: string | undefined): Arrival {
  const key = keyOf(origin, entry);
  if (origin === "a") return { origin, key, aId: entry, ...(counterpart === undefined ? {} : { bId: counterpart }) };
  return { origin, key, bId: entry, ...(counterpart === undefined ? {} : { aId: counterpart }) };
}

function keyOf(side: SideLetter, entry: string): string {
  return `${side}:${entry}`;
}

/** Carries decisions out in their order, each as one step, and records what had no counterpart. */
export function carryOutTwoWay(
  { libraries, links, sight }: Run,
  { decisions, unmatched }: Pick<Reconciliation, "decisions" | "unmatched">,
  refuses: (entry: string) => boolean = () => false,
): void {
  for (const decision of decisions) {
    const { action, on, keys } = decision;
    const id = on === "a" ? decision.aId : decision.bId;
    if (action === "drop") forget(links, keys);
    else if (action === "link") record(links, decision, "linked");
    else if (on === undefined || id === undefined) throw new Error(`${action} names nothing to write`);
    else if (action === "remove") {
      if (!libraries[on].delete(id)) throw new Error(`removes ${id}, which is not there`);
      forget(links, keys);
    } else if (action === "create") {
      if (libraries[on].has(id) && !sight.hidden.has(id)) throw new Error(`creates ${id}, which is there`);
      if (!refuses(id)) libraries[on].add(id);
      record(links, decision, refuses(id) ? "refused" : "linked");
    } else throw new Error(`a set of references has nothing to ${action}`);
  }
  for (const key of unmatched) links.set(key, { ...ownOf(key), key, state: "unmatched", alias: false });
}

function ownOf(key: string): Pick<LinkFacts, "origin" | "aId" | "bId"> {
  const entry = key.slice(2);
  return key.startsWith("a") ? { origin: "a", aId: entry } : { origin: "b", bId: entry };
}

/** A link keeps its ids; one that is new, or had found nothing, takes its counterpart from the decision. */
function record(links: Links, { keys, aId, bId }: Decision, state: LinkState): void {
  for (const [place, key] of keys.entries()) {
    const own = { ...ownOf(key), ...links.get(key) };
    const [a, b] = [own.aId ?? aId, own.bId ?? bId];
    if (a === undefined || b === undefined) throw new Error(`${key} is recorded without a counterpart`);
    links.set(key, { key, origin: own.origin, aId: a, bId: b, state, alias: place > 0 });
  }
}

function forget(links: Links, keys: readonly string[]): void {
  for (const key of keys) if (!links.delete(key)) throw new Error(`forgets ${key}, which is no link`);
}
