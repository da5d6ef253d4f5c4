import {
  childOf,
  errorBody,
  escapeXml,
  multistatus,
  type RequestElement,
  readRequest,
  responseRow,
  statusRow,
} from "./dav-xml.ts";
import { StandInCalendar, type WriteAnswer } from "./stand-in-calendar.ts";

export interface DavRequest {
  readonly method: string;
  /** As it came, percent-encoded. */
  readonly path: string;
  /** Who asks. */
  readonly user: string;
  /** Of that user, by name. */
  readonly calendars: Map<string, StandInCalendar>;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

export interface DavAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a path names. Principals and homes are apart, as on most servers. */
type Place =
  | { readonly at: "root" | "principal" | "home"; readonly calendar?: undefined }
  | { readonly at: "calendar"; readonly name: string; readonly calendar: StandInCalendar | undefined }
  | { readonly at: "object"; readonly name: string; readonly calendar: StandInCalendar | undefined };

type Props = (name: string) => string | undefined;

const CALDAV = "{urn:ietf:params:xml:ns:caldav}";
const ALLOWED = "OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, REPORT, MKCALENDAR, MKCOL";
const XML = { "content-type": "application/xml; charset=utf-8" };

/** @returns the answer, and under what name the request is counted */
export function davAnswer(request: DavRequest): DavAnswer & { readonly kind: string } {
  const { method, path } = request;
  // RFC 6764 §5.
  if (path === "/.well-known/caldav") return { kind: method, status: 301, headers: { location: "/" } };
  const place = placeOf(request);
  if (place === "foreign") return { kind: method, status: 403, body: errorBody("{DAV:}need-privileges"), headers: XML };
  if (!place) return { kind: method, status: 404 };
  if (method !== "REPORT") return { kind: method, ...answerAt(request, place) };
  const report = readRequest(request.body);
  return { kind: report?.name.replace(/^\{.*\}/, "") ?? method, ...reportAt(request, place, report) };
}

function answerAt(request: DavRequest, place: Place): DavAnswer {
  switch (request.method) {
    case "OPTIONS":
      return { status: 200, headers: { dav: "1, 3, calendar-access", allow: ALLOWED } };
    case "PROPFIND":
      return propfind(request, place);
    case "MKCALENDAR":
    case "MKCOL":
      return makeCalendar(request, place);
    case "GET":
    case "HEAD":
      return place.at === "object" ? getObject(place) : { status: 405, headers: { allow: ALLOWED } };
    case "PUT":
    case "DELETE":
      return place.at === "object" ? write(request, place) : { status: 405, headers: { allow: ALLOWED } };
    default:
      return { status: 405, headers: { allow: ALLOWED } };
  }
}

function placeOf({ path, user, calendars }: DavRequest): Place | "foreign" | undefined {
  const [top, owner, name, file, ...rest] = segmentsOf(path) ?? ["?"];
  if (top === undefined) return { at: "root" };
  if ((top !== "principals" && top !== "calendars") || owner === undefined || rest.length > 0) return undefined;
  if (owner !== user) return "foreign";
  if (top === "principals") return name === undefined ? { at: "principal" } : undefined;
  if (name === undefined) return { at: "home" };
  const calendar = calendars.get(name);
  return file === undefined ? { at: "calendar", name, calendar } : { at: "object", name: file, calendar };
}

function segmentsOf(path: string): readonly string[] | undefined {
  try {
    return path
      .split("/")
      .filter((segment) => segment !== "")
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function getObject({ name, calendar }: Extract<Place, { at: "object" }>): DavAnswer {
  const object = calendar?.get(name);
  if (!object) return { status: 404 };
  return {
    status: 200,
    headers: { "content-type": "text/calendar; charset=utf-8", etag: object.etag },
    body: object.text,
  };
}

function write(request: DavRequest, { name, calendar }: Extract<Place, { at: "object" }>): DavAnswer {
  // RFC 4918 §9.7.1: the collection has to be there.
  if (!calendar) return { status: request.method === "PUT" ? 409 : 404 };
  const conditions = { ifMatch: request.header("if-match"), ifNoneMatch: request.header("if-none-match") };
  const answer: WriteAnswer =
    request.method === "PUT" ? calendar.put(name, request.body, conditions) : calendar.delete(name, conditions);
  if ("etag" in answer && answer.etag !== undefined) return { status: answer.status, headers: { etag: answer.etag } };
  if ("condition" in answer)
    return { status: answer.status, headers: XML, body: errorBody(`${CALDAV}${answer.condition}`) };
  return { status: answer.status };
}

function makeCalendar({ calendars }: DavRequest, place: Place): DavAnswer {
  if (place.at !== "calendar") return { status: 403 };
  if (place.calendar) return { status: 405 };
  calendars.set(place.name, new StandInCalendar(place.name));
  return { status: 201 };
}

function propfind(request: DavRequest, place: Place): DavAnswer {
  const depth = request.header("depth");
  // RFC 4918 §9.1: servers may refuse the whole tree, and absent means that.
  if (depth !== "0" && depth !== "1")
    return { status: 403, headers: XML, body: errorBody("{DAV:}propfind-finite-depth") };
  const root = readRequest(request.body);
  if (root?.name !== "{DAV:}propfind") return { status: 400 };
  const isThere =
    place.at === "root" || place.at === "principal" || place.at === "home" || place.calendar !== undefined;
  if (!isThere) return { status: 404 };
  const asked = askedOf(root);
  if (place.at === "object") {
    const row = objectRow(request, place.calendar, place.name, asked);
    return row === undefined ? { status: 404 } : { status: 207, headers: XML, body: multistatus([row]) };
  }
  const rows = [responseRow(hrefOf(request, place), asked, propsOf(request, place))];
  if (depth === "1") rows.push(...childRows(request, place, asked));
  return { status: 207, headers: XML, body: multistatus(rows) };
}

function askedOf(root: RequestElement): readonly string[] {
  return childOf(root, "{DAV:}prop")?.children.map(({ name }) => name) ?? [];
}

function childRows(request: DavRequest, place: Place, asked: readonly string[]): readonly string[] {
  if (place.at === "home") {
    return [...request.calendars.values()].map((calendar) => {
      const at = { at: "calendar", name: calendar.name, calendar } as const;
      return responseRow(hrefOf(request, at), asked, propsOf(request, at));
    });
  }
  if (place.at !== "calendar" || !place.calendar) return [];
  const { calendar } = place;
  return calendar.names.flatMap((name) => objectRow(request, calendar, name, asked) ?? []);
}

function hrefOf({ user }: DavRequest, place: Place): string {
  if (place.at === "root") return "/";
  const [who, home] = [encodeURIComponent(user), `/calendars/${encodeURIComponent(user)}/`];
  if (place.at === "principal") return `/principals/${who}/`;
  return place.at === "home" ? home : `${home}${encodeURIComponent(place.calendar?.name ?? "")}/`;
}

function propsOf(request: DavRequest, place: Place): Props {
  const who = encodeURIComponent(request.user);
  const isCalendar = place.at === "calendar";
  return (name) => {
    switch (name) {
      case "{DAV:}current-user-principal":
        return `<href>/principals/${who}/</href>`;
      case `${CALDAV}calendar-home-set`:
        return place.at === "principal" ? `<href>/calendars/${who}/</href>` : undefined;
      case "{DAV:}resourcetype":
        return `${place.at === "principal" ? "<principal/>" : "<collection/>"}${isCalendar ? "<C:calendar/>" : ""}`;
      case "{DAV:}displayname":
        return escapeXml(isCalendar ? place.name : request.user);
      case "{DAV:}current-user-privilege-set":
        return "<privilege><read/></privilege><privilege><write/></privilege>";
      case `${CALDAV}supported-calendar-component-set`:
        return isCalendar ? '<C:comp name="VEVENT"/>' : undefined;
      case "{DAV:}sync-token":
      case "{http://calendarserver.org/ns/}getctag":
        return isCalendar ? place.calendar?.syncToken : undefined;
      default:
        return undefined;
    }
  };
}

/** @returns `undefined`: it is not there */
function objectRow(
  request: DavRequest,
  calendar: StandInCalendar | undefined,
  name: string,
  asked: readonly string[],
): string | undefined {
  const object = calendar?.get(name);
  if (!calendar || !object) return undefined;
  const href = `${hrefOf(request, { at: "calendar", name: calendar.name, calendar })}${encodeURIComponent(name)}`;
  return responseRow(href, asked, (prop) => {
    switch (prop) {
      case "{DAV:}getetag":
        return escapeXml(object.etag);
      case "{DAV:}resourcetype":
        return "";
      case "{DAV:}getcontenttype":
        return "text/calendar; charset=utf-8; component=VEVENT";
      case `${CALDAV}calendar-data`:
        return escapeXml(object.text);
      default:
        return undefined;
    }
  });
}

function reportAt(request: DavRequest, place: Place, report: RequestElement | undefined): DavAnswer {
  if (!report) return { status: 400 };
  if (place.at !== "calendar") return { status: 403, headers: XML, body: errorBody("{DAV:}supported-report") };
  const { calendar } = place;
  if (!calendar) return { status: 404 };
  const asked = askedOf(report);
  const rowsOf = (names: readonly string[]) => names.flatMap((name) => objectRow(request, calendar, name, asked) ?? []);
  switch (report.name) {
    case "{DAV:}sync-collection":
      return syncCollection(request, calendar, report, rowsOf);
    case `${CALDAV}calendar-multiget`:
      return { status: 207, headers: XML, body: multistatus(multiget(request, calendar, report, asked)) };
    case `${CALDAV}calendar-query`:
      return isForAllEvents(report)
        ? { status: 207, headers: XML, body: multistatus(rowsOf(calendar.names)) }
        : { status: 403, headers: XML, body: errorBody(`${CALDAV}supported-filter`) };
    default:
      return { status: 403, headers: XML, body: errorBody("{DAV:}supported-report") };
  }
}

function syncCollection(
  request: DavRequest,
  calendar: StandInCalendar,
  report: RequestElement,
  rowsOf: (names: readonly string[]) => readonly string[],
): DavAnswer {
  const token = childOf(report, "{DAV:}sync-token");
  if (!token || childOf(report, "{DAV:}sync-level")?.text.trim() !== "1") return { status: 400 };
  const changes = calendar.changesSince(token.text.trim());
  if (!changes) return { status: 403, headers: XML, body: errorBody("{DAV:}valid-sync-token") };
  const home = hrefOf(request, { at: "calendar", name: calendar.name, calendar });
  const gone = changes.gone.map((name) => statusRow(`${home}${encodeURIComponent(name)}`, "404 Not Found"));
  return { status: 207, headers: XML, body: multistatus([...rowsOf(changes.present), ...gone], calendar.syncToken) };
}

function multiget(
  request: DavRequest,
  calendar: StandInCalendar,
  report: RequestElement,
  asked: readonly string[],
): readonly string[] {
  const hrefs = report.children.filter(({ name }) => name === "{DAV:}href").map(({ text }) => text.trim());
  return hrefs.map((href) => {
    const { pathname } = new URL(href, "http://stand-in.example/");
    const place = placeOf({ ...request, path: pathname });
    const isHere = typeof place === "object" && place.at === "object" && place.calendar === calendar;
    const row = isHere ? objectRow(request, calendar, place.name, asked) : undefined;
    return row ?? statusRow(href, "404 Not Found");
  });
}

/** VCALENDAR, and in it VEVENT, with no further condition. */
function isForAllEvents(report: RequestElement): boolean {
  const [calendar, ...more] = childOf(report, `${CALDAV}filter`)?.children ?? [];
  const [event, ...others] = calendar?.children ?? [];
  const names = [calendar, event].map((filter) => filter?.attributes.name);
  return names.join(" ") === "VCALENDAR VEVENT" && more.length + others.length + (event?.children.length ?? 0) === 0;
}
