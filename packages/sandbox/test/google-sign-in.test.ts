import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox, GOOGLE_APP, type Sandbox, signIn } from "../src/index.ts";
import { type Answer, at, call } from "./support/callers.ts";
import { TestClock } from "./support/test-clock.ts";

const DAY_MS = 86_400_000;
const ANNA = "anna@gmail.example";
const EVENTS = "https://www.googleapis.com/auth/calendar.events";
const LISTS = "https://www.googleapis.com/auth/calendar.calendarlist.readonly";
const VERIFIER = "v".repeat(64);

let clock: TestClock;
let sandbox: Sandbox;

beforeEach(() => {
  clock = new TestClock();
  sandbox = createSandbox({ clock });
});

function authorizeUrl(change: Record<string, string | undefined> = {}): string {
  const query = {
    client_id: GOOGLE_APP.id,
    redirect_uri: "http://127.0.0.1:8888/callback",
    response_type: "code",
    scope: `openid email ${EVENTS} ${LISTS}`,
    access_type: "offline",
    prompt: "consent",
    state: "xyz",
    code_challenge: createHash("sha256").update(VERIFIER).digest("base64url"),
    code_challenge_method: "S256",
    ...change,
  };
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `https://accounts.google.com/o/oauth2/v2/auth?${new URLSearchParams(given)}`;
}

const token = (form: Record<string, string>): Promise<Answer> =>
  call(sandbox, "https://oauth2.googleapis.com/token", {
    method: "POST",
    form: { client_id: GOOGLE_APP.id, client_secret: GOOGLE_APP.secret, ...form },
  });

const exchange = (code: string, change: Record<string, string> = {}): Promise<Answer> =>
  token({
    grant_type: "authorization_code",
    code,
    redirect_uri: "http://127.0.0.1:8888/callback",
    code_verifier: VERIFIER,
    ...change,
  });

const refresh = (refreshToken: unknown): Promise<Answer> =>
  token({ grant_type: "refresh_token", refresh_token: String(refreshToken) });

async function codeFor(change: Record<string, string | undefined> = {}): Promise<string> {
  const callback = await signIn({ fetch: sandbox.fetch, url: authorizeUrl(change), user: ANNA });
  return callback.searchParams.get("code") ?? "";
}

const listCalendars = (accessToken: unknown): Promise<Answer> =>
  call(sandbox, "https://www.googleapis.com/calendar/v3/users/me/calendarList", {
    headers: { authorization: `Bearer ${accessToken}` },
  });

describe("the consent page", () => {
  it("leads back with code, state and the granted scopes in Google's long form", async () => {
    const callback = await signIn({ fetch: sandbox.fetch, url: authorizeUrl(), user: ANNA });
    expect(callback.searchParams.get("state")).toBe("xyz");
    expect(callback.searchParams.get("scope")).toContain("https://www.googleapis.com/auth/userinfo.email");
  });

  it("leads back with access_denied when the user cancels", async () => {
    const callback = await signIn({ fetch: sandbox.fetch, url: authorizeUrl(), user: ANNA, decision: "deny" });
    expect(callback.searchParams.get("error")).toBe("access_denied");
  });

  it.each([
    ["an unknown client", { client_id: "nobody" }, "invalid_client"],
    ["another redirect", { redirect_uri: "https://evil.example/callback" }, "redirect_uri_mismatch"],
    ["a missing scope", { scope: undefined }, "scope"],
    ["an unknown scope", { scope: "calendar" }, "invalid_scope"],
    ["a wrong access type", { access_type: "forever" }, "access_type"],
    ["implicit sign-in", { response_type: "token" }, "unsupported_response_type"],
  ])("shows a page for %s and leads nowhere", async (_, change, words) => {
    const answer = await call(sandbox, authorizeUrl(change));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).toContain(words);
  });

  it("grants only what the user left ticked, and says so", async () => {
    sandbox.control.google.untick(ANNA, ["calendar.events"]);
    const { json } = await exchange(await codeFor());
    expect(String(at(json, "scope")).split(" ")).not.toContain(EVENTS);
    expect((await listCalendars(at(json, "access_token"))).status).toBe(200);
  });
});

