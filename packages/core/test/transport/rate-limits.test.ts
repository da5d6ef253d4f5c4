import { describe, expect, it } from "vitest";
import { DeferredError, OutcomeUnknownError } from "../../src/contract/index.ts";
import { json, type Step, text } from "./support/hostile-fetch.ts";
import { errorOf, fixedRandom, getTrack, lab, providerOf, putTrack } from "./support/transport-lab.ts";

const fine = json({ id: "t1" });
const tooMany = (retryAfter?: string, headers: Record<string, string> = {}): Step =>
  text("Too many requests", 429, { ...(retryAfter === undefined ? {} : { "retry-after": retryAfter }), ...headers });

describe("a refused rate", () => {
  it("F1: 429 with Retry-After: 7 silences every session of the budget for 7 s; then every request has its answer", async () => {
    let served = 0;
    // Every sixth request in the first second is refused.
    const service: Step = (request, signal) => (++served === 6 ? tooMany("7")(request, signal) : fine(request, signal));
    const provider = providerOf({ rateLimit: { requests: 10, perMs: 1_000 } });
    const { open, sentAt, seen, eventNames } = lab([service], { provider });
    const users = ["anna", "ben", "cleo"].map((connectionId) => open({ connectionId }));
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => users[index % 3]!.http.request(getTrack({ path: { id: `t${index}` } }))),
    );
    expect(answers).toHaveLength(12);
    expect(seen).toHaveLength(13);
    const [before, later] = [sentAt().filter((ms) => ms <= 500), sentAt().filter((ms) => ms > 500)];
    expect(before).toEqual([0, 100, 200, 300, 400, 500]);
    expect(later).toEqual([7_500, 7_600, 7_700, 7_800, 7_900, 8_000, 8_100]);
    expect(new Set(seen.map(({ url }) => url.pathname)).size).toBe(12);
    expect(eventNames()).toEqual(["service.rate-limited"]);
  });

  it("F1: a refused write was not done, and is repeated after the quiet", async () => {
    const { http, sentAt } = lab([tooMany("7"), json({})]);
    await http.request(putTrack());
    expect(sentAt()).toEqual([0, 7_000]);
  });

  it("F2: Retry-After as an HTTP date counts from the service's own clock", async () => {
    const step = tooMany("Wed, 01 Jan 2020 00:00:09 GMT", { date: "Wed, 01 Jan 2020 00:00:00 GMT" });
    const { http, sentAt } = lab([step, fine]);
    await http.request(getTrack());
    expect(sentAt()).toEqual([0, 9_000]);
  });

  it("F3: 429 without a header, or with one that says nothing, waits ever longer, jittered, and ends deferred", async () => {
    const provider = providerOf({ rateLimit: { quietMs: [1_000, 2_000, 5_000, 10_000] } });
    const { http, sentAt, clock } = lab([tooMany(), tooMany("soon"), tooMany("1.5"), tooMany()], {
      provider,
      random: fixedRandom(() => 0.4),
    });
    const startMs = clock.now();
    const error = await errorOf(http.request(getTrack()));
    expect(sentAt()).toEqual([0, 1_100, 3_300, 8_800, 19_800]);
    expect(error).toBeInstanceOf(DeferredError);
    expect(error).toMatchObject({ untilMs: startMs + 19_800 + 11_000 });
  });

  it("F3: a refusal inside 200 is one too, also for a write", async () => {
    const provider = providerOf({
      rateLimit: { quietMs: [1_000] },
      classify: ({ body }) =>
        typeof body === "object" && body !== null && "error" in body ? { kind: "rate-limited" } : undefined,
    });
    const { http, sentAt } = lab([json({ error: { code: 4 } }), json(true)], {
      provider,
      random: fixedRandom(() => 0),
    });
    await http.request(putTrack());
    expect(sentAt()).toEqual([0, 1_000]);
  });

  it("F4: Retry-After of a day ends the request at once as deferred, and every other one of the budget", async () => {
    const { open, clock, seen, events } = lab([tooMany("86400"), fine]);
    const startMs = clock.now();
    const [one, other] = [open(), open({ connectionId: "connection-2" })];
    const error = await errorOf(one.http.request(getTrack()));
    expect(error).toBeInstanceOf(DeferredError);
    expect(error).toMatchObject({ untilMs: startMs + 86_400_000, params: { service: "fake" } });
    expect(await errorOf(other.http.request(putTrack()))).toMatchObject({ untilMs: startMs + 86_400_000 });
    expect([clock.now(), seen.length]).toEqual([startMs, 1]);
    expect(events).toContainEqual(
      expect.objectContaining({ event: "service.rate-limited", level: "warn", durationMs: 86_400_000 }),
    );
  });

  it("F4: those who wait in line when a long quiet comes are deferred too, and after it all goes on", async () => {
    const provider = providerOf({ rateLimit: { concurrency: 1 } });
    const { open, clock, http } = lab([tooMany("3600"), fine], { provider });
    const errors = await Promise.all(Array.from({ length: 20 }, () => errorOf(open().http.request(getTrack()))));
    expect(errors.every((error) => error instanceof DeferredError)).toBe(true);
    await clock.sleep(3_600_000);
    expect(await http.request(getTrack())).toEqual({ id: "t1" });
  });

  it("waits as long as the session may, not longer", async () => {
    const patient = lab([tooMany("300"), fine], { session: { maxWaitMs: 300_000 } });
    expect(await patient.http.request(getTrack())).toEqual({ id: "t1" });
    expect(patient.sentAt()).toEqual([0, 300_000]);
    const impatient = lab([tooMany("2"), fine], { session: { maxWaitMs: 1_000 } });
    expect(await errorOf(impatient.http.request(getTrack()))).toBeInstanceOf(DeferredError);
  });

  it("rings the alarm above seven days and stays closed for all of it, even for a time beyond all dates", async () => {
    for (const [seconds, rings] of [
      ["604800", false],
      ["604801", true],
      ["99999999999999999999", true],
    ] as const) {
      const { http, eventNames } = lab([tooMany(seconds)]);
      const error = await errorOf(http.request(getTrack()));
      expect(error).toBeInstanceOf(DeferredError);
      expect(eventNames().includes("service.quiet-alarm")).toBe(rings);
    }
  });

  it("F21: a used-up daily quota is put off to its reset, and not taken for lost permission", async () => {
    const provider = providerOf({
      classify: ({ status }) => (status === 403 ? { kind: "rate-limited", quota: true } : undefined),
    });
    const { http, clock, transport } = lab([json({ reason: "QUOTA" }, 403, { "retry-after": "49861" })], { provider });
    const untilMs = clock.now() + 49_861_000;
    expect(await errorOf(http.request(getTrack()))).toMatchObject({ code: "run.deferred", untilMs });
    expect(await transport.limits(provider, "tenant", "connection-1")).toEqual({
      service: "fake",
      remaining: 0,
      resetAtMs: untilMs,
      closedUntilMs: untilMs,
      reason: "quota",
    });
  });

  it("F21: a declared daily quota defers before the service has to refuse", async () => {
    const provider = providerOf({ rateLimit: { perDay: 3 } });
    const { http, seen } = lab([fine], { provider });
    for (let sent = 0; sent < 3; sent += 1) await http.request(getTrack());
    expect(await errorOf(http.request(getTrack()))).toBeInstanceOf(DeferredError);
    expect(seen).toHaveLength(3);
  });
});

