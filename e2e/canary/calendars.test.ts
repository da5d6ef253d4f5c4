import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PairReport, SyncOptions } from "@syncer/core";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { canRun, radicale, tokenOf, xandikos } from "../../packages/provider-caldav/test/support/dav-server.ts";
import { CALENDAR_USER } from "../support/calendar-engine.ts";
import { type Calendar, CalendarWorld, stopAll } from "../support/calendar-world.ts";
import type { DavFront, FrontRequest } from "../support/dav-front.ts";
import { startFronts } from "../support/two-calendars.ts";
import { CalendarAviary } from "./support/calendar-aviary.ts";
import { leaksOf as leaks } from "./support/leaks-of.ts";
import { leakyStorage } from "./support/leaky-storage.ts";
import { noteIn, type Said } from "./support/said.ts";
import type { Leak } from "./support/scanner.ts";

/** Servers that really run, on a machine that does other things too. */
const PATIENCE_MS = 120_000;
const DAY = 24 * 3_600_000;

interface Host {
  readonly world: CalendarWorld;
  readonly aviary: CalendarAviary;
  readonly left: Calendar;
  readonly right: Calendar;
  readonly folder: string;
  readonly said: Said[];
}

describe.skipIf(!canRun(radicale) || !canRun(xandikos))(
  "P1, L10: canaries in calendars",
  { timeout: PATIENCE_MS },
  () => {
    let fronts: readonly DavFront[] = [];
    let made = 0;
    const opened: (() => Promise<void>)[] = [];

    beforeAll(async () => {
      fronts = await startFronts();
    }, PATIENCE_MS);
    afterAll(() => stopAll(fronts));
    afterEach(async () => {
      for (const close of opened.splice(0)) await close();
      for (const front of fronts) front.instead = () => undefined;
    });

    async function newHost(isLeaky = false): Promise<Host> {
      made += 1;
      const folder = await mkdtemp(join(tmpdir(), "syncer-canary-calendars-"));
      const aviary = new CalendarAviary();
      const file = sqlite(join(folder, "syncer.db"));
      const storage = isLeaky ? leakyStorage(file, () => aviary.canaries.at(-1)?.value ?? "") : file;
      const world = new CalendarWorld({ storage });
      opened.push(async () => {
        await world.engine.stop();
        await rm(folder, { recursive: true });
      });
      await world.engine.migrate();
      const calendars: Calendar[] = [];
      for (const front of fronts) {
        await world.connect(front);
        const name = aviary.bird(`calendar ${made}`, (value) => value.replace("öß", "oss").replaceAll(" ", "-"));
        const calendar = await world.makeCalendar(front, name);
        calendars.push(calendar);
        aviary.canaries.push({ kind: "calendar address", value: calendar.choice.container });
        aviary.canaries.push({ kind: "server address", value: front.url });
        aviary.canaries.push({ kind: "server", value: new URL(front.url).host });
        aviary.canaries.push({ kind: "password", value: front.server.password });
        aviary.canaries.push({ kind: "authorization", value: tokenOf() });
      }
      // Its ids are the names of files, which hold these words.
      aviary.canaries.push(
        { kind: "file name", value: "Made by hand" },
        { kind: "file name", value: "Made%20by%20hand" },
      );
      const [left, right] = calendars;
      if (!left || !right) throw new TypeError("there are two");
      return { world, aviary, left, right, folder, said: [] };
    }

    /** A report shows people what was synced, so its items hold content; what it says of failure must not. */
    function note({ said }: Host, { error, status, counts, hold, items, unmatched }: PairReport): PairReport["status"] {
      const reasons = [...items, ...unmatched].map(({ reason }) => reason);
      noteIn(said, "report", { error, status, counts, hold: hold?.reasons, reasons });
      if (error) noteIn(said, "error", error);
      return status;
    }

    async function sync(host: Host, options: SyncOptions = {}): Promise<PairReport["status"]> {
      const { world, left, right } = host;
      world.later(DAY);
      const status = note(host, await world.sync(left, right, options));
      for (const { id } of await world.engine.pairs.list(CALENDAR_USER)) {
        await world.engine.pairs.resume({ ...CALENDAR_USER, pairId: id });
      }
      return status;
    }

    async function put({ aviary }: Host, { person }: Calendar): Promise<string> {
      const id = await person.put(aviary.event());
      const text = await person.text(id);
      await person.putText(decodeURIComponent(id), text.replace("END:VEVENT", `${aviary.lines()}END:VEVENT`));
      return id;
    }

    const first = async ({ person }: Calendar, at = 0) => (await person.ids())[at] ?? "";

    /** What servers say, and proxies before them, with content in it. */
    function answers({ aviary }: Host): readonly ((request: FrontRequest) => Response | undefined)[] {
      const content = aviary.canaries.map(({ value }) => value).join(" ");
      const xml = { "content-type": "text/xml" };
      const error = `<d:error xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><c:valid-calendar-data/>${content}</d:error>`;
      const isPut = ({ method }: FrontRequest) => method === "PUT";
      const isRead = ({ method }: FrontRequest) => method === "REPORT" || method === "PROPFIND";
      const html = `<html><head><title>${content}</title></head><body>${content}</body></html>`;
      return [
        (request) => (isPut(request) ? new Response(error, { status: 403, headers: xml }) : undefined),
        (request) => (isPut(request) ? new Response(content, { status: 400 }) : undefined),
        (request) => (isPut(request) ? new Response(content, { status: 500 }) : undefined),
        (request) => (isRead(request) ? new Response(html, { headers: { "content-type": "text/html" } }) : undefined),
        (request) =>
          isRead(request) ? new Response(`<multistatus>${content}`, { status: 207, headers: xml }) : undefined,
        (request) => (isRead(request) ? new Response(content, { status: 401 }) : undefined),
        (request) => (isRead(request) ? new Response(error, { status: 403, headers: xml }) : undefined),
        (request) =>
          isRead(request)
            ? new Response(null, {
                status: 302,
                headers: { location: `https://zilpzalp.example/${encodeURIComponent(content.slice(0, 200))}` },
              })
            : undefined,
      ];
    }

    /** Everything that can happen to calendars: copies, edits, merges, conflicts, refusals, failures, wrong requests, jobs. */
    async function wholeLife(host: Host): Promise<void> {
      const { world, aviary, left, right, said } = host;
      const { engine } = world;
      for (const calendar of [left, right]) for (let index = 0; index < 3; index += 1) await put(host, calendar);
      expect(await sync(host)).toBe("succeeded");
      const [one, other] = [await first(left), await first(right)];
      const titleOf = async (calendar: Calendar, id: string) =>
        /^SUMMARY:(.*)$/m.exec(await calendar.person.text(id))?.[1];
      const twin = async (title: string | undefined) => {
        for (const id of await right.person.ids()) if ((await titleOf(right, id)) === title) return id;
        return other;
      };
      const copy = await twin(await titleOf(left, one));
      await left.person.edit(one, { title: aviary.bird("title") });
      await right.person.edit(copy, { title: aviary.bird("title") });
      await sync(host);
      const [conflict] = await engine.conflicts.list(CALENDAR_USER);
      noteIn(said, "conflicts", conflict);
      await engine.conflicts.decide({ ...CALENDAR_USER, conflictId: conflict?.id ?? "", winner: "target" });
      await sync(host);
      await left.person.edit(one, { location: aviary.bird("place") });
      await right.person.edit(copy, { description: aviary.bird("note") });
      await sync(host, { conflictPolicy: "merge" });
      await unreadable(host);
      expect(await sync(host)).toBe("succeeded");
      for (const [index, answer] of answers(host).entries()) {
        await put(host, left);
        right.front.instead = answer;
        await sync(host);
        right.front.instead = () => undefined;
        world.later(index * DAY);
        await world.connect(right.front);
      }
      await sync(host);
      await wrongRequests(host);
      await inTheBackground(host);
      for (const { id } of await engine.connections.list(CALENDAR_USER)) {
        noteIn(said, "limits", await engine.limits({ ...CALENDAR_USER, connectionId: id }));
      }
      noteIn(said, "health", await engine.checkHealth("caldav"));
      for (const id of await left.person.ids()) await left.person.remove(id);
      expect(await sync(host)).toBe("held");
    }

    /** What is no event, or one of a zone that nobody knows. */
    async function unreadable({ aviary, left }: Host): Promise<void> {
      const lines = (uid: string) => [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//x//EN",
        "BEGIN:VEVENT",
        `UID:${uid}`,
        `SUMMARY:${aviary.bird("title")}`,
        `DTSTART;TZID=${aviary.bird("zone")}:20261201T090000`,
        "END:VEVENT",
        "END:VCALENDAR",
        "",
      ];
      await left.person.putText(aviary.bird("file name"), lines(crypto.randomUUID()).join("\r\n"));
    }

    async function wrongRequests({ world, said, left, right, aviary }: Host): Promise<void> {
      const { username, password } = left.front.server;
      const login = { ...CALENDAR_USER, service: "caldav" as const, serverUrl: left.front.url, username, password };
      const elsewhere = `${left.front.url}${aviary.bird("path", (value) => value.replace("öß", "oss"))}/`;
      const wrong = [
        () => world.engine.connections.addBasic({ ...login, password: aviary.bird("password") }),
        () =>
          world.engine.connections.addBasic({
            ...login,
            serverUrl: `ftp://${aviary.bird("host", () => "zilpzalp-ftp.example")}/`,
          }),
        () => world.engine.connections.addBasic({ ...login, serverUrl: "http://127.0.0.1:9/" }),
        () => world.sync({ ...left, choice: { ...left.choice, container: elsewhere } }, right),
        () => world.sync({ ...left, choice: { ...left.choice, container: "https://zilpzalp.example/theirs/" } }, right),
      ];
      for (const [index, request] of wrong.entries()) {
        const ended = await request().catch((error: unknown) => error);
        const shown =
          ended instanceof Error || !(typeof ended === "object" && ended !== null && "error" in ended)
            ? ended
            : ended.error;
        noteIn(said, `wrong request ${index}`, shown);
      }
    }

    async function inTheBackground(host: Host): Promise<void> {
      const { world, left, right, said } = host;
      const { engine } = world;
      await put(host, left);
      const ended = Promise.withResolvers<void>();
      engine.on(({ type }) => {
        if (type === "run.finished" || type === "job.dead") ended.resolve();
      });
      const pairs = [{ source: left.choice, target: right.choice, mode: "bidirectional" as const }];
      await engine.enqueue({ ...CALENDAR_USER, pairs, type: "events" });
      await engine.start({ onError: (error) => noteIn(said, "worker", error) });
      await ended.promise;
      noteIn(said, "jobs", await engine.jobs.list(CALENDAR_USER));
    }

    const leaksOf = ({ world, aviary, said, folder }: Host): Promise<Leak[]> =>
      leaks(aviary.canaries, { storage: world.storage, logs: world.logs, events: world.events, said, folder });

    it("appear in no table, file, queue, log, event or error, in no form", async () => {
      const host = await newHost();
      await wholeLife(host);
      const count = (table: "links" | "conflicts" | "intent_items" | "sync_jobs") =>
        host.world.storage.count({ table });
      expect(await count("links")).toBeGreaterThan(10);
      expect(await count("conflicts")).toBeGreaterThan(0);
      expect(await count("intent_items")).toBeGreaterThan(5);
      expect(await count("sync_jobs")).toBeGreaterThan(10);
      expect(host.aviary.canaries.length).toBeGreaterThan(150);
      const told = host.said.map(({ text }) => text).join();
      const codes = ["merge.both", "update.won", "conflict.open", "refused.by-service", "unsyncable.unsupported"];
      for (const code of [
        ...codes,
        "service.malformed-answer",
        "service.url-refused",
        "service.unreachable",
        "mass-removal",
      ]) {
        expect(told.includes(code), code).toBe(true);
      }
      expect(host.world.logs.length).toBeGreaterThan(100);
      expect(await leaksOf(host)).toEqual([]);
    });

    it("would be found in a table and in a file", async () => {
      const host = await newHost(true);
      await put(host, host.left);
      await sync(host);
      const found = new Set((await leaksOf(host)).map(({ where }) => where.split(" ")[0]));
      expect([...found].sort()).toEqual(["file", "table"]);
    });
  },
);