describe("tokens", () => {
  it("gives access for an hour and identity for openid", async () => {
    const { json } = await exchange(await codeFor());
    expect(json).toMatchObject({ expires_in: 3599, token_type: "Bearer" });
    const headers = { authorization: `Bearer ${at(json, "access_token")}` };
    const profile = await call(sandbox, "https://openidconnect.googleapis.com/v1/userinfo", { headers });
    expect(profile.json).toMatchObject({ email: ANNA, sub: expect.stringMatching(/^\d{21}$/) });
    const info = await call(
      sandbox,
      `https://oauth2.googleapis.com/tokeninfo?access_token=${at(json, "access_token")}`,
    );
    expect(info.json).toMatchObject({ aud: GOOGLE_APP.id, email: ANNA, access_type: "offline" });
    clock.advance(3_600_000);
    expect((await listCalendars(at(json, "access_token"))).status).toBe(401);
    const renewed = await refresh(at(json, "refresh_token"));
    expect(at(renewed.json, "refresh_token")).toBeUndefined();
    expect((await listCalendars(at(renewed.json, "access_token"))).status).toBe(200);
  });

  it("says who the user is to nobody who may only see calendars", async () => {
    const { accessToken } = sandbox.control.google.issueTokens(ANNA, ["calendar.events"]);
    const headers = { authorization: `Bearer ${accessToken}` };
    const profile = await call(sandbox, "https://openidconnect.googleapis.com/v1/userinfo", { headers });
    expect(profile.status).toBe(403);
  });

  it("brings a refresh token on the first offline consent, later only when consent is asked for", async () => {
    const quiet = { prompt: undefined };
    expect(at((await exchange(await codeFor({ access_type: "online" }))).json, "refresh_token")).toBeUndefined();
    expect(at((await exchange(await codeFor(quiet))).json, "refresh_token")).toMatch(/^1\/\//);
    expect(at((await exchange(await codeFor(quiet))).json, "refresh_token")).toBeUndefined();
    expect(at((await exchange(await codeFor())).json, "refresh_token")).toMatch(/^1\/\//);
  });

  it("adds earlier scopes when asked to", async () => {
    await exchange(await codeFor({ scope: LISTS }));
    const alone = await exchange(await codeFor({ scope: EVENTS }));
    expect(at(alone.json, "scope")).toBe(EVENTS);
    const both = await exchange(await codeFor({ scope: EVENTS, include_granted_scopes: "true" }));
    expect(at(both.json, "scope")).toContain(LISTS);
  });

  it.each([
    ["a wrong verifier", { code_verifier: "w".repeat(64) }, 400, "invalid_grant"],
    ["another redirect", { redirect_uri: "https://app.example/callback" }, 400, "redirect_uri_mismatch"],
    ["a wrong secret", { client_secret: "no" }, 401, "invalid_client"],
    ["an unknown code", { code: "4/none" }, 400, "invalid_grant"],
    ["another grant", { grant_type: "password" }, 400, "unsupported_grant_type"],
  ])("refuses %s", async (_, change, status, error) => {
    const answer = await exchange(await codeFor(), change);
    expect([answer.status, at(answer.json, "error")]).toEqual([status, error]);
  });

  it("takes a code once", async () => {
    const code = await codeFor();
    expect((await exchange(code)).status).toBe(200);
    expect(at((await exchange(code)).json, "error")).toBe("invalid_grant");
  });

  it("dies with invalid_grant after 7 days of an app in testing, and not in production", async () => {
    const { refreshToken } = sandbox.control.google.issueTokens(ANNA);
    clock.advance(7 * DAY_MS);
    expect((await refresh(refreshToken)).status).toBe(200);
    sandbox.control.google.settings.publishingStatus = "testing";
    expect((await refresh(refreshToken)).json).toMatchObject({ error: "invalid_grant" });
    const fresh = await exchange(await codeFor());
    expect(at(fresh.json, "refresh_token_expires_in")).toBe(604_800);
  });

  it("dies after six months without use", async () => {
    const { refreshToken } = sandbox.control.google.issueTokens(ANNA);
    clock.advance(150 * DAY_MS);
    expect((await refresh(refreshToken)).status).toBe(200);
    clock.advance(150 * DAY_MS);
    expect((await refresh(refreshToken)).status).toBe(200);
    clock.advance(184 * DAY_MS);
    expect(at((await refresh(refreshToken)).json, "error")).toBe("invalid_grant");
  });

  it("drops the oldest of more than 100 without a word", async () => {
    const first = sandbox.control.google.issueTokens(ANNA).refreshToken;
    const second = sandbox.control.google.issueTokens(ANNA).refreshToken;
    for (let count = 0; count < 99; count += 1) sandbox.control.google.issueTokens(ANNA);
    expect((await refresh(first)).status).toBe(400);
    expect((await refresh(second)).status).toBe(200);
  });

  it("rotates when switched on", async () => {
    sandbox.control.google.settings.rotateRefreshTokens = true;
    const { refreshToken } = sandbox.control.google.issueTokens(ANNA);
    const renewed = await refresh(refreshToken);
    expect((await refresh(refreshToken)).status).toBe(400);
    expect((await refresh(at(renewed.json, "refresh_token"))).status).toBe(200);
  });

  it("dies altogether when one token is revoked, by the app or by the user", async () => {
    const mine = sandbox.control.google.issueTokens(ANNA);
    const revoke = (): Promise<Answer> =>
      call(sandbox, "https://oauth2.googleapis.com/revoke", { method: "POST", form: { token: mine.accessToken } });
    expect((await revoke()).status).toBe(200);
    expect((await revoke()).json).toMatchObject({ error: "invalid_token" });
    expect((await refresh(mine.refreshToken)).json).toMatchObject({ error: "invalid_grant" });
    const other = sandbox.control.google.issueTokens(ANNA);
    sandbox.control.google.revoke(ANNA);
    expect((await listCalendars(other.accessToken)).status).toBe(401);
  });
});
