import type { ItemKindName, SyncType } from "../items/index.ts";
import type { ListedEntry } from "./collection.ts";
import type { ListedDocument } from "./documents.ts";
import { documentsIn } from "./held-documents.ts";
import type { LoggedEntry } from "./log.ts";
import type { AnyCollection } from "./service-provider.ts";
import type { Session } from "./session.ts";
import type { SyncError, SyncItem, SyncResult } from "./sync-result.ts";

/** Everything that a user has in some collections, page by page, optionally only what is new or changed since a moment. */
export async function* readEverything(
  collections: readonly (readonly [SyncType, AnyCollection])[],
  mappingOf: (kind: ItemKindName) => (native: unknown) => object,
  session: Session,
  since: number | undefined,
): AsyncIterable<SyncResult<object>> {
  for (const [syncType, collection] of collections) {
    // One page is held back, because only the end of the iteration tells which page was the last.
    let held: SyncResult<object> | undefined;
    for await (const page of itemsOf(collection, mappingOf, session, since)) {
      if (held) yield held;
      held = resultOf(syncType, page, since);
    }
    if (held) yield { ...held, complete: true };
  }
}

interface Page {
  readonly items: readonly SyncItem<object>[];
  readonly errors: readonly SyncError[];
  readonly total?: number;
}

async function* itemsOf(
  collection: AnyCollection,
  mappingOf: (kind: ItemKindName) => (native: unknown) => object,
  session: Session,
  since: number | undefined,
): AsyncIterable<Page> {
  if (collection.shape === "held-documents") {
    for await (const containers of collection.containers.list(session)) {
      for (const { id } of containers) yield* itemsOf(documentsIn(collection, id), mappingOf, session, since);
    }
    return;
  }
  if (collection.shape === "documents" || collection.shape === "containers") {
    for await (const { entries, total } of collection.read.list(session, {})) {
      // What shows another collection is read as that.
      const own = entries.filter((entry) => !showsAnother(collection, entry, session));
      yield pageOf(
        own.map((entry) => documentOf(entry, collection.kind.name, collection.toUniversal)),
        total,
      );
    }
    return;
  }
  const toUniversal = mappingOf(collection.kind);
  if (collection.shape === "log") {
    for await (const { entries } of collection.read.list(session, since === undefined ? {} : { sinceMs: since })) {
      yield pageOf(entries.map((entry) => loggedOf(entry, collection.kind, toUniversal)));
    }
    return;
  }
  for await (const { entries, total } of collection.read.list(session, {})) {
    yield pageOf(
      entries.map((entry) => referenceOf(entry, collection.kind, toUniversal)),
      total,
    );
  }
}

function showsAnother(collection: AnyCollection, entry: ListedDocument<unknown>, session: Session): boolean {
  return (
    collection.shape === "containers" &&
    entry.state === "listed" &&
    collection.facts(entry.native, session).shows !== undefined
  );
}

function pageOf(rows: readonly (SyncItem<object> | SyncError)[], total?: number): Page {
  const items = rows.filter((row): row is SyncItem<object> => "action" in row);
  const errors = rows.filter((row): row is SyncError => !("action" in row));
  return { items, errors, ...(total === undefined ? {} : { total }) };
}

function referenceOf(
  entry: ListedEntry<unknown>,
  itemType: string,
  toUniversal: (native: unknown) => object,
): SyncItem<object> | SyncError {
  if (entry.state !== "listed") return unreadable(entry);
  return {
    externalId: entry.id,
    itemType,
    action: "create",
    data: toUniversal(entry.native),
    ...(entry.addedAtMs === undefined ? {} : { lastModifiedMs: entry.addedAtMs }),
  };
}

function loggedOf(
  entry: LoggedEntry<unknown>,
  itemType: string,
  toUniversal: (native: unknown) => object,
): SyncItem<object> | SyncError {
  if (entry.state !== "listed") return unreadable(entry);
  const { id, native, atMs } = entry;
  return { externalId: id, itemType, action: "create", data: toUniversal(native), lastModifiedMs: atMs };
}

function documentOf(
  entry: ListedDocument<unknown>,
  itemType: string,
  toUniversal: (native: unknown) => object,
): SyncItem<object> | SyncError {
  if (entry.state === "deleted") {
    const { id, deletedAtMs } = entry;
    return {
      externalId: id,
      itemType,
      action: "delete",
      ...(deletedAtMs === undefined ? {} : { lastModifiedMs: deletedAtMs }),
    };
  }
  if (entry.state !== "listed") return unreadable(entry);
  const { id, native, modifiedAtMs } = entry;
  let data: object;
  try {
    data = toUniversal(native);
  } catch {
    // By the contract: that one document's failure.
    return unreadable({ state: "unreadable", id });
  }
  return {
    externalId: id,
    itemType,
    action: "create",
    data,
    ...(modifiedAtMs === undefined ? {} : { lastModifiedMs: modifiedAtMs }),
  };
}

function unreadable(entry: { readonly state: string; readonly id?: string; readonly reason?: string }): SyncError {
  return {
    ...(entry.id === undefined ? {} : { externalId: entry.id }),
    code: entry.state === "unsyncable" ? (entry.reason ?? "unsupported") : "unreadable",
  };
}

/** What has no time of its own is never left out: nobody knows that it is old. */
function resultOf(syncType: SyncType, { items, errors, total }: Page, since: number | undefined): SyncResult<object> {
  const wanted = items.filter(
    ({ lastModifiedMs }) => since === undefined || lastModifiedMs === undefined || lastModifiedMs >= since,
  );
  const count = (action: SyncItem<object>["action"]) => wanted.filter((item) => item.action === action).length;
  return {
    syncType,
    items: wanted,
    errors,
    counts: { create: count("create"), update: 0, delete: count("delete") },
    ...(total === undefined ? {} : { total }),
    complete: false,
  };
}
