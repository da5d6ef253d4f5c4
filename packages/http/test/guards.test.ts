import { sampleRow } from "@syncer/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { createHttpHandler } from "../src/index.ts";
import { createLab, type Lab } from "./support/lab.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});

type Description = { paths: Record<string, Record<string, unknown>>; openapi: string };
const routes = () =>
  Object.entries((lab.handler.openApi() as Description).paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => ({ method: method.toUpperCase(), path: `/api${path}` })),
  );

describe("whoever asks", () => {
  it("is told nothing without being signed in, on no route", async () => {
    expect(routes().length).toBeGreaterThan(25);
    for (const { method, path } of [...routes(), { method: "GET", path: "/api/openapi.json" }]) {
      const answer = await lab.call(method, path.replaceAll(/\{[^}]+\}/g, "x"), { as: undefined });
      expect([path, answer.status, answer.json?.code]).toEqual([path, 401, "http.not-signed-in"]);
    }
  });

  it("finds nothing that is another user's", async () => {
    const two = await createLab();
    await two.connected();
    const pair = { source_service: "spotify", target_service: "deezer", sync_mode: "sync-from" };
    const { id } = (await two.call("POST", "/api/pairs", { json: { pair, sync_type: "favorites" } })).json;
    const { id: job } = (await two.call("POST", `/api/pairs/${id}/sync`)).json;
    const decision = { verdict: "none", service: "spotify", id: "x", to: "deezer" };
    const { override_id: override } = (await two.call("POST", "/api/overrides", { json: decision })).json.override;
    const conflict = sampleRow("conflicts", {
      id: "conflict-of-anna",
      user_id: "anna",
      tenant_id: "default",
      pair_id: id,
    });
    await two.storage.write({ statements: [{ insert: "conflicts", rows: [conflict] }] });
    const { id: plan } = (await two.call("POST", "/api/plans", { json: { pair_id: id } })).json;
    await two.call("POST", "/api/sync/schedule", {
      json: { service_pairs: [pair], sync_type: "favorites", schedule: { frequency: "1d" } },
    });
    const foreign: readonly (readonly [string, string, unknown?])[] = [
      ["GET", `/api/pairs/${id}`],
      ["PATCH", `/api/pairs/${id}`, {}],
      ["DELETE", `/api/pairs/${id}`],
      ["POST", `/api/pairs/${id}/pause`],
      ["POST", `/api/pairs/${id}/resume`],
      ["POST", `/api/pairs/${id}/sync`],
      ["POST", `/api/pairs/${id}/confirm`, { plan_hash: "x" }],
      ["GET", `/api/jobs/${job}`],
      ["POST", `/api/jobs/${job}/cancel`],
      ["POST", `/api/jobs/${job}/replay`],
      ["POST", `/api/jobs/${job}/undo`],
      ["POST", "/api/plans", { pair_id: id }],
      ["GET", `/api/plans/${plan}`],
      ["GET", `/api/plans/${plan}/items`],
      ["GET", `/api/plans/${plan}/items/0/alternatives`],
      ["POST", `/api/plans/${plan}/apply`, {}],
      ["DELETE", `/api/plans/${plan}`],
      ["GET", `/api/jobs/${job}/events`],
      ["DELETE", `/api/overrides/${override}`],
      ["POST", "/api/conflicts/conflict-of-anna/decide", { winner: "source" }],
      ["GET", "/api/services/spotify/explain?external_id=x"],
      ["GET", "/api/services/spotify/containers?sync_type=favorites"],
      ["POST", `/api/schedules/${id}/pause`],
      ["POST", `/api/schedules/${id}/resume`],
      ["DELETE", `/api/schedules/${id}`],
      ["GET", "/api/services/spotify/limits"],
      ["PATCH", "/api/services/spotify", { enabled: false }],
      ["DELETE", "/api/services/spotify"],
      ["POST", "/api/services/spotify/sync"],
    ];
    for (const [method, path, json] of foreign) {
      const answer = await two.call(method, path, { as: "ben", ...(json === undefined ? {} : { json }) });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
    for (const list of ["pairs", "plans", "schedules"]) {
      expect((await two.call("GET", `/api/${list}`, { as: "ben" })).json[list]).toEqual([]);
      expect((await two.call("GET", `/api/${list}`)).json[list]).toHaveLength(1);
    }
  });
});

