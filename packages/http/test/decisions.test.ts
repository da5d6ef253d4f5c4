import { sampleRow } from "@syncer/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { createLab, type Lab } from "./support/lab.ts";

const pair = { source_service: "spotify", target_service: "deezer", sync_mode: "sync-from" };
const same = { verdict: "same", service_a: "spotify", id_a: "a", service_b: "deezer", id_b: "1" };

let lab: Lab;
let pairId: string;
beforeAll(async () => {
  lab = await createLab();
  await lab.connected();
  pairId = (await lab.call("POST", "/api/pairs", { json: { pair, sync_type: "favorites" } })).json.id;
});

describe("decisions about matches", () => {
  it("are made, listed page by page, replaced and taken back", async () => {
    const made = await lab.call("POST", "/api/overrides", { json: same });
    expect(made).toMatchObject({
      status: 201,
      json: { override: { verdict: "same", item_kind: "track" }, replaced: [] },
    });
    expect(made.json.override.items).toContainEqual({ service: "deezer", id: "1" });
    const lone = { verdict: "none", service: "spotify", id: "a", to: "deezer", item_kind: "track" };
    const second = await lab.call("POST", "/api/overrides", { json: lone });
    expect(second.json.replaced.map((one: { override_id: string }) => one.override_id)).toEqual([
      made.json.override.override_id,
    ]);
    for (const id of ["b", "c"]) {
      await lab.call("POST", "/api/overrides", { json: { ...same, verdict: "different", id_a: id } });
    }
    const first = (await lab.call("GET", "/api/overrides?limit=2")).json;
    const rest = (await lab.call("GET", `/api/overrides?limit=2&cursor=${first.next_cursor}`)).json;
    expect([...first.overrides, ...rest.overrides]).toHaveLength(3);
    expect(rest.next_cursor).toBeNull();
    const [{ override_id }] = first.overrides;
    expect((await lab.call("DELETE", `/api/overrides/${override_id}`)).status).toBe(204);
    expect(await lab.call("DELETE", `/api/overrides/${override_id}`)).toMatchObject({
      status: 404,
      json: { code: "override.unknown" },
    });
  });

  it.each([
    [{ ...same, verdict: "perhaps" }],
    [{ ...same, id_a: undefined }],
    [{ ...same, extra: 1 }],
    [{ ...same, item_kind: "event" }],
    [{ verdict: "none", service: "spotify", id: "", to: "deezer" }],
  ])("refuse %j", async (json) => {
    expect((await lab.call("POST", "/api/overrides", { json })).status).toBe(400);
  });

  it("are refused of a service that there is not", async () => {
    const answer = await lab.call("POST", "/api/overrides", { json: { ...same, service_b: "tidal" } });
    expect(answer).toMatchObject({ status: 404, json: { code: "service.unknown" } });
  });
});

describe("conflicts", () => {
  it("are listed and decided", async () => {
    const owner = { tenant_id: "default", user_id: "anna", pair_id: pairId };
    const rows = ["c1", "c2"].map((id, created_at) =>
      sampleRow("conflicts", { ...owner, id, state: "open", created_at }),
    );
    await lab.storage.write({ statements: [{ insert: "conflicts", rows }] });
    const first = (await lab.call("GET", `/api/conflicts?limit=1&pair_id=${pairId}`)).json;
    const rest = (await lab.call("GET", `/api/conflicts?limit=1&cursor=${first.next_cursor}`)).json;
    expect([...first.conflicts, ...rest.conflicts].map(({ id }) => id)).toEqual(["c1", "c2"]);
    const decided = await lab.call("POST", "/api/conflicts/c1/decide", { json: { winner: "target" } });
    expect(decided).toMatchObject({ status: 200, json: { id: "c1", decision: "target", state: "open" } });
    expect((await lab.call("POST", "/api/conflicts/c1/decide", { json: { winner: "both" } })).status).toBe(400);
    expect((await lab.call("POST", "/api/conflicts/none/decide", { json: { winner: "source" } })).status).toBe(404);
    expect((await lab.call("GET", "/api/conflicts?state=resolved")).json.conflicts).toEqual([]);
  });
});

describe("single items", () => {
  it("are explained by each pair that knows them", async () => {
    await lab.storage.write({
      statements: [
        {
          insert: "links",
          rows: [
            sampleRow("links", { tenant_id: "default", pair_id: pairId, source_id: "track-1", state: "unmatched" }),
          ],
        },
      ],
    });
    const known = await lab.call("GET", "/api/services/spotify/explain?external_id=track-1");
    expect(known.json.explanations).toMatchObject([{ pair_id: pairId, side: "source", state: "unmatched" }]);
    expect((await lab.call("GET", "/api/services/spotify/explain?external_id=track-2")).json.explanations).toEqual([]);
    expect((await lab.call("GET", "/api/services/spotify/explain")).status).toBe(400);
  });

  it("have containers only where a service has containers", async () => {
    const answer = await lab.call("GET", "/api/services/spotify/containers?sync_type=favorites");
    expect(answer).toMatchObject({ status: 400, json: { code: "request.type-unsupported" } });
  });
});

describe("the audit log", () => {
  it("tells what was done with the user's connections, page by page", async () => {
    const first = (await lab.call("GET", "/api/me/audit?limit=1")).json;
    const rest = (await lab.call("GET", `/api/me/audit?limit=1&cursor=${first.next_cursor}`)).json;
    expect([...first.entries, ...rest.entries].map(({ act }) => act)).toEqual(Array(2).fill("connection.connected"));
    expect(new Set([...first.entries, ...rest.entries].map(({ service }) => service)).size).toBe(2);
    expect((await lab.call("GET", "/api/me/audit", { as: "ben" })).json.entries).toEqual([]);
  });
});

describe("the health route", () => {
  it("answers anybody, with codes only", async () => {
    const answer = await lab.call("GET", "/health", { as: undefined });
    expect(answer).toMatchObject({
      status: 200,
      json: {
        status: "healthy",
        timestamp: expect.any(String),
        database: { status: "healthy" },
        services: { spotify: { status: "unknown" }, deezer: { status: "unknown" } },
      },
    });
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect((await lab.call("POST", "/health", { as: undefined })).status).toBe(401);
  });

  it("is 503 once the database is gone, and tells nothing of why but a code", async () => {
    const other = await createLab();
    await other.engine.stop();
    expect(await other.call("GET", "/health", { as: undefined })).toMatchObject({
      status: 503,
      json: { status: "unhealthy", database: { status: "unhealthy", error: expect.stringMatching(/^[\w.-]+$/) } },
    });
  });

  it("stands where it is told to, or nowhere", async () => {
    const moved = await createLab({ healthPath: "/status/live" });
    expect((await moved.call("GET", "/status/live", { as: undefined })).status).toBe(200);
    expect((await moved.call("GET", "/health", { as: undefined })).status).toBe(401);
    const none = await createLab({ healthPath: false });
    expect((await none.call("GET", "/health")).status).toBe(404);
  });
});
