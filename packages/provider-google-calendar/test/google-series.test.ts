import type { UniversalEvent } from "@syncer/calendar";
import { OutcomeUnknownError } from "@syncer/core";
import { beforeEach, describe, expect, it } from "vitest";
import { GoogleBench, type State } from "./support/google-bench.ts";
import { ANNA, GRANTED } from "./support/google-harness.ts";
import { seriesOfTuesdays, seriesWithExceptions } from "./support/sample-events.ts";

const EVENTS = `/calendars/${ANNA}/events`;
const SERIES = {
  id: "series1",
  summary: "Weekly",
  start: { dateTime: "2026-12-01T09:00:00", timeZone: "Europe/Berlin" },
  end: { dateTime: "2026-12-01T09:30:00", timeZone: "Europe/Berlin" },
  recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=TU"],
};
const [, SECOND, THIRD, FOURTH] = [1, 8, 15, 22].map(
  (day) => `series1_202612${String(day).padStart(2, "0")}T080000Z`,
) as [string, string, string, string];

let bench: GoogleBench;

beforeEach(() => {
  bench = new GoogleBench();
});

describe("a series that a person keeps at Google", () => {
  beforeEach(() => {
    bench.google.putEvent(ANNA, SERIES);
    bench.google.removeEvent(ANNA, SECOND);
    bench.google.editEvent(ANNA, THIRD, {
      summary: "Weekly and planning",
      start: { dateTime: "2026-12-15T10:00:00", timeZone: "Europe/Berlin" },
      end: { dateTime: "2026-12-15T11:00:00", timeZone: "Europe/Berlin" },
    });
  });

  it("is one document with all that is special about its instances, on pages of any size", async () => {
    for (const pageSize of [1, 2, 2_500]) {
      const rows = await bench.rows(pageSize);
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({
        state: "listed",
        id: "series1",
        native: {
          event: {
            uid: "series1@google.com",
            recurrence: { frequency: "weekly", byDay: [{ day: "tu" }] },
            overrides: {
              "2026-12-08T09:00:00": { excluded: true },
              "2026-12-15T09:00:00": {
                title: "Weekly and planning",
                when: { start: "2026-12-15T10:00:00", timeZone: "Europe/Berlin", duration: "PT1H", allDay: false },
              },
            },
          },
        },
      });
    }
  });

  it("is asked for by its id with two requests, and is what its listing says", async () => {
    const [row] = await bench.rows();
    let found: unknown;
    const asked = await bench.asked(async () => {
      found = { state: "listed", ...(await bench.get("series1")) };
    });
    expect(found).toEqual(row);
    expect(asked).toEqual([`GET ${EVENTS}/series1`, `GET ${EVENTS}`]);
  });

  it("has another version with every change of any instance, also with one that is taken back", async () => {
    const versions = new Set<string | undefined>();
    const look = async () => versions.add((await bench.get("series1")).version).size;
    expect(await look()).toBe(1);
    expect(await look()).toBe(1);
    bench.google.editEvent(ANNA, THIRD, { location: "Room 1" });
    expect(await look()).toBe(2);
    bench.google.removeEvent(ANNA, FOURTH);
    expect(await look()).toBe(3);
    bench.google.editEvent(ANNA, FOURTH, { status: "confirmed" });
    expect(await look()).toBe(4);
  });

  it("is told of by a delta as a whole, whichever part of it has changed, with one request more", async () => {
    const { overrides: before } = (await bench.get("series1")).native.event;
    const edits: readonly (() => void)[] = [
      () => bench.google.editEvent(ANNA, "series1", { summary: "Every week" }),
      () => bench.google.editEvent(ANNA, THIRD, { location: "Room 2" }),
      () => bench.google.removeEvent(ANNA, FOURTH),
    ];
    let token = await bench.token();
    for (const [index, edit] of edits.entries()) {
      edit();
      const asked = await bench.asked(async () => {
        const delta = await bench.changes(token);
        token = delta.token;
        const listed = delta.rows.filter(({ state }) => state === "listed");
        expect(listed).toEqual(await bench.rows());
        expect(Object.keys(listed[0]?.state === "listed" ? listed[0].native.event.overrides : {})).toEqual(
          expect.arrayContaining(Object.keys(before)),
        );
      });
      // The last one is the listing that it is held against. A cancelled instance does not say of which UID it is.
      expect(asked.slice(0, -1)).toHaveLength(index === 2 ? 3 : 2);
    }
    expect(await bench.asked(() => bench.changes(token))).toEqual([`GET ${EVENTS}`]);
  });

  it("is listed with the whole calendar where a search leaves out what a delta told of", async () => {
    const token = await bench.token();
    bench.google.removeEvent(ANNA, FOURTH);
    bench.wayside = async (request, pass) => {
      const answer = await pass();
      if (!new URL(request.url).searchParams.has("iCalUID")) return answer;
      const body = (await answer.json()) as { items: readonly { status: string }[] };
      return Response.json({ ...body, items: body.items.filter(({ status }) => status !== "cancelled") });
    };
    const { rows } = await bench.changes(token);
    bench.wayside = undefined;
    expect(rows).toEqual(await bench.rows());
  });

  it("is gone when it is deleted, instances and all", async () => {
    const token = await bench.token();
    bench.google.removeEvent(ANNA, "series1");
    const asked = await bench.asked(async () => {
      expect((await bench.changes(token)).rows).toEqual([expect.objectContaining({ state: "deleted", id: "series1" })]);
    });
    expect(asked).toHaveLength(1);
    expect(await bench.events.read.get(bench.session, "series1")).toMatchObject({ state: "gone" });
    expect((await bench.rows()).every(({ state }) => state === "deleted")).toBe(true);
  });

  it("that is split into two is told of as both", async () => {
    const token = await bench.token();
    const id = bench.google.splitSeries(ANNA, FOURTH, { summary: "From now on" });
    const { rows } = await bench.changes(token);
    expect(rows.map((row) => row.id).sort()).toEqual(["series1", id].sort());
    expect(rows.find((row) => row.id === "series1")).toMatchObject({
      native: { event: { recurrence: { until: "2026-12-22T08:59:59" } } },
    });
  });
});

