import { readEvent, type UniversalEvent } from "@syncer/calendar";
import { createSyncEngine, keyring, memoryStorage, type PairReport } from "@syncer/core";
import { caldav } from "@syncer/provider-caldav";
import { googleCalendar } from "@syncer/provider-google-calendar";
import { createSandbox, GOOGLE_APP, signIn } from "@syncer/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canRun, type DavServer, radicale } from "../../packages/provider-caldav/test/support/dav-server.ts";
import { DavUser } from "../../packages/provider-caldav/test/support/dav-user.ts";
import {
  sampleEvents as davEvents,
  seriesWithExceptions as davSeries,
} from "../../packages/provider-caldav/test/support/sample-events.ts";
import { GoogleBench } from "../../packages/provider-google-calendar/test/support/google-bench.ts";
import {
  sampleEvents as googleEvents,
  seriesWithExceptions as googleSeries,
} from "../../packages/provider-google-calendar/test/support/sample-events.ts";

const ANNA = "anna@gmail.example";
const USER = { userId: "user-1" } as const;

/** Google's stand-in and a server that really runs, with one calendar of either. */
class World {
  readonly sandbox = createSandbox();
  readonly google = new GoogleBench({ user: ANNA, sandbox: this.sandbox });
  readonly dav: DavUser;
  readonly #server: DavServer;
  readonly #calendar: string;
  readonly #engine;
  #connections: readonly string[] = [];
  /** Methods of what changes something, by side, since the last sync began. */
  writes: string[] = [];
  reads = 0;

  constructor(server: DavServer, calendar: string) {
    this.#server = server;
    this.#calendar = calendar;
    this.dav = new DavUser(server, calendar);
    this.sandbox.control.google.settings.rateLimits = false;
    const rateLimit = { requests: 100_000 };
    this.#engine = createSyncEngine({
      providers: [
        googleCalendar({ clientId: GOOGLE_APP.id, clientSecret: GOOGLE_APP.secret, rateLimit }),
        caldav({ addresses: { allowPrivate: true, schemes: ["http", "https"] }, rateLimit }),
      ],
      storage: memoryStorage(),
      encryption: keyring({ current: "k1", keys: { k1: new Uint8Array(32).fill(9) } }),
      fetch: (input, init) => this.#fetch(new Request(input, init)),
    });
  }

  async #fetch(request: Request): Promise<Response> {
    const isDav = request.url.startsWith(this.#server.url);
    const isRead = ["GET", "PROPFIND", "REPORT"].includes(request.method) || request.url.includes("/token");
    if (isRead) this.reads += 1;
    else this.writes.push(`${isDav ? "dav" : "google"} ${request.method}`);
    return isDav ? await this.#server.fetch(request) : await this.sandbox.fetch(request);
  }

  async connect(): Promise<void> {
    await this.#engine.migrate();
    const redirectUrl = "https://app.example/callback";
    const { url } = await this.#engine.connections.begin({ ...USER, service: "google-calendar", redirectUrl });
    const { searchParams } = await signIn({ fetch: this.sandbox.fetch, url, user: ANNA });
    const [code, state] = [searchParams.get("code") ?? "", searchParams.get("state") ?? ""];
    const google = await this.#engine.connections.complete({ service: "google-calendar", code, state });
    const { url: serverUrl, username, password } = this.#server;
    const dav = await this.#engine.connections.addBasic({ ...USER, service: "caldav", serverUrl, username, password });
    this.#connections = [google.connection.id, dav.connection.id];
  }

  async sync(): Promise<PairReport> {
    [this.writes, this.reads] = [[], 0];
    const [google = "", dav = ""] = this.#connections;
    const pair = {
      source: { connectionId: google, container: ANNA },
      target: { connectionId: dav, container: this.#calendar },
      mode: "bidirectional" as const,
    };
    const { pairs } = await this.#engine.sync({ ...USER, pairs: [pair], type: "events" });
    if (!pairs[0]) throw new TypeError("no report");
    return pairs[0];
  }

  async shown(): Promise<readonly [ReadonlyMap<string, object>, ReadonlyMap<string, object>]> {
    const texts = await Promise.all((await this.dav.ids()).map((id) => this.dav.text(id)));
    const there = texts
      .map((text) => readEvent(text).event)
      .map((event) => [event.title ?? "", shared(event)] as const);
    const here = [...(await this.google.shown())].map(([title, event]) => [title, shared(event)] as const);
    return [new Map(here.toSorted()), new Map(there.toSorted())];
  }
}

