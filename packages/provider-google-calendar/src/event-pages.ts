import { MalformedAnswerError, type Session } from "@syncer/core";
import { type EventPage, endless, type GoogleApi, LIMITS, type PageOf, SERVICE } from "./google-api.ts";
import { ROUTES } from "./google-errors.ts";
import { type ReadItems, readItems } from "./google-event.ts";
import type { GoogleItem } from "./google-schemas.ts";

/** More pages of one answer than this are no answer to anything. */
const MOST_PAGES = 10_000;

/**
 * All pages of one list, in their order. A page may be short, or empty, while there are more.
 * @throws {MalformedAnswerError} also for a list that ends without the token that a whole one ends with
 */
export async function* pagesOf(
  api: GoogleApi,
  session: Session,
  calendarId: string,
  asked: Omit<PageOf, "pageToken">,
): AsyncIterable<EventPage> {
  let pageToken: string | undefined;
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const page = await api.listEvents(session, calendarId, { ...asked, ...(pageToken ? { pageToken } : {}) });
    const { nextPageToken, nextSyncToken } = page;
    const isWhole = asked.iCalUID !== undefined || nextSyncToken !== undefined;
    if (nextPageToken === undefined && !isWhole) throw endless(ROUTES.events);
    yield page;
    if (nextPageToken === undefined) return;
    if (nextPageToken === pageToken) break;
    pageToken = nextPageToken;
  }
  throw new MalformedAnswerError(SERVICE, ROUTES.events, "pages without an end.");
}

async function itemsOf(
  api: GoogleApi,
  session: Session,
  calendarId: string,
  asked: Pick<PageOf, "iCalUID">,
): Promise<ReadItems> {
  const items: GoogleItem[] = [];
  const unreadable: string[] = [];
  for await (const page of pagesOf(api, session, calendarId, { ...asked, pageSize: LIMITS.eventsPage })) {
    const read = readItems(page.items);
    items.push(...read.items);
    unreadable.push(...read.unreadable);
  }
  return { items, unreadable };
}

/** A series as it is now. */
export interface SeriesItems {
  /** Absent: it is not there, or only single instances of it are shown. */
  readonly master?: GoogleItem;
  /** Its changed and cancelled instances. */
  readonly exceptions: readonly GoogleItem[];
  /** It, or one of its instances, could not be understood. */
  readonly isUnreadable: boolean;
}

/** @param iCalUID as one of its items tells it */
export type SeriesReader = (masterId: string, iCalUID: string | undefined) => Promise<SeriesItems>;

/**
 * Reads series: one request for each, because all items of a series have one UID. Those who see only busy times are told no UIDs; for
 * them the whole calendar is listed, once.
 */
export function seriesReader(api: GoogleApi, session: Session, calendarId: string): SeriesReader {
  let whole: Promise<ReadItems> | undefined;
  return async (masterId, iCalUID) => {
    if (iCalUID === undefined) whole ??= itemsOf(api, session, calendarId, {});
    const read = iCalUID === undefined ? whole : itemsOf(api, session, calendarId, { iCalUID });
    const { items, unreadable } = (await read) ?? { items: [], unreadable: [] };
    const master = items.find(({ id, status }) => id === masterId && status !== "cancelled");
    return {
      ...(master ? { master } : {}),
      exceptions: items.filter(({ recurringEventId }) => recurringEventId === masterId),
      isUnreadable: unreadable.includes(masterId),
    };
  };
}
