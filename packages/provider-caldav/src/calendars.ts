import { canonicalZone } from "@syncer/calendar";
import { type ContainerReader, type HoldingContainer, MalformedAnswerError, type Session } from "@syncer/core";
import type { AccountFinder } from "./account.ts";
import {
  ask,
  atPath,
  type DavResponse,
  isCollection,
  PROPS,
  pathOf,
  propfindBody,
  SERVICE,
  withSlash,
} from "./dav/index.ts";

const ROUTE = "(home)";

/** The calendars of an account that hold events, one page for each of its homes. */
export function calendarsOf(find: AccountFinder): ContainerReader {
  return {
    async *list(session) {
      const { homes } = await find(session);
      for (const home of homes) yield await calendarsIn(session, home);
    },
  };
}

async function calendarsIn(session: Session, home: URL): Promise<readonly HoldingContainer[]> {
  const body = propfindBody(["resourceType", "displayName", "privileges", "components", "timeZone"]);
  const question = { method: "PROPFIND", route: ROUTE, url: home, depth: "1", body, purpose: "read" } as const;
  const { responses } = await ask(session, question);
  const rows = responses.flatMap((response) => {
    const path = pathOf(response.hrefs[0] ?? "", home);
    return path === undefined ? [] : [{ path, response }];
  });
  // An answer about nothing at all is none: the home itself belongs to it.
  if (!rows.some(({ path }) => isCollection(path, home))) {
    throw new MalformedAnswerError(SERVICE, ROUTE, "a listing without the collection that was listed.");
  }
  return rows
    .filter(({ response }) => holdsEvents(response))
    .map(({ path, response }) => calendarOf(path, response, home));
}

/** Invitations that wait, and feeds of others that the server only shows. */
const NO_CALENDARS: readonly string[] = [
  "{urn:ietf:params:xml:ns:caldav}schedule-inbox",
  "{urn:ietf:params:xml:ns:caldav}schedule-outbox",
  "{http://calendarserver.org/ns/}subscribed",
];

function holdsEvents({ props }: DavResponse): boolean {
  const types = props.get(PROPS.resourceType)?.children.map(({ name }) => name) ?? [];
  if (!types.includes("{urn:ietf:params:xml:ns:caldav}calendar")) return false;
  if (types.some((type) => NO_CALENDARS.includes(type))) return false;
  const components = props.get(PROPS.components)?.children.flatMap(({ attributes }) => attributes.get("name") ?? []);
  // Absent or empty: everything (RFC 4791 §5.2.3).
  return !components || components.length === 0 || components.some((name) => name.toUpperCase() === "VEVENT");
}

function calendarOf(path: string, { props }: DavResponse, home: URL): HoldingContainer {
  const url = atPath(home, withSlash(path));
  const name = props.get(PROPS.displayName)?.text.trim() || lastSegment(path);
  const timeZone = zoneOf(props.get(PROPS.timeZone)?.text ?? "");
  return { id: url.href, name, access: accessOf(props), ...(timeZone === undefined ? {} : { timeZone }) };
}

const WRITING: readonly string[] = ["{DAV:}all", "{DAV:}write", "{DAV:}write-content", "{DAV:}bind"];
const READING: readonly string[] = ["{DAV:}all", "{DAV:}read"];

/** A server that tells no privileges has none: whoever gets in may do everything, and a refusal is told when it comes. */
function accessOf(props: DavResponse["props"]): HoldingContainer["access"] {
  const set = props.get(PROPS.privileges);
  if (!set) return "write";
  const granted = set.children.flatMap((privilege) => privilege.children.map(({ name }) => name));
  if (granted.some((name) => WRITING.includes(name))) return "write";
  const isBusyOnly = granted.includes("{urn:ietf:params:xml:ns:caldav}read-free-busy");
  return granted.some((name) => READING.includes(name)) || !isBusyOnly ? "read" : "busy";
}

/** `calendar-timezone` is a calendar object with one VTIMEZONE (RFC 4791 §5.2.2). */
function zoneOf(text: string): string | undefined {
  const name = /^TZID[^:\r\n]*:(.*)$/im.exec(text.replace(/\r?\n[ \t]/g, ""))?.[1]?.trim();
  return name === undefined ? undefined : canonicalZone(name);
}

function lastSegment(path: string): string {
  const segment = path.split("/").findLast((each) => each !== "") ?? "";
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
