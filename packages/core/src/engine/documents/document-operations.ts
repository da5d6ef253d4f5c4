import { newHandle } from "../../crypto/index.ts";
import { canonicalOf, type DocumentKind } from "../../items/index.ts";
import { type Decision, otherThan, type SideLetter } from "../../reconcile/index.ts";
import { ItemIdBook } from "../links/item-id-book.ts";
import { nextGeneration } from "../links/links.ts";
import type { DocumentChange, LinkPrecondition, PlannedOperation } from "../plans/plan.ts";
import { operationId } from "../plans/plan-hash.ts";
import { type Reason, reason } from "../plans/reasons.ts";
import { isTwoWay, type RunContext, sideOf } from "../runs/run-context.ts";
import type { Move } from "./build-world.ts";
import { hasChanged } from "./changed-fields.ts";
import type { PlannedConflict } from "./conflict-records.ts";
import { type DocumentLink, turnsAfter } from "./document-links.ts";
import type { DocumentSide } from "./document-side.ts";
import { type DocumentWorld, seenOn } from "./document-world.ts";
import {
  hashFields,
  holdsAlready,
  overBase,
  readFieldHashes,
  type SideBase,
  shortHash,
  writeFieldHashes,
} from "./field-hashes.ts";
import { fieldLosses } from "./field-losses.ts";
import { mergeDocuments } from "./merge-documents.ts";
import type { RecentDocuments } from "./recent-documents.ts";
import { baseOf, type SeenDocument } from "./seen-document.ts";
import { matchesBase } from "./side-state.ts";
import { keepUnshown } from "./unshown-patches.ts";

/** Written back and forth so often in a row, each time within the hour, a document is left alone for a day. */
const MOST_TURNS = 3;

interface Describe {
  readonly context: RunContext;
  readonly world: DocumentWorld;
  readonly moves: readonly Move[];
  readonly recent: RecentDocuments;
}

/** The same, with the moves by the keys of their links. */
interface Known extends Omit<Describe, "moves"> {
  readonly moves: ReadonlyMap<string, readonly Move[]>;
}

/** What is to be written of a document although both sides agree on it: one field in another form, or the rest of a cut-off write. */
export type Restatement =
  | {
      readonly field: string;
      /** What it becomes there; content. */
      readonly becomes: string;
    }
  | { readonly rest: true };

export interface RestatedDecision extends Decision {
  readonly restates: Restatement;
}

/** A decision, or that a link follows a document of which nothing was decided. */
interface Followed extends Decision {
  readonly followed?: true;
  readonly restates?: Restatement;
}

/** What is to be done, and what a service refused so lately that it is not asked again. */
export interface DocumentOperations {
  readonly operations: readonly PlannedOperation[];
  readonly resting: readonly PlannedOperation[];
}

/** Turns decisions into operations: what is written, what it rests on, and why. */
export async function documentOperations(
  describe: Describe,
  decisions: readonly Decision[],
): Promise<DocumentOperations> {
  const { context, world, moves } = describe;
  const book = new ItemIdBook(context);
  for (const side of ["a", "b"] as const) for (const { id } of world.readings[side].seen.values()) book.learn(side, id);
  await book.openLinks([...decisions.flatMap(({ keys }) => keys), ...moves.map(({ key }) => key)]);
  const decided = new Set(decisions.flatMap(({ keys }) => keys));
  const followed = moves
    .filter(({ key }) => !decided.has(key))
    .map(({ key }): Followed => {
      const link = world.stored.links.get(key);
      return {
        action: "advance",
        followed: true,
        keys: [key],
        ...(link?.aId ? { aId: link.aId } : {}),
        ...(link?.bId ? { bId: link.bId } : {}),
      };
    });
  const known: Known = { ...describe, moves: Map.groupBy(moves, ({ key }) => key) };
  const operations: PlannedOperation[] = [];
  const resting: PlannedOperation[] = [];
  for (const decision of [...followed, ...decisions] as readonly Followed[]) {
    const { operation, wasRefused } = operationOf(known, book, decision);
    (wasRefused ? resting : operations).push(operation);
  }
  return { operations, resting };
}

