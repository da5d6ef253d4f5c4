import type { DocumentWriter } from "../../contract/index.ts";
import type { RulesInForce } from "../../items/index.ts";
import type { Side } from "../plans/plan.ts";
import type { AnyDocuments } from "./document-side.ts";
import { type Fields, isFieldOf, patchesOf, pick, renamesPatches, sortOf } from "./patch-entries.ts";

type Kind = AnyDocuments["kind"];

/** What makes documents of one side what both sides share, and back. */
export interface SharedForm {
  readonly side: Side;
  readonly rules: RulesInForce;
  /** What both sides can hold, and share. */
  readonly fields: readonly string[];
}

/** A collection that shows its documents in the form that both sides share, and takes them in it. */
export function inSharedForm(collection: AnyDocuments, form: SharedForm): AnyDocuments {
  const { write, kind } = collection;
  const { shared: changes, own } = form.rules;
  if (!changes && !own && !Object.values(kind.fields).includes("patches")) return collection;
  return {
    ...collection,
    toUniversal: (native) => sharedForm(collection, form, native),
    ...(write ? { write: writerOf(collection, form, write) } : {}),
  };
}

function writerOf(
  collection: AnyDocuments,
  form: SharedForm,
  write: DocumentWriter<unknown, object>,
): DocumentWriter<unknown, object> {
  return {
    ...write,
    create: (session, request) => write.create(session, { ...request, item: written(collection, form, request.item) }),
    update: (session, request) => {
      const before = collection.toUniversal(request.previous);
      return write.update(session, { ...request, item: written(collection, form, request.item, before) });
    },
    delete: (session, request) => write.delete(session, request),
  };
}

/** Fields that are a side's own stay, since a document may have to have them; they are not among those that are compared and written. */
function sharedForm(collection: AnyDocuments, form: SharedForm, native: unknown): object {
  const { kind } = collection;
  const item = collection.toUniversal(native);
  const seen: object = form.rules.shared?.(item, form.side) ?? item;
  const patches = patchesOf(kind, seen);
  if (patches.length === 0) return seen;
  const inShared = patches.map(([field, entries]) => [field, sharedPatches(kind, form, entries)]);
  return { ...seen, ...Object.fromEntries(inShared) };
}

/** Without what the other side cannot hold; an entry of which nothing is left says nothing. */
function sharedPatches(kind: Kind, form: SharedForm, entries: Fields): Fields {
  const isShared = (field: string) => !isFieldOf(kind, field) || form.fields.includes(field);
  const all = Object.entries(entries).map(([name, entry]) => [name, pick(entry, isShared)] as const);
  return Object.fromEntries(all.filter(([, entry]) => Object.keys(entry).length > 0));
}

function written({ kind, fields }: AnyDocuments, form: SharedForm, item: object, before?: object): object {
  const sent: object = form.rules.written?.(item, form.side, before) ?? item;
  const holds = (field: string) => fields?.includes(field) ?? isFieldOf(kind, field);
  const own = before ? {} : pick(form.rules.own ?? {}, holds);
  const stood = new Map(before ? patchesOf(kind, before) : []);
  const given = new Map(patchesOf(kind, sent));
  const isOfOldNames = before !== undefined && renamesPatches(kind, sent, before);
  const concerned = [...new Set([...given.keys(), ...stood.keys()])].filter((field) => field in sent);
  const patches = concerned.map((field) => [
    field,
    withHidden(kind, form, given.get(field) ?? {}, isOfOldNames ? {} : (stood.get(field) ?? {})),
  ]);
  return { ...own, ...sent, ...Object.fromEntries(patches) };
}

/** Puts back, entry by entry, what the side has there and does not share; unless the entry is of another sort now. */
function withHidden(kind: Kind, form: SharedForm, entries: Fields, before: Fields): Fields {
  const isHidden = (field: string) => isFieldOf(kind, field) && !form.fields.includes(field);
  const all = [...new Set([...Object.keys(before), ...Object.keys(entries)])].map((name) => {
    const [old, now] = [before[name], entries[name]];
    const hidden = sortOf(kind, old) === sortOf(kind, now) ? pick(old, isHidden) : {};
    return [name, { ...hidden, ...pick(now, () => true) }] as const;
  });
  return Object.fromEntries(all.filter(([name, entry]) => name in entries || Object.keys(entry).length > 0));
}
