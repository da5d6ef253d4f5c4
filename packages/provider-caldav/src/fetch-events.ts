import { type ListedDocument, MalformedAnswerError } from "@syncer/core";
import type { Calendar } from "./calendar.ts";
import { ask, type DavResponse, multigetBody, PROPS, SERVICE } from "./dav/index.ts";
import { type CaldavEvent, rowOf } from "./event-resource.ts";

const ROUTE = "(calendar) events";

/**
 * Reads these resources, by one `calendar-multiget` (RFC 4791 §7.9). One of which the answer does not speak is not gone: the
 * answer is malformed.
 * @param members id and path of each
 * @returns one row for each, in the same order; those that are gone by now are `deleted`
 */
export async function fetchEvents(
  calendar: Calendar,
  members: readonly (readonly [id: string, path: string])[],
): Promise<readonly ListedDocument<CaldavEvent>[]> {
  const { session, url } = calendar;
  const body = multigetBody(members.map(([, path]) => path));
  // Depth is of no account there (RFC 4791 §7.9); some servers want to see one all the same.
  const question = { method: "REPORT", route: ROUTE, url, depth: "1", body, purpose: "read" } as const;
  const answers = byId(calendar, (await ask(session, question)).responses);
  return members.map(([id, path]) => {
    const response = answers.get(id);
    if (!response) throw new MalformedAnswerError(SERVICE, ROUTE, "resources that were asked for are missing.");
    return readRow(id, path, response);
  });
}

function byId(calendar: Calendar, responses: readonly DavResponse[]): ReadonlyMap<string, DavResponse> {
  const found = new Map<string, DavResponse>();
  for (const response of responses) {
    for (const href of response.hrefs) {
      const id = calendar.idOf(href);
      if (id !== undefined) found.set(id, response);
    }
  }
  return found;
}

function readRow(id: string, path: string, { status, props }: DavResponse): ListedDocument<CaldavEvent> {
  if (status === 404 || status === 410) return { state: "deleted", id };
  const text = props.get(PROPS.data)?.text;
  if (text === undefined) return { state: "unreadable", id };
  const etag = props.get(PROPS.etag)?.text.trim();
  return rowOf({ id, path, text, ...(etag ? { etag } : {}) });
}
