import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canRun, radicale, xandikos } from "../../packages/provider-caldav/test/support/dav-server.ts";
import { CALENDAR_USER } from "../support/calendar-engine.ts";
import { type Calendar, type CalendarWorld, contentsIn, stopAll, writesOf } from "../support/calendar-world.ts";
import type { DavFront } from "../support/dav-front.ts";
import { manyEvents } from "../support/many-events.ts";
import { openCalendars, startFronts } from "../support/two-calendars.ts";

/** A machine that does other things too. */
const PATIENCE_MS = 120_000;
const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const COUNT = 12;

/** What a hotel's network or a proxy answers instead of the server. */
const HTML = "<!doctype html><html><head><title>Please sign in</title></head><body><h1>Welcome</h1></body></html>";

interface InStep {
  readonly world: CalendarWorld;
  /** The one that something happens to. */
  readonly lost: Calendar;
  readonly other: Calendar;
}

describe.skipIf(!canRun(radicale) || !canRun(xandikos))(
  "D. Deletes, guards, listings that lie, of calendars",
  { timeout: PATIENCE_MS },
  () => {
    let fronts: readonly DavFront[] = [];

    beforeAll(async () => {
      fronts = await startFronts();
    }, PATIENCE_MS);
    afterAll(() => stopAll(fronts));

    describe.each([
      ["Radicale", 0],
      ["xandikos", 1],
    ] as const)("at %s", (_, index) => {
      async function inStep(): Promise<InStep> {
        const { world, calendars } = await openCalendars(fronts);
        const [lost, other] = index === 0 ? calendars : [...calendars].reverse();
        if (!lost || !other) throw new TypeError("there are two");
        for (const event of manyEvents(COUNT, "Event")) await lost.person.put(event);
        expect(await sync({ world, lost, other })).toMatchObject({ status: "succeeded", counts: { added: COUNT } });
        world.later(HOUR);
        return { world, lost, other };
      }

      const sync = ({ world, lost, other }: InStep) => world.sync(lost, other);

      /** Nothing was written anywhere, and the other calendar is as it was. */
      async function expectUntouched({ lost, other }: InStep): Promise<void> {
        expect(writesOf(lost, other)).toEqual([]);
        expect((await contentsIn(other)).size).toBe(COUNT);
      }

      async function resumeAll({ engine }: CalendarWorld): Promise<void> {
        for (const { id } of await engine.pairs.list(CALENDAR_USER)) {
          await engine.pairs.resume({ ...CALENDAR_USER, pairId: id });
        }
      }

      it.each(["told by a delta", "found by a listing"])(
        "D1: a calendar that somebody emptied is held without a delete, %s; confirmed, it is done",
        async (how) => {
          const all = await inStep();
          const { world, lost } = all;
          if (how === "found by a listing") world.later(2 * WEEK);
          for (const id of await lost.person.ids()) await lost.person.remove(id);
          const held = await sync(all);
          expect(held).toMatchObject({
            status: "held",
            items: [],
            hold: { reasons: expect.arrayContaining(["mass-removal"]) },
          });
          await expectUntouched(all);
          const [pair] = await world.engine.pairs.list(CALENDAR_USER);
          const ref = { ...CALENDAR_USER, pairId: pair?.id ?? "" };
          await world.engine.confirm({ ...ref, planHash: held.hold?.hash ?? "" });
          expect(await sync(all)).toMatchObject({ status: "succeeded", counts: { removed: COUNT } });
          expect((await contentsIn(all.other)).size).toBe(0);
        },
      );

      it("D1: a listing that says that nothing is there, of a calendar that is full, deletes nothing", async () => {
        const all = await inStep();
        const { world, lost } = all;
        world.later(2 * WEEK);
        const nothing = '<multistatus xmlns="DAV:"><sync-token>http://example.org/none</sync-token></multistatus>';
        const headers = { "content-type": "text/xml; charset=utf-8" };
        lost.front.instead = ({ method, body }) =>
          method === "REPORT" && body.includes("sync-collection")
            ? new Response(nothing, { status: 207, headers })
            : undefined;
        expect((await sync(all)).status).toBe("held");
        await expectUntouched(all);
        lost.front.instead = () => undefined;
        expect(await sync(all)).toMatchObject({ status: "succeeded", items: [] });
        await expectUntouched(all);
      });

      it("D9: a calendar that is gone (404) pauses the pair and empties nothing", async () => {
        const all = await inStep();
        const { world, lost } = all;
        await lost.front.server.removeCalendar(lost.at);
        for (const waited of [HOUR, 2 * WEEK]) {
          world.later(waited);
          const report = await sync(all);
          expect(report).toMatchObject({ status: "failed", counts: { removed: 0, added: 0 } });
          await expectUntouched(all);
          await resumeAll(world);
        }
      });

      it("D9: a calendar that is gone and there again under its address, empty, is held", async () => {
        const all = await inStep();
        const { lost } = all;
        await lost.front.server.removeCalendar(lost.at);
        expect(await lost.front.server.makeCalendar(lost.name)).toBe(lost.at);
        expect((await sync(all)).status).toBe("held");
        await expectUntouched(all);
      });

      it("D10: a password that was changed (401) pauses the pair, deletes nothing, and is asked for anew", async () => {
        const all = await inStep();
        const { world, lost } = all;
        const { server } = lost.front;
        await server.changePassword("an0ther");
        try {
          for (const waited of [HOUR, 2 * WEEK]) {
            world.later(waited);
            const report = await sync(all);
            expect(report).toMatchObject({ status: "failed", counts: { removed: 0, added: 0 } });
            expect(report.error?.remedy).toBe("reconnect");
            await expectUntouched(all);
            await resumeAll(world);
          }
        } finally {
          await server.changePassword(server.password);
        }
        await world.connect(lost.front);
        await resumeAll(world);
        await lost.person.edit((await lost.person.ids())[0] ?? "", { title: "After the new password" });
        expect(await sync(all)).toMatchObject({ status: "succeeded", counts: { updated: 1, removed: 0, added: 0 } });
      });

      const html = (status: number) => new Response(HTML, { status, headers: { "content-type": "text/html" } });

      it.each([
        ["everywhere", () => true],
        ["in place of the events", ({ body }: { body: string }) => body.includes("calendar-multiget")],
      ] as const)("F11: a page of HTML %s is an error, not a calendar without events", async (where, isStruck) => {
        const all = await inStep();
        const { world, lost } = all;
        for (const status of [200, 207]) {
          // The calendar changes, so that there is something to be asked for.
          await lost.person.edit((await lost.person.ids())[0] ?? "", { title: `Changed before ${status} ${where}` });
          lost.front.instead = (request) => (isStruck(request) ? html(status) : undefined);
          for (const waited of [HOUR, 2 * WEEK]) {
            world.later(waited);
            expect(await sync(all)).toMatchObject({ status: "failed", counts: { removed: 0, added: 0 } });
            await expectUntouched(all);
          }
          lost.front.instead = () => undefined;
          world.later(HOUR);
          expect(await sync(all)).toMatchObject({ status: "succeeded", counts: { updated: 1, removed: 0, added: 0 } });
        }
      });

      it.each([200, 207])(
        "F11: a page of HTML (%d) in place of the changes has the calendar listed another way",
        async (status) => {
          const all = await inStep();
          const { world, lost } = all;
          await lost.person.edit((await lost.person.ids())[0] ?? "", { title: `Changed before ${status}` });
          lost.front.instead = ({ body }) => (body.includes("sync-collection") ? html(status) : undefined);
          for (const updated of [1, 0]) {
            expect(await sync(all)).toMatchObject({ status: "succeeded", counts: { updated, removed: 0, added: 0 } });
            expect(lost.front.requests.map(({ method }) => method)).toContain("PROPFIND");
            world.later(2 * WEEK);
          }
          lost.front.instead = () => undefined;
          expect((await contentsIn(all.other)).size).toBe(COUNT);
        },
      );
    });
  },
);
