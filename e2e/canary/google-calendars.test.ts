import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PairReport, SyncOptions } from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { afterEach, describe, expect, it } from "vitest";
import { CALENDAR_USER } from "../support/calendar-engine.ts";
import { ANNA, type GoogleCalendar, GoogleWorld } from "../support/google-world.ts";
import { CalendarAviary } from "./support/calendar-aviary.ts";
import { leaksOf as leaks } from "./support/leaks-of.ts";
import { leakyStorage } from "./support/leaky-storage.ts";
import { noteIn, type Said } from "./support/said.ts";
import type { Leak } from "./support/scanner.ts";

const PATIENCE_MS = 120_000;
const DAY_MS = 86_400_000;

interface Host {
  readonly world: GoogleWorld;
  readonly aviary: CalendarAviary;
  readonly left: GoogleCalendar;
  readonly right: GoogleCalendar;
  readonly folder: string;
  readonly said: Said[];
}

describe("P1, L10: canaries in calendars at Google", { timeout: PATIENCE_MS }, () => {
  const opened: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
  });

  async function newHost(isLeaky = false): Promise<Host> {
    const folder = await mkdtemp(join(tmpdir(), "syncer-canary-google-"));
    const aviary = new CalendarAviary();
    const file = sqlite(join(folder, "syncer.db"));
    const storage = isLeaky ? leakyStorage(file, () => aviary.canaries.at(-1)?.value ?? "") : file;
    const world = await new GoogleWorld(storage).open();
    opened.push(async () => {
      await world.engine.stop();
      await rm(folder, { recursive: true });
    });
    const [left, right] = [1, 2].map(() => world.googleCalendar(aviary.bird("calendar")));
    if (!left || !right) throw new TypeError("there are two");
    for (const { id } of [left, right]) aviary.canaries.push({ kind: "calendar id", value: id });
    aviary.canaries.push({ kind: "account", value: ANNA });
    return { world, aviary, left, right, folder, said: [] };
  }

  /** An event in Google's own words, with people and other programs in it. @returns its id */
  function put({ world, aviary }: Host, { id }: GoogleCalendar): string {
    const mail = aviary.bird("mail", (value) => `${value.replace("öß", "oss")}@zilpzalp.example`);
    const start = { dateTime: "2026-12-01T09:00:00", timeZone: "Europe/Berlin" };
    return world.google.putEvent(id, {
      summary: aviary.bird("title"),
      description: aviary.bird("note"),
      location: aviary.bird("place"),
      start,
      end: { ...start, dateTime: "2026-12-01T10:00:00" },
      recurrence: ["RRULE:FREQ=WEEKLY;COUNT=5"],
      attendees: [{ email: mail, displayName: aviary.bird("guest") }],
      extendedProperties: { private: { "other-program": aviary.bird("property") } },
      source: { title: aviary.bird("source"), url: "https://zilpzalp.example/" },
    });
  }

  function note({ said }: Host, { error, status, counts, hold, items, unmatched }: PairReport): PairReport["status"] {
    const reasons = [...items, ...unmatched].map(({ reason }) => reason);
    noteIn(said, "report", { error, status, counts, hold: hold?.reasons, reasons });
    if (error) noteIn(said, "error", error);
    return status;
  }

  async function sync(host: Host, options: SyncOptions = {}): Promise<PairReport["status"]> {
    const { world, left, right } = host;
    await world.clock.sleep(DAY_MS);
    const status = note(host, await world.sync(left, right, { options }));
    for (const { id } of await world.engine.pairs.list(CALENDAR_USER)) {
      await world.engine.pairs.resume({ ...CALENDAR_USER, pairId: id });
    }
    return status;
  }

  /** What Google and proxies before it may say, with content in it. */
  function answers({ aviary }: Host): readonly ((request: Request) => Response | undefined)[] {
    const content = aviary.canaries.map(({ value }) => value).join(" ");
    const refusal = (code: number, reason: string) => {
      const error = { code, message: content, errors: [{ domain: "global", reason, message: content }] };
      return Response.json({ error }, { status: code });
    };
    const isWrite = ({ method, url }: Request) => method !== "GET" && url.includes("/events");
    const isRead = ({ method }: Request) => method === "GET";
    const html = () => new Response(`<title>${content}</title>`, { headers: { "content-type": "text/html" } });
    return [
      (request) => (isWrite(request) ? refusal(400, "invalid") : undefined),
      (request) => (isWrite(request) ? refusal(403, "forbiddenForNonOrganizer") : undefined),
      (request) => (isWrite(request) ? refusal(500, "backendError") : undefined),
      (request) => (isRead(request) ? html() : undefined),
      (request) => (isRead(request) ? refusal(410, "fullSyncRequired") : undefined),
      (request) => (isRead(request) ? Response.json({ items: content }) : undefined),
      (request) => (isRead(request) ? refusal(403, content) : undefined),
    ];
  }

  async function wholeLife(host: Host): Promise<void> {
    const { world, aviary, left, right, said } = host;
    const { engine, google } = world;
    const ids = [left, right].map((calendar) => [0, 1, 2].map(() => put(host, calendar)));
    expect(await sync(host)).toBe("succeeded");
    const one = ids[0]?.[0] ?? "";
    const title = String(google.events(left.id).find(({ id }) => id === one)?.summary);
    const copy = String(google.events(right.id).find(({ summary }) => summary === title)?.id);
    google.editEvent(left.id, one, { summary: aviary.bird("title") });
    google.editEvent(right.id, copy, { summary: aviary.bird("title") });
    await sync(host);
    const [conflict] = await engine.conflicts.list(CALENDAR_USER);
    noteIn(said, "conflicts", conflict);
    await engine.conflicts.decide({ ...CALENDAR_USER, conflictId: conflict?.id ?? "", winner: "target" });
    await sync(host);
    google.editEvent(left.id, `${one}_20261208T080000Z`, { summary: aviary.bird("title of a day") });
    const rules = { titlePrefix: { target: aviary.bird("prefix") }, mask: { location: aviary.bird("mask") } };
    await sync(host, { rules });
    for (const answer of answers(host)) {
      put(host, left);
      world.instead = answer;
      await sync(host);
      world.instead = () => undefined;
    }
    await sync(host);
    const elsewhere = { choice: { ...left.choice, container: aviary.bird("wrong calendar") } };
    for (const source of [elsewhere, right]) {
      noteIn(said, "wrong request", await world.sync(source, right).catch((error: unknown) => error));
    }
    noteIn(said, "health", await engine.checkHealth("google-calendar"));
    noteIn(
      said,
      "pairs",
      (await engine.pairs.list(CALENDAR_USER)).map(({ id, state, stateReason }) => [id, state, stateReason]),
    );
  }

  const leaksOf = ({ world, aviary, said, folder }: Host): Promise<Leak[]> =>
    leaks(aviary.canaries, { storage: world.storage, logs: world.logs, events: world.events, said, folder });

  it("appear in no table, file, log, event or error, in no form", async () => {
    const host = await newHost();
    await wholeLife(host);
    expect(await host.world.storage.count({ table: "links" })).toBeGreaterThan(10);
    expect(await host.world.storage.count({ table: "conflicts" })).toBeGreaterThan(0);
    expect(host.aviary.canaries.length).toBeGreaterThan(80);
    const told = host.said.map(({ text }) => text).join();
    for (const code of ["update.won", "conflict.open", "refused.by-service", "service.malformed-answer"]) {
      expect(told.includes(code), code).toBe(true);
    }
    expect(host.world.logs.length).toBeGreaterThan(50);
    expect(await leaksOf(host)).toEqual([]);
  });

  it("would be found in a table and in a file", async () => {
    const host = await newHost(true);
    put(host, host.left);
    await sync(host);
    const found = new Set((await leaksOf(host)).map(({ where }) => where.split(" ")[0]));
    expect([...found].sort()).toEqual(["file", "table"]);
  });
});
