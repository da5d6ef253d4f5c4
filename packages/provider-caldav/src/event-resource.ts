import { readEvent, type UniversalEvent, UnsupportedEventError } from "@syncer/calendar";
import type { DocumentState, ListedDocument } from "@syncer/core";
import { scanEventText } from "./event-text.ts";

/** An event as a server holds it. */
export interface CaldavEvent {
  /** Where it is, as the server spells it. */
  readonly path: string;
  /** The whole calendar object, with everything that an event in universal form cannot say. */
  readonly text: string;
  /** What it says. */
  readonly event: UniversalEvent;
}

/** What a server gave for one resource. */
export interface EventResource {
  readonly id: string;
  readonly path: string;
  readonly text: string;
  readonly etag?: string;
}

/** @throws {EventError} it is no event, or one that cannot be said in universal form */
export function stateOf({ id, path, text, etag }: EventResource): DocumentState<CaldavEvent> {
  const { event, marker } = readEvent(text);
  const { modifiedAtMs } = scanEventText(text);
  return {
    id,
    native: { path, text, event },
    ...(etag === undefined ? {} : { version: etag }),
    ...(modifiedAtMs === undefined ? {} : { modifiedAtMs }),
    ...(marker === undefined ? {} : { marker }),
  };
}

/** One resource as a row. What cannot be read is that one's failure, and is never taken for gone. */
export function rowOf(resource: EventResource): ListedDocument<CaldavEvent> {
  const { id } = resource;
  const { components } = scanEventText(resource.text);
  if (components.length > 0 && !components.includes("VEVENT")) {
    return { state: "unsyncable", id, reason: "unsupported" };
  }
  try {
    if (components.length > 0) return { state: "listed", ...stateOf(resource) };
  } catch (error) {
    if (error instanceof UnsupportedEventError) return { state: "unsyncable", id, reason: "unsupported" };
  }
  return { state: "unreadable", id };
}
