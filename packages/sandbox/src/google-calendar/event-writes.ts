import { eventAccess } from "./access.ts";
import type { GoogleCalendar } from "./calendars.ts";
import { bodyOf, type GoogleCall, spendCreation } from "./call.ts";
import { invalid, notFound, refusal, required } from "./errors.ts";
import { checkIfMatch, checkSequence, guardOrganizer, readEventType, readIds, readOrganizer } from "./event-checks.ts";
import { heededBody, mergePatch, readDraft, writableBody } from "./event-draft.ts";
import type { EventDraft, StoredEvent } from "./event-model.ts";
import { commitEvent, commitWithSeries } from "./event-store.ts";
import { noteMails } from "./mails.ts";
import { exceptionsOf, findEvent, same } from "./series.ts";

type Body = Readonly<Record<string, unknown>>;

/** What a write left, and where. */
export interface Written {
  readonly calendar: GoogleCalendar;
  readonly role: ReturnType<typeof eventAccess>["role"];
  readonly event: StoredEvent;
}

const access = (call: GoogleCall): ReturnType<typeof eventAccess> =>
  eventAccess(call, call.params.calendarId ?? "", "write");

/** `events.insert`. */
export function insertEvent(call: GoogleCall): Written {
  const { calendar, role } = access(call);
  const body = heededBody(call, bodyOf(call), undefined);
  const { id, iCalUID } = readIds(body);
  const draft = readDraft(call, calendar, body);
  const eventType = readEventType(call, calendar, body);
  const taken = id !== undefined && calendar.events.has(id);
  if (taken || (iCalUID !== undefined && withUid(calendar, iCalUID) !== undefined)) throw duplicate();
  spendCreation(call.world);
  const event = newEvent(call, calendar, draft, {
    ...(id === undefined ? {} : { id }),
    ...(iCalUID === undefined ? {} : { iCalUID }),
    eventType,
    organizer: { email: calendar.id },
    privateCopy: false,
  });
  commitEvent(call.world, calendar, event);
  noteMails(call, calendar, { before: undefined, after: event });
  return { calendar, role, event };
}

/** `events.import`: a private copy that keeps its `iCalUID`. */
export function importEvent(call: GoogleCall): Written {
  const { calendar, role } = access(call);
  const body = heededBody(call, bodyOf(call), undefined);
  const { iCalUID } = body;
  if (typeof iCalUID !== "string" || iCalUID === "") throw required("Missing iCalUID.");
  if ((body.eventType ?? "default") !== "default") throw invalid("Only default events can be imported.");
  const draft = readDraft(call, calendar, body);
  const organizer = readOrganizer(calendar, body, draft);
  const known = withUid(calendar, iCalUID);
  if (known !== undefined) {
    if (!call.world.settings.importUpserts) throw duplicate();
    checkSequence(body, known);
    const after = { ...applied(call, known, draft), organizer, privateCopy: true };
    return { calendar, role, event: commitWithSeries(call.world, calendar, known, after) };
  }
  spendCreation(call.world);
  const event = newEvent(call, calendar, draft, { iCalUID, eventType: "default", organizer, privateCopy: true });
  if (typeof body.sequence === "number") event.sequence = body.sequence;
  return { calendar, role, event: commitEvent(call.world, calendar, event) };
}

/** `events.update` and `events.patch`: the body replaces what there is, or is laid over it. */
export function changeEvent(call: GoogleCall, how: "replace" | "patch"): Written {
  const { calendar, role } = access(call);
  const before = existing(call, calendar);
  checkIfMatch(call, before);
  const given = bodyOf(call);
  const heeded = heededBody(call, given, before);
  const body = how === "replace" ? heeded : (mergePatch(writableBody(before, call.user.email), heeded) as Body);
  if (given.eventType !== undefined && given.eventType !== before.eventType)
    throw refusal(400, {
      domain: "calendar",
      reason: "eventTypeRestriction",
      message: "Event type cannot be changed.",
    });
  checkSequence(given, before);
  const draft = readDraft(call, calendar, body);
  if (before.instance !== undefined && draft.recurrence !== undefined)
    throw invalid("An instance of a recurring event cannot have a recurrence.");
  guardOrganizer(calendar, before, draft);
  const after = applied(call, before, draft);
  commitWithSeries(call.world, calendar, before, after);
  noteMails(call, calendar, { before, after });
  return { calendar, role, event: after };
}