/** For people to look at, so in the form in which they know it. */
function shownItem({ collection, own }: DocumentSide, { item, native }: SeenDocument): object {
  return collection === own ? item : own.toUniversal(native);
}

/** Whether both sides are what they last agreed on. */
function isInStep(world: DocumentWorld, link: DocumentLink | undefined): boolean {
  return (["a", "b"] as const).every((side) => {
    const seen = seenOn(world, side, side === "a" ? link?.aId : link?.bId);
    return seen !== undefined && matchesBase(world.hasher, link?.base[side], seen);
  });
}

function operationOf(
  describe: Known,
  book: ItemIdBook,
  decided: Followed,
): { readonly operation: PlannedOperation; readonly wasRefused: boolean } {
  const { context, world, recent } = describe;
  const { aId, bId } = decided;
  const [key] = decided.keys;
  const link = key === undefined ? undefined : world.stored.links.get(key);
  const seen = { a: seenOn(world, "a", aId), b: seenOn(world, "b", bId) };
  const bases = sideBases(world, link, seen);
  const { decision, written } = asWritten(decided, writtenBy(describe, decided, seen, link), bases);
  const { on } = decision;
  const sent = decision.action === "remove" ? "delete" : written.meant;
  const wasRefused = key !== undefined && sent !== undefined && recent.wasRefused(key, sent);
  const turns = link && on ? turnsAfter(link, on, context.parts.clock.now()) : 0;
  const rests = hasHadEnough(recent, decision, written.meant, turns);
  const document: DocumentChange = {
    ...(rests ? {} : written),
    ...bases,
    shown: { ...(seen.a ? { from: seen.a } : {}), ...(seen.b ? { to: seen.b } : {}) },
    ...(rests ? {} : conflictOf(context, world, decision, link, seen)),
    ...(key !== undefined && world.conflicts.has(key) ? { ends: world.conflicts.get(key)?.id ?? "" } : {}),
    ...replacedIds(describe, decision, link),
    turns: rests ? 0 : turns,
    // Another id says nothing of the other side, which may wait or be left as it is with an edit.
    ...(decision.followed && !isInStep(world, link) ? { keepsBase: true } : {}),
  };
  const fromId = aId === undefined ? undefined : book.id("a", aId);
  const toId = bId === undefined ? undefined : book.id("b", bId);
  const side = on === undefined || rests ? undefined : sideOf(context, on).side;
  const item = seen.a ? shownItem(world.sides.a, seen.a) : seen.b && shownItem(world.sides.b, seen.b);
  const lost =
    decision.action === "create" && item && on ? fieldLosses(world.sides[otherThan(on)], world.sides.rules, item) : [];
  const operation = {
    kind: rests ? ("rest" as const) : kindOf(decision),
    ...(side === undefined ? {} : { on: side }),
    ...(fromId === undefined ? {} : { fromId }),
    ...(toId === undefined ? {} : { toId }),
    links: key === undefined ? [] : [preconditionOf(describe, key, link, book, decision)],
    reason: rests ? reason("conflict.oscillating", {}) : reasonOf(describe, decision, link),
    ...(item ? { item } : {}),
    ...(lost.length > 0 ? { losses: lost } : {}),
    document,
  };
  return { operation: { id: operationId(world.hasher, context.pair.id, operation), ...operation }, wasRefused };
}

/** A merge that each side to be written holds already writes nothing: all there is to record is that they agree. */
function asWritten(
  decision: Followed,
  written: Pick<DocumentChange, "item" | "meant">,
  { from, to }: { readonly from?: SideBase; readonly to?: SideBase },
): { readonly decision: Followed; readonly written: Pick<DocumentChange, "item" | "meant"> } {
  const { conflict: _, on, ...rest } = decision;
  const isMerged = (letter: SideLetter) =>
    on === otherThan(letter) || holdsAlready(letter === "a" ? from : to, written.meant);
  if (decision.action !== "merge" || !isMerged("a") || !isMerged("b")) return { decision, written };
  return { decision: { ...rest, action: "advance" }, written: {} };
}