/** What both services hold of an event. */
function shared(event: UniversalEvent): object {
  const { uid, title, description, location, when, recurrence, status, privacy, freeBusyStatus, reminders } = event;
  const overrides = Object.entries(event.overrides).map(([slot, override]) => {
    const { categories: _, color: __, conference: ___, ...rest } = override as Partial<UniversalEvent>;
    return [slot, rest] as const;
  });
  const minutes = reminders?.map((each) => each.minutes).toSorted((a, b) => a - b);
  const parts = { uid, title, description, location, when, recurrence, status, privacy, freeBusyStatus, minutes };
  return { ...parts, overrides: Object.fromEntries(overrides) };
}

describe.skipIf(!canRun(radicale))("a calendar at Google and one at a CalDAV server", { timeout: 120_000 }, () => {
  let server: DavServer;
  let made = 0;

  beforeAll(async () => {
    server = await radicale.start();
  }, 60_000);
  afterAll(() => server?.stop());

  async function open(): Promise<World> {
    made += 1;
    const world = new World(server, await server.makeCalendar(`google-${made}`));
    await world.connect();
    return world;
  }

  const named = (prefix: string, events: readonly UniversalEvent[]) =>
    events.map((event) => ({ ...event, uid: `${prefix}-${event.uid}`, title: `${prefix} ${event.title}` }));

  async function expectEqual(world: World): Promise<void> {
    const [google, dav] = await world.shown();
    expect(dav).toEqual(google);
  }

  it("hold the same after one sync, and write nothing and ask next to nothing by the next", async () => {
    const world = await open();
    for (const event of named("G", googleEvents)) await world.google.createWhole(event);
    await world.google.createWhole(googleSeries("g-series@x", "G Weekly"));
    for (const event of named("D", davEvents)) await world.dav.put(event);
    await world.dav.put(davSeries("d-series@x", "D Weekly"));
    const first = await world.sync();
    expect([first.status, first.counts.added, first.counts.refused]).toEqual(["succeeded", 30, 0]);
    await expectEqual(world);
    // What neither fields nor the other's words could hold is told with the event that lost it.
    const losses = new Set(first.items.flatMap((item) => item.losses ?? []));
    expect([...losses].toSorted()).toEqual([
      "field.categories",
      "field.priority",
      "field.url",
      "reminder.email",
      "when.floating",
    ]);
    for (let run = 0; run < 2; run += 1) {
      const again = await world.sync();
      expect([again.status, again.counts.updated, world.writes]).toEqual(["succeeded", 0, []]);
    }
    expect(world.reads).toBeLessThanOrEqual(4);
    expect(world.sandbox.control.google.mails()).toEqual([]);
  });

  it("follow edits on either side, of series and of single instances, and end up equal each time", async () => {
    const world = await open();
    const { google } = world.sandbox.control;
    await world.google.createWhole(googleSeries("g-series@x", "G Weekly"));
    const id = await world.dav.put(davSeries("d-series@x", "D Weekly"));
    await world.sync();
    const idOf = (title: string) =>
      String(google.events(ANNA).find((event) => event.summary === title && !event.recurringEventId)?.id);
    const edits: readonly (() => unknown)[] = [
      () => google.editEvent(ANNA, `${idOf("G Weekly")}_20261222T080000Z`, { summary: "Last before the holidays" }),
      () => google.removeEvent(ANNA, `${idOf("D Weekly")}_20261229T080000Z`),
      () => google.editEvent(ANNA, idOf("D Weekly"), { recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=12"] }),
      () => world.dav.edit(id, { overrides: { "2027-01-05T09:00:00": { location: "Elsewhere" } } }),
      () =>
        world.dav.edit(id, {
          when: { start: "2026-12-01T11:00:00", timeZone: "Europe/Berlin", duration: "PT1H", allDay: false },
        }),
      () =>
        google.editEvent(ANNA, idOf("G Weekly"), { description: "<b>Agenda</b><br>One &amp; two", location: "Room 3" }),
      () => world.dav.edit(id, { recurrence: null, overrides: {} }),
      () => world.dav.remove(id),
    ];
    for (const [index, edit] of edits.entries()) {
      await edit();
      const report = await world.sync();
      expect([index, report.status, report.counts.conflicts, report.counts.refused]).toEqual([
        index,
        "succeeded",
        0,
        0,
      ]);
      await expectEqual(world);
      await world.sync();
      expect([index, world.writes]).toEqual([index, []]);
    }
  });
});
