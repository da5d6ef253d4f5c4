import { describe, expect, it } from "vitest";
import { z } from "zod";
import { MalformedAnswerError, OutcomeUnknownError } from "../../src/contract/index.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { after, cut, empty, html, json, refused, type Step, silent, stalled, text } from "./support/hostile-fetch.ts";
import { errorOf, getTrack, lab, providerOf, putTrack, tokensOf } from "./support/transport-lab.ts";

const fine = json({ id: "t1", name: "not read" });

describe("a request", () => {
  it("goes out encoded, with token, agent and accept header, and comes back by its schema", async () => {
    const { http, seen } = lab([fine], { session: { tokens: tokensOf("secret") } });
    const body = await http.request(
      getTrack({ path: { id: "a/b?c#d é" }, query: { market: ["DE", "SE"], q: "x&y=z", none: undefined, limit: 50 } }),
    );
    expect(body).toEqual({ id: "t1" });
    expect(seen[0]?.url.href).toBe(
      "https://api.fake.example/v1/tracks/a%2Fb%3Fc%23d%20%C3%A9?market=DE&market=SE&q=x%26y%3Dz&limit=50",
    );
    expect(Object.fromEntries(seen[0]!.headers)).toEqual({
      accept: "application/json",
      authorization: "Bearer secret",
      "user-agent": "syncer (+https://www.npmjs.com/package/@syncer/core)",
    });
  });

  it("sends JSON and forms as such, and lets the provider put its token into the form", async () => {
    const provider = providerOf({
      authorize: (token, { form, url }) => (form ?? url.searchParams).set("access_token", token),
    });
    const { http, seen } = lab([empty()], { provider, session: { tokens: tokensOf("secret") } });
    await http.request(putTrack({ headers: { "X-Extra": "1" } }));
    await http.request({ ...putTrack(), json: undefined, method: "POST", form: { songs: "1,2" } });
    expect(seen.map(({ body }) => body)).toEqual(['{"ids":["t1"]}', "songs=1%2C2&access_token=secret"]);
    expect(seen.map(({ headers }) => headers.get("content-type"))).toEqual([
      "application/json",
      "application/x-www-form-urlencoded",
    ]);
    expect(seen[0]?.headers.get("x-extra")).toBe("1");
    expect(seen.map(({ url }) => url.search)).toEqual(["?access_token=secret", ""]);
  });

  it.each([["a\u0000b"], ["a\nb"], ["\u0085"], [""], ["."], [".."], ["\ud800"]])(
    "is not sent with the path value %j, which would be another route or no id",
    async (id) => {
      const { http, seen } = lab([fine]);
      expect(await errorOf(http.request(getTrack({ path: { id } })))).toMatchObject({ code: "service.id-refused" });
      expect(seen).toEqual([]);
    },
  );

  it("is refused with the place named when a placeholder, a header or a number is wrong", async () => {
    const { http, seen } = lab([fine]);
    const errors = await Promise.all([
      errorOf(http.request(getTrack({ path: {} }))),
      errorOf(http.request(getTrack({ headers: { "x-user": "secret\nvalue" } }))),
      errorOf(http.request(getTrack({ cost: Number.NaN }))),
      errorOf(http.request(getTrack({ timeoutMs: -1 }))),
    ]);
    for (const error of errors) expect(error).toMatchObject({ code: "request.invalid" });
    expect(String(errors[0])).toContain("{id}");
    expect(String(errors[1])).toContain("x-user");
    expect(String(errors[1])).not.toContain("secret");
    expect(seen).toEqual([]);
  });

  it("parses JSON whatever its label, gives status and headers, and counts and logs what went out", async () => {
    const { http, counted, events } = lab([text('{"id":"t9"}', 200, { etag: "v1" })]);
    const answer = await http.exchange(getTrack({ purpose: "lookup", cost: 3 }));
    expect([answer.status, answer.headers.get("etag"), answer.body]).toEqual([200, "v1", { id: "t9" }]);
    expect(counted).toEqual(["lookup:3"]);
    expect(events).toEqual([
      expect.objectContaining({
        event: "http.request",
        level: "debug",
        route: "/tracks/{id}",
        status: 200,
        attempt: 1,
      }),
    ]);
  });

  it("gives undefined for an empty body", async () => {
    const { http } = lab([empty()]);
    expect(await http.request({ ...getTrack(), schema: z.undefined() })).toBeUndefined();
  });
});

