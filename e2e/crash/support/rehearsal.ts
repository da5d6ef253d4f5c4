import { createSyncEngine, type Engine, type StorageAdapter, type SyncReport } from "@syncer/core";
import { type DocumentHabits, syntheticDocuments } from "@syncer/testkit";
import { type CalendarChoice, calendarEngine } from "../../support/calendar-engine.ts";
import { commonOptions, crashEngine, REQUEST, type Setting, USER } from "./crash-engine.ts";
import { databaseOf } from "./database-of.ts";
import { type Points, pointedFetch } from "./points.ts";

/** What a process is to sync, and where. */
export interface Rehearsal extends Setting {
  readonly what: "favourites" | "two-way favourites" | "notes" | "calendars";
  /** Of calendars: those that are paired, two-way. */
  readonly calendars?: readonly [CalendarChoice, CalendarChoice];
}

export interface RehearsalEngine {
  readonly engine: Pick<Engine, "migrate" | "connections">;
  sync(): Promise<SyncReport>;
  /** Stops the engine and closes the database. */
  close(): Promise<void>;
}

/** What both services of notes are like; what a provider declares must be so in every process. */
export const NOTES_HABITS: Partial<DocumentHabits> = { identity: "marker", deletedAt: true };

/**
 * Anna's favourites at Spotify and Deezer, as a mirror or both ways; or notes or calendars, both ways, merged where both changed.
 */
export function rehearsalEngine(rehearsal: Rehearsal, points: Points): RehearsalEngine {
  const storage = databaseOf(rehearsal);
  const closing = (engine: Pick<Engine, "stop">) => async () => {
    await engine.stop();
    await storage.close();
  };
  if (rehearsal.what === "notes") {
    const engine = notesEngine(rehearsal, points, storage);
    return { engine, sync: () => engine.sync(NOTES_REQUEST), close: closing(engine) };
  }
  if (rehearsal.what === "calendars") {
    const engine = calendarEngine({
      ...commonOptions(rehearsal, storage, points),
      fetch: pointedFetch(fetch, points, eventRequest),
    });
    return { engine, sync: () => engine.sync(calendarsRequest(rehearsal)), close: closing(engine) };
  }
  const engine = crashEngine(rehearsal, points, storage);
  const sync = () => engine.sync(rehearsal.what === "favourites" ? REQUEST : TWO_WAY_REQUEST);
  return { engine, sync, close: closing(engine) };
}

const TWO_WAY_REQUEST = {
  ...USER,
  pairs: [{ source: "spotify", target: "deezer", mode: "bidirectional" }],
  type: "favorites",
} as const;

const NOTES_REQUEST = {
  ...USER,
  pairs: [{ source: "left", target: "right", mode: "bidirectional" }],
  type: "notes",
  options: { conflictPolicy: "merge" },
} as const;

function notesEngine(setting: Setting, points: Points, storage: StorageAdapter) {
  const options = commonOptions(setting, storage, points);
  const provider = (name: string) =>
    syntheticDocuments({ name, clock: options.clock, habits: NOTES_HABITS }).providerOverHttp();
  return createSyncEngine({
    providers: [provider("left"), provider("right")],
    ...options,
    fetch: pointedFetch((input, init) => toServer(setting.server, new Request(input, init)), points, noteRequest),
  });
}

/** `https://left.example/notes` is a folder of the server's. */
async function toServer(server: string, request: Request): Promise<Response> {
  const { hostname, pathname, search } = new URL(request.url);
  const body = request.method === "GET" || request.method === "DELETE" ? undefined : await request.text();
  return await fetch(`${server}/${hostname.split(".", 1)[0]}${pathname}${search}`, {
    method: request.method,
    headers: request.headers,
    signal: request.signal,
    ...(body === undefined ? {} : { body }),
  });
}

function noteRequest({ url, method }: Request): string | undefined {
  const one = new URL(url).pathname.split("/").length > 2;
  if (method === "GET") return one ? "get" : "list";
  return { POST: "create", PATCH: "update", DELETE: "delete" }[method];
}

function calendarsRequest({ calendars }: Rehearsal) {
  if (!calendars) throw new RangeError("no calendars are named");
  const [source, target] = calendars;
  return { ...NOTES_REQUEST, pairs: [{ source, target, mode: "bidirectional" as const }], type: "events" as const };
}

/** What CalDAV reads with, PROPFIND and REPORT, is no point: there are many, and nothing changes by them. */
function eventRequest({ method, headers }: Request): string | undefined {
  if (method === "DELETE") return "delete";
  if (method !== "PUT") return undefined;
  return headers.has("if-none-match") ? "create" : "update";
}
