import { type EventOverrides, instancesOf, startInstantOf, type UniversalEvent } from "@syncer/calendar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canRun, radicale, xandikos } from "../../packages/provider-caldav/test/support/dav-server.ts";
import { sampleEvents, seriesWithExceptions } from "../../packages/provider-caldav/test/support/sample-events.ts";
import { type Calendar, type CalendarWorld, shownIn, stopAll, textsIn, writesOf } from "../support/calendar-world.ts";
import type { DavFront } from "../support/dav-front.ts";
import { openCalendars, startFronts } from "../support/two-calendars.ts";

/** Servers that really run, on a machine that does other things too. */
const PATIENCE_MS = 120_000;
const HOUR = 3_600_000;

const BERLIN = "Europe/Berlin";
const SERIES = seriesWithExceptions("series@calendar.example", "Standup");
const [SLOT, LEFT_OUT, OWN] = ["2026-12-22T09:00:00", "2026-12-08T09:00:00", "2026-12-15T09:00:00"] as const;
const MOVED = { when: { start: "2026-12-23T16:00:00", timeZone: BERLIN, duration: "PT45M", allDay: false } } as const;

/** One word: Radicale takes the UIDs "a, b" and "a, c" for one. */
const uidOf = (title: string) => `${title.replace(/\W+/g, "-")}@calendar.example`;

type Titled = UniversalEvent & { readonly title: string };

interface Pair {
  readonly world: CalendarWorld;
  readonly a: Calendar;
  readonly b: Calendar;
  sync(): ReturnType<CalendarWorld["sync"]>;
}