describe("answers that are not what they should be", () => {
  it("F11: takes 200 with HTML for an error, not for an empty list, even where any body would do", async () => {
    const { http, seen } = lab([html()]);
    const error = await errorOf(http.request({ ...getTrack(), schema: z.unknown() }));
    expect(error).toBeInstanceOf(MalformedAnswerError);
    expect(seen).toHaveLength(1);
  });

  it("F12: takes 200 with an error object, or without the key that holds the items, for an error", async () => {
    const provider = providerOf({
      classify: ({ body }) =>
        typeof body === "object" && body !== null && "error" in body
          ? { kind: "forbidden", reason: "code-200" }
          : undefined,
    });
    const { http } = lab([json({ error: { code: 200 } }), json({ total: 0 })], { provider });
    const list = { ...getTrack(), schema: z.object({ data: z.array(z.object({ id: z.string() })) }) };
    expect(await errorOf(http.request(list))).toMatchObject({ failure: { kind: "forbidden", reason: "code-200" } });
    expect(await errorOf(http.request(list))).toMatchObject({ code: "service.malformed-answer" });
  });

  it("names places and kinds of mismatch, and never a value or a user's key", async () => {
    const schema = z.object({
      items: z.array(z.object({ id: z.string() })),
      names: z.record(z.string(), z.number()),
    });
    const { http } = lab([json({ items: [{ id: "ok" }, { id: 7_654_321 }], names: { "My secret list!": "Anna" } })]);
    const error = await errorOf(http.request({ ...getTrack(), schema }));
    expect(String(error)).toContain("items.1.id is not of type string; names.* is not of type number");
    expect(String(error)).not.toMatch(/7654321|secret|Anna/);
  });

  it.each([301, 302, 303, 307, 308])(
    "does not follow a redirect (%i), which could take the token elsewhere",
    async (status) => {
      const { http, seen } = lab([empty(status, { location: "https://evil.example/" })], {
        session: { tokens: tokensOf("secret") },
      });
      expect(await errorOf(http.request(getTrack()))).toBeInstanceOf(MalformedAnswerError);
      expect(seen).toHaveLength(1);
    },
  );

  it.each([
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "not-found"],
    [410, "not-found"],
    [418, "invalid"],
  ])("never takes an error status (%i) for success where the provider says nothing about it", async (status, kind) => {
    const { http } = lab([json({ id: "t1" }, status)]);
    expect(await errorOf(http.request(getTrack()))).toMatchObject({ failure: { kind } });
  });

  it("reports a classify that throws as a malformed answer", async () => {
    const provider = providerOf({
      classify: () => {
        throw new TypeError("cannot read properties of Anna");
      },
    });
    const error = await errorOf(lab([fine], { provider }).http.request(getTrack()));
    expect(error).toBeInstanceOf(MalformedAnswerError);
    expect(String(error)).not.toContain("Anna");
  });

  it("does not hold a body without end in memory", async () => {
    const chunk = new Uint8Array(4 * 1024 * 1024).fill(120);
    let chunks = 0;
    let cancelled = false;
    const endless = () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            chunks += 1;
            controller.enqueue(chunk);
          },
          cancel() {
            cancelled = true;
          },
        }),
      );
    expect(await errorOf(lab([endless]).http.request(getTrack()))).toBeInstanceOf(MalformedAnswerError);
    expect(chunks).toBeLessThan(12);
    expect(cancelled).toBe(true);
  });
});

describe("reads whose answers get lost", () => {
  it("F6: are repeated after growing, jittered back-off: 500 three times, then fine", async () => {
    const { http, sentAt, eventNames } = lab([json({}, 500), text("", 503), json({}, 502), fine]);
    expect(await http.request(getTrack())).toEqual({ id: "t1" });
    expect(sentAt()).toEqual([0, 250, 750, 1_750]);
    expect(eventNames()).toEqual([]);
  });

  it("are given up after five attempts with the failure that was met", async () => {
    const { http, seen } = lab([json({}, 500)]);
    expect(await errorOf(http.request(getTrack()))).toMatchObject({
      code: "service.unavailable",
      params: { status: 500 },
    });
    expect(seen).toHaveLength(5);
  });

  it.each([
    ["F10: a connection cut in the middle of a page", cut('{"id":"t1","na')],
    ["F10: a page that ends too early without an error", text('{"id":"t1","na', 200)],
    ["a connection that is refused", refused()],
  ])("are fetched again after %s", async (_, step) => {
    const { http, seen } = lab([step, fine]);
    expect(await http.request(getTrack())).toEqual({ id: "t1" });
    expect(seen).toHaveLength(2);
  });

  it.each([
    ["answers nothing", silent],
    ["stalls in the middle of the body", stalled('{"id":')],
  ])("end by the time-out, which covers the body too, when the service %s", async (_, step) => {
    const provider = providerOf({ timeoutMs: 8_000 });
    const { http, clock, sentAt } = lab([step, step, fine], { provider });
    expect(await http.request(getTrack({ timeoutMs: 5_000 }))).toEqual({ id: "t1" });
    expect(sentAt()).toEqual([0, 5_250, 10_750]);
    expect(clock.sleepers).toEqual([]);
    const error = await errorOf(lab([step], { provider }).http.request(getTrack()));
    expect(error).toMatchObject({ code: "service.timed-out", params: { timeoutMs: 8_000 } });
  });

  it("leak neither URL nor body nor token through the cause of the error", async () => {
    const { http } = lab([refused("ECONNRESET")], { session: { tokens: tokensOf("secret-token") } });
    const error = await errorOf(
      http.request({
        ...getTrack({ query: { q: "secret-title" } }),
        method: "POST",
        repeatable: true,
        json: "secret-body",
      }),
    );
    expect(error).toMatchObject({ code: "service.unreachable", cause: { message: "ECONNRESET" } });
    for (let link = error; link instanceof Error; link = link.cause) {
      expect(`${link.stack}${JSON.stringify(link)}`).not.toMatch(/secret|api\.fake/);
      expect(link.name).not.toBe("FetchError");
    }
  });
});

