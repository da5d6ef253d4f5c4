import { readEvent, type UniversalEvent } from "@syncer/calendar";
import {
  type LogEvent,
  memoryStorage,
  type PairReport,
  type StorageAdapter,
  type SyncEvent,
  type SyncMode,
  type SyncOptions,
} from "@syncer/core";
import { DavUser } from "../../packages/provider-caldav/test/support/dav-user.ts";
import { type SharedTime, sharedClock } from "../crash/support/shared-clock.ts";
import {
  CALENDAR_USER,
  type CalendarChoice,
  type CalendarEngine,
  type CalendarEngineOptions,
  calendarEngine,
} from "./calendar-engine.ts";
import type { DavFront } from "./dav-front.ts";

/** One calendar: at its server, as its user sees it, and as the engine knows it. */
export interface Calendar {
  readonly name: string;
  readonly front: DavFront;
  /** Its address at the server itself. */
  readonly at: string;
  readonly person: DavUser;
  readonly choice: CalendarChoice;
}

export interface CalendarWorldOptions extends Pick<CalendarEngineOptions, "shows"> {
  readonly storage?: StorageAdapter;
  readonly time?: SharedTime;
}

/** An engine, and a user with one account at each of several servers that really run. */
export class CalendarWorld {
  readonly storage: StorageAdapter;
  readonly engine: CalendarEngine;
  readonly logs: LogEvent[] = [];
  readonly events: SyncEvent[] = [];
  readonly #time: { epochMs: number; speed: number; aheadMs: number };
  readonly #connections = new Map<DavFront, string>();

  constructor({ storage = memoryStorage(), time, ...options }: CalendarWorldOptions = {}) {
    this.storage = storage;
    this.#time = { epochMs: Date.now(), speed: 1, aheadMs: 0, ...time };
    this.engine = calendarEngine({
      storage,
      clock: sharedClock(this.#time),
      onLog: (event) => this.logs.push(event),
      onEvent: (event) => this.events.push(event),
      ...options,
    });
  }

  /** Lets time pass that nobody has to wait for. */
  later(ms: number): void {
    this.#time.aheadMs += ms;
  }

  get time(): SharedTime {
    return { ...this.#time };
  }

  /** Signs the user in at a server. */
  async connect(front: DavFront, service: "caldav" | "shared" = "caldav"): Promise<void> {
    const { username, password } = front.server;
    const login = { ...CALENDAR_USER, service, serverUrl: front.url, username, password };
    this.#connections.set(front, (await this.engine.connections.addBasic(login)).connection.id);
  }

  async makeCalendar(front: DavFront, name: string): Promise<Calendar> {
    const at = await front.server.makeCalendar(name);
    const choice = { connectionId: this.connection(front), container: front.addressOf(at) };
    return { name, front, at, person: new DavUser(front.server, at), choice };
  }

  connection(front: DavFront): string {
    const id = this.#connections.get(front);
    if (id === undefined) throw new RangeError("not connected there");
    return id;
  }

  /** One run of a pair. What the fronts have taken down before is forgotten. */
  async sync(
    source: Calendar,
    target: Calendar,
    options: SyncOptions = {},
    mode: SyncMode = "bidirectional",
  ): Promise<PairReport> {
    for (const { front } of [source, target]) front.clear();
    const pairs = [{ source: source.choice, target: target.choice, mode }];
    const [report] = (await this.engine.sync({ ...CALENDAR_USER, pairs, type: "events", options })).pairs;
    if (!report) throw new TypeError("a sync of one pair reports one pair");
    return report;
  }
}

/** Requests that changed something at either server since the last sync began. */
export function writesOf(...calendars: readonly Calendar[]): readonly string[] {
  const fronts = new Set(calendars.map(({ front }) => front));
  return [...fronts].flatMap(({ writes }) => writes.map(({ method, path }) => `${method} ${path}`));
}

/** Everything in a calendar, as it is stored there, by the name of its file. */
export async function textsIn({ person }: Calendar): Promise<ReadonlyMap<string, string>> {
  return await person.texts();
}

export interface ShownEvent {
  readonly id: string;
  readonly text: string;
  readonly event: UniversalEvent;
}

/** All events in a calendar by title; a title that is there twice is an error. Tasks are not shown. */
export async function shownIn(calendar: Calendar): Promise<ReadonlyMap<string, ShownEvent>> {
  const shown = new Map<string, ShownEvent>();
  for (const [id, text] of await textsIn(calendar)) {
    if (!text.includes("BEGIN:VEVENT")) continue;
    const { event } = readEvent(text);
    const { title = "" } = event;
    if (shown.has(title)) throw new Error(`there are two of "${title}" in ${calendar.name}`);
    shown.set(title, { id, text, event });
  }
  return shown;
}

/** What calendars are compared by: everything that an event says, but not who is invited and which revision it is. */
export function contentOf({ attendees: _, organizer: __, sequence: ___, ...event }: UniversalEvent): UniversalEvent {
  return event;
}

/** {@link contentOf} all events, by UID. */
export async function contentsIn(calendar: Calendar): Promise<ReadonlyMap<string, UniversalEvent>> {
  const contents = new Map<string, UniversalEvent>();
  for (const text of (await textsIn(calendar)).values()) {
    const { uid, event } = readEvent(text);
    if (contents.has(uid)) throw new Error(`the UID ${uid} is in ${calendar.name} twice`);
    contents.set(uid, contentOf(event));
  }
  return contents;
}

/** Fronts before servers of their own. */
export async function stopAll(fronts: readonly DavFront[]): Promise<void> {
  for (const front of fronts) {
    await front.close();
    await front.server.stop();
  }
}
