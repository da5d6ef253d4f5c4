import type { Row, Statement } from "../../ports/index.ts";
import { isIncredible, type Presence } from "../../reconcile/index.ts";
import type { LinkSet, StoredLink } from "../links/links.ts";
import type { Recovered } from "../links/recovered.ts";
import { wishedStatements } from "../links/rings.ts";
import { type RunContext, sideOf } from "../runs/run-context.ts";
import type { SideReading } from "./read-side.ts";

/** A remote call whose outcome was never recorded, with the stored keys of what it was to write. */
export interface OpenIntent {
  readonly id: string;
  readonly side: Row<"intents">["side"];
  readonly kind: Row<"intents">["kind"];
  readonly writtenIds: readonly string[];
  /** It took back what a run had done, and its links say so already. */
  readonly undo: boolean;
}

/** What an interrupted run has done after all, and the statements that record it. */
export interface Recovery {
  readonly stored: LinkSet;
  /** Items were let go of, so what the other side has of them is new and has to be read as such. */
  readonly readAgain: boolean;
  readonly recovered: readonly Recovered[];
  readonly statements: readonly Statement[];
}

export async function readOpenIntents({ parts, pair }: RunContext): Promise<readonly OpenIntent[]> {
  const intents = await parts.storage.select({
    table: "intents",
    columns: ["id", "side", "kind", "undo"],
    where: { pair_id: pair.id, state: "prepared" },
  });
  return await Promise.all(
    intents.map(async (intent) => {
      const items = await parts.storage.select({
        table: "intent_items",
        columns: ["written_id", "outcome"],
        where: { intent_id: intent.id },
      });
      const unanswered = items.filter(({ outcome }) => outcome === null || outcome === "unknown");
      return { ...intent, writtenIds: unanswered.map(({ written_id }) => written_id) };
    }),
  );
}

/**
 * Finds out by the listings what became of calls whose answers were lost, before anything is decided (ADR 0005, 0012):
 * what was added and is there is linked, what was removed and is gone is forgotten. Without this step the item's next
 * change by the user would be judged by a link that tells of the time before the call. What did not take effect is left
 * to the decision table, which comes to the same operation again. What lies within the consistency window stays open,
 * and so does a removal while the listing lacks so much else that nothing may be concluded from it.
 */
export function recover(
  context: RunContext,
  stored: LinkSet,
  open: readonly OpenIntent[],
  readings: { readonly a: SideReading; readonly b: SideReading },
): Recovery {
  if (open.length === 0) return { stored, readAgain: false, recovered: [], statements: [] };
  const outcome = new Map<string, "linked" | "dropped">();
  const recovered: Recovered[] = [];
  const closed: string[] = [];
  const landed = new Map<string, string[]>();
  const linksOf = { a: linksById(stored, "a"), b: linksById(stored, "b") };
  const letterOf = (side: OpenIntent["side"]) => (sideOf(context, "a").side === side ? "a" : "b");
  const removedFrom = (letter: "a" | "b") =>
    new Set(
      open.flatMap(({ side, kind, writtenIds }) => (kind === "remove" && letterOf(side) === letter ? writtenIds : [])),
    );
  const incredible = {
    a: lacksTooMuch("a", stored, removedFrom("a"), readings.a),
    b: lacksTooMuch("b", stored, removedFrom("b"), readings.b),
  };
  for (const { id, side, kind, writtenIds, undo } of open) {
    const letter = letterOf(side);
    if (kind === "remove" && incredible[letter]) continue;
    const presences = writtenIds.map((writtenId) => [writtenId, readings[letter].facts(writtenId)] as const);
    for (const [writtenId, presence] of presences) {
      const after = tookEffect(kind, presence);
      if (!after) continue;
      landed.set(id, [...(landed.get(id) ?? []), writtenId]);
      if (undo) continue;
      for (const link of linksOf[letter].get(writtenId) ?? []) {
        if (!concerns(link, after) || outcome.has(link.key)) continue;
        outcome.set(link.key, after);
        const { key, aId, bId } = link;
        recovered.push({ key, aId, bId, on: side, kind: after === "linked" ? "linked" : "removed" });
      }
    }
    if (presences.every(([, presence]) => presence !== "unknown")) closed.push(id);
  }
  return {
    stored: withOutcomes(stored, outcome),
    readAgain: [...outcome.values()].includes("dropped"),
    recovered,
    statements: [
      ...toStatements(context, outcome, closed, landed),
      ...wishedStatements(context, asRecords(stored, outcome)),
    ],
  };
}