describe("writes whose answers get lost", () => {
  it.each([
    ["is refused a connection", refused()],
    ["gets no answer", silent],
    ["is answered 500", json({}, 500)],
    ["is answered 503 with a time", json({}, 503, { "retry-after": "1" })],
    ["is answered by a page of HTML", html()],
    ["is answered by half a body", cut('{"snapsh')],
    ["is answered by a redirect", empty(302, { location: "https://x.example" })],
  ])("are not repeated: a write that %s may have happened", async (_, step) => {
    const { http, seen } = lab([step, empty()]);
    const error = await errorOf(http.request(putTrack()));
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(error).toMatchObject({ params: { service: "fake", route: "/me/tracks" } });
    expect(seen).toHaveLength(1);
  });

  it("are repeated where the provider says that it does no harm", async () => {
    const { http, seen } = lab([refused(), json({}, 500), empty()]);
    await http.request(putTrack({ repeatable: true }));
    expect(seen).toHaveLength(3);
  });

  it("are refused for good by an answer that says so, without doubt", async () => {
    const { http } = lab([json({}, 404)]);
    expect(await errorOf(http.request(putTrack()))).toMatchObject({ failure: { kind: "not-found" } });
  });
});

describe("access tokens", () => {
  it.each([
    ["a read", getTrack()],
    ["a write, because a refused one was not done", putTrack()],
  ])("G1: one that expires mid-run is renewed once and the request repeated once: %s", async (_, request) => {
    const tokens = tokensOf("old", "new");
    const { http, seen } = lab([json({}, 401), fine], { session: { tokens } });
    await http.request<unknown>(request);
    expect(seen.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer old", "Bearer new"]);
    expect(tokens.renewals).toEqual(["old"]);
  });

  it("are not renewed a second time for one request", async () => {
    const tokens = tokensOf("old", "new");
    const { http, seen } = lab([json({}, 401)], { session: { tokens } });
    expect(await errorOf(http.request(getTrack()))).toMatchObject({ failure: { kind: "unauthorized" } });
    expect([seen.length, tokens.renewals.length]).toEqual([2, 1]);
  });

  it("are not renewed where the service says that the user has to sign in again", async () => {
    const provider = providerOf({ classify: () => ({ kind: "reauthorization-required", reason: "code-300" }) });
    const tokens = tokensOf("old");
    const { http } = lab([json({}, 200)], { provider, session: { tokens } });
    expect(await errorOf(http.request(getTrack()))).toMatchObject({ remedy: "reconnect" });
    expect(tokens.renewals).toEqual([]);
  });

  it("that no header can carry are reported without being quoted", async () => {
    const { http, seen } = lab([fine], { session: { tokens: tokensOf("se\ncret") } });
    const error = await errorOf(http.request(getTrack()));
    expect(error).toMatchObject({ failure: { kind: "reauthorization-required" } });
    expect(String(error)).not.toContain("cret");
    expect(seen).toEqual([]);
  });

  it("are asked for again after a long wait in line, when they may have been replaced", async () => {
    const tokens = tokensOf("first");
    let asked = 0;
    const source = { ...tokens, current: async () => `token-${++asked}` };
    const { http, seen } = lab([json({}, 429, { "retry-after": "20" }), fine], { session: { tokens: source } });
    await http.request(getTrack());
    expect(seen.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer token-1", "Bearer token-2"]);
  });

  it("that come too late for the turn miss it: what goes out late comes too close to what goes out in time", async () => {
    const clock = virtualClock({ autoAdvance: true });
    let asked = 0;
    const current = async () => {
      const number = ++asked;
      // Four requests ask before they line up; of those that ask in their turn, every other one waits for its answer.
      if (number > 4 && number % 2 === 1) await clock.sleep(400);
      return `token-${number}`;
    };
    const provider = providerOf({ rateLimit: { requests: 30, perMs: 330_000 } });
    const session = { tokens: { ...tokensOf(""), current }, maxWaitMs: 600_000 };
    const { http, sentAt } = lab([fine], { provider, clock, session });
    await Promise.all([1, 2, 3, 4].map(() => http.request(getTrack())));
    const gaps = sentAt().map((atMs, index, all) => atMs - (all[index - 1] ?? Number.NEGATIVE_INFINITY));
    expect(gaps).toHaveLength(4);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(11_000);
  });

  it("that are always slow to come hold nothing up for ever: an older one is good then", async () => {
    const clock = virtualClock({ autoAdvance: true });
    let asked = 0;
    const current = async () => {
      await clock.sleep(400);
      return `token-${++asked}`;
    };
    const steps: [Step, ...Step[]] = [json({}, 429, { "retry-after": "50" }), fine];
    const provider = providerOf({ rateLimit: { requests: 1, perMs: 15_000 } });
    const { http, seen } = lab(steps, { provider, clock, session: { tokens: { ...tokensOf(""), current } } });
    await http.request(getTrack());
    expect(seen.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer token-1", "Bearer token-2"]);
  });
});

describe("an abort", () => {
  const reason = new Error("the run was cancelled");

  it("ends a read in flight, a back-off and a wait in line with its reason, and leaves no timer", async () => {
    for (const step of [silent, json({}, 500), json({}, 429, { "retry-after": "50" })]) {
      const controller = new AbortController();
      const { http, clock } = lab([step], { session: { signal: controller.signal } });
      void clock.sleep(100).then(() => controller.abort(reason));
      expect(await errorOf(http.request(getTrack()))).toBe(reason);
      await clock.settle();
      expect(clock.sleepers).toEqual([]);
    }
  });

  it("lets a write in flight come to its answer, and sends none that is still in line", async () => {
    const controller = new AbortController();
    const provider = providerOf({ rateLimit: { concurrency: 1 } });
    const late: Step = (request, signal) => after(clock, 5_000, fine)(request, signal);
    const { http, clock, seen } = lab([late], { provider, session: { signal: controller.signal } });
    void clock.sleep(100).then(() => controller.abort(reason));
    const [inFlight, inLine] = await Promise.all([http.exchange(putTrack()), errorOf(http.request(putTrack()))]);
    expect(inFlight.status).toBe(200);
    expect(inLine).toBe(reason);
    expect(seen).toHaveLength(1);
    expect(clock.sleepers).toEqual([]);
  });

  it("leaves the outcome of a write unknown that gets no answer in time", async () => {
    const controller = new AbortController();
    const { http, clock } = lab([silent], { session: { signal: controller.signal } });
    void clock.sleep(100).then(() => controller.abort(reason));
    expect(await errorOf(http.request(putTrack()))).toBeInstanceOf(OutcomeUnknownError);
  });

  it("before the request sends nothing", async () => {
    const { http, seen } = lab([fine], { session: { signal: AbortSignal.abort(reason) } });
    expect(await errorOf(http.request(getTrack()))).toBe(reason);
    expect(seen).toEqual([]);
  });
});

describe("a session", () => {
  it("carries what providers need to know, and refuses a negative wait", () => {
    const { open } = lab([fine]);
    const session = open({ accountId: "a1", grantedScopes: ["read"] });
    expect(session).toMatchObject({
      service: "fake",
      tenantId: "tenant",
      connectionId: "connection-1",
      accountId: "a1",
    });
    expect([...session.grantedScopes]).toEqual(["read"]);
    expect(() => open({ maxWaitMs: -1 })).toThrow("maxWaitMs");
  });

  it("sends nothing when its meter refuses, so that a bound on requests leaves no write in doubt", async () => {
    const bound = new Error("bound exceeded");
    const refusing = () => {
      throw bound;
    };
    const { http, seen } = lab([fine], { session: { meter: { count: refusing } } });
    expect(await errorOf(http.request(putTrack()))).toBe(bound);
    expect(seen).toEqual([]);
  });

  it("leaves no listener on the application's signal when its requests are done", async () => {
    const controller = new AbortController();
    let listeners = 0;
    const { signal } = controller;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    const { open } = lab([fine], { session: { signal } });
    const session = open();
    const requests = Array.from({ length: 20 }, () => session.http.request(getTrack()));
    expect(listeners).toBe(1);
    await Promise.all(requests);
    expect(listeners).toBe(0);
  });

  it("is not harmed by a logger that throws", async () => {
    const { http, events } = lab([fine]);
    events.push = () => {
      throw new Error("disk full");
    };
    expect(await http.request(getTrack())).toEqual({ id: "t1" });
  });
});
