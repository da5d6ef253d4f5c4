import type { EventPatch } from "@syncer/calendar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canRun, radicale, xandikos } from "../../packages/provider-caldav/test/support/dav-server.ts";
import { type ExportName, exportedObjects, nameOf, type PlacedLine, placedLines } from "../support/calendar-exports.ts";
import { type Calendar, shownIn, stopAll, textsIn, writesOf } from "../support/calendar-world.ts";
import type { DavFront } from "../support/dav-front.ts";
import { openCalendars, startFronts } from "../support/two-calendars.ts";

/** A machine that does other things too. */
const PATIENCE_MS = 120_000;

/** What is done at the other server, in words of an export. */
interface Edits {
  /** Titles as they are shown. */
  readonly single: string;
  readonly series: string;
  /** An instance that was nothing special, as its series has it. */
  readonly instance: { readonly slot: string; readonly when: EventPatch["when"] };
  /** One that was changed already. */
  readonly changed?: { readonly slot: string; readonly when: EventPatch["when"] };
  /** What stands in the same calendar and is no event. */
  readonly others?: number;
}

const at = (start: string, timeZone: string, duration: string) => ({ start, timeZone, duration, allDay: false });

const EXPORTS: Readonly<Record<ExportName, Edits>> = {
  google: {
    single: "Budget of next year",
    series: "Standup",
    instance: { slot: "2026-12-22T09:00:00", when: at("2026-12-22T15:30:00", "Europe/Berlin", "PT1H") },
    changed: { slot: "2026-12-15T09:00:00", when: at("2026-12-17T08:00:00", "Europe/Berlin", "PT15M") },
  },
  outlook: {
    single: "Angebot durchsprechen",
    series: "Wochenschluss",
    instance: { slot: "2026-12-18T14:00:00", when: at("2026-12-18T15:00:00", "Europe/Berlin", "PT1H") },
  },
  apple: {
    single: "Theatre 🎭",
    series: "Training 🏃‍♀️ mit einer Überschrift, die so lang ist, dass sie gefaltet wird",
    instance: { slot: "2026-12-01T17:30:00", when: at("2026-12-02T18:00:00", "America/New_York", "PT1H") },
    changed: { slot: "2026-12-03T17:30:00", when: at("2026-12-04T07:00:00", "America/New_York", "PT1H") },
  },
  thunderbird: {
    single: "Zahnarzt",
    series: "Chorprobe",
    instance: { slot: "2027-03-03T19:00:00", when: at("2027-03-04T20:00:00", "Europe/Vienna", "PT2H") },
    changed: { slot: "2027-02-03T19:00:00", when: at("2027-02-05T18:00:00", "Europe/Vienna", "PT3H") },
    others: 1,
  },
};