/** `events.delete`. */
export function deleteEvent(call: GoogleCall): void {
  const { calendar } = access(call);
  const before = existing(call, calendar);
  if (before.status === "cancelled") throw refusal(410, { reason: "deleted", message: "Resource has been deleted" });
  checkIfMatch(call, before);
  const after: StoredEvent = { ...before, status: "cancelled", updatedAt: call.now, sequence: before.sequence + 1 };
  commitWithSeries(call.world, calendar, before, after);
  noteMails(call, calendar, { before, after });
}

/** `events.move`: the event gets another organizer, and leaves an id behind. */
export function moveEvent(call: GoogleCall): Written {
  const { calendar } = access(call);
  const destination = call.query.get("destination");
  if (destination === null) throw required("Required parameter: destination");
  const { calendar: target, role } = eventAccess(call, destination, "write");
  const before = existing(call, calendar);
  if (before.instance !== undefined) throw invalid("Cannot move an instance of a recurring event.");
  if (before.organizer.email !== calendar.id || before.eventType !== "default")
    throw refusal(403, {
      domain: "calendar",
      reason: "cannotChangeOrganizer",
      message: "Cannot change the organizer of the event.",
    });
  if (target.events.has(before.id)) throw duplicate();
  const moved = [before, ...exceptionsOf(calendar.events, before.id)];
  for (const event of moved) {
    commitEvent(call.world, target, { ...event, organizer: { email: target.id }, updatedAt: call.now });
    commitEvent(call.world, calendar, { ...event, status: "cancelled", bare: true });
  }
  const event = target.events.get(before.id) ?? before;
  noteMails(call, target, { before: event, after: event });
  return { calendar: target, role, event };
}

function existing(call: GoogleCall, calendar: GoogleCalendar): StoredEvent {
  const found = findEvent(calendar.events, call.params.eventId ?? "");
  if (found === undefined || found.bare === true) throw notFound();
  return found;
}

function newEvent(
  call: GoogleCall,
  calendar: GoogleCalendar,
  draft: EventDraft,
  given: Pick<StoredEvent, "eventType" | "organizer" | "privateCopy"> & {
    readonly id?: string;
    readonly iCalUID?: string;
  },
): StoredEvent {
  const { reminders, ...rest } = draft;
  const id = given.id ?? call.world.dice.hex("event", `${calendar.id} ${call.world.changes}`, 26);
  return {
    ...rest,
    ...given,
    id,
    iCalUID: given.iCalUID ?? `${id}@google.com`,
    reminders: new Map([[call.user.email, reminders]]),
    creator: call.user.email,
    instance: undefined,
    createdAt: call.now,
    updatedAt: call.now,
    sequence: 0,
    version: 0,
  };
}

/** The event after a draft. Reminders alone are no change of the event itself. */
function applied(call: GoogleCall, before: StoredEvent, { reminders, ...draft }: EventDraft): StoredEvent {
  const facts = ({ content, start, end, recurrence, status }: EventDraft | StoredEvent): unknown => [
    content,
    start,
    end,
    recurrence,
    status,
  ];
  const changed = !same(facts({ ...draft, reminders }), facts(before));
  const times = ({ start, end, recurrence, status }: Omit<EventDraft, "reminders">): unknown => [
    start,
    end,
    recurrence,
    status === "cancelled",
  ];
  return {
    ...before,
    ...draft,
    reminders: new Map(before.reminders).set(call.user.email, reminders),
    updatedAt: changed ? call.now : before.updatedAt,
    sequence: same(times(draft), times(before)) ? before.sequence : before.sequence + 1,
  };
}

function withUid(calendar: GoogleCalendar, iCalUID: string): StoredEvent | undefined {
  return [...calendar.events.values()].find((event) => event.iCalUID === iCalUID && event.instance === undefined);
}

function duplicate(): Error {
  return refusal(409, { reason: "duplicate", message: "The requested identifier already exists." });
}
