import { createTransport, type Session, systemRandom } from "@syncer/core";
import { fastForwardClock } from "@syncer/testkit";
import { type CaldavOptions, type CaldavProvider, caldav } from "../../src/index.ts";

/** One request, as a server sees it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** What it answers; `undefined` is 404. */
export type Script = (request: Seen) => Response | undefined | Promise<Response | undefined>;

export const SERVER = "https://dav.example.org/";

/** A provider before a server that says what a test wants it to say. */
export class ScriptedServer {
  readonly requests: Seen[] = [];
  readonly provider: CaldavProvider;
  readonly #script: Script;
  readonly #clock = fastForwardClock();
  readonly #serverUrl: string;

  constructor(script: Script, options: CaldavOptions = {}, serverUrl = SERVER) {
    this.#script = script;
    this.#serverUrl = serverUrl;
    this.provider = caldav({ now: () => this.#clock.now(), ...options });
  }

  session(signal?: AbortSignal): Session {
    const transport = createTransport({
      clock: this.#clock,
      random: systemRandom,
      fetch: async (input, init) => {
        const request = new Request(input, init);
        const { method, url, headers } = request;
        const seen = { method, url, path: new URL(url).pathname, headers, body: await request.text() };
        this.requests.push(seen);
        return (await this.#script(seen)) ?? new Response(null, { status: 404 });
      },
    });
    return transport.session({
      provider: this.provider,
      tenantId: "default",
      ...(signal ? { signal } : {}),
      connectionId: "one",
      serverUrl: this.#serverUrl,
      tokens: { current: async () => "token", renew: async () => "token" },
    });
  }

  /** `PROPFIND /path`, in order. */
  get asked(): readonly string[] {
    return this.requests.map(({ method, path }) => `${method} ${path}`);
  }
}

const NAMESPACES =
  'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/" xmlns="DAV:"';

export function multistatus(...parts: readonly string[]): Response {
  return xml(`<d:multistatus ${NAMESPACES}>${parts.join("")}</d:multistatus>`);
}

export function xml(text: string, status = 207): Response {
  return new Response(`<?xml version="1.0"?>${text}`, { status, headers: { "content-type": "text/xml" } });
}

/** A row with properties that are there. */
export function row(href: string, props: string): string {
  const found = `<d:propstat><d:prop>${props}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>`;
  return `<d:response><d:href>${href}</d:href>${found}</d:response>`;
}

/** A row with a status of the whole resource. */
export function statusRow(href: string, status: string, more = ""): string {
  return `<d:response><d:href>${href}</d:href><d:status>HTTP/1.1 ${status}</d:status>${more}</d:response>`;
}

export function redirect(location: string, status = 301): Response {
  return new Response("moved", { status, headers: { location } });
}

export function eventText(uid: string, title = `Title of ${uid}`): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//x//EN",
    "BEGIN:VEVENT",
    `UID:${uid}`,
    "DTSTAMP:20261101T120000Z",
    "LAST-MODIFIED:20261102T120000Z",
    "DTSTART:20261201T090000Z",
    "DTEND:20261201T100000Z",
    `SUMMARY:${title}`,
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return `${lines.join("\r\n")}\r\n`;
}

/** A calendar's resources, as multiget shows them. */
export function eventRow(href: string, uid: string, etag = `"${uid}"`): string {
  return row(href, `<d:getetag>${etag}</d:getetag><c:calendar-data>${eventText(uid)}</c:calendar-data>`);
}

/** The addresses in a multiget. */
export function hrefsOf({ body }: Seen): readonly string[] {
  return [...body.matchAll(/<d:href>([^<]*)<\/d:href>/g)].map(([, href = ""]) => href);
}

/** What kind of question a request is. */
export function questionOf({ method, body, headers }: Seen): "state" | "members" | "sync" | "multiget" | "other" {
  if (method === "REPORT") return body.includes("multiget") ? "multiget" : "sync";
  if (method === "PROPFIND" && body.includes("getctag")) return "state";
  return method === "PROPFIND" && headers.get("depth") === "1" ? "members" : "other";
}

/** How a call failed: the service's failure with its reason, else the error's code. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const { failure, code } = (error ?? {}) as { failure?: { kind: string; reason?: string }; code?: string };
  return failure ? [failure.kind, failure.reason].filter(Boolean).join(" ") : code;
}