describe("instances whose series is not shown", () => {
  const copyOfInstance = { ...SERIES, id: "otherseries" };

  /** What a guest's calendar has who is invited to one instance alone. */
  async function orphaned(): Promise<void> {
    bench.google.putEvent(ANNA, copyOfInstance);
    for (const day of ["08", "15"]) bench.google.editEvent(ANNA, `otherseries_202612${day}T080000Z`, { location: day });
    bench.wayside = async (request, pass) => {
      const { pathname } = new URL(request.url);
      if (pathname.endsWith("/events/otherseries")) return Response.json({ error: { code: 404 } }, { status: 404 });
      const answer = await pass();
      if (!pathname.endsWith("/events") || request.method !== "GET") return answer;
      const body = (await answer.json()) as { items: readonly { id: string }[] };
      return Response.json({ ...body, items: body.items.filter(({ id }) => id !== "otherseries") });
    };
  }

  it("are events of their own, each by a name of its own", async () => {
    await orphaned();
    const rows = await bench.rows();
    const events = rows.flatMap((row) => (row.state === "listed" ? [row.native.event] : []));
    expect(events.map(({ uid, recurrence, location }) => [uid, recurrence, location]).sort()).toEqual([
      ["otherseries@google.com;20261208T090000", null, "08"],
      ["otherseries@google.com;20261215T090000", null, "15"],
    ]);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(2);
  });

  it("are told of by deltas, changed and cancelled, and fold into the series once it is shown", async () => {
    await orphaned();
    let token = await bench.token();
    bench.google.editEvent(ANNA, "otherseries_20261208T080000Z", { location: "moved" });
    const changed = await bench.changes(token);
    expect(changed.rows).toEqual([expect.objectContaining({ state: "listed", id: "otherseries_20261208T080000Z" })]);
    token = changed.token;
    bench.google.removeEvent(ANNA, "otherseries_20261208T080000Z");
    expect((await bench.changes(token)).rows).toEqual([
      expect.objectContaining({ state: "deleted", id: "otherseries_20261208T080000Z" }),
    ]);
    bench.wayside = undefined;
    bench.google.editEvent(ANNA, "otherseries", { summary: "All of it" });
    bench.google.editEvent(ANNA, "otherseries_20261215T080000Z", { location: "16" });
    const shown = await bench.changes((await bench.changes(token)).token.length > 0 ? token : "");
    const states = new Map(shown.rows.map((row) => [row.id, row.state]));
    expect(states.get("otherseries")).toBe("listed");
    expect(states.get("otherseries_20261215T080000Z")).toBe("deleted");
  });
});