/** Whether it goes back and forth between both sides, or comes round again and again by way of others. */
function hasHadEnough(
  recent: RecentDocuments,
  { action, keys: [key] }: Decision,
  meant: string | undefined,
  turns: number,
): boolean {
  if (key === undefined || (action !== "update" && action !== "merge")) return false;
  return turns > MOST_TURNS || (meant !== undefined && recent.timesWritten(key, meant) >= recent.patience);
}

function kindOf({ action }: Decision): PlannedOperation["kind"] {
  return action === "remove" ? "delete" : action;
}

function preconditionOf(
  { world }: Known,
  key: string,
  link: DocumentLink | undefined,
  book: ItemIdBook,
  { aId, bId }: Decision,
): LinkPrecondition {
  const ids = {
    ...(aId === undefined ? {} : { fromId: book.id("a", aId) }),
    ...(bId === undefined ? {} : { toId: book.id("b", bId) }),
  };
  if (!link) return { key, ...ids, generation: nextGeneration(world.stored.tombstones, key) };
  // What rested and is due again is taken up where it was left.
  const state = link.state === "oscillating" ? "linked" : link.state;
  return { key, ...ids, generation: link.generation, state };
}

/** What is written to the side that is written, and what that side shall be. */
function writtenBy(
  { context, world }: Known,
  { action, on, conflict, restates }: Followed,
  seen: { readonly [S in SideLetter]: SeenDocument | undefined },
  link: DocumentLink | undefined,
): Pick<DocumentChange, "item" | "meant"> {
  const { hasher, sides } = world;
  if (restates && on !== undefined) return restatedDocument(world, seen[on], restates);
  if (action === "merge" && seen.a && seen.b) {
    const side = (letter: SideLetter, document: SeenDocument) => ({
      item: document.item,
      canonical: document.canonical,
      base: readFieldHashes(link?.base[letter]?.fields),
    });
    const preferred = context.from.side === "source" ? "a" : "b";
    const { kind } = sides.a.collection;
    const merged = mergeDocuments(hasher, kind, { a: side("a", seen.a), b: side("b", seen.b) }, preferred);
    const [a, b] = [seen.a.item, seen.b.item];
    const item = keepUnshown(kind, keepUnshown(kind, merged, { source: a, target: b }), { source: b, target: a });
    const canonical = canonicalOf(kind, item, sides.a.fields);
    return { item, meant: writeFieldHashes(hashFields(hasher, canonical)) };
  }
  if (on === undefined || (action !== "create" && action !== "update")) return {};
  const source = seen[otherThan(on)];
  const target = seen[on];
  if (!source) return {};
  const history = (letter: SideLetter, { canonical }: SeenDocument) => ({
    base: readFieldHashes(link?.base[letter]?.fields),
    now: hashFields(hasher, canonical),
  });
  const from = history(otherThan(on), source);
  const to = target && history(on, target);
  // What neither side changed stays as it is: services may have put it into forms of their own, or cut it short.
  const isWritten = (field: string) =>
    action === "create" || !to || [from, to].some((side) => hasChanged(side, field, conflict !== undefined));
  const fields = sides[on].fields.filter(isWritten);
  const { kind } = sides[on].collection;
  const sent = fieldsToWrite(kind, source.item, fields, action === "create");
  const item = target ? keepUnshown(kind, sent, { source: source.item, target: target.item }) : sent;
  const meant = overBase(to?.now, hashFields(hasher, canonicalOf(kind, item, fields)));
  return { item, meant: writeFieldHashes(meant) };
}

/** The document's own field again; and what names this form of it, so that another one is another decision. */
function restatedDocument(
  { hasher }: DocumentWorld,
  seen: SeenDocument | undefined,
  restates: Restatement,
): Pick<DocumentChange, "item" | "meant"> {
  if (!seen) return {};
  if ("rest" in restates) return { item: {}, meant: writeFieldHashes(hashFields(hasher, seen.canonical)) };
  const { field, becomes } = restates;
  const meant = overBase(hashFields(hasher, seen.canonical), new Map([[field, shortHash(hasher, field, becomes)]]));
  return { item: { [field]: Reflect.get(seen.item, field) }, meant: writeFieldHashes(meant) };
}

