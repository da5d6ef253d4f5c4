import { beforeEach, describe, expect, it } from "vitest";
import { GoogleBench } from "./support/google-bench.ts";
import { ANNA } from "./support/google-harness.ts";
import { sampleEvent } from "./support/sample-events.ts";

const EVENTS = `/calendars/${ANNA}/events`;
const DAY = { start: { date: "2026-12-01" }, end: { date: "2026-12-02" } };

let bench: GoogleBench;

beforeEach(() => {
  bench = new GoogleBench();
});

describe("a delta", () => {
  it("tells what was made, changed and deleted, and nothing is told twice", async () => {
    const [kept, gone] = [bench.google.putEvent(ANNA, DAY), bench.google.putEvent(ANNA, DAY)];
    let token = await bench.token();
    bench.google.editEvent(ANNA, kept, { summary: "Changed" });
    bench.google.removeEvent(ANNA, gone);
    const fresh = bench.google.putEvent(ANNA, { ...DAY, summary: "New" });
    const delta = await bench.changes(token);
    expect(new Map(delta.rows.map((row) => [row.id, row.state]))).toEqual(
      new Map([
        [kept, "listed"],
        [gone, "deleted"],
        [fresh, "listed"],
      ]),
    );
    token = delta.token;
    for (let time = 0; time < 3; time += 1) {
      bench.requests = [];
      const quiet = await bench.changes(token);
      expect([quiet.rows, bench.requests.length]).toEqual([[], 1]);
      token = quiet.token;
    }
  });

  it("asks with the parameters of its listing, page by page", async () => {
    const token = await bench.token();
    bench.google.settings.shortPages = true;
    for (let index = 0; index < 5; index += 1) bench.google.putEvent(ANNA, { ...DAY, summary: `${index}` });
    bench.requests = [];
    const { rows } = await bench.changes(token);
    expect(rows).toHaveLength(5);
    expect(bench.requests.length).toBeGreaterThan(1);
    for (const request of bench.requests) {
      expect(request).toContain("singleEvents=false&showDeleted=true&eventTypes=default");
      expect(request).toContain(`syncToken=${token.split(" ")[1]}`);
    }
    expect(bench.sandbox.control.stats().unknownParameters).toEqual([]);
  });

  it.each([
    ["has ended", () => bench.google.expireSyncTokens(), undefined],
    ["is none", () => {}, "made-up"],
  ])("with a token that %s is refused as such", async (_, end, other) => {
    const token = await bench.token();
    end();
    await expect(bench.changes(other ?? token)).rejects.toMatchObject({ failure: { kind: "token-expired" } });
  });

  it("does not take a page without a token for the end", async () => {
    const token = await bench.token();
    bench.wayside = async (_, pass) => {
      const { nextSyncToken: __, ...body } = (await (await pass()).json()) as Record<string, unknown>;
      return Response.json(body);
    };
    await expect(bench.changes(token)).rejects.toMatchObject({ code: "service.malformed-answer" });
    await expect(bench.rows()).rejects.toMatchObject({ code: "service.malformed-answer" });
  });

  it("ends when pages lead in a circle", async () => {
    bench.google.putEvent(ANNA, DAY);
    bench.google.putEvent(ANNA, DAY);
    bench.wayside = async (_, pass) => {
      const { nextSyncToken: __, ...body } = (await (await pass()).json()) as Record<string, unknown>;
      return Response.json({ ...body, items: [], nextPageToken: "again" });
    };
    await expect(bench.rows()).rejects.toMatchObject({ code: "service.malformed-answer" });
    expect(bench.requests.length).toBeLessThan(5);
  });
});

