import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEvent, type UniversalEvent } from "@syncer/calendar";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canRun, radicale, xandikos } from "../../packages/provider-caldav/test/support/dav-server.ts";
import type { Task } from "../crash/rehearsal-child.ts";
import { bundleChild, type Ended, Processes } from "../crash/support/processes.ts";
import { type Calendar, CalendarWorld, contentOf, contentsIn, stopAll, writesOf } from "../support/calendar-world.ts";
import { DavFront } from "../support/dav-front.ts";
import { editBothSides, manyEvents, textsOf } from "../support/many-events.ts";

/** Servers, processes and a thousand events on a machine that does other things too. */
const PATIENCE_MS = 300_000;
/** Longer than a lease lives: whoever held one is taken for dead. */
const LATER_MS = 60_000;

const DAY = 24 * 3_600_000;
const NOTHING = { refused: 0, conflicts: 0, updated: 0, removed: 0 } as const;

describe.skipIf(!canRun(radicale) || !canRun(xandikos))(
  "a thousand events at two servers",
  { timeout: PATIENCE_MS },
  () => {
    /** Imported at both long ago, as people do; the rest is to be copied. */
    const common = manyEvents(600, "Both");
    const onLeft = [...common, ...manyEvents(200, "Left")];
    const onRight = [...common, ...manyEvents(200, "Right")];
    const fronts: DavFront[] = [];
    let folder: string;
    let world: CalendarWorld;
    let processes: Processes;
    let left: Calendar;
    let right: Calendar;
    /** What has to be in both calendars, by UID. */
    const expected = new Map<string, UniversalEvent>();

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "syncer-calendars-"));
      processes = new Processes(await bundleChild(folder), join(folder, "compiled"));
      for (const kind of [radicale, xandikos]) fronts.push(await DavFront.before(await kind.start()));
      world = new CalendarWorld({ storage: sqlite(join(folder, "syncer.db")) });
      await world.engine.migrate();
      const made: Calendar[] = [];
      for (const front of fronts) {
        await world.connect(front);
        made.push(await world.makeCalendar(front, "many"));
      }
      [left, right] = made as [Calendar, Calendar];
      for (const [calendar, events] of [
        [left, onLeft],
        [right, onRight],
      ] as const) {
        const texts = textsOf(events, calendar.front.server.name);
        await calendar.front.server.fillCalendar(calendar.at, texts);
        for (const text of texts.values()) {
          const { uid, event } = readEvent(text);
          expected.set(uid, contentOf(event));
        }
      }
    }, PATIENCE_MS);

    afterAll(async () => {
      processes?.end();
      await world?.engine.stop();
      await stopAll(fronts);
      await rm(folder, { recursive: true, force: true });
    });

    /** A run in a process of its own. @param at where that is killed */
    async function runElsewhere(at?: string): Promise<Ended> {
      world.later(LATER_MS);
      const calendars = [left.choice, right.choice] as const;
      const file = join(folder, "syncer.db");
      const rehearsal = { ...world.time, what: "calendars" as const, calendars, file, server: left.front.url };
      const task: Task = { rehearsal, ...(at === undefined ? {} : { at }) };
      return await processes.run(task);
    }

    async function expectBothToBeAsExpected(): Promise<void> {
      for (const calendar of [left, right]) expect(await contentsIn(calendar)).toEqual(expected);
    }

    it("are each there once at both after the first run, though it was killed twice in the middle", async () => {
      expect(expected.size).toBe(1_000);
      for (const at of ["remote:create:after #90", "remote:create:after #150"]) {
        expect((await runElsewhere(at)).killed, at).toBe(true);
      }
      const { report } = await runElsewhere();
      expect(report).toMatchObject({ status: "succeeded", counts: NOTHING });
      await expectBothToBeAsExpected();
      const written = fronts.map(({ writes }) => writes.filter(({ method }) => method === "PUT").length);
      // What was under way at a death, eight at most, is asked for again; it is refused as being there, or had not arrived.
      for (const count of written) expect(count).toBeLessThanOrEqual(200 + 2 * 8);
      expect(fronts.flatMap(({ writes }) => writes).filter(({ method }) => method !== "PUT")).toEqual([]);
    });

    it("cost no request that writes at either server in the second run, nor after a week, when all is listed", async () => {
      for (const waited of [0, 8 * DAY]) {
        world.later(waited + LATER_MS);
        const report = await world.sync(left, right);
        expect(report).toMatchObject({ status: "succeeded", counts: { ...NOTHING, added: 0, linked: 0 } });
        expect(writesOf(left, right)).toEqual([]);
      }
    });

    it("follow edits, deletions and exceptions made on both sides, killed in the middle too, each once and no more", async () => {
      const edits = await editBothSides([left, right], expected);
      for (const front of fronts) front.clear();
      expect((await runElsewhere("remote:update:after #10")).killed).toBe(true);
      const { report } = await runElsewhere();
      expect(report).toMatchObject({ status: "succeeded", counts: { refused: 0, conflicts: 0 } });
      await expectBothToBeAsExpected();
      const written = fronts.flatMap(({ writes }) => writes);
      expect(written.length).toBeGreaterThanOrEqual(edits);
      expect(written.length).toBeLessThanOrEqual(edits + 2 * 8);
      world.later(LATER_MS);
      expect(await world.sync(left, right)).toMatchObject({ status: "succeeded", counts: { ...NOTHING, added: 0 } });
      expect(writesOf(left, right)).toEqual([]);
    });
  },
);
