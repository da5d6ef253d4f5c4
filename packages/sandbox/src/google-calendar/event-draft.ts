import type { GoogleCalendar } from "./calendars.ts";
import type { GoogleCall } from "./call.ts";
import { invalid } from "./errors.ts";
import { readContent, readReminders } from "./event-content.ts";
import { type EventDraft, type EventStatus, STATUSES, type StoredEvent } from "./event-model.ts";
import { checkRange, readTime, timeObject } from "./event-times.ts";
import { booleanOf, numberOf } from "./parameters.ts";
import { readRecurrence } from "./recurrence.ts";

type Body = Readonly<Record<string, unknown>>;

/** An event's request body, checked. */
export function readDraft(call: GoogleCall, calendar: GoogleCalendar, body: Body): EventDraft {
  const recurring = Array.isArray(body.recurrence) && body.recurrence.length > 0;
  const context = { calendarZone: calendar.timeZone, recurring };
  const [start, end] = [readTime(body.start, "start", context), readTime(body.end, "end", context)];
  checkRange(start, end);
  const content = { ...readContent(body) };
  const { conferenceData } = content;
  if (isCreateRequest(conferenceData)) Object.assign(content, meeting(call, conferenceData));
  return {
    content,
    start,
    end,
    recurrence: readRecurrence(body.recurrence, start),
    status: readStatus(body.status),
    reminders: readReminders(body.reminders),
  };
}

function readStatus(value: unknown): EventStatus {
  const status = STATUSES.find((word) => word === (value ?? "confirmed"));
  if (status === undefined) throw invalid("Invalid value for: status");
  return status;
}

/**
 * What of the body counts: attachments, conferences and labels only if the request says that it knows them. Without that,
 * what the event has stays.
 */
export function heededBody(call: GoogleCall, body: Body, current: StoredEvent | undefined): Body {
  const conferences = numberOf(call, "conferenceDataVersion", { min: 0, max: 1 }) === 1;
  const labels = numberOf(call, "eventLabelVersion", { min: 0, max: 1 }) === 1;
  const optIns: Readonly<Record<string, boolean>> = {
    attachments: booleanOf(call, "supportsAttachments"),
    conferenceData: conferences,
    eventLabelId: labels,
  };
  const heeded: Record<string, unknown> = { ...body };
  for (const [field, on] of Object.entries(optIns)) {
    if (on) continue;
    delete heeded[field];
    if (current?.content[field] !== undefined) heeded[field] = current.content[field];
  }
  return heeded;
}

/** The event as a body that would write it again; what a patch is laid over. */
export function writableBody(event: StoredEvent, user: string): Body {
  const zone = event.start.kind === "moment" ? event.start.zone : "UTC";
  return {
    ...event.content,
    start: timeObject(event.start, zone),
    end: timeObject(event.end, zone),
    ...(event.recurrence === undefined ? {} : { recurrence: event.recurrence }),
    status: event.status,
    reminders: event.reminders.get(user) ?? { useDefault: true },
  };
}

/** Lays a patch over a body: objects merge, null takes away, arrays are replaced whole. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCreateRequest(value: unknown): value is { readonly createRequest: Body } {
  return isObject(value) && isObject(value.createRequest) && value.conferenceId === undefined;
}

/** What comes of a request for a Meet conference. */
function meeting(call: GoogleCall, { createRequest }: { readonly createRequest: Body }): Record<string, unknown> {
  if (typeof createRequest.requestId !== "string") throw invalid("Missing conference requestId.");
  const letters = call.world.dice
    .hex("meet", createRequest.requestId, 10)
    .replaceAll(/\d/g, (digit) => "ghijklmnop"[Number(digit)] ?? "x");
  const conferenceId = `${letters.slice(0, 3)}-${letters.slice(3, 7)}-${letters.slice(7)}`;
  const uri = `https://meet.google.com/${conferenceId}`;
  return {
    conferenceData: {
      createRequest: { ...createRequest, status: { statusCode: "success" } },
      entryPoints: [{ entryPointType: "video", uri, label: uri.slice("https://".length) }],
      conferenceSolution: { key: { type: "hangoutsMeet" }, name: "Google Meet" },
      conferenceId,
    },
  };
}
