import type { UniversalEvent } from "@syncer/calendar";
import {
  type LogEvent,
  memoryStorage,
  type PairReport,
  type StorageAdapter,
  type SyncEvent,
  type SyncMode,
  type SyncOptions,
} from "@syncer/core";
import { createSandbox, type Sandbox, signIn } from "@syncer/sandbox";
import { fastForwardClock } from "@syncer/testkit";
import { DavUser } from "../../packages/provider-caldav/test/support/dav-user.ts";
import {
  CALENDAR_USER,
  type CalendarChoice,
  type CalendarEngine,
  type CalendarEngineOptions,
  calendarEngine,
} from "./calendar-engine.ts";
import type { Calendar } from "./calendar-world.ts";
import type { DavFront } from "./dav-front.ts";

export const ANNA = "anna@gmail.example";
const REDIRECT = "https://app.example/callback/google-calendar";

/** A calendar at Google's stand-in. */
export interface GoogleCalendar {
  readonly id: string;
  readonly choice: CalendarChoice;
}

/** What is asked of Google: `POST /calendars/{id}/events`. What is thrown comes instead of the answer, after it took effect. */
export type Wayside = (asked: string) => void;

/** CalDAV servers that really run, and Google's stand-in, whose limits hold on a clock that never waits. */
export class GoogleWorld {
  readonly clock = fastForwardClock();
  readonly sandbox: Sandbox = createSandbox({ clock: this.clock });
  readonly storage: StorageAdapter;
  /** Requests to Google's calendars since the last `clear`. */
  asked: string[] = [];
  wayside: Wayside = () => undefined;
  /** Answers in place of Google. */
  instead: (request: Request) => Response | undefined = () => undefined;
  readonly logs: LogEvent[] = [];
  readonly events: SyncEvent[] = [];
  engine: CalendarEngine;
  #google = "";
  readonly #options: Pick<CalendarEngineOptions, "eventTypes">;

  constructor(storage: StorageAdapter = memoryStorage(), options: Pick<CalendarEngineOptions, "eventTypes"> = {}) {
    this.storage = storage;
    this.#options = options;
    this.engine = this.newEngine();
  }

  /** Another process, as it were. */
  newEngine(): CalendarEngine {
    this.engine = calendarEngine({
      ...this.#options,
      storage: this.storage,
      clock: this.clock,
      onLog: (event) => this.logs.push(event),
      onEvent: (event) => this.events.push(event),
      fetch: (input, init) => this.clock.hold(this.#send(new Request(input, init))),
    });
    return this.engine;
  }

  async #send(request: Request): Promise<Response> {
    const { hostname, pathname } = new URL(request.url);
    if (!/(^|\.)(google|googleapis)\.com$/.test(hostname)) return await fetch(request);
    const asked = `${request.method} ${decodeURIComponent(pathname).replace("/calendar/v3", "")}`;
    const isOfCalendars = hostname === "www.googleapis.com";
    if (isOfCalendars) this.asked.push(asked);
    const answer = (isOfCalendars && this.instead(request)) || (await this.sandbox.fetch(request));
    if (isOfCalendars) this.wayside(asked);
    return answer;
  }

  get google() {
    return this.sandbox.control.google;
  }

  /** Signs in through Google's pages. */
  async open(): Promise<this> {
    await this.engine.migrate();
    const service = "google-calendar";
    const { url } = await this.engine.connections.begin({ ...CALENDAR_USER, service, redirectUrl: REDIRECT });
    const callbackUrl = await signIn({ fetch: this.sandbox.fetch, url, user: ANNA });
    const { connection } = await this.engine.connections.complete({ service, callbackUrl });
    this.#google = connection.id;
    return this;
  }

  googleCalendar(summary: string, timeZone = "Europe/Berlin"): GoogleCalendar {
    const id = this.google.addCalendar(ANNA, { summary, timeZone });
    return { id, choice: { connectionId: this.#google, container: id } };
  }

  /** The calendar that every account has. */
  get primary(): GoogleCalendar {
    return { id: ANNA, choice: { connectionId: this.#google, container: ANNA } };
  }

  async davCalendar(front: DavFront, name: string): Promise<Calendar> {
    const { username, password } = front.server;
    const login = { ...CALENDAR_USER, service: "caldav", serverUrl: front.url, username, password } as const;
    const { connection } = await this.engine.connections.addBasic(login);
    const at = await front.server.makeCalendar(name);
    const choice = { connectionId: connection.id, container: front.addressOf(at) };
    return { name, front, at, person: new DavUser(front.server, at), choice };
  }

  async sync(
    source: { readonly choice: CalendarChoice },
    target: { readonly choice: CalendarChoice },
    { mode = "bidirectional", options = {} }: { readonly mode?: SyncMode; readonly options?: SyncOptions } = {},
  ): Promise<PairReport> {
    this.asked = [];
    const pairs = [{ source: source.choice, target: target.choice, mode }];
    const [report] = (await this.engine.sync({ ...CALENDAR_USER, pairs, type: "events", options })).pairs;
    if (!report) throw new TypeError("a sync of one pair reports one pair");
    return report;
  }

  /** Mails that Google would have sent because it was asked to. */
  get mails(): number {
    return this.google.mails().filter(({ certain }) => certain).length;
  }

  /** Events and series at Google that are there, without single instances. */
  titles({ id }: GoogleCalendar): readonly string[] {
    const events = this.google.events(id).filter((each) => !each.recurringEventId && each.status !== "cancelled");
    return events.map(({ summary }) => String(summary ?? "")).sort();
  }
}

/** What both services know of an event, in a form that can be held against another. */
export function sharedWithGoogle(event: UniversalEvent): Partial<UniversalEvent> {
  const { title, description, location, when, recurrence, overrides, status, privacy, freeBusyStatus } = event;
  const texts = {
    ...(title ? { title } : {}),
    ...(description ? { description } : {}),
    ...(location ? { location } : {}),
  };
  return { ...texts, when, recurrence, overrides, status, privacy, freeBusyStatus };
}
