import type { ItemIdPlace, StoredItemId } from "../../crypto/index.ts";
import type { Row, Statement } from "../../ports/index.ts";
import { isIncredible, otherThan, type SideLetter } from "../../reconcile/index.ts";
import { writeLinks } from "../links/links.ts";
import type { Recovered } from "../links/recovered.ts";
import type { Side } from "../plans/plan.ts";
import type { RunContext } from "../runs/run-context.ts";
import { closeConflict } from "./conflict-records.ts";
import { type DocumentLink, type DocumentLinks, turnsAfter } from "./document-links.ts";
import { supersededRecord } from "./document-records.ts";
import type { DocumentSides } from "./document-side.ts";
import type { SideBase } from "./field-hashes.ts";
import { matchDocuments } from "./match-documents.ts";
import {
  baseAfter,
  baseBeforeTheRest,
  baseOfOther,
  type Found,
  isAsMeant,
  type OpenDocumentIntent,
  otherSeen,
} from "./recovered-bases.ts";
import type { SeenDocument } from "./seen-document.ts";

export interface DocumentRecovery {
  readonly stored: DocumentLinks;
  /** Links whose creation may still come to light: left alone for now. */
  readonly undecided: ReadonlySet<string>;
  readonly recovered: readonly Recovered[];
  readonly statements: readonly Statement[];
}

export async function readOpenDocumentIntents(
  context: RunContext,
  sides: DocumentSides,
): Promise<OpenDocumentIntent[]> {
  const { parts, pair, from } = context;
  const intents = await parts.storage.select({
    table: "intents",
    where: { pair_id: pair.id, state: "prepared" },
    orderBy: ["created_at", "id"],
  });
  const now = parts.clock.now();
  const open: OpenDocumentIntent[] = [];
  for (const intent of intents) {
    const side = intent.side === from.side ? "a" : "b";
    const windowMs = sides[side].collection.write?.consistencyWindowMs ?? 0;
    const items = await parts.storage.select({ table: "intent_items", where: { intent_id: intent.id } });
    for (const item of items) {
      open.push({
        id: intent.id,
        side,
        kind: intent.kind,
        operationId: item.operation_id,
        linkKey: item.link_key,
        writtenId: item.written_id,
        meant: item.meant_fields ?? undefined,
        atMs: intent.created_at,
        undo: intent.undo,
        settling: now - intent.updated_at < windowMs,
      });
    }
  }
  return open;
}

/**
 * Finds out what became of calls whose answers were lost, before anything is decided: what was created is adopted, an
 * update that took effect is no edit of the user's, what was deleted is forgotten. What did not take effect is left to
 * the decision table, which comes to the same operation again. A half-done merge is merged again, which changes nothing
 * that is merged already.
 */