describe("a listing", () => {
  it("leaves out what is not an event of one's own making, as its deltas do", async () => {
    const token = await bench.token();
    bench.google.putEvent(ANNA, { ...DAY, summary: "Flight" }, { eventType: "fromGmail" });
    bench.google.putEvent(ANNA, { ...DAY, summary: "Away" }, { eventType: "outOfOffice" });
    const own = bench.google.putEvent(ANNA, { ...DAY, summary: "Own" });
    expect((await bench.rows()).map(({ id }) => id)).toEqual([own]);
    expect((await bench.changes(token)).rows.map(({ id }) => id)).toEqual([own]);
  });

  it("shows one event that cannot be understood as just that, and all others", async () => {
    const odd = bench.google.putEvent(ANNA, { ...DAY, summary: "Odd" });
    const fine = bench.google.putEvent(ANNA, { ...DAY, summary: "Fine" });
    bench.wayside = async (_, pass) => {
      const body = (await (await pass()).json()) as { items?: { id: string }[]; id?: string };
      const spoil = (item: { id?: string }) => (item.id === odd ? { ...item, start: 7 } : item);
      return Response.json(body.items ? { ...body, items: body.items.map(spoil) } : spoil(body));
    };
    const rows = await bench.rows();
    expect(new Map(rows.map((row) => [row.id, row.state]))).toEqual(
      new Map([
        [odd, "unreadable"],
        [fine, "listed"],
      ]),
    );
    await expect(bench.get(odd)).rejects.toMatchObject({ code: "service.malformed-answer" });
  });

  it("holds a thousand events in one request, and series with them", async () => {
    for (let index = 0; index < 1_000; index += 1) {
      bench.google.putEvent(ANNA, {
        ...DAY,
        summary: `${index}`,
        ...(index % 10 === 0 ? { recurrence: ["RRULE:FREQ=DAILY;COUNT=3"] } : {}),
      });
    }
    expect(await bench.asked(async () => expect(await bench.rows()).toHaveLength(1_000))).toEqual([`GET ${EVENTS}`]);
  });

  it("says what the service's clock says", async () => {
    await bench.create(sampleEvent(1));
    bench.wayside = async (_, pass) => {
      const answer = await pass();
      const headers = new Headers(answer.headers);
      headers.set("date", "Sun, 22 Nov 2026 12:00:05 GMT");
      return new Response(await answer.text(), { headers });
    };
    expect((await bench.pages()).map(({ serverTimeMs }) => serverTimeMs)).toEqual([Date.UTC(2026, 10, 22, 12, 0, 5)]);
  });
});

describe("kinds of events", () => {
  const put = (eventType: "default" | "focusTime" | "outOfOffice") =>
    bench.google.putEvent(ANNA, { summary: eventType, ...DAY }, { eventType });

  it("are read as far as they are asked for, and told with the event", async () => {
    for (const eventType of ["default", "focusTime", "outOfOffice"] as const) put(eventType);
    expect([...(await bench.shown()).keys()]).toEqual(["default"]);
    const eventTypes = ["default", "outOfOffice"] as const;
    const wider = new GoogleBench({ sandbox: bench.sandbox, options: { eventTypes } });
    const shown = [...(await wider.shown()).values()].map(({ title, eventType }) => [title, eventType]);
    expect(shown.toSorted()).toEqual([
      ["default", "default"],
      ["outOfOffice", "outOfOffice"],
    ]);
  });

  it("are listed anew once others are asked for, since a token is one of a certain list", async () => {
    const before = await bench.token();
    const wider = new GoogleBench({ sandbox: bench.sandbox, options: { eventTypes: ["default", "focusTime"] } });
    // Whether Google would notice is written nowhere, so that it is not asked.
    const asked = await wider.asked(() =>
      expect(wider.changes(before)).rejects.toMatchObject({ failure: { kind: "token-expired" } }),
    );
    expect(asked).toEqual([]);
    const token = await wider.token();
    const id = put("focusTime");
    expect((await wider.changes(token)).rows).toMatchObject([{ id, state: "listed" }]);
    // In another order they are the same.
    const again = new GoogleBench({ sandbox: bench.sandbox, options: { eventTypes: ["focusTime", "default"] } });
    expect((await again.changes(token)).rows).toHaveLength(1);
  });
});
