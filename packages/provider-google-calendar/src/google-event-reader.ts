import {
  type DocumentAnswer,
  type DocumentPage,
  type HeldReader,
  type ListedDocument,
  MalformedAnswerError,
  ServiceError,
  type Session,
  serviceError,
} from "@syncer/core";
import { pagesOf, type SeriesItems, seriesReader } from "./event-pages.ts";
import { EventRows, rowsOfSeries } from "./event-rows.ts";
import { syncTokenIn, tokenOf } from "./event-types.ts";
import { type GoogleApi, LIMITS, SERVICE } from "./google-api.ts";
import { ROUTES } from "./google-errors.ts";
import { type GoogleEvent, isGone, isSeries, readItems, rowOf } from "./google-event.ts";
import { googleIdOf } from "./google-ids.ts";
import type { GoogleItem } from "./google-schemas.ts";
import { inLots } from "./in-lots.ts";

type Page = DocumentPage<GoogleEvent>;
type Row = ListedDocument<GoogleEvent>;

/** Series that are read at once. */
const PARALLEL = 4;

export function eventReader(api: GoogleApi): HeldReader<GoogleEvent> {
  return {
    pageSize: LIMITS.eventsPage,
    totals: "inexact",
    async *list(session, calendarId, { pageSize = LIMITS.eventsPage }) {
      const rows = new EventRows();
      for await (const page of pagesOf(api, session, calendarId, { pageSize })) {
        const entries = rows.take(readItems(page.items));
        const isLast = page.nextPageToken === undefined;
        const rest = isLast ? rows.rest() : [];
        if (isLast) yield pageOf(api, [...entries, ...rest], page);
        else if (entries.length > 0) yield pageOf(api, entries, page);
      }
    },
    async *changes(session, calendarId, token, { pageSize = LIMITS.eventsPage }) {
      const syncToken = syncTokenIn(api.eventTypes, token);
      if (syncToken === undefined) throw serviceError(SERVICE, ROUTES.events, 0, { kind: "token-expired" });
      const rows = new EventRows();
      for await (const page of pagesOf(api, session, calendarId, { pageSize, syncToken })) {
        const entries = rows.take(readItems(page.items));
        const isLast = page.nextPageToken === undefined;
        const rest = isLast ? await readTouched(api, session, calendarId, rows) : [];
        if (isLast || entries.length > 0) yield pageOf(api, [...entries, ...rest], page);
      }
    },
    get: (session, calendarId, id) => getEvent(api, session, calendarId, googleIdOf(id)),
  };
}

function pageOf(
  { eventTypes }: Pick<GoogleApi, "eventTypes">,
  entries: Page["entries"],
  { nextSyncToken, serverTimeMs }: { readonly nextSyncToken?: string; readonly serverTimeMs?: number },
): Page {
  return {
    entries,
    ...(nextSyncToken === undefined ? {} : { token: tokenOf(eventTypes, nextSyncToken) }),
    ...(serverTimeMs === undefined ? {} : { serverTimeMs }),
  };
}

/** A delta tells of an instance without its series, and of a series without its other instances. */
async function readTouched(
  api: GoogleApi,
  session: Session,
  calendarId: string,
  rows: EventRows,
): Promise<readonly Row[]> {
  const read = seriesReader(api, session, calendarId);
  const lots = await inLots(rows.touched(), PARALLEL, async (touched) => {
    const { id, master, told } = touched;
    const named = [master, ...told].find((item) => item?.iCalUID) ?? master;
    // Of cancelled instances nothing but their ids is guaranteed.
    const item = named ?? (await findEvent(api, session, calendarId, id));
    const found = item ? await read(id, item.iCalUID ?? undefined) : NOTHING;
    // That a search by UID shows cancelled instances is written nowhere. Where it does not, the whole calendar is listed, which does.
    const series = found.master && lacksSome(found, told) ? await read(id, undefined) : found;
    return rowsOfSeries(touched, series);
  });
  return lots.flat();
}

function lacksSome({ exceptions }: SeriesItems, told: readonly GoogleItem[]): boolean {
  const ids = new Set(exceptions.map(({ id }) => id));
  return told.some(({ id }) => !ids.has(id));
}

const NOTHING: SeriesItems = { exceptions: [], isUnreadable: false };

/** @returns `undefined`: it is deleted, or not there. @throws {ServiceError} `forbidden`: its calendar is not there */
async function findEvent(
  api: GoogleApi,
  session: Session,
  calendarId: string,
  eventId: string,
): Promise<GoogleItem | undefined> {
  try {
    const item = await api.getEvent(session, calendarId, eventId);
    if (item.id !== eventId) throw new MalformedAnswerError(SERVICE, ROUTES.event, "another event than was asked for.");
    return isGone(item) ? undefined : item;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await assertCalendar(api, session, calendarId);
    return undefined;
  }
}

/** A calendar that is no longer shared answers 404 for each of its events, which says nothing of them. */
async function assertCalendar(api: GoogleApi, session: Session, calendarId: string): Promise<void> {
  try {
    await api.getCalendar(session, calendarId);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw serviceError(SERVICE, ROUTES.event, 404, { kind: "forbidden", reason: "calendar-gone" });
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof ServiceError && error.failure.kind === "not-found";
}

/**
 * One request for a single event, two for a series.
 * @throws {MalformedAnswerError} also for an event that cannot be read: it is there, and nothing more is known
 */
export async function getEvent(
  api: GoogleApi,
  session: Session,
  calendarId: string,
  eventId: string,
): Promise<DocumentAnswer<GoogleEvent>> {
  const item = await findEvent(api, session, calendarId, eventId);
  if (!item) return { state: "gone" };
  const [row] = isSeries(item) ? await seriesRows(api, session, calendarId, item) : [rowOf(item, [])];
  if (row?.state !== "listed") {
    throw new MalformedAnswerError(SERVICE, ROUTES.event, "an event that cannot be read.");
  }
  const { state: _, ...found } = row;
  return { state: "found", ...found };
}

async function seriesRows(api: GoogleApi, session: Session, calendarId: string, item: GoogleItem) {
  const series = await seriesReader(api, session, calendarId)(item.id, item.iCalUID ?? undefined);
  return rowsOfSeries({ id: item.id, master: item, told: [] }, series);
}