export async function recoverDocuments(
  context: RunContext,
  stored: DocumentLinks,
  open: readonly OpenDocumentIntent[],
  found: Found,
): Promise<DocumentRecovery> {
  const links = new Map(stored.links);
  const tombstones = new Map(stored.tombstones);
  const undecided = new Set<string>();
  const recovered: Recovered[] = [];
  const closed: string[] = [];
  const changes: Statement[] = [];
  const now = context.parts.clock.now();
  const update = (link: DocumentLink, set: Partial<Row<"links">>) =>
    changes.push({
      update: "links",
      set: { ...set, reason: "link.recovered", updated_at: now },
      where: { pair_id: context.pair.id, link_key: link.key },
    });

  const incredible = { a: lacksTooMuch("a", stored, open, found), b: lacksTooMuch("b", stored, open, found) };
  for (const intent of open) {
    const link = links.get(intent.linkKey);
    const outcome = link ? outcomeOf(intent, link, links, { ...found, incredible }) : "nothing";
    if (outcome === "undecided") {
      undecided.add(intent.linkKey);
      continue;
    }
    closed.push(intent.id);
    if (!link || outcome === "nothing") continue;
    if (found.conflicts.has(link.key)) changes.push(closeConflict(context, link.key, resolutionOf(intent, found)));
    if (outcome === "deleted") {
      links.delete(link.key);
      tombstones.set(link.key, link.generation);
      update(link, { state: "dropped" });
      recovered.push({ ...link, on: found.sides[intent.side].open.side, kind: "removed" });
      continue;
    }
    const base = baseAfter(intent, intent.side, link, outcome, found);
    const { open: written } = found.sides[intent.side];
    const [id] = await written.ids.seal([outcome.id], placeOf(context, written.side));
    const key = id?.key ?? outcome.id;
    const ids = intent.side === "a" ? { aId: key } : { bId: key };
    // A document that was made again has another id than the link knew.
    const generation = intent.kind === "create" && link.state !== "pending" ? link.generation + 1 : link.generation;
    const lastWritten = intent.kind === "merge" ? undefined : intent.side;
    const turns = intent.kind === "update" ? turnsAfter(link, intent.side, intent.atMs) : 0;
    const after = { ...link, ...ids, state: "linked" as const, generation, turns, lastWritten, updatedAtMs: now };
    const other = otherThan(intent.side);
    const otherBase = baseBeforeTheRest(intent, base, baseOfOther(intent, link, found), found);
    const bases = { [intent.side]: base, ...(otherBase ? { [other]: otherBase } : {}) };
    recovered.push({ ...after, on: written.side, kind: intent.kind === "create" ? "linked" : "updated" });
    links.set(link.key, { ...after, base: { ...link.base, ...bases } });
    update(link, {
      state: "linked",
      generation,
      turns,
      last_written: lastWritten === undefined ? null : written.side,
      ...idColumns(written.side, { key, sealed: id?.sealed ?? null }),
      ...baseColumns(written.side, base),
      ...(otherBase ? baseColumns(found.sides[other].open.side, otherBase) : {}),
    });
    const replaced = intent.side === "a" ? link.aId : link.bId;
    if (generation === link.generation || replaced === undefined) continue;
    const letter = intent.side === "a" ? "from" : "to";
    const late = supersededRecord(written.side, { [letter]: replaced }, link.generation, "link.recovered");
    changes.push(...(await writeLinks(context, [late])));
  }
  if (closed.length > 0) {
    const set = { state: "abandoned", updated_at: now } as const;
    changes.push({ update: "intents", set, where: { pair_id: context.pair.id, id: { in: closed } } });
  }
  return { stored: { ...stored, links, tombstones }, undecided, recovered, statements: changes };
}

/** Whether a listing lacks too much of what should be there to be believed about what we asked to be deleted. */
function lacksTooMuch(
  side: SideLetter,
  { links }: DocumentLinks,
  open: readonly OpenDocumentIntent[],
  { readings }: Found,
): boolean {
  const { seen, deleted, rows } = readings[side];
  const asked = new Set(
    open.flatMap(({ kind, side: on, writtenId }) => (kind === "delete" && on === side ? [writtenId] : [])),
  );
  let known = 0;
  let missing = 0;
  for (const { state, aId, bId } of links.values()) {
    const id = side === "a" ? aId : bId;
    if (id === undefined || asked.has(id) || (state !== "linked" && state !== "conflict")) continue;
    // What the service itself says is gone is.
    if (deleted.has(id)) continue;
    known++;
    if (!seen.has(id)) missing++;
  }
  return isIncredible({ rows, known, missing });
}

