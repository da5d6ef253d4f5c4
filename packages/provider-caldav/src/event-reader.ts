import {
  type ChangesOptions,
  type DocumentAnswer,
  type DocumentPage,
  type HeldReader,
  MalformedAnswerError,
  ServiceError,
  serviceError,
} from "@syncer/core";
import { ROUTES } from "./caldav-errors.ts";
import type { Calendar, CalendarOpener } from "./calendar.ts";
import { SERVICE } from "./dav/index.ts";
import type { CaldavEvent } from "./event-resource.ts";
import { fetchEvents } from "./fetch-events.ts";
import { inOrder } from "./in-order.ts";
import { listMembers, type Members, readState, syncMembers, tokenOf } from "./members.ts";

/** Resources of one `calendar-multiget`. Zoho cuts at 1,000 and says nothing of it. */
const PAGE_SIZE = 100;

/** Pages that are asked for while one is looked at. */
const AHEAD = 3;

export function eventReader(open: CalendarOpener): HeldReader<CaldavEvent> {
  return {
    pageSize: PAGE_SIZE,
    totals: "exact",
    async *list(session, containerId, { pageSize }) {
      const calendar = open(session, containerId);
      const { present, token } = await listMembers(calendar);
      // A full listing names what is there; what it says of anything gone is of an older day.
      const members: Members = { present, gone: new Set(), ...(token === undefined ? {} : { token }) };
      let total = present.size;
      for await (const page of pagesOf(calendar, members, pageSize)) {
        total -= page.entries.filter(({ state }) => state === "deleted").length;
        yield page.isLast ? { ...toPage(page), total } : toPage(page);
      }
    },
    async *changes(session, containerId, token, { pageSize, isKnown }) {
      const calendar = open(session, containerId);
      const members = await changedMembers(calendar, token, isKnown);
      for await (const page of pagesOf(calendar, members, pageSize)) yield toPage(page);
    },
    get: (session, containerId, id) => getEvent(open(session, containerId), id),
  };
}

interface ReadPage extends DocumentPage<CaldavEvent> {
  readonly isLast: boolean;
}

function toPage({ isLast: _, ...page }: ReadPage): DocumentPage<CaldavEvent> {
  return page;
}

/** Always at least one page: that nothing is there, or has changed, was read too. */
async function* pagesOf(calendar: Calendar, members: Members, pageSize = PAGE_SIZE): AsyncIterable<ReadPage> {
  const { present, gone, token } = members;
  const size = Math.max(1, Math.min(pageSize, PAGE_SIZE));
  const rows = [...present];
  const chunks = Array.from({ length: Math.ceil(rows.length / size) }, (_, index) =>
    rows.slice(index * size, (index + 1) * size),
  );
  const deleted = [...gone].map((id) => ({ state: "deleted" as const, id }));
  const end = { isLast: true, ...(token === undefined ? {} : { token }) };
  if (chunks.length === 0) yield { entries: deleted, ...end };
  let read = 0;
  for await (const entries of inOrder(chunks, AHEAD, (chunk) => fetchEvents(calendar, chunk))) {
    read += 1;
    yield read < chunks.length ? { entries, isLast: false } : { entries: [...entries, ...deleted], ...end };
  }
}

/** @throws {ServiceError} `token-expired` */
async function changedMembers(calendar: Calendar, token: string, isKnown: ChangesOptions["isKnown"]): Promise<Members> {
  const [, kind, value = ""] = /^(sync|ctag):([\s\S]+)$/.exec(token) ?? [];
  if (kind === "sync") return await syncMembers(calendar, value, isKnown);
  const { ctag } = kind === "ctag" ? await readState(calendar) : {};
  if (ctag === undefined || ctag !== value) throw serviceError(SERVICE, ROUTES.changes, 207, { kind: "token-expired" });
  return { present: new Map(), gone: new Set(), token: tokenOf({ ctag }) };
}

/**
 * By multiget too, so that its version is told as in a listing: proxies that compress make another ETag of the header's.
 * @throws {ServiceError} `forbidden`: the calendar itself is not there any more, which says nothing of its events
 */
export async function getEvent(calendar: Calendar, id: string): Promise<DocumentAnswer<CaldavEvent>> {
  const path = calendar.pathOf(id);
  const [row] = await fetchEvents(calendar, [[id, path]]).catch((error: unknown) => {
    if (!(error instanceof ServiceError) || error.failure.kind !== "not-found") throw error;
    throw serviceError(SERVICE, "(calendar)", 404, { kind: "forbidden", reason: "calendar-gone" });
  });
  if (row?.state === "deleted") return { state: "gone" };
  if (row?.state === "listed") return { ...row, state: "found" };
  throw new MalformedAnswerError(SERVICE, "(calendar) events", "a resource that is no event that can be read.");
}
