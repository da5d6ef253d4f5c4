import { describe, expect, it } from "vitest";
import { empty, json, refused, silent, stalled, text } from "./support/hostile-fetch.ts";
import { errorOf, lab, providerOf } from "./support/transport-lab.ts";

const TOKEN = "https://id.fake.example/token";
const exchange: RequestInit = {
  method: "POST",
  headers: { authorization: "Basic c2VjcmV0", "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: "secret-token" }),
};

describe("the fetch of OAuth endpoints", () => {
  it("sends what it is given with the engine's agent, counts it as token, and logs the endpoint by name", async () => {
    const { transport, provider, seen, events } = lab([
      json({ access_token: "a" }, 200, { "cache-control": "no-store" }),
    ]);
    const counted: string[] = [];
    const send = transport.oauthFetch(provider, {
      meter: { count: (purpose, cost) => counted.push(`${purpose}:${cost}`) },
    });
    const response = await send(`${TOKEN}?code=secret-code`, exchange);
    expect([response.status, response.headers.get("cache-control"), await response.json()]).toEqual([
      200,
      "no-store",
      { access_token: "a" },
    ]);
    expect(seen[0]).toMatchObject({ method: "POST", body: "grant_type=refresh_token&refresh_token=secret-token" });
    expect(seen[0]?.headers.get("user-agent")).toContain("syncer");
    expect(seen[0]?.headers.get("authorization")).toBe("Basic c2VjcmV0");
    expect(counted).toEqual(["token:1"]);
    expect(events).toEqual([expect.objectContaining({ event: "http.request", route: "oauth:token", status: 200 })]);
    expect(JSON.stringify(events)).not.toContain("secret");
  });

  it("gives answers without a body, and without headers that speak of a body as it was on the wire", async () => {
    const { transport, provider } = lab([
      empty(204),
      text("decoded", 200, { "content-encoding": "gzip", "content-length": "3" }),
    ]);
    const send = transport.oauthFetch(provider);
    expect(await send(TOKEN)).toMatchObject({ status: 204, body: null });
    const response = await send(TOKEN);
    expect([
      await response.text(),
      response.headers.get("content-encoding"),
      response.headers.get("content-length"),
    ]).toEqual(["decoded", null, null]);
  });

  it("never repeats, whatever the answer", async () => {
    for (const step of [
      text("busy", 503, { "retry-after": "1" }),
      json({ error: "invalid_grant" }, 400),
      text("", 429),
    ]) {
      const { transport, provider, seen } = lab([step]);
      expect((await transport.oauthFetch(provider)(TOKEN, exchange)).status).toBeGreaterThanOrEqual(400);
      expect(seen).toHaveLength(1);
    }
  });

  it.each([
    ["answers nothing", silent],
    ["stalls in the body", stalled('{"access_token":')],
  ])("ends by the time-out when the service %s", async (_, step) => {
    const { transport, provider, clock } = lab([step], { provider: providerOf({ timeoutMs: 4_000 }) });
    const startMs = clock.now();
    const error = await errorOf(transport.oauthFetch(provider)(TOKEN, exchange));
    expect(error).toMatchObject({ code: "service.timed-out", params: { route: "oauth:token", timeoutMs: 4_000 } });
    expect(clock.now() - startMs).toBe(4_000);
  });

  it("tells a lost connection without quoting what was sent", async () => {
    const { transport, provider } = lab([refused()]);
    const error = await errorOf(transport.oauthFetch(provider)(`${TOKEN}?secret=secret-value`, exchange));
    expect(error).toMatchObject({ code: "service.unreachable", cause: { message: "ECONNREFUSED" } });
    for (let link = error; link instanceof Error; link = link.cause) expect(`${link.stack}`).not.toContain("secret");
  });

  it("ends with the reason of either signal", async () => {
    const reason = new Error("stopped");
    const { transport, provider } = lab([silent]);
    expect(await errorOf(transport.oauthFetch(provider, { signal: AbortSignal.abort(reason) })(TOKEN))).toBe(reason);
    expect(await errorOf(transport.oauthFetch(provider)(TOKEN, { signal: AbortSignal.abort(reason) }))).toBe(reason);
  });

  it("does not wait in the line of the requests that wait for it", async () => {
    const provider = providerOf({ rateLimit: { requests: 1, perMs: 60_000, concurrency: 1 } });
    const { transport, sentAt } = lab([json({})], { provider });
    await Promise.all([1, 2].map(() => transport.oauthFetch(provider)(TOKEN, exchange)));
    expect(sentAt()).toEqual([0, 0]);
  });
});
