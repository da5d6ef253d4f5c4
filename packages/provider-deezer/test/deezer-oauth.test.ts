import type { OAuth2Authorization, OAuthExchange, OAuthHttpRequest } from "@syncer/core";
import { createSandbox, DEEZER_APP, PEOPLE, signIn } from "@syncer/sandbox";
import { describe, expect, it } from "vitest";
import { deezer } from "../src/index.ts";

const REDIRECT = "http://localhost:3000/callback";

function authorizationOf(secret: string = DEEZER_APP.secret): OAuth2Authorization {
  const { authorization } = deezer({ appId: DEEZER_APP.id, appSecret: secret });
  if (authorization.kind !== "oauth2") throw new TypeError("full mode authorizes by OAuth");
  return authorization;
}

function dialectOf(authorization = authorizationOf()) {
  const { dialect } = authorization;
  if (!dialect?.authorizationParameters || !dialect.readCallback || !dialect.exchangeCode)
    throw new TypeError("incomplete");
  return { ...dialect, exchangeCode: dialect.exchangeCode, readCallback: dialect.readCallback };
}

/** Sends what the dialect asks for, and remembers it. */
function exchangeOver(
  fetch: (url: string, init: RequestInit) => Promise<Response>,
  secret: string = DEEZER_APP.secret,
): OAuthExchange & { readonly sent: OAuthHttpRequest[] } {
  const sent: OAuthHttpRequest[] = [];
  return {
    sent,
    client: { clientId: DEEZER_APP.id, clientSecret: secret },
    async send(request) {
      sent.push(request);
      const url = new URL(request.url);
      for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
      const init = request.form ? { body: new URLSearchParams({ ...request.form }) } : {};
      const response = await fetch(url.href, { method: request.method, ...init });
      return { status: response.status, body: await response.text() };
    },
  };
}

async function codeFrom(sandbox: ReturnType<typeof createSandbox>, scopes: readonly string[], decision?: "deny") {
  const authorization = authorizationOf();
  const url = new URL(authorization.endpoints.authorize);
  const parameters = authorization.dialect?.authorizationParameters?.({
    clientId: DEEZER_APP.id,
    redirectUrl: REDIRECT,
    scopes,
    state: "a-state",
  });
  for (const [name, value] of Object.entries(parameters ?? {})) url.searchParams.set(name, value);
  const back = await signIn({
    fetch: sandbox.fetch,
    url: url.href,
    user: PEOPLE[0]?.deezerId ?? 0,
    ...(decision ? { decision } : {}),
  });
  expect(back.searchParams.get("state")).toBe("a-state");
  return dialectOf().readCallback(back.searchParams);
}

const exchangeInput = (code = "") => ({ code, redirectUrl: REDIRECT, codeVerifier: "" });

describe("signing in at Deezer", () => {
  it("gives a token that never ends, with the permissions that the user granted", async () => {
    const sandbox = createSandbox();
    const { code } = await codeFrom(sandbox, ["basic_access", "offline_access", "manage_library"]);
    const exchange = exchangeOver(sandbox.fetch);
    const tokens = await dialectOf().exchangeCode(exchange, exchangeInput(code));
    expect(tokens).toEqual({
      accessToken: expect.stringMatching(/^fr/),
      expiresIn: "never",
      scopes: expect.arrayContaining(["basic_access", "offline_access", "manage_library"]),
    });
    expect(tokens.scopes).not.toContain("delete_library");
    expect(sandbox.control.stats().unknownParameters).toEqual([]);
  });

  it("gives a token that ends when offline access was not asked for", async () => {
    const sandbox = createSandbox();
    const { code } = await codeFrom(sandbox, ["basic_access"]);
    const tokens = await dialectOf().exchangeCode(exchangeOver(sandbox.fetch), exchangeInput(code));
    expect(tokens.expiresIn).toBeTypeOf("number");
    expect(tokens.expiresIn).toBeGreaterThan(0);
  });

  it("sends the secret in a form, never in an address", async () => {
    const sandbox = createSandbox();
    const { code } = await codeFrom(sandbox, ["basic_access"]);
    const exchange = exchangeOver(sandbox.fetch);
    await dialectOf().exchangeCode(exchange, exchangeInput(code));
    expect(exchange.sent[0]).toMatchObject({ method: "POST", form: { secret: DEEZER_APP.secret, output: "json" } });
    expect(exchange.sent[0]?.query).toBeUndefined();
  });

  it("tells a refusal by the user", async () => {
    expect(await codeFrom(createSandbox(), ["basic_access"], "deny")).toEqual({ denied: true });
  });

  it("takes `wrong code` with status 200 for a refused code, used ones included", async () => {
    const sandbox = createSandbox();
    const { code } = await codeFrom(sandbox, ["basic_access"]);
    await dialectOf().exchangeCode(exchangeOver(sandbox.fetch), exchangeInput(code));
    for (const used of [code, "made-up"]) {
      await expect(dialectOf().exchangeCode(exchangeOver(sandbox.fetch), exchangeInput(used))).rejects.toMatchObject({
        code: "auth.code-refused",
      });
    }
  });

  it.each([
    ["a failing server", new Response("<html></html>", { status: 503 }), "service.unavailable"],
    ["a quota answer", Response.json({ error: { message: "Quota limit exceeded", code: 4 } }), "service.rate-limited"],
    ["a disabled application", Response.json({ error: { message: "Application error", code: 50 } }), "service.outage"],
    ["an answer without a token", Response.json({ access_token: "" }), "auth.code-refused"],
    ["a page of HTML", new Response("<html>wrong</html>"), "auth.code-refused"],
  ])("tells %s from a refused code", async (_, response, code) => {
    const exchange = exchangeOver(async () => response);
    await expect(dialectOf().exchangeCode(exchange, exchangeInput("c"))).rejects.toMatchObject({ code });
  });

  it("does not cost the user the sign-in when the permissions cannot be read", async () => {
    for (const permissions of [new Response("x", { status: 500 }), Response.json({}), Response.error()]) {
      const exchange = exchangeOver(async (url) =>
        url.includes("permissions") ? permissions : Response.json({ access_token: "frT", expires: 0 }),
      );
      const tokens = await dialectOf().exchangeCode(exchange, exchangeInput("c"));
      expect(tokens).toEqual({ accessToken: "frT", expiresIn: "never" });
    }
  });

  it("tells at once that the application is disabled, since every call would fail", async () => {
    const sandbox = createSandbox();
    const { code } = await codeFrom(sandbox, ["basic_access"]);
    sandbox.control.deezer.settings.applicationDisabled = true;
    await expect(dialectOf().exchangeCode(exchangeOver(sandbox.fetch), exchangeInput(code))).rejects.toMatchObject({
      code: "service.outage",
    });
  });

  it.each([
    ["http://localhost:3000/callback", undefined],
    ["https://app.example/callback", undefined],
    ["http://127.0.0.1:3000/callback", /localhost/],
    ["http://[::1]:3000/callback", /localhost/],
    ["myapp://callback", /http/],
  ])("judges the redirect URL %s", (url, problem) => {
    const told = authorizationOf().redirectProblem?.(new URL(url));
    if (problem) expect(told).toMatch(problem);
    else expect(told).toBeUndefined();
  });
});
