import { EventError, type UniversalEvent, UnsupportedEventError } from "@syncer/calendar";
import type { DocumentState, ListedDocument } from "@syncer/core";
import { documentIdOf } from "./google-ids.ts";
import { eventSchema, type GoogleItem, type RawItem } from "./google-schemas.ts";
import { ownProperty } from "./own-properties.ts";
import { isPending } from "./pending-instances.ts";
import { readGoogleEvent } from "./read-google-event.ts";

/** An event as Google holds it: one item, and of a series those of its changed and cancelled instances. */
export interface GoogleEvent {
  readonly item: GoogleItem;
  readonly exceptions: readonly GoogleItem[];
  /** What they say. */
  readonly event: UniversalEvent;
}

export type GoogleState = DocumentState<GoogleEvent>;

/**
 * An event as a document. A series' version is made of the etags of its master and of all that is special about its instances, because
 * the master's does not change with theirs.
 * @throws {EventError} it is no event, or one that cannot be said in universal form
 */
export function stateOf(item: GoogleItem, exceptions: readonly GoogleItem[]): GoogleState {
  const sorted = [...exceptions].sort((a, b) => (a.id < b.id ? -1 : 1));
  const event = readGoogleEvent(item, sorted);
  const version = versionOf(item, sorted);
  const modifiedAtMs = modifiedAtMsOf([item, ...sorted]);
  const marker = ownProperty(item, "operation");
  return {
    id: documentIdOf(item.id),
    native: { item, exceptions: sorted, event },
    ...(version === undefined ? {} : { version }),
    ...(modifiedAtMs === undefined ? {} : { modifiedAtMs }),
    ...(marker === undefined ? {} : { marker }),
    ...(isPending(item) ? { unfinished: true as const } : {}),
  };
}

/** Of a cancelled instance nothing but that it is cancelled counts, and no more is guaranteed. */
function versionOf({ etag }: GoogleItem, exceptions: readonly GoogleItem[]): string | undefined {
  if (!etag) return undefined;
  const parts = exceptions.map(({ id, etag: own, status }) => `${id}=${status === "cancelled" ? status : own}`);
  return [etag, ...parts].join(" ");
}

function modifiedAtMsOf(items: readonly GoogleItem[]): number | undefined {
  const times = items.map(({ updated }) => Date.parse(updated ?? "")).filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : Math.max(...times);
}

/** One event as a row. What cannot be read is that one's failure, and is never taken for gone. */
export function rowOf(item: GoogleItem, exceptions: readonly GoogleItem[]): ListedDocument<GoogleEvent> {
  const id = documentIdOf(item.id);
  try {
    return { state: "listed", ...stateOf(item, exceptions) };
  } catch (error) {
    if (!(error instanceof EventError)) throw error;
    if (error instanceof UnsupportedEventError) return { state: "unsyncable", id, reason: "unsupported" };
    return { state: "unreadable", id };
  }
}

export function deletedRow({ id, updated }: GoogleItem): ListedDocument<GoogleEvent> {
  const deletedAtMs = Date.parse(updated ?? "");
  return { state: "deleted", id: documentIdOf(id), ...(Number.isNaN(deletedAtMs) ? {} : { deletedAtMs }) };
}

export function unreadableRow(id: string): ListedDocument<GoogleEvent> {
  return { state: "unreadable", id: documentIdOf(id) };
}

/** Items as they are understood; of the others the id of their event. */
export interface ReadItems {
  readonly items: readonly GoogleItem[];
  readonly unreadable: readonly string[];
}

export function readItems(raw: readonly RawItem[]): ReadItems {
  const items: GoogleItem[] = [];
  const unreadable: string[] = [];
  for (const each of raw) {
    const parsed = eventSchema.safeParse(each);
    const { id, recurringEventId } = each;
    if (parsed.success) items.push(parsed.data);
    else unreadable.push(typeof recurringEventId === "string" ? recurringEventId : id);
  }
  return { items, unreadable };
}

export function isGone({ status }: GoogleItem): boolean {
  return status === "cancelled";
}

export function isSeries({ recurrence }: GoogleItem): boolean {
  return (recurrence ?? []).length > 0;
}
