import { parseXml, XmlElement, XmlText } from "@rgrove/parse-xml";

/** An element of a request; prefixes resolved. */
export interface RequestElement {
  /** `{DAV:}prop` */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly RequestElement[];
  readonly text: string;
}

/** @returns `undefined` if it is not well-formed */
export function readRequest(body: string): RequestElement | undefined {
  try {
    const { root } = parseXml(body);
    return root ? elementOf(root, {}) : undefined;
  } catch {
    return undefined;
  }
}

function elementOf(element: XmlElement, outer: Readonly<Record<string, string>>): RequestElement {
  const prefixes = { ...outer };
  for (const [name, value] of Object.entries(element.attributes)) {
    if (name === "xmlns") prefixes[""] = value;
    else if (name.startsWith("xmlns:")) prefixes[name.slice("xmlns:".length)] = value;
  }
  const [prefix = "", local] = element.name.includes(":") ? element.name.split(":") : ["", element.name];
  return {
    name: `{${prefixes[prefix] ?? ""}}${local}`,
    attributes: element.attributes,
    children: element.children.flatMap((child) => (child instanceof XmlElement ? [elementOf(child, prefixes)] : [])),
    text: element.children.map((child) => (child instanceof XmlText ? child.text : "")).join(""),
  };
}

export function childOf(element: RequestElement, name: string): RequestElement | undefined {
  return element.children.find((child) => child.name === name);
}

const NAMESPACES =
  'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/" xmlns:A="http://apple.com/ns/ical/"';
const PREFIXES: Readonly<Record<string, string>> = {
  "DAV:": "",
  "urn:ietf:params:xml:ns:caldav": "C:",
  "http://calendarserver.org/ns/": "CS:",
  "http://apple.com/ns/ical/": "A:",
};

/** RFC 4918 §13. */
export function multistatus(rows: readonly string[], syncToken?: string): string {
  const token = syncToken === undefined ? "" : `<sync-token>${escapeXml(syncToken)}</sync-token>`;
  return `<?xml version="1.0" encoding="utf-8"?>\n<multistatus ${NAMESPACES}>${rows.join("")}${token}</multistatus>`;
}

/**
 * One `response`, with what was asked for: what there is under 200, all else under 404.
 * @param found what is inside of a property, in this answer's prefixes; `undefined`: there is no such property
 */
export function responseRow(
  href: string,
  asked: readonly string[],
  found: (name: string) => string | undefined,
): string {
  let [there, missing] = ["", ""];
  for (const name of asked) {
    const inside = found(name);
    if (inside === undefined) missing += emptyElement(name);
    else there += elementText(name, inside);
  }
  return `<response><href>${escapeXml(href)}</href>${propstat(there, "200 OK")}${propstat(missing, "404 Not Found")}</response>`;
}

export function statusRow(href: string, status: string): string {
  return `<response><href>${escapeXml(href)}</href><status>HTTP/1.1 ${status}</status></response>`;
}

/** RFC 4918 §16. */
export function errorBody(condition: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n<error ${NAMESPACES}>${emptyElement(condition)}</error>`;
}

function propstat(props: string, status: string): string {
  if (props === "") return "";
  return `<propstat><prop>${props}</prop><status>HTTP/1.1 ${status}</status></propstat>`;
}

function elementText(name: string, inside: string): string {
  const { tag, own } = tagOf(name);
  return `<${tag}${own}>${inside}</${tag}>`;
}

function emptyElement(name: string): string {
  const { tag, own } = tagOf(name);
  return `<${tag}${own}/>`;
}

function tagOf(name: string): { readonly tag: string; readonly own: string } {
  const [, namespace = "", local = ""] = /^\{(.*)\}(.*)$/.exec(name) ?? [];
  const prefix = PREFIXES[namespace];
  if (prefix !== undefined) return { tag: `${prefix}${local}`, own: "" };
  return { tag: `X:${local}`, own: ` xmlns:X="${escapeXml(namespace)}"` };
}

export function escapeXml(text: string): string {
  return /[&<>"]/.test(text)
    ? text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;")
    : text;
}
