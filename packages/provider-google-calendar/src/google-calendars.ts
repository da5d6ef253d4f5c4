import { canonicalZone } from "@syncer/calendar";
import { type ContainerReader, type HoldingContainer, MalformedAnswerError, type Session } from "@syncer/core";
import { type GoogleApi, SERVICE } from "./google-api.ts";
import type { GoogleCalendarEntry } from "./google-schemas.ts";

/** More pages than this of 250 calendars are no answer to anything. */
const MOST_PAGES = 100;

/** The calendars of the user's list, hidden ones included: whoever hides one may still sync it. */
export function calendarsOf(api: GoogleApi): ContainerReader {
  return {
    async *list(session) {
      let pageToken: string | undefined;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const { items, nextPageToken } = await api.listCalendars(session, pageToken);
        yield items.filter(({ deleted }) => !deleted).map(calendarOf);
        if (nextPageToken === undefined) return;
        pageToken = nextPageToken;
      }
      throw new MalformedAnswerError(SERVICE, "/users/me/calendarList", "pages without an end.");
    },
  };
}

function calendarOf(entry: GoogleCalendarEntry): HoldingContainer {
  const timeZone = entry.timeZone ? canonicalZone(entry.timeZone) : undefined;
  return {
    id: entry.id,
    name: entry.summaryOverride || entry.summary || entry.id,
    access: accessOf(entry.accessRole ?? ""),
    ...(entry.primary ? { primary: true } : {}),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

/**
 * `writerWithoutPrivateAccess` may write, but is shown private events without their words, and what is not seen cannot be synced in
 * two directions: such a calendar is read.
 */
function accessOf(role: string): HoldingContainer["access"] {
  if (role === "owner" || role === "writer") return "write";
  return role === "freeBusyReader" ? "busy" : "read";
}

/** Finds the zone that a calendar is kept in; one request for each calendar and session. */
export function zoneFinder(api: GoogleApi): (session: Session, calendarId: string) => Promise<string> {
  const found = new WeakMap<Session, Map<string, Promise<string>>>();
  return (session, calendarId) => {
    const known = found.get(session) ?? new Map<string, Promise<string>>();
    found.set(session, known);
    const zone = known.get(calendarId) ?? findZone(api, session, calendarId);
    known.set(calendarId, zone);
    // A failure is no finding.
    zone.catch(() => known.delete(calendarId));
    return zone;
  };
}

async function findZone(api: GoogleApi, session: Session, calendarId: string): Promise<string> {
  const { timeZone } = await api.getCalendar(session, calendarId);
  return canonicalZone(timeZone ?? "") ?? "Etc/UTC";
}
