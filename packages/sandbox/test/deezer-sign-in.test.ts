import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox, DEEZER_APP, type Sandbox, signIn } from "../src/index.ts";
import { type Answer, at, call } from "./support/callers.ts";
import { TestClock } from "./support/test-clock.ts";

const ANNA = 4_000_000_001;

let clock: TestClock;
let sandbox: Sandbox;

beforeEach(() => {
  clock = new TestClock();
  sandbox = createSandbox({ clock });
});

function authUrl(changes: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    app_id: DEEZER_APP.id,
    redirect_uri: "http://localhost:5173/callback/deezer",
    perms: "basic_access,manage_library,delete_library,offline_access",
    state: "abc",
    ...changes,
  });
  return `https://connect.deezer.com/oauth/auth.php?${query}`;
}

async function codeFor(changes: Record<string, string> = {}): Promise<string> {
  const callback = await signIn({ fetch: sandbox.fetch, url: authUrl(changes), user: ANNA });
  return callback.searchParams.get("code") ?? "";
}

const exchange = (code: string, changes: Record<string, string> = {}): Promise<Answer> => {
  const query = new URLSearchParams({
    app_id: DEEZER_APP.id,
    secret: DEEZER_APP.secret,
    code,
    output: "json",
    ...changes,
  });
  return call(sandbox, `https://connect.deezer.com/oauth/access_token.php?${query}`);
};

const me = (token: unknown): Promise<Answer> =>
  call(sandbox, `https://api.deezer.com/user/me?access_token=${String(token)}`);

describe("the consent page", () => {
  it("leads back to localhost with code and state", async () => {
    const callback = await signIn({ fetch: sandbox.fetch, url: authUrl(), user: ANNA });
    expect(callback.origin + callback.pathname).toBe("http://localhost:5173/callback/deezer");
    expect(callback.searchParams.get("state")).toBe("abc");
    expect(callback.searchParams.get("code")).toMatch(/^fr/);
  });

  it("leads back with error_reason when the person cancels", async () => {
    const callback = await signIn({ fetch: sandbox.fetch, url: authUrl(), user: ANNA, decision: "deny" });
    expect(Object.fromEntries(callback.searchParams)).toEqual({ error_reason: "user_denied", state: "abc" });
  });

  it.each(["http://127.0.0.1:5173/callback", "https://evil.example/callback"])("refuses %s on a page", async (uri) => {
    const page = await call(sandbox, authUrl({ redirect_uri: uri }));
    expect([page.headers.get("location"), page.text.includes("You don't have permission")]).toEqual([null, true]);
  });
});

describe("exchanging a code", () => {
  it("answers form text, JSON or XML", async () => {
    expect((await exchange(await codeFor(), { output: "" })).text).toMatch(/^access_token=fr\w+&expires=0$/);
    const json = await exchange(await codeFor());
    expect(json.json).toEqual({ access_token: expect.stringMatching(/^fr/), expires: 0 });
    expect((await exchange(await codeFor(), { output: "xml" })).text).toContain("<expires>0</expires>");
  });

  it("takes a posted form too", async () => {
    const form = { app_id: DEEZER_APP.id, secret: DEEZER_APP.secret, code: await codeFor(), output: "json" };
    const answer = await call(sandbox, "https://connect.deezer.com/oauth/access_token.php", { method: "POST", form });
    expect(at(answer.json, "expires")).toBe(0);
  });

  it.each(["used", "stale", "unknown"])("answers `wrong code` as a 200 in HTML for a code that is %s", async (how) => {
    const code = await codeFor();
    if (how === "used") await exchange(code);
    if (how === "stale") clock.advance(600_001);
    const answer = await exchange(how === "unknown" ? "frnonsense" : code);
    expect([answer.status, answer.text]).toEqual([200, "wrong code"]);
    expect(answer.headers.get("content-type")).toContain("text/html");
  });

  it("answers in plain text for a wrong secret", async () => {
    const answer = await exchange(await codeFor(), { secret: "wrong" });
    expect([answer.status, answer.json]).toEqual([200, undefined]);
  });
});

describe("token lifetimes", () => {
  it("never end with offline_access", async () => {
    const token = at((await exchange(await codeFor())).json, "access_token");
    clock.advance(10 * 365 * 86_400_000);
    expect(at((await me(token)).json, "id")).toBe(ANNA);
  });

  it("are an hour without it, then code 300", async () => {
    const { json } = await exchange(await codeFor({ perms: "basic_access" }));
    expect(at(json, "expires")).toBe(3600);
    clock.advance(3_599_999);
    expect(at((await me(at(json, "access_token"))).json, "id")).toBe(ANNA);
    clock.advance(1);
    const dead = await me(at(json, "access_token"));
    expect(dead.status).toBe(200);
    expect(dead.json).toMatchObject({ error: { type: "OAuthException", code: 300 } });
  });

  it("end when the user removes the app", async () => {
    const token = at((await exchange(await codeFor())).json, "access_token");
    sandbox.control.deezer.revoke(ANNA);
    expect(at((await me(token)).json, "error", "code")).toBe(300);
  });
});

describe("permissions", () => {
  it("are those that were asked for", async () => {
    const token = at(
      (await exchange(await codeFor({ perms: "basic_access, listening_history,nonsense" }))).json,
      "access_token",
    );
    const { json } = await call(sandbox, `https://api.deezer.com/user/me/permissions?access_token=${String(token)}`);
    expect(json).toMatchObject({ permissions: { basic_access: true, listening_history: true, manage_library: false } });
  });

  it("show the e-mail address only to those who asked", async () => {
    const without = sandbox.control.deezer.issueToken(ANNA, ["basic_access"]);
    const having = sandbox.control.deezer.issueToken(ANNA, ["basic_access", "email"]);
    expect((await me(without)).json).not.toHaveProperty("email");
    expect((await me(having)).json).toHaveProperty("email");
  });
});