/** When something was written, and by which operation. */
const STAMPS = ["DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "X-SYNCER-OPERATION"];
const TIMES = ["DTSTART", "DTEND", "DURATION"];
/** What a series has and its instances do not. */
const OF_A_SERIES = ["RRULE", "RDATE", "EXDATE", "X-SYNCER-OPERATION"];

const compact = (slot: string) => slot.replace(/[-:]/g, "");

describe.skipIf(!canRun(radicale) || !canRun(xandikos))(
  "exports that are put on one server and edited on another",
  { timeout: PATIENCE_MS },
  () => {
    let fronts: readonly DavFront[] = [];

    beforeAll(async () => {
      fronts = await startFronts();
    }, PATIENCE_MS);
    afterAll(() => stopAll(fronts));

    async function open(first: 0 | 1) {
      const { world, calendars } = await openCalendars(fronts);
      const [here, there] = first === 0 ? calendars : [...calendars].reverse();
      if (!here || !there) throw new TypeError("there are two");
      return { here, there, sync: () => world.sync(here, there) };
    }

    /** Lines of an object in `here`, without those that an edit is about. */
    async function linesOf(calendar: Calendar, id: string, isAbout: (line: PlacedLine) => boolean = () => false) {
      const text = (await textsIn(calendar)).get(id) ?? "";
      return placedLines(text).filter((line) => !isAbout(line));
    }

    const idOf = async (calendar: Calendar, title: string) => {
      const found = (await shownIn(calendar)).get(title);
      if (!found) throw new RangeError(`nothing in ${calendar.name} is called "${title}"`);
      return found.id;
    };

    async function importInto({ person }: Calendar, name: ExportName): Promise<number> {
      const objects = exportedObjects(name);
      for (const [index, { text }] of objects.entries()) await person.putText(`${name}-${index}`, text);
      return objects.length;
    }

    describe.each([
      ["Radicale", 0],
      ["xandikos", 1],
    ] as const)("put on %s", (_, first) => {
      it.each(Object.entries(EXPORTS) as [ExportName, Edits][])(
        "%s: nothing is lost but what was edited",
        async (name, edits) => {
          const { here, there, sync } = await open(first);
          const others = edits.others ?? 0;
          const count = (await importInto(here, name)) - others;
          const imported = await textsIn(here);
          expect(await sync()).toMatchObject({
            status: "succeeded",
            counts: { added: count, refused: 0, unsyncable: others },
          });
          expect(writesOf(here)).toHaveLength(0);
          expect(there.front.writes).toHaveLength(count);
          // Who is invited stays where he is, and nobody is told.
          for (const { body } of there.front.writes) expect(body).not.toMatch(/^(ATTENDEE|ORGANIZER|METHOD)\b/m);

          // A title.
          const single = await idOf(here, edits.single);
          const isTitle = (line: PlacedLine) =>
            line.place === "VEVENT" && ["SUMMARY", ...STAMPS].includes(nameOf(line));
          const [singleBefore, restBefore] = [await linesOf(here, single), await linesOf(here, single, isTitle)];
          await there.person.edit(await idOf(there, edits.single), { title: "Renamed; at the other, server" });
          expect(await sync()).toMatchObject({ status: "succeeded", counts: { updated: 1, added: 0 } });
          const titles = (await linesOf(here, single)).filter(
            (line) => nameOf(line) === "SUMMARY" && line.place === "VEVENT",
          );
          const oldTitle =
            singleBefore.find((line) => line.place === "VEVENT" && nameOf(line) === "SUMMARY")?.line ?? "";
          const params = /^SUMMARY[^:]*:/.exec(oldTitle)?.[0];
          expect(titles.map(({ line }) => line)).toEqual([`${params}Renamed\\; at the other\\, server`]);
          expect(await linesOf(here, single, isTitle)).toEqual(restBefore);

          // The times of one instance.
          const series = await idOf(here, edits.series);
          const copy = await idOf(there, edits.series);
          const { slot, when } = edits.instance;
          const own = `VEVENT ${compact(slot)}`;
          const isAbout = (line: PlacedLine) =>
            line.place.startsWith(own) || (line.place === "VEVENT" && STAMPS.includes(nameOf(line)));
          const before = await linesOf(here, series, isAbout);
          const overridesOf = async () => (await shownIn(there)).get(edits.series)?.event.overrides ?? {};
          await there.person.edit(copy, { overrides: { ...(await overridesOf()), [slot]: { when } as EventPatch } });
          expect(await sync()).toMatchObject({ status: "succeeded", counts: { updated: 1, added: 0 } });
          expect(await linesOf(here, series, isAbout)).toEqual(before);
          const shown = (await shownIn(here)).get(edits.series)?.event.overrides[slot];
          expect(shown).toEqual({ when });
          // A new instance says all that its series says.
          const written = (await linesOf(here, series)).filter(({ place }) => place.startsWith(own));
          const said = before
            .filter(({ place, line }) => /^VEVENT(\/|$)/.test(place) && !OF_A_SERIES.includes(nameOf({ place, line })))
            .filter(({ line }) => !TIMES.includes(nameOf({ place: "", line })))
            .map(({ line }) => line);
          expect(written.map(({ line }) => line)).toEqual(expect.arrayContaining(said));

          // Those of one that had its own already.
          if (edits.changed) {
            const { slot: old, when: next } = edits.changed;
            const isTimes = (line: PlacedLine) =>
              (line.place === `VEVENT ${compact(old)}` && [...TIMES, ...STAMPS].includes(nameOf(line))) ||
              (line.place === "VEVENT" && STAMPS.includes(nameOf(line)));
            const rest = await linesOf(here, series, isTimes);
            const overrides = await overridesOf();
            await there.person.edit(copy, {
              overrides: { ...overrides, [old]: { ...overrides[old], when: next } as EventPatch },
            });
            expect(await sync()).toMatchObject({ status: "succeeded", counts: { updated: 1, added: 0 } });
            expect(await linesOf(here, series, isTimes)).toEqual(rest);
            expect((await shownIn(here)).get(edits.series)?.event.overrides[old]).toMatchObject({ when: next });
          }

          // Everything else is as it was, byte by byte, and in the end there is nothing to do.
          const untouched = [...imported].filter(([id]) => id !== single && id !== series);
          expect(untouched.length).toBeGreaterThan(0);
          const now = await textsIn(here);
          for (const [id, text] of untouched) expect(now.get(id)).toBe(text);
          expect(await sync()).toMatchObject({ status: "succeeded", counts: { updated: 0, added: 0, removed: 0 } });
          expect(writesOf(here, there)).toEqual([]);
        },
      );

      it("an event with fifty guests, edited at the other: all of them stay, and are invited to nothing else", async () => {
        const { here, there, sync } = await open(first);
        const guests = Array.from({ length: 50 }, (_, index) => {
          const state = ["NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE"][index % 4];
          return `ATTENDEE;CN="Guest, No. ${index}";ROLE=REQ-PARTICIPANT;PARTSTAT=${state};RSVP=TRUE;X-NUM-GUESTS=${index}:mailto:guest-${index}@example.com`;
        });
        const [meeting] = exportedObjects("google").filter(({ uid }) => uid.includes("series"));
        const text = (meeting?.text ?? "").replace(/ATTENDEE[^\r]*\r\n(?: [^\r]*\r\n)*/g, "");
        const invite = (event: string) => event.replace("END:VEVENT", `${guests.join("\r\n")}\r\nEND:VEVENT`);
        await here.person.putText("many guests", text.replace(/BEGIN:VEVENT[\s\S]*?END:VEVENT/, invite));
        await sync();
        const id = await idOf(here, "Standup");
        const attendees = async () =>
          (await linesOf(here, id)).filter((line) => line.place === "VEVENT" && nameOf(line) === "ATTENDEE");
        const before = await attendees();
        expect(before).toHaveLength(50);
        const copy = await idOf(there, "Standup");
        await there.person.edit(copy, { title: "Standup of all", location: "Hall" });
        await sync();
        const { overrides } = (await shownIn(there)).get("Standup of all")?.event ?? { overrides: {} };
        const { slot, when } = EXPORTS.google.instance;
        await there.person.edit(copy, { overrides: { ...overrides, [slot]: { when } as EventPatch } });
        expect(await sync()).toMatchObject({ status: "succeeded", counts: { updated: 1 } });
        expect(await attendees()).toEqual(before);
        const lines = await linesOf(here, id);
        const own = lines.filter((line) => line.place === `VEVENT ${compact(slot)}` && nameOf(line) === "ATTENDEE");
        expect(own.map(({ line }) => line)).toEqual(before.map(({ line }) => line));
        expect((await shownIn(here)).get("Standup of all")?.event).toMatchObject({ location: "Hall" });
        for (const copied of (await textsIn(there)).values()) expect(copied).not.toMatch(/ATTENDEE|ORGANIZER|METHOD/);
      });
    });
  },
);
