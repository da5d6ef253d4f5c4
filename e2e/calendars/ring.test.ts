import { readEvent } from "@syncer/calendar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canRun, radicale, xandikos } from "../../packages/provider-caldav/test/support/dav-server.ts";
import { type Calendar, CalendarWorld, stopAll, textsIn, writesOf } from "../support/calendar-world.ts";
import type { DavFront } from "../support/dav-front.ts";
import { type CopierHabits, ForeignCopier } from "../support/foreign-copier.ts";
import { manyEvents } from "../support/many-events.ts";
import { startFronts } from "../support/two-calendars.ts";

/** Servers that really run, on a machine that does other things too. */
const PATIENCE_MS = 180_000;
const HOUR = 3_600_000;
const COUNT = 6;
/** In so many cycles everything has to be where it belongs, and the next one writes nothing. */
const MOST_CYCLES = 2;

describe.skipIf(!canRun(radicale) || !canRun(xandikos))(
  "a ring of three calendars in which another program copies too",
  { timeout: PATIENCE_MS },
  () => {
    let fronts: readonly DavFront[] = [];
    let made = 0;

    beforeAll(async () => {
      fronts = await startFronts();
    }, PATIENCE_MS);
    afterAll(() => stopAll(fronts));

    /** A and C are calendars of one account, B is elsewhere. */
    async function openRing() {
      made += 1;
      const [one, other] = fronts;
      if (!one || !other) throw new TypeError("there are two");
      const world = new CalendarWorld();
      await world.engine.migrate();
      for (const front of fronts) await world.connect(front);
      const a = await world.makeCalendar(one, `ring-${made}-a`);
      const b = await world.makeCalendar(other, `ring-${made}-b`);
      const c = await world.makeCalendar(one, `ring-${made}-c`);
      const legs: readonly (readonly [Calendar, Calendar])[] = [
        [a, b],
        [b, c],
        [c, a],
      ];
      /** Each pair once. @returns how many requests wrote */
      const cycle = async () => {
        let writes = 0;
        for (const [source, target] of legs) {
          world.later(HOUR);
          expect((await world.sync(source, target)).status).toBe("succeeded");
          writes += writesOf(source, target).length;
        }
        return writes;
      };
      return { world, a, b, c, cycle };
    }

    type Ring = Awaited<ReturnType<typeof openRing>>;

    async function titlesIn(calendar: Calendar, without: readonly string[] = []): Promise<readonly string[]> {
      const rows = [...(await textsIn(calendar))].filter(([id]) => !without.includes(id));
      return rows.map(([, text]) => readEvent(text).event.title ?? "").sort();
    }

    /** Cycles, with the copier before each, until neither writes. */
    async function settle(ring: Ring, copier: ForeignCopier): Promise<void> {
      for (let cycles = 0; ; cycles += 1) {
        const writes = (await copier.run()) + (await ring.cycle());
        if (writes === 0) return;
        expect(cycles, "cycles that write").toBeLessThan(MOST_CYCLES);
      }
    }

    async function idOf(calendar: Calendar, title: string, without: readonly string[] = []): Promise<string> {
      for (const [id, text] of await textsIn(calendar)) {
        if (!without.includes(id) && readEvent(text).event.title === title) return id;
      }
      throw new RangeError(`nothing in ${calendar.name} is called ${title}`);
    }

    const habits: readonly CopierHabits[] = [
      { uids: "same", unknownLines: "kept" },
      { uids: "same", unknownLines: "stripped" },
      { uids: "new", unknownLines: "kept" },
      { uids: "new", unknownLines: "stripped" },
    ];
    const ways = [
      ["A", "C", "a", "c"],
      ["C", "A", "c", "a"],
      ["B", "A", "b", "a"],
    ] as const;

    describe.each(habits)("uids: $uids, unknown lines: $unknownLines", (habit) => {
      it.each(ways)("from %s to %s, before the ring is closed: each event is there once", async (_f, _t, from, to) => {
        const ring = await openRing();
        const events = manyEvents(COUNT, "Event");
        for (const event of events) await ring[from].person.put(event);
        const copier = new ForeignCopier(ring[from], ring[to], habit);
        await copier.run();
        await settle(ring, copier);
        const titles = events.map(({ title }) => title).sort();
        for (const calendar of [ring.a, ring.b, ring.c])
          expect(await titlesIn(calendar), calendar.name).toEqual(titles);
      });

      it.each(ways)(
        "from %s to %s, when all are in step: what it doubles goes no further",
        async (_f, _t, from, to) => {
          const ring = await openRing();
          const events = manyEvents(COUNT, "Event");
          for (const event of events) await ring.b.person.put(event);
          await ring.cycle();
          await ring.cycle();
          const copier = new ForeignCopier(ring[from], ring[to], habit);
          await settle(ring, copier);
          let titles = events.map(({ title = "" }) => title).sort();
          /** Its own doubles are where it has put them, one for each original at most, and nowhere else. */
          const expectEachOnce = async () => {
            for (const calendar of [ring.a, ring.b, ring.c]) {
              const all = await titlesIn(calendar);
              expect([...new Set(all)], calendar.name).toEqual(titles);
              const own = calendar === ring[to] ? copier.ownIds() : [];
              const others = await titlesIn(calendar, own);
              expect(others, calendar.name).toEqual([...new Set(others)]);
              if (calendar !== ring[to] || habit.uids === "same") expect(all, calendar.name).toEqual(titles);
            }
          };
          await expectEachOnce();

          // And life goes on.
          await ring.a.person.edit(await idOf(ring.a, "Event 1", copier.ownIds()), { title: "Edited" });
          await ring.b.person.remove(await idOf(ring.b, "Event 2", copier.ownIds()));
          const [fresh] = manyEvents(1, "New");
          if (!fresh) throw new RangeError("there is one");
          await ring.c.person.put({ ...fresh, uid: crypto.randomUUID() });
          await settle(ring, copier);
          titles = [...titles.filter((title) => !["Event 1", "Event 2"].includes(title)), "Edited", "New 0"].sort();
          await expectEachOnce();
        },
      );
    });
  },
);