describe("a request that changes something", () => {
  const json = { enabled: true };
  it.each([
    { from: "another site", headers: { "sec-fetch-site": "cross-site" } },
    { from: "a sister of this host", headers: { "sec-fetch-site": "same-site" } },
    { from: "another origin, in an old browser", headers: { origin: "https://evil.example" } },
    { from: "an origin that is hidden", headers: { origin: "null" } },
  ])("is refused from $from", async ({ headers }) => {
    const answer = await lab.call("PATCH", "/api/services/spotify", {
      json,
      headers: headers as Record<string, string>,
    });
    expect(answer).toMatchObject({ status: 403, json: { code: "http.cross-site" } });
  });

  it.each([{ "sec-fetch-site": "same-origin" }, { "sec-fetch-site": "none" }, { origin: "https://app.example" }, {}])(
    "is taken with %o",
    async (headers) => {
      const answer = await lab.call("PATCH", "/api/services/spotify", {
        json,
        headers: headers as Record<string, string>,
      });
      expect(answer).toMatchObject({ status: 404, json: { code: "service.not-connected" } });
    },
  );

  it("says that it is JSON, is JSON, and is not too long", async () => {
    const type = (value: string) => ({ headers: { "content-type": value } });
    const path = "/api/services/spotify";
    expect(
      await lab.call("PATCH", path, { body: "enabled=true", ...type("application/x-www-form-urlencoded") }),
    ).toMatchObject({
      status: 415,
      json: { code: "http.media-type" },
    });
    const broken = await lab.call("PATCH", path, { body: '{"enabled": secret', ...type("application/json") });
    expect(broken).toMatchObject({ status: 400, json: { code: "http.not-json" } });
    expect(broken.text).not.toContain("secret");
    const long = JSON.stringify({ enabled: true, pad: "x".repeat(70_000) });
    expect(await lab.call("PATCH", path, { body: long, ...type("application/json") })).toMatchObject({ status: 413 });
  });

  it("is told each field that is wrong, and not what was in it", async () => {
    const service_pairs = [{ source_service: "spotify", target_service: "deezer", sync_mode: "twice-daily-please" }];
    const answer = await lab.call("POST", "/api/sync/schedule", {
      json: { service_pairs, sync_type: "favorites", schedule: { frequency: "30s" }, extra: 1 },
    });
    expect(answer).toMatchObject({ status: 400, json: { code: "request.invalid" } });
    const paths = answer.json.errors.map(({ path }: { path: string }) => path);
    expect(paths).toContain("body.service_pairs.0.sync_mode");
    expect(paths).toContain("body.schedule.frequency");
    expect(answer.text).not.toContain("twice-daily-please");
  });
});

describe("answers", () => {
  it("are kept by nobody on the way and are what they say they are", async () => {
    const { headers } = await lab.call("GET", "/api/services");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("to what there is not are problems, too", async () => {
    const answer = await lab.call("GET", "/api/nothing");
    expect(answer).toMatchObject({ status: 404, json: { code: "http.no-route", title: "Not found" } });
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  });

  it("say nothing of what failed inside; the host is told", async () => {
    const told: unknown[] = [];
    const failing = await createLab({
      user: () => {
        throw new Error("the session store at 10.0.0.7 is down");
      },
      onError: (error) => told.push(error),
    });
    const answer = await failing.call("GET", "/api/services");
    expect(answer).toMatchObject({ status: 500, json: { code: "http.unexpected" } });
    expect(answer.text).not.toContain("10.0.0.7");
    expect(String(told[0])).toContain("10.0.0.7");
  });
});

describe("the options", () => {
  it("are checked at once, each with what is wrong and how to mend it", () => {
    const wrong = {
      engine: {},
      user: "anna",
      redirectUrls: ["/callback"],
      returnTo: "//evil.example",
      basePath: "api/",
    };
    expect(() => createHttpHandler(wrong as never)).toThrow(
      /engine[\s\S]+user[\s\S]+redirectUrls[\s\S]+returnTo[\s\S]+basePath/,
    );
  });
});
