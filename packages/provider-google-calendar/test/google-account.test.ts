import { ConfigurationError, createSyncEngine, keyring, memoryStorage } from "@syncer/core";
import { createSandbox, GOOGLE_APP, signIn } from "@syncer/sandbox";
import { fastForwardClock } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { googleCalendar } from "../src/index.ts";
import { collect, GoogleBench } from "./support/google-bench.ts";
import { ANNA, BEN, GRANTED } from "./support/google-harness.ts";

const EVENTS_WRITE = "https://www.googleapis.com/auth/calendar.events";

async function open() {
  const clock = fastForwardClock();
  const sandbox = createSandbox({ clock });
  const engine = createSyncEngine({
    providers: [googleCalendar({ clientId: GOOGLE_APP.id, clientSecret: GOOGLE_APP.secret })],
    storage: memoryStorage(),
    encryption: keyring({ current: "k1", keys: { k1: new Uint8Array(32).fill(9) } }),
    fetch: (input, init) => clock.hold(sandbox.fetch(input, init)),
    clock,
  });
  await engine.migrate();
  const connect = async (access: "read" | "read-write" = "read-write") => {
    const redirectUrl = "https://app.example/callback";
    const begun = await engine.connections.begin({ userId: "u1", service: "google-calendar", redirectUrl, access });
    const callback = await signIn({ fetch: sandbox.fetch, url: begun.url, user: ANNA });
    const query = callback.searchParams;
    const done = await engine.connections.complete({
      service: "google-calendar",
      code: query.get("code") ?? "",
      state: query.get("state") ?? "",
    });
    return { begun, done };
  };
  return { sandbox, engine, connect, clock };
}

describe("signing in", () => {
  it("asks for a refresh token each time, for the scopes of what is synced, and with PKCE", async () => {
    const { connect } = await open();
    for (let time = 0; time < 2; time += 1) {
      const { begun, done } = await connect();
      const query = new URL(begun.url).searchParams;
      expect(Object.fromEntries(query)).toMatchObject({
        access_type: "offline",
        prompt: "consent",
        include_granted_scopes: "true",
        code_challenge_method: "S256",
        scope: GRANTED.toSorted().join(" "),
      });
      expect(done.missingScopes).toEqual([]);
      expect(done.profile?.email).toBe(ANNA);
    }
  });

  it("to read asks for nothing that writes", async () => {
    const { begun } = await (await open()).connect("read");
    expect(new URL(begun.url).searchParams.get("scope")).not.toContain(`${EVENTS_WRITE} `);
    expect(begun.scopes).not.toContain(EVENTS_WRITE);
  });

  it("tells which scopes the user has unticked, and a sync that needs them is refused before it begins", async () => {
    const { sandbox, engine, connect } = await open();
    sandbox.control.google.untick(ANNA, ["calendar.events"]);
    const { done } = await connect();
    expect(done.missingScopes).toEqual([EVENTS_WRITE]);
    const of = { connectionId: done.connection.id };
    const id = sandbox.control.google.addCalendar(ANNA, { summary: "Second" });
    const pairs = [{ source: { ...of, container: ANNA }, target: { ...of, container: id }, mode: "sync-to" as const }];
    const { pairs: reports } = await engine.sync({ userId: "u1", pairs, type: "events" });
    expect(reports[0]).toMatchObject({
      status: "failed",
      error: { code: "auth.scope-missing" },
      requests: { source: {}, target: {} },
    });
  });

  it("names the account by what stays when its address does not", async () => {
    const bench = new GoogleBench();
    const profile = await bench.provider.profile(bench.session);
    expect(profile).toMatchObject({ externalId: expect.stringMatching(/^\d{21}$/), email: ANNA });
    expect(bench.requests).toEqual(["GET /v1/userinfo"]);
  });

  it("goes on with new access tokens, and ends when access is withdrawn", async () => {
    const { sandbox, engine, connect } = await open();
    const { done } = await connect();
    sandbox.control.google.expireAccessTokens(ANNA);
    const asked = { userId: "u1", connectionId: done.connection.id, type: "events" } as const;
    expect(await engine.containers(asked)).toHaveLength(1);
    sandbox.control.google.revoke(ANNA);
    await expect(engine.containers(asked)).rejects.toMatchObject({ code: "auth.reauthorization-required" });
  });

  it.each([
    ["http://app.example/callback", true],
    ["https://192.0.2.7/callback", true],
    ["http://localhost:3000/callback", false],
    ["http://127.0.0.1/callback", false],
    ["https://app.example/callback", false],
  ])("says before it begins whether Google would call %s back", (url, isRefused) => {
    const { authorization } = googleCalendar({ clientId: "id", clientSecret: "secret" });
    if (authorization.kind !== "oauth2") throw new TypeError("it is");
    expect(authorization.redirectProblem?.(new URL(url)) !== undefined).toBe(isRefused);
  });
});

