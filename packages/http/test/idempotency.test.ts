import { beforeAll, describe, expect, it } from "vitest";
import { createLab, type Lab } from "./support/lab.ts";

const pair = { source_service: "spotify", target_service: "deezer", sync_mode: "sync-from" };
const json = { pair, sync_type: "favorites" };

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
  await lab.connected();
  await lab.connected("ben");
});

const post = (key: string, given: object = {}) =>
  lab.call("POST", "/api/services/spotify/connect", {
    json: { redirect_url: "http://127.0.0.1/callback" },
    headers: { "idempotency-key": key },
    ...given,
  });

describe("a request with an idempotency key", () => {
  it("is done once, and its repeats are given the same answer", async () => {
    const first = await post("a");
    const second = await post("a");
    expect(second.json).toEqual(first.json);
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    expect(second.headers.get("idempotency-replayed")).toBe("true");
    expect(second.headers.get("cache-control")).toBe("no-store");
    expect((await post("b")).json.state).not.toBe(first.json.state);
  });

  it("is another user's own: keys of two users have nothing to do with each other", async () => {
    const [mine, theirs] = [await post("shared"), await post("shared", { as: "ben" })];
    expect(theirs.headers.get("idempotency-replayed")).toBeNull();
    expect(theirs.json.state).not.toBe(mine.json.state);
  });

  it("is refused with another body, and at another route", async () => {
    await post("c");
    const other = await post("c", { json: { redirect_url: "http://localhost/callback" } });
    expect(other).toMatchObject({ status: 422, json: { code: "request.key-reused" } });
    const elsewhere = await lab.call("POST", "/api/pairs", { json, headers: { "idempotency-key": "c" } });
    expect(elsewhere).toMatchObject({ status: 422, json: { code: "request.key-reused" } });
  });

  it("may be tried again when it failed", async () => {
    const headers = { "idempotency-key": "d" };
    const wrong = await lab.call("POST", "/api/pairs/none/sync", { headers });
    expect(wrong.status).toBe(404);
    const again = await lab.call("POST", "/api/pairs/none/sync", { headers });
    expect(again.status).toBe(404);
    expect(again.headers.get("idempotency-replayed")).toBeNull();
  });

  it("is done once when it comes twice at the same time: the second is told to wait, or given the answer", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => post("e")));
    const done = answers.filter(({ status }) => status === 200);
    expect(new Set(done.map((answer) => answer.json.state)).size).toBe(1);
    for (const { status, json: told } of answers) if (status !== 200) expect(told.code).toBe("request.under-way");
    expect((await post("e")).json.state).toBe(done[0]?.json.state);
  });

  it.each([["x".repeat(256)], ["with space"], ["tab\there"]])("refuses the key %j", async (key) => {
    expect(await post(key)).toMatchObject({ status: 400, json: { code: "request.invalid" } });
  });

  it("is none of a reading request", async () => {
    const headers = { "idempotency-key": "f" };
    for (let n = 0; n < 2; n++) {
      const { headers: told } = await lab.call("GET", "/api/pairs", { headers });
      expect(told.get("idempotency-replayed")).toBeNull();
    }
  });

  it("leaves neither its key nor its answer to be read", async () => {
    const { json: told } = await post("a-key-in-clear");
    const rows = JSON.stringify(await lab.storage.select({ table: "idempotency_keys" }));
    expect(rows).not.toContain("a-key-in-clear");
    expect(rows).not.toContain(told.state);
  });

  it("is described with every POST", () => {
    const { paths } = lab.handler.openApi() as {
      paths: Record<string, { post?: { security?: unknown; parameters?: readonly { name: string }[] } }>;
    };
    const posts = Object.values(paths)
      .flatMap((operations) => operations.post ?? [])
      .filter(({ security }) => security === undefined);
    expect(posts.length).toBeGreaterThan(10);
    for (const { parameters = [] } of posts) expect(parameters.map(({ name }) => name)).toContain("Idempotency-Key");
  });
});