/** Whether a listing lacks too much of what should be there to be believed about what we asked to be removed. */
function lacksTooMuch(
  side: "a" | "b",
  { links }: LinkSet,
  removed: ReadonlySet<string>,
  { rows, facts }: SideReading,
): boolean {
  const ids = [...links.values()].flatMap(({ state, aId, bId }) =>
    state === "linked" ? [side === "a" ? aId : bId] : [],
  );
  const known = ids.filter((id) => id !== undefined && !removed.has(id));
  const missing = known.filter((id) => id !== undefined && facts(id) === "absent");
  return isIncredible({ rows, known: known.length, missing: missing.length });
}

function linksById({ links }: LinkSet, side: "a" | "b"): ReadonlyMap<string, readonly StoredLink[]> {
  const withId = [...links.values()].filter((link) => (side === "a" ? link.aId : link.bId) !== undefined);
  return Map.groupBy(withId, (link) => (side === "a" ? link.aId : link.bId) ?? "");
}

function tookEffect(kind: OpenIntent["kind"], presence: Presence): "linked" | "dropped" | undefined {
  if (kind === "add" && presence === "present") return "linked";
  return kind === "remove" && presence === "absent" ? "dropped" : undefined;
}

/** A removal concerns all that stood for the item; an addition only what was waiting to be written. */
function concerns({ state }: StoredLink, after: "linked" | "dropped"): boolean {
  return after === "dropped" || (state !== "linked" && state !== "conflict");
}

function withOutcomes({ links, tombstones }: LinkSet, outcome: ReadonlyMap<string, "linked" | "dropped">): LinkSet {
  const after = new Map(links);
  const dropped = new Map(tombstones);
  for (const [key, state] of outcome) {
    const link = links.get(key);
    if (!link) continue;
    if (state === "linked") after.set(key, { ...link, state });
    else {
      after.delete(key);
      dropped.set(key, link.generation);
    }
  }
  return { links: after, tombstones: dropped };
}

function asRecords({ links }: LinkSet, outcome: ReadonlyMap<string, "linked" | "dropped">) {
  return [...outcome].flatMap(([key, state]) => {
    const link = links.get(key);
    return link ? [{ state, fromKey: link.aId ?? null, toKey: link.bId ?? null }] : [];
  });
}

function toStatements(
  { parts, pair }: RunContext,
  outcome: ReadonlyMap<string, "linked" | "dropped">,
  closed: readonly string[],
  landed: ReadonlyMap<string, readonly string[]>,
): Statement[] {
  const now = parts.clock.now();
  const keysOf = (state: "linked" | "dropped") =>
    [...outcome].filter(([, after]) => after === state).map(([key]) => key);
  const links = (["linked", "dropped"] as const).flatMap((state): Statement[] => {
    const keys = keysOf(state);
    const set = { state, reason: "link.recovered", updated_at: now } as const;
    return keys.length === 0 ? [] : [{ update: "links", set, where: { pair_id: pair.id, link_key: { in: keys } } }];
  });
  // The journal tells what was written, whoever found it out: a run is undone by it.
  const written = [...landed].map(([intent_id, ids]): Statement => {
    return { update: "intent_items", set: { outcome: "written" }, where: { intent_id, written_id: { in: ids } } };
  });
  if (closed.length === 0) return [...links, ...written];
  const set = { state: "abandoned", updated_at: now } as const;
  return [...links, ...written, { update: "intents", set, where: { pair_id: pair.id, id: { in: closed } } }];
}
