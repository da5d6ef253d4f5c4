import { OutcomeUnknownError } from "@syncer/core";
import { beforeEach, describe, expect, it } from "vitest";
import { GoogleBench } from "./support/google-bench.ts";
import { ANNA, BEN } from "./support/google-harness.ts";
import { sampleEvent, seriesOfTuesdays, seriesWithExceptions } from "./support/sample-events.ts";

const EVENTS = `/calendars/${ANNA}/events`;
const START = { dateTime: "2026-12-01T09:00:00", timeZone: "Europe/Berlin" };
const END = { dateTime: "2026-12-01T10:00:00", timeZone: "Europe/Berlin" };

let bench: GoogleBench;

beforeEach(() => {
  bench = new GoogleBench();
});

function bodyOf(bench: GoogleBench, work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const bodies: Record<string, unknown>[] = [];
  bench.wayside = async (request, pass) => {
    if (request.method !== "GET" && request.method !== "DELETE") bodies.push(await request.clone().json());
    return await pass();
  };
  return work().then(() => bodies);
}

describe("a write", () => {
  it("sends the fields that have changed, and no others", async () => {
    const made = await bench.create(sampleEvent(1));
    const changes = { ...sampleEvent(1), location: "Elsewhere" };
    const [body] = await bodyOf(bench, () => bench.update(made, changes));
    expect(Object.keys(body ?? {}).toSorted()).toEqual(["extendedProperties", "location"]);
    expect(body?.extendedProperties).toEqual({ private: { syncerOperation: expect.any(String) } });
  });

  it("sends nothing where all of it is so already, and looks whether it still is", async () => {
    const made = await bench.createWhole(seriesWithExceptions("mine@x", "Standup"));
    for (const item of [{}, seriesWithExceptions("other@x", "Standup"), { title: "Standup" }]) {
      const asked = await bench.asked(async () => expect(await bench.update(made, item)).toEqual(made));
      expect(asked.every((each) => each.startsWith("GET"))).toBe(true);
    }
    bench.google.editEvent(ANNA, made.native.item.id, { location: "Changed meanwhile" });
    await expect(bench.update(made, { title: "Standup" })).rejects.toMatchObject({
      failure: { kind: "version-moved" },
    });
  });

  it("does not touch an HTML description that says the same", async () => {
    const description = "<p>Agenda</p><ul><li>One</li></ul>";
    const id = bench.google.putEvent(ANNA, { summary: "A", description, start: START, end: END });
    const found = await bench.get(id);
    const [body] = await bodyOf(bench, () =>
      bench.update(found, { title: "B", description: found.native.event.description ?? "" }),
    );
    expect(body).not.toHaveProperty("description");
    expect(bench.stored(id)).toMatchObject({ summary: "B", description });
  });

  it("leaves everything as it was that it does not know", async () => {
    const kept = {
      colorId: "5",
      attachments: [{ fileUrl: "https://files.example/a" }],
      source: { title: "Page", url: "https://pages.example" },
      extendedProperties: { private: { theirs: "1" }, shared: { also: "2" } },
      guestsCanModify: true,
    };
    const id = bench.google.putEvent(ANNA, { summary: "A", start: START, end: END, ...kept });
    await bench.update(await bench.get(id), { title: "B", reminders: [{ minutes: 5, action: "display" }] });
    expect(bench.stored(id)).toMatchObject({ summary: "B", ...kept });
  });

  it("loses none of fifty guests, and mails to nobody", async () => {
    const attendees = Array.from({ length: 50 }, (_, index) => ({
      email: `guest${index}@example.org`,
      responseStatus: index % 2 === 0 ? "accepted" : "needsAction",
    }));
    const id = bench.google.putEvent(ANNA, {
      summary: "A",
      start: START,
      end: END,
      attendees,
      recurrence: ["RRULE:FREQ=WEEKLY"],
    });
    const found = await bench.get(id);
    const renamed = await bench.update(found, { title: "B" });
    const moved = await bench.update(renamed, { overrides: { "2026-12-08T09:00:00": { location: "Elsewhere" } } });
    expect(bench.stored(id).attendees).toHaveLength(50);
    expect(bench.stored(id).attendees).toMatchObject(attendees);
    expect(moved.native.event.attendees).toHaveLength(50);
    await bench.delete(id, moved.version);
    expect(bench.google.mails().filter(({ certain }) => certain)).toEqual([]);
    expect(bench.google.mails().every(({ because }) => because === "sendUpdates=none")).toBe(true);
  });

  it("never invites anybody, whoever is invited to the original", async () => {
    const people = { attendees: [{ email: "guest@example.org" }], organizer: { email: "jo@example.org" } };
    const made = await bench.create({ ...sampleEvent(1), ...people });
    expect(bench.stored(made.native.item.id)).not.toHaveProperty("attendees");
    expect(bench.google.mails()).toEqual([]);
  });

  it("would be mailed if it asked for that, which the sandbox would tell", async () => {
    const attendees = [{ email: "guest@example.org" }];
    const id = bench.google.putEvent(ANNA, { summary: "A", start: START, end: END, attendees });
    bench.wayside = (request) =>
      bench.sandbox.fetch(new Request(request.url.replace("sendUpdates=none", "sendUpdates=all"), request));
    await bench.update(await bench.get(id), { title: "B" });
    expect(bench.google.mails()).toMatchObject([{ to: "guest@example.org", kind: "update", certain: true }]);
  });

  it("of what somebody else organises is that event's failure alone", async () => {
    const id = bench.google.putEvent(ANNA, { summary: "A", start: START, end: END }, { organizer: "jo@example.org" });
    const found = await bench.get(id);
    await expect(bench.update(found, { title: "B" })).rejects.toMatchObject({
      failure: { kind: "invalid", reason: "not-organizer" },
    });
    expect((await bench.update(found, { reminders: [] })).native.event.reminders).toEqual([]);
  });

  it("to a calendar that may only be read is refused", async () => {
    bench.google.share(BEN, ANNA, "reader");
    const ben = new GoogleBench({ sandbox: bench.sandbox, calendarId: BEN });
    await expect(ben.create(sampleEvent(1))).rejects.toMatchObject({
      failure: { kind: "forbidden", reason: "read-only" },
    });
  });
});

