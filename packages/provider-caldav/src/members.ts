import { type ChangesOptions, MalformedAnswerError, ServiceError } from "@syncer/core";
import { ROUTES } from "./caldav-errors.ts";
import type { Calendar } from "./calendar.ts";
import {
  ask,
  type DavResponse,
  isCollection,
  type Multistatus,
  PROPS,
  pathOf,
  propfindBody,
  SERVICE,
  syncCollectionBody,
} from "./dav/index.ts";

/** What is in a calendar, without content. */
export interface Members {
  /** Ids, with the path as the server spells it. */
  readonly present: ReadonlyMap<string, string>;
  readonly gone: ReadonlySet<string>;
  /** Of the moment at which reading began, see {@link tokenOf}. Absent: the server tells none. */
  readonly token?: string;
}

/** By what a server tells that a calendar has changed. */
export interface CalendarState {
  readonly syncToken?: string;
  readonly ctag?: string;
}

export async function readState({ session, url }: Calendar): Promise<CalendarState> {
  const body = propfindBody(["syncToken", "ctag"]);
  const question = { method: "PROPFIND", route: "(calendar)", url, depth: "0", body, purpose: "read" } as const;
  const [response, ...others] = (await ask(session, question)).responses;
  const status = response?.status ?? 200;
  if (!response || others.length > 0 || status >= 400) {
    throw new MalformedAnswerError(SERVICE, question.route, "not the properties of one calendar.");
  }
  const syncToken = response.props.get(PROPS.syncToken)?.text.trim();
  const ctag = response.props.get(PROPS.ctag)?.text.trim();
  return { ...(syncToken ? { syncToken } : {}), ...(ctag ? { ctag } : {}) };
}

/** `supported-report-set` is told wrong by some; a token is told by those that mean it. */
export async function listMembers(calendar: Calendar): Promise<Members> {
  const { syncToken, ctag } = await readState(calendar);
  if (syncToken !== undefined) {
    try {
      return await syncMembers(calendar, "");
    } catch (error) {
      if (!isUnsupported(error)) throw error;
    }
  }
  const present = await findMembers(calendar);
  return { present, gone: new Set(), ...(ctag === undefined ? {} : { token: tokenOf({ ctag }) }) };
}

function isUnsupported(error: unknown): boolean {
  if (error instanceof MalformedAnswerError) return true;
  return error instanceof ServiceError && ["invalid", "forbidden", "version-moved"].includes(error.failure.kind);
}

/** The token of a delta: the server's own, or the ctag where it has no better. */
export function tokenOf(state: { readonly syncToken: string } | { readonly ctag: string }): string {
  return "syncToken" in state ? `sync:${state.syncToken}` : `ctag:${state.ctag}`;
}

const isNew: NonNullable<ChangesOptions["isKnown"]> = () => false;

/** More parts than that are no answer to anything. */
const MOST_PARTS = 1_000;

/**
 * `sync-collection` (RFC 6578) in as many parts as the server makes of it.
 * @param since empty: everything
 * @param isKnown members in these versions are left out
 */
export async function syncMembers(calendar: Calendar, since: string, isKnown = isNew): Promise<Members> {
  const route = since === "" ? "(calendar) members" : ROUTES.changes;
  const [present, gone] = [new Map<string, string>(), new Set<string>()];
  let token = since;
  for (let part = 0; part < MOST_PARTS; part += 1) {
    const body = syncCollectionBody(token);
    const asked = part === 0 ? route : ROUTES.changes;
    const question = { method: "REPORT", route: asked, url: calendar.url, depth: "0", body, purpose: "read" } as const;
    const answer = await ask(calendar.session, question);
    // Without it this is the answer to some other question, and says nothing of what is there.
    if (answer.syncToken === undefined) throw new MalformedAnswerError(SERVICE, route, "no sync-token.");
    const isPart = takeRows(calendar, answer, { present, gone, isKnown });
    if (!isPart) return { present, gone, token: tokenOf({ syncToken: answer.syncToken }) };
    if (answer.syncToken === token) break;
    token = answer.syncToken;
  }
  throw new MalformedAnswerError(SERVICE, route, "parts without an end.");
}

interface Taken {
  readonly present: Map<string, string>;
  readonly gone: Set<string>;
  readonly isKnown: NonNullable<ChangesOptions["isKnown"]>;
}

/** @returns whether the server has more to say (RFC 6578 §3.6: 507 for the collection itself) */
function takeRows(calendar: Calendar, { responses }: Multistatus, { present, gone, isKnown }: Taken): boolean {
  let isPart = false;
  for (const response of responses) {
    for (const href of response.hrefs) {
      const path = pathOf(href, calendar.url);
      if (path === undefined) throw new MalformedAnswerError(SERVICE, ROUTES.changes, "an href that is no path.");
      if (isCollection(path, calendar.url)) {
        isPart ||= response.status === 507;
        continue;
      }
      const id = calendar.idOf(href) ?? "";
      if (response.status === 404 || response.status === 410) {
        present.delete(id);
        gone.add(id);
      } else if (!isFolder(path, response)) {
        const etag = response.props.get(PROPS.etag)?.text.trim();
        // Also what the server would not tell more of: that it is there is known.
        if (etag && isKnown(id, etag)) present.delete(id);
        else present.set(id, path);
        gone.delete(id);
      }
    }
  }
  return isPart;
}

function isFolder(path: string, { props }: DavResponse): boolean {
  const types = props.get(PROPS.resourceType)?.children ?? [];
  return path.endsWith("/") || types.some(({ name }) => name === "{DAV:}collection");
}

/** What is there, for servers without `sync-collection`. */
async function findMembers(calendar: Calendar): Promise<ReadonlyMap<string, string>> {
  const { session, url } = calendar;
  const body = propfindBody(["etag", "resourceType"]);
  const question = { method: "PROPFIND", route: "(calendar) members", url, depth: "1", body, purpose: "read" } as const;
  const answer = await ask(session, question);
  const isListing = answer.responses.some(({ hrefs }) =>
    hrefs.some((href) => isCollection(pathOf(href, url) ?? "", url)),
  );
  // Depth was not heeded, or this is no answer: it proves nothing, least of all emptiness.
  if (!isListing) {
    throw new MalformedAnswerError(SERVICE, question.route, "a listing without the collection that was listed.");
  }
  const present = new Map<string, string>();
  takeRows(calendar, answer, { present, gone: new Set(), isKnown: isNew });
  return present;
}