describe("options", () => {
  it("are refused with every problem at once, and without their values", () => {
    const wrong = { clientId: "", origins: { api: "ftp://x" }, surplus: "canary" } as never;
    expect(() => googleCalendar(wrong)).toThrow(ConfigurationError);
    try {
      googleCalendar(wrong);
    } catch (error) {
      const { problems } = error as ConfigurationError;
      expect(problems.map(({ path }) => path).toSorted()).toEqual([
        "google-calendar.clientId",
        "google-calendar.clientSecret",
        "google-calendar.origins.api",
        "google-calendar.surplus",
      ]);
      expect(JSON.stringify(problems)).not.toContain("canary");
    }
    const misspelt = { clientId: "a", clientSecret: "b", eventTypes: ["outofoffice"] } as never;
    expect(() => googleCalendar(misspelt)).toThrow(/eventTypes/);
    expect(() => googleCalendar({} as never)).toThrow(ConfigurationError);
    const credentials = () => ({ clientId: "a", clientSecret: "b" });
    expect(() => googleCalendar({ credentials })).not.toThrow();
    expect(() => googleCalendar({ credentials, clientId: "a" } as never)).toThrow(ConfigurationError);
  });
});

describe("calendars", () => {
  it("are listed with what may be done with them, hidden ones too, and page by page", async () => {
    const bench = new GoogleBench();
    const { google } = bench;
    const roles = {
      reader: "read",
      writer: "write",
      writerWithoutPrivateAccess: "read",
      freeBusyReader: "busy",
    } as const;
    for (const role of Object.keys(roles) as (keyof typeof roles)[]) {
      google.share(google.addCalendar(BEN, { summary: role, timeZone: "Asia/Calcutta" }), ANNA, role);
    }
    const own = google.addCalendar(ANNA, { summary: "Own" });
    google.changeListEntry(ANNA, own, { hidden: true, summaryOverride: "Renamed" });
    const left = google.addCalendar(BEN, { summary: "left" });
    google.share(left, ANNA, "reader");
    google.share(left, ANNA, "none");
    google.settings.shortPages = true;
    const { containers } = bench.provider.collections.events;
    const found = (await collect(containers.list(bench.session))).flat();
    expect(Object.fromEntries(found.map(({ name, access }) => [name, access]))).toEqual({
      [ANNA]: "write",
      Renamed: "write",
      ...roles,
    });
    expect(found.find(({ id }) => id === ANNA)).toMatchObject({ primary: true, timeZone: "Europe/Berlin" });
    expect(found.find(({ name }) => name === "reader")?.timeZone).toBe("Asia/Kolkata");
    expect(bench.requests.length).toBeGreaterThan(1);
  });

  it("that are no longer shared say nothing of their events", async () => {
    const bench = new GoogleBench();
    const calendarId = bench.google.addCalendar(BEN, { summary: "Shared" });
    bench.google.share(calendarId, ANNA, "writer");
    const shared = new GoogleBench({ sandbox: bench.sandbox, calendarId });
    const made = await shared.create({ when: DAY, title: "There" });
    bench.google.share(calendarId, ANNA, "none");
    await expect(shared.rows()).rejects.toMatchObject({ failure: { kind: "not-found" } });
    await expect(shared.get(made.id)).rejects.toMatchObject({
      failure: { kind: "forbidden", reason: "calendar-gone" },
    });
  });
});

const DAY = { start: "2026-12-01", timeZone: null, duration: "P1D", allDay: true } as const;

describe("health", () => {
  it("is told by one unit, without a user, also where the API is switched off", async () => {
    const bench = new GoogleBench();
    expect(await bench.provider.health(bench.session)).toEqual({ status: "healthy" });
    bench.google.settings.apiEnabled = false;
    expect(await bench.provider.health(bench.session)).toEqual({ status: "unhealthy", reason: "api-not-enabled" });
    expect(bench.requests).toHaveLength(2);
  });
});