describe("a creation", () => {
  it("is known again by its operation, and its id is used up when it has been deleted", async () => {
    const operation = bench.operation();
    const made = await bench.create(sampleEvent(1), operation);
    expect([made.id, made.marker]).toEqual([operation, operation]);
    await expect(bench.create(sampleEvent(1), operation)).rejects.toMatchObject({ failure: { kind: "already-there" } });
    expect(await bench.get(operation)).toEqual(made);
    await bench.delete(operation, made.version);
    await expect(bench.create(sampleEvent(1), operation)).rejects.toMatchObject({ failure: { kind: "already-there" } });
    expect(await bench.events.read.get(bench.session, operation)).toEqual({ state: "gone" });
  });

  it("whose answer is lost is not repeated", async () => {
    bench.wayside = async (_, pass) => {
      await pass();
      throw new TypeError("fetch failed");
    };
    await expect(bench.create(sampleEvent(1))).rejects.toThrow(OutcomeUnknownError);
    expect(bench.requests).toHaveLength(1);
    bench.wayside = undefined;
    expect(await bench.rows()).toHaveLength(1);
  });
});

describe("a deletion", () => {
  it("of a series takes its instances along, if it is still the version that was seen", async () => {
    const made = await bench.createWhole(seriesWithExceptions("mine@x", "Standup"));
    bench.google.editEvent(ANNA, made.native.item.id, { location: "Changed meanwhile" });
    await expect(bench.delete(made.id, made.version)).rejects.toMatchObject({ failure: { kind: "version-moved" } });
    const asked = await bench.asked(async () => bench.delete(made.id, (await bench.get(made.id)).version));
    expect(asked.at(-1)).toBe(`DELETE ${EVENTS}/${made.native.item.id}`);
    expect((await bench.rows()).every(({ state }) => state === "deleted")).toBe(true);
    await expect(bench.delete(made.id)).rejects.toMatchObject({ failure: { kind: "not-found" } });
  });
});

describe("limits", () => {
  it("of a minute put off what is asked beyond them, and no longer than that", async () => {
    const perProject = { requests: 10_000, perMs: 60_000 };
    bench.google.settings.rateLimits = { perUser: { requests: 3, perMs: 60_000 }, perProject };
    for (let index = 0; index < 3; index += 1) await bench.create(sampleEvent(index));
    const error = await bench.create(sampleEvent(4)).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "run.deferred" });
    await bench.clock.sleep((error as { untilMs: number }).untilMs - bench.clock.now());
    expect(bench.clock.now()).toBeLessThan(Date.UTC(2026, 10, 22, 12, 5));
    await bench.create(sampleEvent(4));
    expect(await bench.shown()).toHaveProperty("size", 4);
  });

  it("of what a calendar takes in defer the run for hours", async () => {
    bench.google.settings.creationsLeft = 1;
    await bench.create(sampleEvent(1));
    const before = bench.clock.now();
    const error = await bench.create(sampleEvent(2)).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "run.deferred" });
    expect((error as { untilMs: number }).untilMs - before).toBeGreaterThanOrEqual(3_600_000);
  });

  it("are not met by a first copy, which is paced", async () => {
    const from = bench.clock.now();
    for (let index = 0; index < 30; index += 1) await bench.create(seriesOfTuesdays(`u${index}@x`, `Series ${index}`));
    const perSecond = 30 / ((bench.clock.now() - from) / 1_000);
    expect(perSecond).toBeGreaterThan(2.5);
    expect(perSecond).toBeLessThan(4.5);
  });
});
