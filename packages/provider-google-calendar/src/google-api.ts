import { type HttpRequest, MalformedAnswerError, type Session } from "@syncer/core";
import { z } from "zod";
import type { EventType } from "./event-types.ts";
import { ROUTES } from "./google-errors.ts";
import {
  calendarPageSchema,
  calendarSchema,
  channelSchema,
  eventPageSchema,
  eventSchema,
  type GoogleCalendarEntry,
  type GoogleItem,
  type RawItem,
  userinfoSchema,
} from "./google-schemas.ts";
import type { EventBody } from "./write-google-event.ts";

export const SERVICE = "google-calendar";

/** Google's own limits. */
export const LIMITS = { eventsPage: 2_500, calendarsPage: 250, batch: 50 } as const;

/**
 * Units of the minute's quota. A patch costs three by the documentation. So does an insertion here, though it costs one: a calendar
 * that is filled as fast as the quota allows runs into limits of use that nobody can look up ("Calendar usage limits exceeded").
 */
export const COSTS = { insert: 3, patch: 3 } as const;

/** What every listing asks for, and so every request with a token of one: masters, exceptions and what is deleted. */
const LISTED = { singleEvents: false, showDeleted: true } as const;

/** On every write: nobody is notified. */
export const SILENT = { sendUpdates: "none" } as const;

/** What a page is asked by. */
export interface PageOf {
  readonly pageSize: number;
  readonly pageToken?: string;
  readonly syncToken?: string;
  /** Only events of this UID: a series with its exceptions. Not with a sync token. */
  readonly iCalUID?: string;
}

export interface EventPage {
  readonly items: readonly RawItem[];
  readonly nextPageToken?: string;
  readonly nextSyncToken?: string;
  /** The service's clock. */
  readonly serverTimeMs?: number;
}

/** One function per endpoint. */
export interface GoogleApi {
  /** Base of the Calendar API. */
  readonly base: string;
  /** What is listed; a token is one of such a list alone. */
  readonly eventTypes: readonly EventType[];
  /** Scheme and host, which batches go to. */
  readonly origin: string;
  listEvents(session: Session, calendarId: string, page: PageOf): Promise<EventPage>;
  getEvent(session: Session, calendarId: string, eventId: string): Promise<GoogleItem>;
  insertEvent(session: Session, calendarId: string, body: EventBody): Promise<GoogleItem>;
  patchEvent(
    session: Session,
    calendarId: string,
    eventId: string,
    write: { readonly body: EventBody; readonly etag?: string },
  ): Promise<GoogleItem>;
  deleteEvent(session: Session, calendarId: string, eventId: string, etag?: string): Promise<void>;
  listCalendars(
    session: Session,
    pageToken?: string,
  ): Promise<{ readonly items: readonly GoogleCalendarEntry[]; readonly nextPageToken?: string }>;
  getCalendar(session: Session, calendarId: string): Promise<GoogleCalendarEntry>;
  getUserinfo(session: Session): Promise<z.infer<typeof userinfoSchema>>;
  /** Asks without caring for the answer's content: for health. */
  poke(session: Session): Promise<void>;
  watchEvents(session: Session, calendarId: string, body: EventBody): Promise<z.infer<typeof channelSchema>>;
  stopChannel(session: Session, body: EventBody): Promise<void>;
}