describe.skipIf(!canRun(radicale) || !canRun(xandikos))("K. Calendar", { timeout: PATIENCE_MS }, () => {
  let fronts: readonly DavFront[] = [];

  beforeAll(async () => {
    fronts = await startFronts();
  }, PATIENCE_MS);
  afterAll(() => stopAll(fronts));

  async function open(): Promise<Pair> {
    const { world, calendars } = await openCalendars(fronts);
    const [a, b] = calendars;
    if (!a || !b) throw new TypeError("there are two");
    return { world, a, b, sync: () => world.sync(a, b) };
  }

  /** Both have the series, made in one of the two. */
  async function withSeries(from: "a" | "b" = "a"): Promise<Pair> {
    const pair = await open();
    await pair[from].person.put(SERIES);
    expect(await pair.sync()).toMatchObject({ status: "succeeded", counts: { added: 1 } });
    return pair;
  }

  async function shown(calendar: Calendar, title = "Standup"): Promise<UniversalEvent> {
    const found = (await shownIn(calendar)).get(title);
    if (!found) throw new RangeError(`nothing in ${calendar.name} is called ${title}`);
    return found.event;
  }

  async function edit(calendar: Calendar, changes: Partial<UniversalEvent>): Promise<void> {
    const [id = ""] = await calendar.person.ids();
    await calendar.person.edit(id, changes);
  }

  async function expectQuiet({ world, a, b, sync }: Pair): Promise<void> {
    for (let run = 0; run < 2; run += 1) {
      world.later(HOUR);
      expect(await sync()).toMatchObject({ status: "succeeded", counts: { added: 0, updated: 0, removed: 0 } });
      expect(writesOf(a, b)).toEqual([]);
    }
  }

  const sides = [
    ["A", "a", "b"],
    ["B", "b", "a"],
  ] as const;

  describe.each(sides)("K1: one instance of a series that is edited on %s", (_, here, there) => {
    it.each<[string, EventOverrides[string]]>([
      ["moved", MOVED],
      ["of another title and place", { title: "Retrospective", location: "Room 7" }],
      ["longer, and private", { when: { ...SERIES.when, start: SLOT, duration: "PT2H" }, privacy: "private" }],
    ])("is an exception on the other side (%s), and the series stays what it is", async (_how, patch) => {
      const pair = await withSeries();
      const overrides = { ...SERIES.overrides, [SLOT]: patch };
      await edit(pair[here], { overrides });
      expect(await pair.sync()).toMatchObject({ counts: { updated: 1, added: 0, removed: 0, conflicts: 0 } });
      expect(writesOf(pair[there])).toHaveLength(1);
      expect(writesOf(pair[here])).toHaveLength(0);
      const event = await shown(pair[there]);
      expect(event.overrides).toEqual(overrides);
      expect(event).toMatchObject({ title: "Standup", when: SERIES.when, recurrence: SERIES.recurrence });
      expect(await pair[there].person.ids()).toHaveLength(1);
      await expectQuiet(pair);
    });

    it("keeps what is its own when the series is edited, and gets what is not", async () => {
      const pair = await withSeries();
      await edit(pair[here], { overrides: { ...SERIES.overrides, [SLOT]: MOVED } });
      await pair.sync();
      await edit(pair[here], { title: "Daily", location: "Room 2" });
      expect(await pair.sync()).toMatchObject({ counts: { updated: 1 } });
      const event = await shown(pair[there], "Daily");
      const instance = instancesOf(event, { from: "2026-12-23", to: "2026-12-24", most: 5 });
      expect(instance).toMatchObject([{ slot: SLOT, when: MOVED.when }]);
      expect(event.overrides[SLOT]).toEqual(MOVED);
      expect(event.overrides[OWN]).toMatchObject({ title: "Standup and planning" });
      expect(await shown(pair[here], "Daily")).toEqual(event);
    });

    it("and another one on the other side are merged", async () => {
      const pair = await withSeries();
      await edit(pair[here], { overrides: { ...SERIES.overrides, [SLOT]: MOVED } });
      await edit(pair[there], { overrides: { ...SERIES.overrides, "2026-12-29T09:00:00": { excluded: true } } });
      const report = await pair.world.sync(pair.a, pair.b, { conflictPolicy: "merge" });
      expect(report).toMatchObject({ status: "succeeded", counts: { refused: 0 } });
      for (const calendar of [pair.a, pair.b]) {
        expect((await shown(calendar)).overrides).toEqual({
          ...SERIES.overrides,
          [SLOT]: MOVED,
          "2026-12-29T09:00:00": { excluded: true },
        });
      }
    });
  });

  describe.each(sides)("K3: all-day and zoned events across a clock change, made on %s", (_, here, there) => {
    const weekly = { recurrence: { frequency: "weekly" }, overrides: {} } as const;
    const timed = (title: string, start: string, timeZone: string): Titled => {
      const plain = sampleEvents[0] ?? never();
      const when = { start, timeZone, duration: "PT1H", allDay: false };
      return { ...plain, ...weekly, uid: uidOf(title), title, when };
    };
    /** The moments at which the instances begin, told by nobody's code: what clocks on the wall there say. */
    const INSTANTS: readonly (readonly [Titled, readonly string[]])[] = [
      [timed("Berlin, autumn", "2026-10-24T09:00:00", BERLIN), ["2026-10-24T07:00:00Z", "2026-10-31T08:00:00Z"]],
      [timed("Berlin, spring", "2027-03-21T09:00:00", BERLIN), ["2027-03-21T08:00:00Z", "2027-03-28T07:00:00Z"]],
      [timed("New York", "2026-10-30T20:00:00", "America/New_York"), ["2026-10-31T00:00:00Z", "2026-11-07T01:00:00Z"]],
      [timed("Sydney", "2026-10-03T09:00:00", "Australia/Sydney"), ["2026-10-02T23:00:00Z", "2026-10-09T22:00:00Z"]],
      [
        timed("Half an hour", "2026-10-03T09:00:00", "Australia/Lord_Howe"),
        ["2026-10-02T22:30:00Z", "2026-10-09T22:00:00Z"],
      ],
      [timed("No change", "2026-10-24T09:00:00", "Asia/Kolkata"), ["2026-10-24T03:30:00Z", "2026-10-31T03:30:00Z"]],
      // Shown twice by the clock: the first is meant. Skipped by it: an instance is left out.
      [timed("Shown twice", "2026-10-18T02:30:00", BERLIN), ["2026-10-18T00:30:00Z", "2026-10-25T00:30:00Z"]],
      [timed("Skipped", "2027-03-21T02:30:00", BERLIN), ["2027-03-21T01:30:00Z", "2027-04-04T00:30:00Z"]],
    ];
    const days = (title: string, start: string, duration: string): Titled => {
      const when = { start, timeZone: null, duration, allDay: true };
      return { ...(sampleEvents[0] ?? never()), uid: uidOf(title), title, when };
    };
    const DAYS = [days("Long weekend", "2026-10-24", "P3D"), days("The day itself", "2027-03-28", "P1D")];

    it("take place at the same moments on both sides, and the next runs write nothing", async () => {
      const pair = await open();
      for (const event of [...INSTANTS.map(([each]) => each), ...DAYS]) await pair[here].person.put(event);
      const count = INSTANTS.length + DAYS.length;
      expect(await pair.sync()).toMatchObject({ status: "succeeded", counts: { added: count, refused: 0 } });
      for (const calendar of [pair.a, pair.b]) {
        const found = await shownIn(calendar);
        for (const [{ title }, instants] of INSTANTS) {
          const { event } = found.get(title) ?? never();
          expect(
            instancesOf(event, { most: 2 }).map(({ when }) => startInstantOf(when)),
            title,
          ).toEqual(instants);
        }
        for (const { title, when } of DAYS) expect(found.get(title)?.event.when).toEqual(when);
      }
      // Readers without zones of their own need those of the text.
      for (const text of (await textsIn(pair[there])).values()) {
        for (const [, zone] of text.matchAll(/DTSTART;TZID=([^:]*):/g)) expect(text).toContain(`TZID:${zone}\r\n`);
      }
      await expectQuiet(pair);
    });

    it("stay at their moments when they are moved across it on the other side", async () => {
      const pair = await open();
      await pair[here].person.put({ ...timed("Moved", "2026-10-24T09:00:00", BERLIN), recurrence: null });
      await pair.sync();
      const when = { start: "2026-10-25T09:00:00", timeZone: BERLIN, duration: "PT26H", allDay: false };
      await edit(pair[there], { when });
      expect(await pair.sync()).toMatchObject({ counts: { updated: 1 } });
      const event = await shown(pair[here], "Moved");
      expect([startInstantOf(event.when), event.when]).toEqual(["2026-10-25T08:00:00Z", when]);
      await expectQuiet(pair);
    });
  });

  describe.each(sides)("K5: a cancelled instance on %s is not a deleted series", (_, here, there) => {
    /** The two ways in which programs say it. */
    const WAYS: readonly [string, (text: string) => string][] = [
      ["an EXDATE", (text) => text.replace("END:VEVENT", `EXDATE;TZID=${BERLIN}:20261222T090000\r\nEND:VEVENT`)],
      [
        "an instance of status CANCELLED",
        (text) => {
          const zoned = (name: string, time: string) => `${name};TZID=${BERLIN}:${time}`;
          const times = [
            zoned("RECURRENCE-ID", "20261222T090000"),
            zoned("DTSTART", "20261222T090000"),
            zoned("DTEND", "20261222T093000"),
          ];
          const uid = `UID:${SERIES.uid}`;
          const lines = ["BEGIN:VEVENT", uid, "DTSTAMP:20261122T120000Z", ...times, "STATUS:CANCELLED", "END:VEVENT"];
          return text.replace("END:VCALENDAR", [...lines, "END:VCALENDAR"].join("\r\n"));
        },
      ],
    ];

    it.each(WAYS)("by %s: only it is gone on the other side, and it can come back", async (_way, cancel) => {
      const pair = await withSeries();
      const [id = ""] = await pair[here].person.ids();
      const before = await pair[here].person.text(id);
      await pair[here].person.putText(decodeURIComponent(id), cancel(before));
      expect(await pair.sync()).toMatchObject({ status: "succeeded", counts: { updated: 1, removed: 0, added: 0 } });
      const { overrides, recurrence } = await shown(pair[there]);
      expect([recurrence, overrides]).toEqual([SERIES.recurrence, { ...SERIES.overrides, [SLOT]: { excluded: true } }]);
      expect(writesOf(pair[there]).map((write) => write.split(" ")[0])).toEqual(["PUT"]);
      await expectQuiet(pair);

      await edit(pair[there], { overrides: SERIES.overrides });
      expect(await pair.sync()).toMatchObject({ counts: { updated: 1, removed: 0, added: 0 } });
      expect((await shown(pair[here])).overrides).toEqual(SERIES.overrides);
    });

    it("nor is a series of which every instance was cancelled, or that is called off as a whole", async () => {
      const pair = await open();
      const recurrence = { frequency: "weekly", count: 3 } as const;
      await pair[here].person.put({ ...SERIES, recurrence, overrides: {} });
      await pair.sync();
      const all = ["2026-12-01T09:00:00", LEFT_OUT, OWN].map((slot) => [slot, { excluded: true as const }]);
      for (const changes of [{ overrides: Object.fromEntries(all) }, { status: "cancelled" }] as const) {
        await edit(pair[here], changes);
        expect(await pair.sync()).toMatchObject({ status: "succeeded", counts: { updated: 1, removed: 0 } });
        expect(await shown(pair[there])).toMatchObject(changes);
      }
    });
  });

  describe.each(sides)("K6: no invitations are sent by a copy of what was made on %s", (_, here, there) => {
    const PEOPLE = [
      "ORGANIZER;CN=Jo:mailto:jo@example.org",
      "ATTENDEE;CN=Guest;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:guest@example.org",
    ].join("\r\n");

    it("in creations, edits, instances and deletions, in either direction; and nobody is uninvited", async () => {
      const pair = await open();
      const id = await pair[here].person.put(SERIES);
      const invited = (await pair[here].person.text(id)).replaceAll("END:VEVENT", `${PEOPLE}\r\nEND:VEVENT`);
      const name = decodeURIComponent(id);
      await pair[here].person.putText(name, invited.replace("BEGIN:VEVENT", "METHOD:REQUEST\r\nBEGIN:VEVENT"));
      const written: string[] = [];
      const run = async () => {
        expect((await pair.sync()).status).toBe("succeeded");
        written.push(
          ...pair[there].front.writes.map(
            ({ method, headers, body }) => `${method} ${headers.get("schedule-reply")} ${body}`,
          ),
        );
      };
      await run();
      await edit(pair[here], { title: "Renamed" });
      await run();
      await edit(pair[here], { overrides: { ...SERIES.overrides, [SLOT]: MOVED } });
      await run();
      expect(written).toHaveLength(3);
      await edit(pair[there], {
        title: "Renamed by the other",
        overrides: { ...SERIES.overrides, [SLOT]: { excluded: true } },
      });
      await run();
      // What is put back has everybody who was there.
      const text = await pair[here].person.text(id);
      expect(text.match(/^ATTENDEE/gm)).toHaveLength(invited.match(/^ATTENDEE/gm)?.length ?? 0);
      expect(text).toContain("Renamed by the other");
      await pair[here].person.remove(id);
      await run();
      expect(written.at(-1)).toMatch(/^DELETE F /);
      expect(written.length).toBe(4);
      for (const each of written) expect(each).not.toMatch(/ATTENDEE|ORGANIZER|METHOD|mailto:|guest@/i);
    });
  });

  describe.each(["sync-from", "bidirectional"] as const)(
    "K8: an event of which only the busy time is shown does not blank its full copy, %s",
    (mode) => {
      const options =
        mode === "bidirectional" ? ({ conflictPolicy: "merge" } as const) : ({ propagation: "mirror" } as const);
      const TEXTS = { description: "Bring the plans", location: "Room 4", categories: ["plans"] };
      const FULL: UniversalEvent = { ...SERIES, ...TEXTS, url: "https://example.org/plans", priority: 1 };

      /** A calendar that is shared in full, or only as busy times, whichever its owner wants today. */
      async function shared() {
        const owner = { isBusyOnly: false };
        const shows = (event: UniversalEvent) => (owner.isBusyOnly ? busyTimeOf(event) : event);
        const { world, calendars } = await openCalendars(fronts, { shows });
        const [a, b] = calendars;
        if (!a || !b) throw new TypeError("there are two");
        return { world, a, b, owner, sync: () => world.sync(a, b, options, mode) };
      }

      async function fullCopy() {
        const pair = await shared();
        await pair.a.person.put(FULL);
        expect(await pair.sync()).toMatchObject({ status: "succeeded", counts: { added: 1 } });
        pair.owner.isBusyOnly = true;
        return pair;
      }

      it("when it is listed anew, or told by a delta because its time is another", async () => {
        const pair = await fullCopy();
        const before = await shown(pair.b);
        expect(before).toMatchObject({ title: "Standup", ...TEXTS });
        for (const waited of [HOUR, 15 * 24 * HOUR]) {
          pair.world.later(waited);
          expect(await pair.sync()).toMatchObject({
            status: "succeeded",
            counts: { updated: 0, added: 0, removed: 0 },
          });
          expect(writesOf(pair.a, pair.b)).toEqual([]);
        }
        const when = { ...SERIES.when, duration: "PT45M" };
        await edit(pair.a, { when });
        expect(await pair.sync()).toMatchObject({ counts: { updated: 1, added: 0, removed: 0 } });
        expect(await shown(pair.b)).toMatchObject({ ...before, when, sequence: expect.any(Number) });
        expect(writesOf(pair.a)).toEqual([]);
      });

      it("nor the texts of its instances, also when one more is moved", async () => {
        const pair = await fullCopy();
        await edit(pair.a, { overrides: { ...SERIES.overrides, [SLOT]: MOVED } });
        expect(await pair.sync()).toMatchObject({ status: "succeeded", counts: { added: 0, removed: 0 } });
        const { overrides } = await shown(pair.b);
        expect(overrides).toEqual({ ...SERIES.overrides, [SLOT]: MOVED });
      });

      it("and what a person writes into a copy that was made of it stays, also when all is shown later", async () => {
        const pair = await shared();
        pair.owner.isBusyOnly = true;
        await pair.a.person.put(FULL);
        expect(await pair.sync()).toMatchObject({ status: "succeeded", counts: { added: 1 } });
        expect(await shown(pair.b, "")).toMatchObject({ when: SERIES.when, description: "", location: "" });
        const own = { title: "My own words", location: "At home" };
        await edit(pair.b, own);
        const when = { ...SERIES.when, duration: "PT20M" };
        await edit(pair.a, { when });
        expect(await pair.sync()).toMatchObject({ status: "succeeded", counts: { added: 0, removed: 0 } });
        expect(await shown(pair.b, own.title)).toMatchObject({ ...own, when });
        pair.owner.isBusyOnly = false;
        pair.world.later(15 * 24 * HOUR);
        expect((await pair.sync()).status).toBe("succeeded");
        expect(await shown(pair.b, own.title)).toMatchObject({ ...own, when });
      });
    },
  );
});

/** What Google shows of an event to whom a calendar is shared as `freeBusyReader`. */
function busyTimeOf({ uid, when, recurrence, overrides, freeBusyStatus }: UniversalEvent): UniversalEvent {
  const times = Object.entries(overrides).flatMap(([slot, override]): [string, EventOverrides[string]][] => {
    if ("excluded" in override) return [[slot, override]];
    const { when: own, added } = override;
    return own || added ? [[slot, { ...(own && { when: own }), ...(added && { added }) }]] : [];
  });
  const shown = { when, recurrence, overrides: Object.fromEntries(times), freeBusyStatus };
  return { ...(uid === undefined ? {} : { uid }), ...shown, status: "confirmed", privacy: "default" };
}

function never(): never {
  throw new TypeError("it is there");
}
