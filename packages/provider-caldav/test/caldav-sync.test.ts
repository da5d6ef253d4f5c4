import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canRun, type DavServer, radicale, xandikos } from "./support/dav-server.ts";
import { sampleEvents, seriesWithExceptions } from "./support/sample-events.ts";
import { TwoServers } from "./support/two-servers.ts";

const SERIES_UID = "series@syncer.example";

describe.skipIf(!canRun(radicale) || !canRun(xandikos))("calendars of two servers", { timeout: 60_000 }, () => {
  const running: DavServer[] = [];
  let count = 0;

  beforeAll(async () => {
    for (const kind of [radicale, xandikos]) running.push(await kind.start());
  }, 60_000);
  afterAll(async () => {
    for (const server of running) await server.stop();
  });

  async function open(): Promise<TwoServers> {
    const [left, right] = running;
    if (!left || !right) throw new TypeError("not running");
    count += 1;
    return await TwoServers.open([left, right], `sync-${count}`);
  }

  it("are shown to choose from, by names, and with whether they can be written", async () => {
    const world = await open();
    for (const side of [0, 1] as const) {
      const found = (await world.containers(side)).find(({ id }) => id === world.calendars[side]);
      expect(found).toMatchObject({ access: "write", name: expect.stringContaining(`sync-${count}`) });
    }
  });

  it("hold the same events after the first sync, exceptions included, and nothing is written by the second", async () => {
    const world = await open();
    const [left, right] = world.people;
    for (const event of sampleEvents.slice(0, 3)) await left.put(event);
    await left.put(seriesWithExceptions(SERIES_UID, "Standup"));
    for (const event of sampleEvents.slice(9, 12)) await right.put(event);
    const first = await world.sync();
    expect([first.status, first.counts.added, first.counts.refused]).toEqual(["succeeded", 7, 0]);
    expect(await world.titles(1)).toEqual(await world.titles(0));
    const standup = (await world.shown(1)).get("Standup")?.event;
    expect(standup).toMatchObject({ ...seriesWithExceptions(SERIES_UID, "Standup") });
    for (let run = 0; run < 2; run += 1) {
      const again = await world.sync();
      expect([again.status, again.counts.added, again.counts.updated, world.writes]).toEqual(["succeeded", 0, 0, []]);
      // What we wrote is told by its version, and is not read again.
      expect([again.requests.source.read, again.requests.target.read]).toEqual([1, 1]);
    }
  });

  it("know the same event at both for one, by its UID, and write nothing", async () => {
    const world = await open();
    for (const person of world.people) await person.put(seriesWithExceptions(SERIES_UID, "Standup"));
    const report = await world.sync();
    expect([report.counts.linked, report.counts.added, world.writes]).toEqual([1, 0, []]);
  });

  it("follow edits on either side, field by field, and leave what they do not know", async () => {
    const world = await open();
    const [left, right] = world.people;
    const id = await left.put(seriesWithExceptions(SERIES_UID, "Standup"));
    await world.sync();
    const copy = (await world.shown(1)).get("Standup")?.id ?? "";
    const ownLine = "X-OWN-LINE;X-PARAM=1:kept as it is";
    await right.putText(copy, (await right.text(copy)).replace("BEGIN:VEVENT\r\n", `BEGIN:VEVENT\r\n${ownLine}\r\n`));
    await right.edit(copy, { location: "Room 9" });
    expect((await world.sync()).counts).toMatchObject({ updated: 1, conflicts: 0 });
    expect((await world.shown(0)).get("Standup")?.event.location).toBe("Room 9");

    await left.edit(id, { title: "Daily", overrides: { "2026-12-22T09:00:00": { excluded: true } } });
    expect((await world.sync()).counts).toMatchObject({ updated: 1 });
    const there = (await world.shown(1)).get("Daily")?.event;
    expect(there).toMatchObject({ location: "Room 9", overrides: { "2026-12-22T09:00:00": { excluded: true } } });
    expect(Object.keys(there?.overrides ?? {})).toEqual(["2026-12-22T09:00:00"]);
    expect(await right.text(copy)).toContain(ownLine);
    await world.sync();
    expect(world.writes).toEqual([]);
  });

  it("merge edits of different fields of one event", async () => {
    const world = await open();
    const [left, right] = world.people;
    const id = await left.put(sampleEvents[0] ?? never());
    await world.sync();
    const copy = [...(await world.shown(1)).values()][0]?.id ?? "";
    await left.edit(id, { title: "Another title" });
    await right.edit(copy, { location: "Another room" });
    expect((await world.sync({ conflictPolicy: "merge" })).status).toBe("succeeded");
    for (const side of [0, 1] as const) {
      const { event } = (await world.shown(side)).get("Another title") ?? never();
      expect(event.location).toBe("Another room");
    }
    await world.sync();
    expect(world.writes).toEqual([]);
  });

  it("lose what was deleted on one side, and only that", async () => {
    const world = await open();
    const [left] = world.people;
    const ids: string[] = [];
    for (const event of sampleEvents.slice(0, 6)) ids.push(await left.put(event));
    await world.sync();
    await left.remove(ids[0] ?? "");
    const report = await world.sync();
    expect([report.counts.removed, world.writes]).toEqual([1, ["DELETE"]]);
    expect(await world.titles(1)).toEqual(await world.titles(0));
    expect(await world.titles(1)).toHaveLength(5);
  });

  it("never invite anybody, whoever is invited to the original", async () => {
    const world = await open();
    const [left, right] = world.people;
    const id = await left.put(sampleEvents[1] ?? never());
    const guests = "ORGANIZER:mailto:jo@example.org\r\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:guest@example.org\r\n";
    await left.putText(decodeURIComponent(id), (await left.text(id)).replace("END:VEVENT", `${guests}END:VEVENT`));
    await world.sync();
    const [copy = ""] = await right.ids();
    expect(await right.text(copy)).not.toMatch(/ATTENDEE|ORGANIZER|guest@/);
    const { id: copyId } = [...(await world.shown(1)).values()][0] ?? never();
    await right.edit(copyId, { title: "Renamed" });
    await world.sync();
    expect(await left.text(id)).toContain("mailto:guest@example.org");
    expect(await left.text(id)).toContain("Renamed");
  });

  it("get no second event of one UID where the other cannot be read, and nothing that can is taken for gone", async () => {
    const world = await open();
    const [left, right] = world.people;
    await left.put(seriesWithExceptions(SERIES_UID, "Standup"));
    const odd = await right.put({ ...seriesWithExceptions(SERIES_UID, "Standup"), recurrence: null, overrides: {} });
    const text = (await right.text(odd))
      .replace(/Europe\/Berlin/g, "Middle/Earth")
      .replace(/BEGIN:VTIMEZONE[\s\S]*END:VTIMEZONE\r\n/, "");
    await right.putText(decodeURIComponent(odd), text);
    for (let run = 0; run < 2; run += 1) {
      const { counts } = await world.sync();
      expect(counts).toMatchObject({ added: 0, removed: 0, refused: 1, unsyncable: 1 });
      expect([await left.ids(), await right.ids()]).toEqual([[expect.any(String)], [odd]]);
    }
  });

  it("leave no password, name, title, address or file name in what is stored", async () => {
    const world = await open();
    const [left] = world.people;
    await left.put(seriesWithExceptions(SERIES_UID, "Canary title"));
    await world.sync();
    const stored = await world.stored();
    const [server] = running;
    const secrets = [server?.password, "Canary", SERIES_UID, "127.0.0.1", "/jo/", "Made%20by%20hand", `sync-${count}`];
    for (const secret of secrets) expect(stored).not.toContain(secret);
    expect(stored).toContain("user-1");
  });
});

function never(): never {
  throw new TypeError("it is there");
}