export function createGoogleApi(
  origin: string,
  userinfo: string,
  eventTypes: readonly EventType[] = ["default"],
): GoogleApi {
  const base = `${origin}/calendar/v3`;
  const changed = async (session: Session, request: Omit<HttpRequest<GoogleItem>, "base" | "schema" | "purpose">) =>
    await session.http.request({ ...request, base, schema: eventSchema, purpose: "write", query: SILENT });
  return {
    base,
    origin,
    eventTypes,
    async listEvents(session, calendarId, { pageSize, pageToken, syncToken, iCalUID }) {
      const maxResults = Math.max(1, Math.min(pageSize, LIMITS.eventsPage));
      const { body, headers } = await session.http.exchange({
        method: "GET",
        base,
        route: ROUTES.events,
        path: { calendarId },
        query: { ...LISTED, eventTypes, maxResults, syncToken, pageToken, iCalUID },
        schema: eventPageSchema,
        purpose: "read",
      });
      const serverTimeMs = Date.parse(headers.get("date") ?? "");
      const { items, nextPageToken, nextSyncToken } = body;
      return {
        items,
        ...(nextPageToken ? { nextPageToken } : {}),
        ...(nextSyncToken ? { nextSyncToken } : {}),
        ...(Number.isNaN(serverTimeMs) ? {} : { serverTimeMs }),
      };
    },
    getEvent: (session, calendarId, eventId) =>
      session.http.request({
        method: "GET",
        base,
        route: ROUTES.event,
        path: { calendarId, eventId },
        schema: eventSchema,
        purpose: "read",
      }),
    insertEvent: (session, calendarId, json) =>
      changed(session, { method: "POST", route: ROUTES.events, path: { calendarId }, json, cost: COSTS.insert }),
    patchEvent: (session, calendarId, eventId, { body, etag }) =>
      changed(session, {
        method: "PATCH",
        route: ROUTES.event,
        path: { calendarId, eventId },
        json: body,
        headers: ifMatch(etag),
        cost: COSTS.patch,
      }),
    async deleteEvent(session, calendarId, eventId, etag) {
      await session.http.request({
        method: "DELETE",
        base,
        route: ROUTES.event,
        path: { calendarId, eventId },
        query: SILENT,
        headers: ifMatch(etag),
        schema: z.unknown(),
        purpose: "write",
      });
    },
    async listCalendars(session, pageToken) {
      const { items, nextPageToken, nextSyncToken } = await session.http.request({
        method: "GET",
        base,
        route: "/users/me/calendarList",
        query: { maxResults: LIMITS.calendarsPage, showHidden: true, pageToken },
        schema: calendarPageSchema,
        purpose: "read",
      });
      if (!nextPageToken && !nextSyncToken) throw endless("/users/me/calendarList");
      return { items, ...(nextPageToken ? { nextPageToken } : {}) };
    },
    getCalendar: (session, calendarId) =>
      session.http.request({
        method: "GET",
        base,
        route: "/users/me/calendarList/{calendarId}",
        path: { calendarId },
        schema: calendarSchema,
        purpose: "read",
      }),
    getUserinfo: (session) =>
      session.http.request({
        method: "GET",
        base: userinfo,
        route: "/v1/userinfo",
        schema: userinfoSchema,
        purpose: "identity",
      }),
    async poke(session) {
      await session.http.request({
        method: "GET",
        base,
        route: "/users/me/calendarList",
        query: { maxResults: 1, fields: "items(id,accessRole)" },
        schema: z.unknown(),
        purpose: "health",
      });
    },
    watchEvents: (session, calendarId, json) =>
      session.http.request({
        method: "POST",
        base,
        route: "/calendars/{calendarId}/events/watch",
        path: { calendarId },
        json,
        schema: channelSchema,
        purpose: "write",
      }),
    async stopChannel(session, json) {
      await session.http.request({
        method: "POST",
        base,
        route: "/channels/stop",
        json,
        schema: z.unknown(),
        purpose: "write",
        // What is stopped twice is not there the second time.
        repeatable: true,
      });
    },
  };
}

function ifMatch(etag: string | undefined): Readonly<Record<string, string>> {
  return etag === undefined ? {} : { "if-match": etag };
}

/** A page that is neither followed by another nor the end of a list proves nothing of what is not on it. */
export function endless(route: string): MalformedAnswerError {
  return new MalformedAnswerError(
    SERVICE,
    route,
    "a page that says neither where the next one is nor that it is the last.",
  );
}