/** What is known of these fields; names of the item only when it is made. */
function fieldsToWrite(
  { fields: shapes }: DocumentKind<object>,
  item: object,
  fields: readonly string[],
  isNew: boolean,
): object {
  const known: Readonly<Record<string, string>> = shapes;
  const entries = fields
    .filter((field) => isNew || known[field] !== "identity")
    .map((field) => [field, Reflect.get(item, field)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function sideBases(
  { hasher }: DocumentWorld,
  link: DocumentLink | undefined,
  seen: { readonly [S in SideLetter]: SeenDocument | undefined },
): { readonly from?: SideBase; readonly to?: SideBase } {
  const base = (side: SideLetter) => {
    const document = seen[side];
    return document && baseOf(hasher, document, readFieldHashes(link?.base[side]?.fields));
  };
  const [from, to] = [base("a"), base("b")];
  return { ...(from ? { from } : {}), ...(to ? { to } : {}) };
}

function conflictOf(
  { pair, parts }: RunContext,
  world: DocumentWorld,
  { conflict, keys }: Decision,
  link: DocumentLink | undefined,
  seen: { readonly [S in SideLetter]: SeenDocument | undefined },
): { readonly conflict?: PlannedConflict } {
  const [key] = keys;
  if (!conflict || key === undefined) return {};
  const record = world.conflicts.get(key);
  return {
    conflict: {
      ...conflict,
      policy: pair.conflict_policy,
      decided: record?.decision !== null && record !== undefined,
      ...sideBases(world, link, seen),
      recordId: record?.id ?? newHandle("conflict", parts.random),
      known: record !== undefined && link?.state === "conflict",
    },
  };
}

/** Ids that are no more: of a document that is made again, or that its service moved. */
function replacedIds({ moves }: Known, { action, on, keys }: Decision, link: DocumentLink | undefined) {
  const replaced: { from?: string; to?: string } = {};
  for (const { side, oldId } of moves.get(keys[0] ?? "") ?? []) replaced[side === "a" ? "from" : "to"] = oldId;
  if (action === "create" && link) {
    const old = on === "a" ? link.aId : link.bId;
    if (old !== undefined) replaced[on === "a" ? "from" : "to"] = old;
  }
  return Object.keys(replaced).length > 0 ? { replaced } : {};
}

function reasonOf(
  { context, world, moves }: Known,
  { action, on, aId, keys, conflict, restates }: Followed,
  link: DocumentLink | undefined,
): Reason {
  const [reader, written] = on === "a" ? [context.to, context.from] : [context.from, context.to];
  const names = { from: reader.provider.displayName, to: written.provider.displayName };
  if (restates) return reason("rest" in restates ? "update.rest" : "update.prefix", {});
  if (conflict && (action === "update" || action === "create" || action === "remove"))
    return reason("update.won", names);
  switch (action) {
    case "create":
      return link && link.state !== "pending" ? reason("add.again", names) : reason("add.new", names);
    case "update":
      return hasDrifted(context, world, link, aId) ? reason("update.drifted", names) : reason("update.edited", names);
    case "merge":
      return reason("merge.both", {});
    case "conflict":
      return reason("conflict.open", {});
    case "advance":
      return moves.has(keys[0] ?? "") ? reason("advance.moved", {}) : reason("advance.equal", {});
    case "remove":
      return keys.length === 0 ? reason("remove.prune", names) : reason("remove.gone", names);
    case "detach":
      return reason("detach.kept", names);
    case "suppress":
      return reason("suppress.deleted", names);
    case "drop":
      return reason("drop.gone", {});
    case "link":
      return reason("link.both", {});
  }
}

/** One way, B is written though A is what it was: it was changed on B. */
function hasDrifted(
  context: RunContext,
  world: DocumentWorld,
  link: DocumentLink | undefined,
  aId: string | undefined,
): boolean {
  if (isTwoWay(context)) return false;
  const a = seenOn(world, "a", aId);
  return a !== undefined && matchesBase(world.hasher, link?.base.a, a);
}
