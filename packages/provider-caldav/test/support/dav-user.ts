import { createEvent, type NewEvent, type UniversalEvent, updateEvent } from "@syncer/calendar";
import { type DavServer, tokenOf } from "./dav-server.ts";

const PROD_ID = "-//A Person//Calendar//EN";

/** A person at work in a calendar, with an application of the server's own: plain HTTP, and none of the provider's code. */
export class DavUser {
  readonly #server: DavServer;
  readonly #calendar: string;
  #made = 0;

  constructor(server: DavServer, calendar: string) {
    this.#server = server;
    this.#calendar = calendar;
  }

  /** @returns its id */
  async put(event: NewEvent, nowMs = Date.now()): Promise<string> {
    this.#made += 1;
    const id = `Made by hand ${this.#made}`;
    const uid = event.uid ?? `by-hand-${this.#made}`;
    await this.putText(id, createEvent(event, { uid, prodId: PROD_ID, nowMs }).text);
    return encodeURIComponent(id);
  }

  async putText(name: string, text: string): Promise<void> {
    const headers = { "content-type": "text/calendar; charset=utf-8" };
    await this.#send(encodeURIComponent(name), { method: "PUT", headers, body: text });
  }

  async text(id: string): Promise<string> {
    return await (await this.#send(id, { method: "GET" })).text();
  }

  /** Of everything that is in the calendar. */
  async ids(): Promise<readonly string[]> {
    const headers = { authorization: `Basic ${tokenOf()}`, depth: "1", "content-type": "text/xml" };
    const body = '<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>';
    const answer = await this.#server.fetch(this.#calendar, { method: "PROPFIND", headers, body });
    return [...(await answer.text()).matchAll(/([^/<>]+)\.ics</g)].map(([, id = ""]) => id);
  }

  /** Everything that is in the calendar, by id. */
  async texts(): Promise<ReadonlyMap<string, string>> {
    const headers = { authorization: `Basic ${tokenOf()}`, depth: "1", "content-type": "text/xml" };
    const filter = '<c:filter><c:comp-filter name="VCALENDAR"/></c:filter>';
    const body = `<c:calendar-query xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><prop><c:calendar-data/></prop>${filter}</c:calendar-query>`;
    const answer = await this.#server.fetch(this.#calendar, { method: "REPORT", headers, body });
    if (answer.status !== 207) throw new Error(`${this.#server.name}: REPORT answers ${answer.status}`);
    const rows = (await answer.text()).split(/<\/(?:\w+:)?response>/);
    return new Map(
      rows.flatMap((row): [string, string][] => {
        const [, id] = /([^/<>]+)\.ics<\//.exec(row) ?? [];
        const [, text] = /<(?:\w+:)?calendar-data[^>]*>([^<]*)</.exec(row) ?? [];
        return id === undefined || text === undefined ? [] : [[id, plainText(text)]];
      }),
    );
  }

  async edit(id: string, changes: Partial<UniversalEvent>, nowMs = Date.now()): Promise<void> {
    await this.putText(decodeURIComponent(id), updateEvent(await this.text(id), changes, { nowMs }).text);
  }

  async remove(id: string): Promise<void> {
    await this.#send(id, { method: "DELETE" });
  }

  async #send(id: string, init: RequestInit): Promise<Response> {
    const url = new URL(`${id}.ics`, this.#calendar);
    const headers = { ...init.headers, authorization: `Basic ${tokenOf()}` };
    const answer = await this.#server.fetch(url, { ...init, headers });
    if (answer.ok && answer.status !== 207) return answer;
    throw new Error(`${this.#server.name}: ${init.method} answers ${answer.status}: ${await answer.text()}`);
  }
}

/** XML's entities, as both servers write them. */
function plainText(text: string): string {
  const named: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(/&(?:#(\d+)|(\w+));/g, (_, code: string | undefined, name: string) =>
    code === undefined ? (named[name] ?? "") : String.fromCodePoint(Number(code)),
  );
}