describe("503 with a time", () => {
  it("is waited out by all like a 429; without one a read backs off", async () => {
    const { http, sentAt, eventNames } = lab([text("", 503, { "retry-after": "12" }), fine]);
    await http.request(getTrack());
    expect(sentAt()).toEqual([0, 12_000]);
    expect(eventNames()).toEqual(["service.rate-limited"]);
  });

  it("is waited out in place of a back-off, not on top of one", async () => {
    const busy = text("", 503, { "retry-after": "1" });
    const { http, sentAt } = lab([busy, busy, busy, busy, fine], { random: fixedRandom(() => 0.99) });
    await http.request(getTrack());
    expect(sentAt()).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
  });

  it("leaves a write's outcome unknown, and still silences the budget", async () => {
    const { http, sentAt } = lab([text("", 503, { "retry-after": "12" }), fine]);
    expect(await errorOf(http.request(putTrack()))).toBeInstanceOf(OutcomeUnknownError);
    await http.request(getTrack());
    expect(sentAt()).toEqual([0, 12_000]);
  });
});

describe("budgets", () => {
  const slow = { requests: 1, perMs: 1_000 };

  it.each([
    { sharedBy: "client", sentAt: [0, 1_000, 2_000] },
    { sharedBy: "egress", sentAt: [0, 1_000, 2_000] },
    { sharedBy: "user", sentAt: [0, 0, 1_000] },
  ] as const)("are shared by $sharedBy", async ({ sharedBy, sentAt: expected }) => {
    const setup = lab([fine], { provider: providerOf({ rateLimit: { ...slow, sharedBy } }) });
    const sessions = [setup.open(), setup.open({ connectionId: "connection-2" }), setup.open()];
    await Promise.all(sessions.map(({ http }) => http.request(getTrack())));
    expect(setup.sentAt()).toEqual(expected);
  });

  it("are each client id's own where tenants bring their own applications", async () => {
    const provider = providerOf({ rateLimit: slow });
    const perTenant = {
      ...provider,
      authorization: {
        ...provider.authorization,
        kind: "oauth2" as const,
        endpoints: { authorize: "https://id.fake.example/a", token: "https://id.fake.example/t" },
        pkce: true,
        clientAuthentication: "none" as const,
        baseScopes: [],
        client: async (tenantId: string) => ({ clientId: tenantId === "own" ? "client-2" : "client-1" }),
      },
    };
    const setup = lab([fine], { provider: perTenant });
    const sessions = ["own", "tenant-1", "tenant-2"].map((tenantId) => setup.open({ tenantId }));
    await Promise.all(sessions.map(({ http }) => http.request(getTrack())));
    expect(setup.sentAt()).toEqual([0, 0, 1_000]);
  });

  it("tell what is left of them", async () => {
    const provider = providerOf({ rateLimit: { requests: 10, perMs: 1_000 } });
    const { http, clock, transport } = lab([fine], { provider });
    const startMs = clock.now();
    await Promise.all([http.request(getTrack()), http.request(getTrack())]);
    expect(await transport.limits(provider, "tenant", "connection-1")).toEqual({
      service: "fake",
      remaining: 8,
      resetAtMs: startMs + 1_100,
    });
  });
});
