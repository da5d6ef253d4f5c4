import { beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../src/index.ts";
import { type Answer, at, call, listAt } from "./support/callers.ts";
import { TestClock } from "./support/test-clock.ts";

let clock: TestClock;
let sandbox: Sandbox;

beforeEach(() => {
  clock = new TestClock();
  sandbox = createSandbox({ clock, rateLimits: { deezer: false } });
});

const get = (path: string): Promise<Answer> => call(sandbox, `https://api.deezer.com${path}`);
const error = (answer: Answer): unknown => at(answer.json, "error", "code");
const search = async (q: string, more = ""): Promise<readonly unknown[]> =>
  listAt((await get(`/search?q=${encodeURIComponent(q)}&limit=10${more}`)).json, "data");

describe("looking up", () => {
  it("gives a full track by id and by ISRC, without a token", async () => {
    const track = sandbox.catalogue.deezer.originals.find(({ id, isrc, contributors }) => {
      return contributors.length > 1 && sandbox.catalogue.deezer.byIsrc(isrc ?? "")[0]?.id === id;
    })!;
    const byId = await get(`/track/${track.id}`);
    expect(byId.json).toMatchObject({
      id: Number(track.id),
      isrc: track.isrc,
      duration: track.duration,
      type: "track",
    });
    expect(listAt(byId.json, "contributors")).toHaveLength(track.contributors.length);
    expect((await get(`/track/isrc:${track.isrc}`)).json).toEqual(byId.json);
  });

  it("answers code 800 inside a 200 for what is not there, and 600 for a path that does not exist", async () => {
    const missing = await get("/track/isrc:ZZZZZ0000000");
    expect(missing.status).toBe(200);
    expect(missing.json).toEqual({ error: { type: "DataException", message: "no data", code: 800 } });
    expect(error(await get("/track/1"))).toBe(800);
    for (const path of ["/nothing/here", "/track/abc"]) expect(error(await get(path))).toBe(600);
    expect(error(await call(sandbox, "https://api.deezer.com/search", { method: "PUT" }))).toBe(600);
  });

  it("keeps replaced ids readable by id, with the track to use instead, and out of lookups and searches", async () => {
    const old = sandbox.catalogue.deezer.originals.find(({ alternativeId }) => alternativeId !== undefined)!;
    const { json } = await get(`/track/${old.id}`);
    expect(json).toMatchObject({ readable: false, alternative: { id: Number(old.alternativeId) } });
    const byIsrc = sandbox.catalogue.deezer.byIsrc(old.isrc ?? "").map(({ id }) => id);
    expect(byIsrc).not.toContain(old.id);
    expect(byIsrc).toContain(old.alternativeId);
  });
});

describe("searching", () => {
  it("finds by fields and by plain words, and shows the main artist only", async () => {
    for (const q of ['artist:"the killers" track:"mr brightside"', "the killers mr brightside"]) {
      expect((await search(q)).map((row) => at(row, "id"))).toContain(953_097);
    }
    expect((await search("mr brightside"))[0]).not.toHaveProperty("contributors");
    expect(await search('artist:"nobody" track:"mr brightside"')).toEqual([]);
  });

  it("bounds the length, orders, and is exact when strict", async () => {
    for (const row of await search('track:"love" dur_min:200 dur_max:230')) {
      expect(Number(at(row, "duration"))).toBeGreaterThanOrEqual(200);
      expect(Number(at(row, "duration"))).toBeLessThanOrEqual(230);
    }
    const lengths = (await search("love", "&order=DURATION_DESC")).map((row) => Number(at(row, "duration")));
    expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
    expect((await search("mr brightside zzzzqqqq", "&strict=on")).length).toBe(0);
  });

  it("carries isrc unless switched off, finds nothing by fields if switched so, and needs q", async () => {
    expect((await search("mr brightside"))[0]).toHaveProperty("isrc");
    sandbox.control.deezer.settings.isrcInSearch = false;
    expect((await search("mr brightside"))[0]).not.toHaveProperty("isrc");
    sandbox.control.deezer.settings.fieldedSearch = "empty";
    expect(await search('track:"mr brightside"')).toEqual([]);
    expect((await search("mr brightside")).length).toBeGreaterThan(0);
    expect(error(await get("/search"))).toBe(501);
  });
});

describe("health and limits", () => {
  it("says that the country is served", async () => {
    expect((await get("/infos")).json).toMatchObject({ country_iso: "SE", open: true });
  });

  it("admits 50 requests in any 5 seconds and answers code 4 inside a 200 without a hint how long", async () => {
    const limited = createSandbox({ clock });
    const infos = (): Promise<Answer> => call(limited, "https://api.deezer.com/infos");
    for (let count = 0; count < 50; count += 1) expect(error(await infos())).toBeUndefined();
    clock.advance(4_999);
    const refused = await infos();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([200, null]);
    expect(refused.json).toEqual({ error: { type: "Exception", message: "Quota limit exceeded", code: 4 } });
    const elsewhere = { headers: { "x-forwarded-for": "192.0.2.7" } };
    expect(error(await call(limited, "https://api.deezer.com/infos", elsewhere))).toBeUndefined();
    clock.advance(1);
    expect(error(await infos())).toBeUndefined();
    expect(limited.control.stats().deezer.rateLimited).toBe(1);
  });

  it("answers code 50 to everything once the app is disabled", async () => {
    sandbox.control.deezer.settings.applicationDisabled = true;
    expect((await get("/infos")).json).toMatchObject({ error: { code: 50, message: "Application error" } });
  });
});
