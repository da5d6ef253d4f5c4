import type { ChangesOptions, DocumentPage } from "@syncer/core";
import type { CaldavEvent, CaldavOptions } from "../../src/index.ts";
import {
  eventRow,
  hrefsOf,
  multistatus,
  questionOf,
  row,
  type Script,
  ScriptedServer,
  SERVER,
  type Seen,
} from "./scripted-server.ts";

export const CALENDAR = `${SERVER}c/jo/cal/`;
export const PATH = "/c/jo/cal/";
export const etag = (name: string) => `<d:getetag>"${name}"</d:getetag>`;
export const token = (name: string) => `<d:sync-token>${name}</d:sync-token>`;
export const state = (props: string) => multistatus(row(PATH, props));

/** A server whose answers a test replaces one by one. */
export function serverWith(
  answers: Partial<Record<ReturnType<typeof questionOf>, Script>>,
  options: CaldavOptions = {},
): ScriptedServer {
  return new ScriptedServer((request) => {
    const question = questionOf(request);
    const answer = answers[question];
    if (answer) return answer(request);
    if (question === "state") return state(`${token("t0")}<cs:getctag>c0</cs:getctag>`);
    return question === "multiget" ? shownAs(request) : undefined;
  }, options);
}

export function shownAs(request: Seen): Response {
  return multistatus(...hrefsOf(request).map((href) => eventRow(href, href.replace(/^.*\/|\.ics$/g, ""))));
}

export async function listed(server: ScriptedServer, pageSize?: number): Promise<DocumentPage<CaldavEvent>[]> {
  const { read } = server.provider.collections.events;
  return await all(read.list(server.session(), CALENDAR, pageSize === undefined ? {} : { pageSize }));
}

export async function changed(
  server: ScriptedServer,
  since: string,
  options: ChangesOptions = {},
): Promise<DocumentPage<CaldavEvent>[]> {
  const { changes } = server.provider.collections.events.read;
  if (!changes) throw new TypeError("deltas are told");
  return await all(changes(server.session(), CALENDAR, since, options));
}

export async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(page);
  return found;
}

export const rowsOf = (pages: readonly DocumentPage<CaldavEvent>[]) =>
  pages.flatMap(({ entries }) => entries.map(({ state: what, id }) => `${what} ${id}`));
