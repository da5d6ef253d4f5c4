import { InvalidRequestError, type Session } from "@syncer/core";
import { serverOf } from "./account.ts";
import { atPath, idOf, isCollection, isSameSite, pathOf, pathOfId, SERVICE, withSlash } from "./dav/index.ts";

/** One calendar, for the time of one call. */
export interface Calendar {
  readonly session: Session;
  readonly url: URL;
  /** The id of what an href names; `undefined`: the calendar itself, or nothing. The href's spelling is kept for requests. */
  idOf(href: string): string | undefined;
  /** As the server spelt it, if this session has seen it. @throws {InvalidRequestError} `service.id-refused` */
  pathOf(id: string): string;
  urlOf(path: string): URL;
}

export type CalendarOpener = (session: Session, containerId: string) => Calendar;

/**
 * Opens calendars by their address. Whoever asks for a sync names it, so it is held against the account's own server before a
 * password is sent there.
 */
export function calendarOpener(sites: readonly string[]): CalendarOpener {
  const spellings = new WeakMap<Session, Map<string, string>>();
  return (session, containerId) => {
    const url = addressOf(containerId);
    if (!url || !isSameSite(url, serverOf(session), sites)) {
      throw new InvalidRequestError("service.url-refused", { problem: "no calendar of this account is there." });
    }
    const seen = spellings.get(session) ?? new Map<string, string>();
    spellings.set(session, seen);
    return {
      session,
      url,
      idOf(href) {
        const path = pathOf(href, url);
        if (path === undefined || isCollection(path, url)) return undefined;
        const id = idOf(path, url);
        seen.set(`${url.href} ${id}`, path);
        return id;
      },
      pathOf(id) {
        const path = seen.get(`${url.href} ${id}`) ?? pathOfId(id, url);
        if (path !== undefined) return path;
        throw new InvalidRequestError("service.id-refused", { service: SERVICE, route: "(event)" });
      },
      urlOf: (path) => atPath(url, path),
    };
  };
}

function addressOf(containerId: string): URL | undefined {
  if (!URL.canParse(containerId)) return undefined;
  const url = new URL(containerId);
  if (!["https:", "http:"].includes(url.protocol)) return undefined;
  return atPath(url, withSlash(url.pathname));
}