/** What became of a call: the document that it made or changed, that it deleted one, that nothing happened. */
function outcomeOf(
  intent: OpenDocumentIntent,
  link: DocumentLink,
  links: ReadonlyMap<string, DocumentLink>,
  found: Found & { readonly incredible: { readonly [S in SideLetter]: boolean } },
): SeenDocument | "deleted" | "nothing" | "undecided" {
  const reading = found.readings[intent.side];
  if (intent.kind === "create") {
    const current = intent.side === "a" ? link.aId : link.bId;
    if (current !== undefined && reading.seen.has(current)) return "nothing";
    return createdBy(intent, link, links, found) ?? (intent.settling || !reading.complete ? "undecided" : "nothing");
  }
  const seen = reading.seen.get(intent.writtenId);
  // Its link says already that it was to go; whether it has gone the decision table sees.
  if (intent.undo) return intent.settling ? "undecided" : "nothing";
  if (intent.kind === "delete") {
    if (intent.settling || found.incredible[intent.side]) return "undecided";
    return !seen && reading.complete && !reading.unreadable.has(intent.writtenId) ? "deleted" : "nothing";
  }
  if (!seen) return intent.settling ? "undecided" : "nothing";
  const isDone = (on: SeenDocument | undefined) =>
    on?.marker === intent.operationId || isAsMeant(intent, on, found.hasher);
  if (intent.kind === "update" && isDone(seen)) return seen;
  // Half a merge is merged again.
  if (intent.kind === "merge" && isDone(seen) && isDone(otherSeen(intent, link, found))) return seen;
  return intent.settling ? "undecided" : "nothing";
}

function createdBy(
  intent: OpenDocumentIntent,
  link: DocumentLink,
  links: ReadonlyMap<string, DocumentLink>,
  found: Found,
): SeenDocument | undefined {
  const side = found.sides[intent.side];
  const { seen } = found.readings[intent.side];
  const identity = side.collection.write?.identity;
  const byId = identity === "client-id" ? seen.get(side.open.ids.key(intent.operationId)) : undefined;
  if (byId) return byId;
  const marked = [...seen.values()].filter(({ marker }) => marker === intent.operationId);
  if (marked.length > 0) return marked.sort(olderFirst)[0];
  return identity === "marker" ? undefined : byContent(intent, link, links, found);
}

/**
 * A service that does not tell who made what: the document that no link knows and that is what was meant. One that takes
 * ids of ours may also have answered an id with a document of another.
 */
function byContent(
  intent: OpenDocumentIntent,
  link: DocumentLink,
  links: ReadonlyMap<string, DocumentLink>,
  { sides, readings, hasher }: Found,
): SeenDocument | undefined {
  const { side } = intent;
  const known = new Set([...links.values()].flatMap((each) => (side === "a" ? each.aId : each.bId) ?? []));
  const free = new Map([...readings[side].seen].filter(([id]) => !known.has(id)));
  const equal = [...free.keys()].sort().find((id) => isAsMeant(intent, free.get(id), hasher));
  if (equal !== undefined) return free.get(equal);
  if (sides[side].collection.write?.identity !== "none") return undefined;
  const ownId = side === "a" ? link.bId : link.aId;
  const own = ownId === undefined ? undefined : readings[otherThan(side)].seen.get(ownId);
  if (!own) return undefined;
  const [match] = matchDocuments(sides[side], new Map([["own", own]]), free).pairs.values();
  return match === undefined ? undefined : free.get(match);
}

function placeOf({ pair }: RunContext, side: Side): ItemIdPlace<"links"> {
  const column = side === "source" ? "source_sealed" : "target_sealed";
  return { table: "links", column, owner: { tenant_id: pair.tenant_id, pair_id: pair.id } };
}

/** The side that was written has lost; of a merge both have won. */
function resolutionOf({ kind, side }: OpenDocumentIntent, { sides }: Found): "merged" | Side {
  return kind === "merge" ? "merged" : sides[otherThan(side)].open.side;
}

function idColumns(side: Side, { key, sealed }: StoredItemId): Partial<Row<"links">> {
  return side === "source" ? { source_id: key, source_sealed: sealed } : { target_id: key, target_sealed: sealed };
}

function baseColumns(side: Side, base: SideBase): Partial<Row<"links">> {
  const { checksum, fields, version = null, modifiedAtMs = null } = base;
  return side === "source"
    ? {
        source_checksum: checksum,
        source_fields: fields,
        source_version: version,
        source_modified_at: modifiedAtMs,
      }
    : {
        target_checksum: checksum,
        target_fields: fields,
        target_version: version,
        target_modified_at: modifiedAtMs,
      };
}

function olderFirst(left: SeenDocument, right: SeenDocument): number {
  return (left.modifiedAtMs ?? 0) - (right.modifiedAtMs ?? 0) || (left.id < right.id ? -1 : 1);
}
