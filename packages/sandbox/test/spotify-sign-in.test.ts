import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, SignInFailed, SPOTIFY_APP, signIn } from "../src/index.ts";
import { type Answer, at, call } from "./support/callers.ts";
import { TestClock } from "./support/test-clock.ts";

const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/** SHA-256 of the verifier, from RFC 7636 appendix B. */
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT = "http://127.0.0.1:5173/callback";
const BASIC = { authorization: `Basic ${btoa(`${SPOTIFY_APP.id}:${SPOTIFY_APP.secret}`)}` };
const DAY_MS = 86_400_000;

let clock: TestClock;
let sandbox: Sandbox;

beforeEach(() => {
  clock = new TestClock();
  sandbox = createSandbox({ clock });
});

function authorizeUrl(changes: Record<string, string | undefined> = {}): string {
  const query = new URLSearchParams();
  const parameters = {
    client_id: SPOTIFY_APP.id,
    response_type: "code",
    redirect_uri: REDIRECT,
    scope: "user-library-read user-library-modify",
    state: "s t&te",
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value);
  return `https://accounts.spotify.com/authorize?${query}`;
}

const token = (form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> =>
  call(sandbox, "https://accounts.spotify.com/api/token", { method: "POST", form, headers });

async function codeFor(changes: Record<string, string | undefined> = {}, user = "anna"): Promise<string> {
  const callback = await signIn({ fetch: sandbox.fetch, url: authorizeUrl(changes), user });
  return callback.searchParams.get("code") ?? "";
}

const exchange = (code: string, changes: Record<string, string> = {}): Promise<Answer> =>
  token({ grant_type: "authorization_code", code, redirect_uri: REDIRECT, ...changes }, BASIC);

describe("the consent page", () => {
  it("names the app, the scopes and the accounts, and leads back with code and state", async () => {
    const page = await call(sandbox, authorizeUrl());
    expect(page.headers.get("content-type")).toContain("text/html");
    for (const text of ["Sandbox App", "user-library-read", "Anna", "ben.listener"]) expect(page.text).toContain(text);
    const callback = await signIn({ fetch: sandbox.fetch, url: authorizeUrl(), user: "anna" });
    expect(callback.origin + callback.pathname).toBe(REDIRECT);
    expect(callback.searchParams.get("state")).toBe("s t&te");
    expect(callback.searchParams.get("code")).toMatch(/^AQ/);
  });

  it("leads back with access_denied and the state when the person cancels", async () => {
    const callback = await signIn({ fetch: sandbox.fetch, url: authorizeUrl(), user: "anna", decision: "deny" });
    expect(Object.fromEntries(callback.searchParams)).toEqual({ error: "access_denied", state: "s t&te" });
  });

  it("is passed over for who is signed in and has allowed as much before, unless show_dialog is true", async () => {
    const allowed = await sandbox.fetch(authorizeUrl(), {
      method: "POST",
      body: new URLSearchParams({ user: "anna", decision: "allow" }),
      redirect: "manual",
    });
    const cookie = (allowed.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const again = await call(sandbox, authorizeUrl(), { headers: { cookie } });
    expect(again.headers.get("location")).toContain("code=");
    const forced = await call(sandbox, authorizeUrl({ show_dialog: "true" }), { headers: { cookie } });
    expect(forced.text).toContain("<form");
    const more = await call(sandbox, authorizeUrl({ scope: "user-read-email" }), { headers: { cookie } });
    expect(more.text).toContain("<form");
  });

  it.each([
    ["an unknown client", { client_id: "nobody" }, "INVALID_CLIENT: Invalid client"],
    ["no redirect URI", { redirect_uri: undefined }, "INVALID_CLIENT: No redirect URI"],
    ["localhost", { redirect_uri: "http://localhost:5173/callback" }, "INVALID_CLIENT: Insecure redirect URI"],
    ["plain HTTP", { redirect_uri: "http://app.example/callback" }, "INVALID_CLIENT: Insecure redirect URI"],
    ["another path", { redirect_uri: `${REDIRECT}/` }, "INVALID_CLIENT: Invalid redirect URI"],
    ["another host", { redirect_uri: "https://evil.example/callback" }, "INVALID_CLIENT: Invalid redirect URI"],
    ["plain PKCE", { code_challenge: VERIFIER, code_challenge_method: "plain" }, "code_challenge_method must be S256"],
  ])("shows an error for %s and never redirects", async (_, changes, text) => {
    const page = await call(sandbox, authorizeUrl(changes));
    expect([page.status, page.headers.get("location")]).toEqual([400, null]);
    expect(page.text).toContain(text);
    await expect(signIn({ fetch: sandbox.fetch, url: authorizeUrl(changes), user: "anna" })).rejects.toThrow(
      SignInFailed,
    );
  });

  it.each([
    ["the implicit grant", { response_type: "token" }, "unsupported_response_type"],
    ["an unknown scope", { scope: "user-library-read everything" }, "invalid_scope"],
  ])("leads back with an error for %s", async (_, changes, error) => {
    const answer = await call(sandbox, authorizeUrl(changes));
    expect(new URL(answer.headers.get("location") ?? "").searchParams.get("error")).toBe(error);
  });

  it("takes any port for a loopback address that was registered without one, and exact matches only otherwise", async () => {
    for (const redirect_uri of [
      "http://127.0.0.1/callback",
      "http://[::1]:8080/callback",
      "https://app.example/callback",
    ]) {
      expect((await call(sandbox, authorizeUrl({ redirect_uri }))).status).toBe(200);
    }
    expect((await call(sandbox, authorizeUrl({ redirect_uri: "https://app.example:444/callback" }))).status).toBe(400);
    const bad = { ...SPOTIFY_APP, regime: "DEV" as const, redirectUris: ["http://localhost/callback"] };
    expect(() => sandbox.control.spotify.registerClient(bad)).toThrow(/refuses the redirect URI/);
  });
});

describe("exchanging a code", () => {
  it("gives tokens once", async () => {
    const code = await codeFor();
    const first = await exchange(code);
    expect(first.json).toMatchObject({
      token_type: "Bearer",
      expires_in: 3600,
      scope: "user-library-read user-library-modify",
    });
    const second = await exchange(code);
    expect(second.status).toBe(400);
    expect(second.json).toEqual({ error: "invalid_grant", error_description: "Invalid authorization code" });
  });

  it("wants the same redirect URI again", async () => {
    const answer = await exchange(await codeFor(), { redirect_uri: "http://127.0.0.1:5174/callback" });
    expect(at(answer.json, "error")).toBe("invalid_grant");
  });

  it("lets a code die after ten minutes", async () => {
    const code = await codeFor();
    clock.advance(600_001);
    expect(at((await exchange(code)).json, "error")).toBe("invalid_grant");
  });

  it("wants a secret, or PKCE in its place", async () => {
    const body = { grant_type: "authorization_code", redirect_uri: REDIRECT, client_id: SPOTIFY_APP.id };
    const plain = await token({ ...body, code: await codeFor() });
    expect(at(plain.json, "error")).toBe("invalid_client");
    const pkce = { code_challenge: CHALLENGE, code_challenge_method: "S256" };
    const code = await codeFor(pkce);
    expect(at((await token({ ...body, code })).json, "error")).toBe("invalid_request");
    const wrong = await token({ ...body, code, code_verifier: VERIFIER.replace("d", "e") });
    expect(wrong.json).toEqual({ error: "invalid_grant", error_description: "code_verifier was incorrect" });
    expect((await token({ ...body, code, code_verifier: "short" })).status).toBe(400);
    expect((await token({ ...body, code, code_verifier: VERIFIER })).status).toBe(200);
  });

  it("refuses wrong client credentials, other grants and JSON bodies", async () => {
    const wrong = { authorization: `Basic ${btoa(`${SPOTIFY_APP.id}:wrong`)}` };
    expect((await token({ grant_type: "client_credentials" }, wrong)).json).toEqual({
      error: "invalid_client",
      error_description: "Invalid client secret",
    });
    expect(at((await token({ grant_type: "password" }, BASIC)).json, "error")).toBe("unsupported_grant_type");
    expect(at((await token({}, BASIC)).json, "error")).toBe("invalid_request");
    const json = await call(sandbox, "https://accounts.spotify.com/api/token", {
      method: "POST",
      json: {},
      headers: BASIC,
    });
    expect(json.status).toBe(415);
  });

  it("gives apps a token of their own without a refresh token or a user", async () => {
    const answer = await token({ grant_type: "client_credentials" }, BASIC);
    expect(Object.keys(answer.json as object).toSorted()).toEqual(["access_token", "expires_in", "token_type"]);
    const headers = { authorization: `Bearer ${String(at(answer.json, "access_token"))}` };
    const isrc = "USIR20400274";
    const found = await call(sandbox, `https://api.spotify.com/v1/search?q=isrc:${isrc}&type=track&limit=1`, {
      headers,
    });
    expect(found.status).toBe(200);
    expect((await call(sandbox, "https://api.spotify.com/v1/me", { headers })).status).toBe(401);
  });
});

describe("token lifetimes", () => {
  async function connect(): Promise<{ access: string; refresh: string }> {
    const { json } = await exchange(await codeFor());
    return { access: String(at(json, "access_token")), refresh: String(at(json, "refresh_token")) };
  }
  const me = (access: string): Promise<Answer> =>
    call(sandbox, "https://api.spotify.com/v1/me", { headers: { authorization: `Bearer ${access}` } });
  const refreshWith = (refresh_token: string): Promise<Answer> =>
    token({ grant_type: "refresh_token", refresh_token }, BASIC);

  it("end access tokens after an hour of clock time", async () => {
    const { access } = await connect();
    clock.advance(3_599_999);
    expect((await me(access)).status).toBe(200);
    clock.advance(1);
    const answer = await me(access);
    expect(answer.status).toBe(401);
    expect(answer.json).toEqual({ error: { status: 401, message: "The access token expired" } });
  });

  it("keep the refresh token through refreshes, which normally bring none", async () => {
    const { refresh } = await connect();
    const first = await refreshWith(refresh);
    expect(first.json).not.toHaveProperty("refresh_token");
    expect((await refreshWith(refresh)).status).toBe(200);
    expect((await me(String(at(first.json, "access_token")))).status).toBe(200);
  });

  it("replace the refresh token and end the old one where rotation is switched on", async () => {
    sandbox.control.spotify.settings.rotateRefreshTokens = true;
    const { refresh } = await connect();
    const next = String(at((await refreshWith(refresh)).json, "refresh_token"));
    expect(next).toMatch(/^AQ/);
    expect((await refreshWith(refresh)).json).toEqual({
      error: "invalid_grant",
      error_description: "Refresh token revoked",
    });
    expect((await refreshWith(next)).status).toBe(200);
  });

  it("end refresh tokens six calendar months after the authorization, refreshed or not", async () => {
    const { refresh } = await connect();
    clock.advance(Date.parse("2027-05-22T11:59:59Z") - clock.now());
    expect((await refreshWith(refresh)).status).toBe(200);
    clock.advance(1_000);
    expect((await refreshWith(refresh)).json).toEqual({
      error: "invalid_grant",
      error_description: "Refresh token expired",
    });
    expect(DAY_MS * 181).toBe(clock.now() - Date.parse("2026-11-22T12:00:00Z"));
  });

  it("end everything when the user removes the app", async () => {
    const { access, refresh } = await connect();
    sandbox.control.spotify.revoke("anna");
    expect((await me(access)).json).toEqual({ error: { status: 401, message: "Invalid access token" } });
    expect(at((await refreshWith(refresh)).json, "error_description")).toBe("Refresh token revoked");
    expect(at((await refreshWith("AQnonsense")).json, "error_description")).toBe("Invalid refresh token");
  });

  it("let a token stand for another account after a swap", async () => {
    const { access } = await connect();
    sandbox.control.spotify.swapAccount("anna", "ben.listener");
    expect(at((await me(access)).json, "id")).toBe("ben.listener");
  });

  it("do not outlive a reset", async () => {
    const { access } = await connect();
    sandbox.control.reset();
    expect((await me(access)).status).toBe(401);
    sandbox.control.spotify.issueTokens("anna");
    expect((await me(access)).status).toBe(401);
  });
});