const WANTED = seriesWithExceptions("mine@syncer.example", "Standup");

describe("a series that is written", () => {
  it("is made by one request but for its changed instances, and those by two more, in batches", async () => {
    let state = await bench.create(WANTED);
    const { "2026-12-15T09:00:00": patched, ...rest } = WANTED.overrides;
    expect(state.native.event.overrides).toEqual(rest);
    const asked = await bench.asked(async () => {
      state = await bench.update(state, { overrides: WANTED.overrides });
    });
    expect(state.native.event).toMatchObject({ ...WANTED, overrides: { ...rest, "2026-12-15T09:00:00": patched } });
    expect(asked.filter((each) => !each.startsWith("GET"))).toHaveLength(1);
    expect(await bench.get(state.id)).toEqual(state);
    expect(state.losses).toBeUndefined();
  });

  it("looks up and writes many instances in one batch each", async () => {
    const overrides: UniversalEvent["overrides"] = Object.fromEntries(
      Array.from({ length: 40 }, (_, week) => {
        const day = new Date(Date.UTC(2026, 11, 1 + 7 * week)).toISOString().slice(0, 10);
        return [`${day}T09:00:00`, { title: `Week ${week}` }];
      }),
    );
    const made = await bench.create(seriesOfTuesdays("mine@syncer.example", "Standup"));
    const asked = await bench.asked(async () => {
      expect((await bench.update(made, { overrides })).native.event.overrides).toEqual(overrides);
    });
    expect(asked.filter((each) => each.startsWith("POST"))).toEqual([
      "POST /batch/calendar/v3",
      "POST /batch/calendar/v3",
    ]);
    expect(asked.length).toBeLessThanOrEqual(6);
  });

  it("sends again alone what a batch did not take", async () => {
    const made = await bench.create(seriesOfTuesdays("mine@syncer.example", "Standup"));
    const overrides = { "2026-12-08T09:00:00": { title: "A" }, "2026-12-15T09:00:00": { title: "B" } };
    bench.wayside = async (request, pass) => {
      const answer = await pass();
      if (!request.url.includes("/batch/")) return answer;
      const text = (await answer.text()).replace(/HTTP\/1\.1 200[\s\S]*?(?=\r\n--batch_sandbox--)/, () => REFUSED);
      return new Response(text, { headers: answer.headers });
    };
    expect((await bench.update(made, { overrides })).native.event.overrides).toEqual(overrides);
  });

  it("has its instances again when its rule or its times become others", async () => {
    const made = await bench.createWhole(WANTED);
    const until = { ...WANTED.recurrence, until: "2027-02-23T09:00:00" } as UniversalEvent["recurrence"];
    const ended = await bench.update(made, { recurrence: until });
    expect(ended.native.event).toMatchObject({ ...WANTED, recurrence: until });
    const when = { ...WANTED.when, start: "2026-12-01T10:00:00" };
    const moved = await bench.update(ended, { when, overrides: { "2026-12-15T10:00:00": { title: "Moved" } } });
    expect(moved.native.event).toMatchObject({ when, overrides: { "2026-12-15T10:00:00": { title: "Moved" } } });
    expect(Object.keys(moved.native.event.overrides)).toEqual(["2026-12-15T10:00:00"]);
    expect(await bench.get(made.id)).toEqual(moved);
  });

  it("leaves out an instance, brings it back, and adds one, without a word about the others", async () => {
    const made = await bench.createWhole(WANTED);
    const third = WANTED.overrides["2026-12-15T09:00:00"] ?? {};
    const steps: readonly UniversalEvent["overrides"][] = [
      { ...WANTED.overrides, "2026-12-22T09:00:00": { excluded: true } },
      { "2026-12-15T09:00:00": third, "2026-12-22T09:00:00": { excluded: true } },
      { "2026-12-15T09:00:00": third, "2026-12-22T09:00:00": { title: "Back again" } },
      { "2026-12-15T09:00:00": third, "2026-12-24T09:00:00": { added: true, title: "Extra" } },
      {},
    ];
    let state = made;
    for (const overrides of steps) {
      state = await bench.update(state, { overrides });
      expect(state.native.event.overrides).toEqual(overrides);
      expect(await bench.get(made.id)).toEqual(state);
    }
  });

  it("is not touched itself when one of its instances is left out", async () => {
    const made = await bench.createWhole(WANTED);
    const overrides = { ...WANTED.overrides, "2026-12-22T09:00:00": { excluded: true as const } };
    const asked = await bench.asked(() => bench.update(made, { overrides }));
    const { id } = made.native.item;
    expect(asked.filter((each) => !each.startsWith("GET"))).toEqual([`DELETE ${EVENTS}/${id}_20261222T080000Z`]);
    expect(bench.stored(id).recurrence).toEqual(made.native.item.recurrence);
  });

  it("can become a single event, and be one again", async () => {
    const made = await bench.createWhole(WANTED);
    const single = await bench.update(made, { recurrence: null, overrides: {} });
    expect(single.native.event).toMatchObject({ recurrence: null, overrides: {}, title: "Standup" });
    const again = await bench.update(single, { recurrence: WANTED.recurrence, overrides: WANTED.overrides });
    expect(again.native.event).toMatchObject({ recurrence: WANTED.recurrence, overrides: WANTED.overrides });
  });

  it("follows its series in all that an instance has not of its own", async () => {
    const made = await bench.createWhole(WANTED);
    const renamed = await bench.update(made, { location: "Room 7", title: "Daily" });
    expect(renamed.native.event).toMatchObject({
      title: "Daily",
      location: "Room 7",
      overrides: { "2026-12-15T09:00:00": { title: "Standup and planning" } },
    });
    expect(Object.keys(renamed.native.event.overrides["2026-12-15T09:00:00"] ?? {}).sort()).toEqual(["title", "when"]);
  });

  it("is not written over instances that somebody has changed meanwhile", async () => {
    const made = await bench.createWhole(WANTED);
    const [item] = bench.google.events(ANNA).filter((each) => each.recurringEventId !== undefined);
    bench.google.editEvent(ANNA, String(item?.id), { location: "Changed meanwhile" });
    for (const change of [{ recurrence: null }, { overrides: {} }, { title: "Other" }]) {
      await expect(bench.update(made, change)).rejects.toMatchObject({ failure: { kind: "version-moved" } });
    }
    expect(bench.stored(String(item?.id)).location).toBe("Changed meanwhile");
  });

  describe("and is cut off after its first request", () => {
    const recurrence = { ...WANTED.recurrence, until: "2027-02-23T09:00:00" } as UniversalEvent["recurrence"];
    let made: State;
    let token: string;

    beforeEach(async () => {
      made = await bench.createWhole(WANTED);
      token = await bench.token();
      let patches = 0;
      bench.wayside = async (request, pass) => {
        if (request.method === "PATCH") patches += 1;
        if (patches > 0 && request.method !== "PATCH") throw new TypeError("fetch failed");
        return await pass();
      };
      await expect(bench.update(made, { recurrence })).rejects.toThrow(OutcomeUnknownError);
      bench.wayside = undefined;
      const left = bench.google.events(ANNA).filter((event) => event.recurringEventId !== undefined);
      // Google has forgotten them all.
      expect(left).toEqual([]);
    });

    it.each(["listed", "asked for by its id", "told of by a delta"])(
      "is read as it is meant, and as unfinished, when it is %s; an update of nothing does the rest",
      async (how) => {
        const event = { ...WANTED, recurrence };
        const ways: Readonly<Record<string, () => Promise<unknown>>> = {
          listed: async () => (await bench.rows())[0],
          "told of by a delta": async () => (await bench.changes(token)).rows[0],
        };
        const read = ways[how] ?? (() => bench.get(made.id));
        const asked = await bench.asked(async () => {
          expect(await read()).toMatchObject({ unfinished: true, native: { event } });
        });
        expect(asked.every((each) => each.startsWith("GET"))).toBe(true);
        const finished = await bench.update((await read()) as State, {});
        expect(finished).toMatchObject({ native: { event } });
        expect(finished.unfinished).toBeUndefined();
        expect(JSON.stringify(bench.stored(made.native.item.id))).not.toContain("syncerPending");
        const written = bench.google.events(ANNA).filter((each) => each.recurringEventId !== undefined);
        expect(written.map(({ summary }) => summary)).toEqual(["Standup and planning"]);
        expect(await bench.get(made.id)).toMatchObject({ native: { event } });
      },
    );

    it("is read as it is meant to be by those who may not write", async () => {
      const scopes = GRANTED.filter((scope) => !scope.endsWith("calendar.events"));
      const reading = new GoogleBench({ sandbox: bench.sandbox, scopes });
      expect((await reading.get(made.id)).native.event).toMatchObject({ ...WANTED, recurrence });
      expect(reading.requests.every((each) => each.startsWith("GET"))).toBe(true);
      // Nothing says that the operation was done.
      expect((await reading.get(made.id)).marker).toBe(made.marker);
    });

    it("is finished by the next update too, which may say otherwise", async () => {
      const scopes = GRANTED.filter((scope) => !scope.endsWith("calendar.events"));
      const seen = await new GoogleBench({ sandbox: bench.sandbox, scopes }).get(made.id);
      const { version: _, ...unseen } = seen;
      const updated = await bench.update(unseen, { overrides: { "2026-12-22T09:00:00": { title: "Other" } } });
      expect(updated.native.event.overrides).toEqual({ "2026-12-22T09:00:00": { title: "Other" } });
      expect(JSON.stringify(bench.stored(made.native.item.id))).not.toContain("syncerPending");
    });

    it("keeps what a user has done to its instances since", async () => {
      const { id } = made.native.item;
      bench.google.editEvent(ANNA, `${id}_20261215T080000Z`, { summary: "A user's" });
      bench.google.removeEvent(ANNA, `${id}_20261222T080000Z`);
      expect((await bench.get(made.id)).native.event.overrides).toMatchObject({
        "2026-12-15T09:00:00": { title: "A user's" },
        "2026-12-22T09:00:00": { excluded: true },
      });
    });

    it("means nothing any more when a user has given it another rule", async () => {
      bench.google.editEvent(ANNA, made.native.item.id, { recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=9"] });
      expect((await bench.get(made.id)).native.event.overrides).toEqual({});
    });
  });

  it("says what of it Google does not hold", async () => {
    const overrides = { "2026-12-15T09:00:00": { title: "Secret", privacy: "private" as const } };
    const made = await bench.create(seriesOfTuesdays("mine@syncer.example", "Standup"));
    const written = await bench.update(made, { overrides });
    expect(written.losses).toEqual(["instance.privacy"]);
    expect(written.native.event).toMatchObject({
      privacy: "default",
      overrides: { "2026-12-15T09:00:00": { title: "Secret" } },
    });
    expect(await bench.asked(() => bench.update(written, { overrides }))).not.toContainEqual(
      expect.stringMatching(/^P/),
    );
  });
});

/** What the last part of a batch says instead of its answer. */
const REFUSED = [
  "HTTP/1.1 403 Forbidden",
  "Content-Type: application/json",
  "",
  JSON.stringify({ error: { code: 403, errors: [{ domain: "usageLimits", reason: "rateLimitExceeded" }] } }),
  "",
].join("\r\n");
