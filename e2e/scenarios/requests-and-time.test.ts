import { sqlite } from "@syncer/storage-adapters/sqlite";
import { describe, expect, it } from "vitest";
import { twiceAtSpotify } from "../support/agreeing.ts";
import { copied, DAY, MINUTE, scenario, sortedIds } from "../support/scenario.ts";

/** Requests per ms that the services permit. */
const RATE = { deezer: 50 / 5_000, spotify: 90 / 30_000 } as const;

describe.each(["sync-from", "sync-to"] as const)("Requests and time, %s", (mode) => {
  it("a first transfer keeps to its budget of requests, and takes the time that the service's rate takes", async () => {
    const s = await scenario(mode, { sandbox: { latencyMs: 200 } });
    const count = mode === "sync-from" ? 300 : 120;
    const library = s.recordings(count);
    s.a.like(library);
    const report = await s.run();
    expect(report).toMatchObject({ status: "succeeded", counts: { added: count } });
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
    const ofKind = (kind: "read" | "lookup" | "search" | "write") => s.a.requests(kind) + s.b.requests(kind);
    const sent = ofKind("read") + ofKind("lookup") + ofKind("search") + ofKind("write");
    // Deezer's listings carry no ISRC, so towards Spotify it is one search for each track.
    const budget = Math.ceil(count / s.a.page) + 1 + count + Math.ceil(count / s.b.batch.add);
    expect(sent).toBeLessThanOrEqual(1.05 * budget);
    expect(s.sandbox.control.stats().spotify.rateLimited + s.sandbox.control.stats().deezer.rateLimited).toBe(0);
    // Nothing is looked up before it has been read, so the services' times add up.
    const permittedMs = s.a.requests() / RATE[s.a.service] + s.b.requests() / RATE[s.b.service];
    expect(report.finishedAtMs - report.startedAtMs).toBeLessThanOrEqual(1.1 * permittedMs);
    expect(s.sandbox.control.stats().unknownParameters).toEqual([]);
  });

  it("a quiet re-sync is one request a side, and no row but the run's own is written", async () => {
    const s = await copied(60, mode, { storage: sqlite(":memory:") });
    const [links, metadata] = [await s.links(), await s.storage.select({ table: "sync_metadata", where: {} })];
    const report = await s.run();
    expect(report.requests).toEqual({ source: { probe: 1 }, target: { probe: 1 } });
    expect([s.a.requests(), s.b.requests()]).toEqual([1, 1]);
    expect(await s.links()).toEqual(links);
    expect(await s.storage.select({ table: "sync_metadata", where: {} })).toEqual(metadata);
  });

  it("cost follows the changes: five new favourites are read from the top, looked up and written in one call", async () => {
    const s = await copied(120, mode);
    await s.clock.advance(MINUTE);
    s.a.like(s.recordings(125).slice(120));
    const report = await s.run();
    expect(report).toMatchObject({ status: "succeeded", counts: { added: 5 } });
    expect(s.b.requests("lookup") + s.b.requests("search")).toBe(5);
    expect(s.b.writes()).toBe(1);
    // A probe and the listing or its head; a look before writing.
    expect(s.a.requests("read")).toBeLessThanOrEqual(mode === "sync-from" ? 3 : 4);
    expect(s.b.requests("read")).toBe(2);
    expect((await s.run()).requests).toEqual({ source: { probe: 1 }, target: { probe: 1 } });
  });

  it("a probe stands for a listing for a day at most", async () => {
    const s = await copied(20, mode);
    await s.clock.advance(DAY - 2 * MINUTE);
    await s.run();
    expect([s.a.requests("read"), s.b.requests("read")]).toEqual([1, 1]);
    await s.clock.advance(3 * MINUTE);
    const report = await s.run();
    expect(report).toMatchObject({ status: "succeeded", items: [] });
    const side = (name: "source" | "target") => report.requests[name].read;
    expect([side("source"), side("target")]).toEqual([1, 1]);
  });
});

describe("Several ids of one recording", () => {
  it("are one write, one primary link and one alias; the copy goes only with the last of them", async () => {
    const s = await scenario();
    const library = s.recordings(10);
    const twice = twiceAtSpotify(s.sandbox);
    const [one, two] = twice.spotify;
    s.a.like(library);
    s.sandbox.control.spotify.seedFavourites(s.anna.spotifyId, [one, two]);
    const mirror = { propagation: "mirror" } as const;
    const first = await s.run(mirror);
    expect(first.status).toBe("succeeded");
    expect(s.b.ids()).toEqual([...sortedIds(s.b, library), twice.deezer].sort());
    const shared = () => s.storage.select({ table: "links", where: { target_id: twice.deezer, state: "linked" } });
    expect((await shared()).map(({ alias }) => alias).sort()).toEqual([false, true]);

    await s.clock.advance(MINUTE);
    const [primary] = (await shared()).filter(({ alias }) => !alias);
    s.sandbox.control.spotify.removeFavourites(s.anna.spotifyId, [primary?.source_id ?? ""]);
    expect(await s.run(mirror)).toMatchObject({ status: "succeeded", counts: { removed: 0 } });
    expect(s.b.ids()).toContain(twice.deezer);
    expect((await shared()).map(({ alias }) => alias)).toEqual([false]);

    s.sandbox.control.spotify.removeFavourites(s.anna.spotifyId, [one, two]);
    expect(await s.run(mirror)).toMatchObject({ status: "succeeded", counts: { removed: 1 } });
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
    expect(s.a.writes()).toBe(0);
  });
});
