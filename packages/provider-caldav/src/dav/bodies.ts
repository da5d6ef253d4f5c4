import { escapeXml } from "./xml.ts";

const NAMESPACES = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/"';
const HEAD = '<?xml version="1.0" encoding="utf-8"?>';

/** Properties that are read, by the names that answers are searched for. */
export const PROPS = {
  resourceType: "{DAV:}resourcetype",
  displayName: "{DAV:}displayname",
  principal: "{DAV:}current-user-principal",
  privileges: "{DAV:}current-user-privilege-set",
  syncToken: "{DAV:}sync-token",
  etag: "{DAV:}getetag",
  homes: "{urn:ietf:params:xml:ns:caldav}calendar-home-set",
  components: "{urn:ietf:params:xml:ns:caldav}supported-calendar-component-set",
  timeZone: "{urn:ietf:params:xml:ns:caldav}calendar-timezone",
  data: "{urn:ietf:params:xml:ns:caldav}calendar-data",
  ctag: "{http://calendarserver.org/ns/}getctag",
} as const;

const PREFIXES: Readonly<Record<string, string>> = {
  "DAV:": "d",
  "urn:ietf:params:xml:ns:caldav": "c",
  "http://calendarserver.org/ns/": "cs",
};

type Prop = keyof typeof PROPS;

function propOf(names: readonly Prop[]): string {
  const elements = names.map((name) => {
    const [, namespace = "", local = ""] = /^\{(.*)\}(.*)$/.exec(PROPS[name]) ?? [];
    return `<${PREFIXES[namespace]}:${local}/>`;
  });
  return `<d:prop>${elements.join("")}</d:prop>`;
}

/** RFC 4918 §14.20. */
export function propfindBody(names: readonly Prop[]): string {
  return `${HEAD}<d:propfind ${NAMESPACES}>${propOf(names)}</d:propfind>`;
}

/** RFC 6578 §6.1. An empty token asks for everything. */
export function syncCollectionBody(token: string): string {
  const level = "<d:sync-level>1</d:sync-level>";
  return `${HEAD}<d:sync-collection ${NAMESPACES}><d:sync-token>${escapeXml(token)}</d:sync-token>${level}${propOf(["etag", "resourceType"])}</d:sync-collection>`;
}

/** RFC 4791 §9.10. */
export function multigetBody(hrefs: readonly string[]): string {
  const rows = hrefs.map((href) => `<d:href>${escapeXml(href)}</d:href>`).join("");
  return `${HEAD}<c:calendar-multiget ${NAMESPACES}>${propOf(["etag", "data"])}${rows}</c:calendar-multiget>`;
}
