import { createEvent, EventError, type UniversalEvent, updateEvent } from "@syncer/calendar";
import {
  type CreateDocument,
  type DeleteDocument,
  type DocumentState,
  type HeldWriter,
  OutcomeUnknownError,
  serviceError,
  type UpdateDocument,
  type WrittenDocument,
} from "@syncer/core";
import { ROUTES } from "./caldav-errors.ts";
import type { Calendar, CalendarOpener } from "./calendar.ts";
import { SERVICE } from "./dav/index.ts";
import { getEvent } from "./event-reader.ts";
import { type CaldavEvent, type EventResource, stateOf } from "./event-resource.ts";
import { type ResourceWrite, writeResource } from "./write-resource.ts";

type State = DocumentState<CaldavEvent>;
type Written = WrittenDocument<CaldavEvent>;

const PROD_ID = "-//Syncer//CalDAV//EN";

export function eventWriter(open: CalendarOpener, now: () => number): HeldWriter<CaldavEvent, UniversalEvent> {
  return {
    consistencyWindowMs: 0,
    preconditions: "conditional",
    identity: "client-id",
    create: (session, containerId, request) => create(open(session, containerId), request, now()),
    update: (session, containerId, request) => update(open(session, containerId), request, now()),
    delete: (session, containerId, request) => remove(open(session, containerId), request),
  };
}

/** The event keeps its UID, so that it is known for the same one at every service. Nobody is invited by it. */
async function create(
  calendar: Calendar,
  { item, operationId }: CreateDocument<UniversalEvent>,
  nowMs: number,
): Promise<Written> {
  const { when } = item;
  if (!when) throw refused(ROUTES.create, "event.no-start");
  const uid = item.uid?.trim() || operationId;
  const { text, losses } = expressed(ROUTES.create, () =>
    createEvent({ ...item, when }, { uid, prodId: PROD_ID, nowMs, marker: operationId }),
  );
  const path = calendar.pathOf(operationId);
  const headers = { "if-none-match": "*" };
  const made = await put(calendar, { id: operationId, path, text }, { route: ROUTES.create, headers });
  return { ...made, losses };
}

/** The whole object is written, and in it only the lines of what has changed. */
async function update(
  calendar: Calendar,
  request: UpdateDocument<CaldavEvent, UniversalEvent>,
  nowMs: number,
): Promise<Written> {
  const { id, item, operationId, previous, ifVersion } = request;
  // `If-Match: *` will not do: Radicale takes it for a version that nothing has.
  const base = ifVersion === undefined ? await current(calendar, id) : { native: previous, version: ifVersion };
  const { text, changed, dropped, losses } = expressed(ROUTES.update, () =>
    updateEvent(base.native.text, item, { nowMs, marker: operationId }),
  );
  if (!changed) return await unchanged(calendar, id, base.version);
  const headers: Record<string, string> = base.version === undefined ? {} : { "if-match": base.version };
  const path = base.native.path ?? calendar.pathOf(id);
  const changedTo = await put(calendar, { id, path, text }, { route: ROUTES.update, headers });
  // What was special of an instance that the series has no longer.
  return { ...changedTo, losses: dropped.length > 0 ? [...losses, "overrides.dropped"] : losses };
}

async function current(calendar: Calendar, id: string): Promise<State> {
  const answer = await getEvent(calendar, id);
  if (answer.state === "gone") throw serviceError(SERVICE, ROUTES.update, 404, { kind: "not-found" });
  const { state: _, ...found } = answer;
  return found;
}

/** Nothing is to be written; whether that still holds is the server's to say. */
async function unchanged(calendar: Calendar, id: string, version: string | undefined): Promise<State> {
  const found = await current(calendar, id);
  if (version === undefined || found.version === version) return found;
  throw serviceError(SERVICE, ROUTES.update, 412, { kind: "version-moved" });
}

async function remove(calendar: Calendar, { id, ifVersion }: DeleteDocument): Promise<void> {
  await writeResource(calendar, {
    method: "DELETE",
    route: ROUTES.delete,
    path: calendar.pathOf(id),
    // RFC 6638 §8.1: nobody is told that the user declines.
    headers: { "schedule-reply": "F", ...(ifVersion === undefined ? {} : { "if-match": ifVersion }) },
  });
}

/** Writes, and reads again where the server does not say that it stored what it was given. */
async function put(
  calendar: Calendar,
  resource: EventResource,
  { route, headers }: Pick<ResourceWrite, "route" | "headers">,
): Promise<State> {
  const { id, path, text } = resource;
  // Before anything is sent: what cannot be read back would be nobody's.
  const sent = expressed(route, () => stateOf(resource));
  const etag = await writeResource(calendar, { method: "PUT", route, path, headers, text });
  if (etag !== undefined) return { ...sent, version: etag };
  const stored = await getEvent(calendar, id).catch((error: unknown) => {
    throw new OutcomeUnknownError(SERVICE, route, { cause: error });
  });
  if (stored.state === "found") return stored;
  throw new OutcomeUnknownError(SERVICE, route);
}

/** What cannot be said in iCalendar is that event's failure. */
function expressed<T>(route: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (error instanceof EventError) throw refused(route, error.code);
    throw error;
  }
}

function refused(route: string, reason: string): Error {
  return serviceError(SERVICE, route, 0, { kind: "invalid", reason });
}
