import { memoryStorage } from "@syncer/core";
import { recordingStorage } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { onlyAtSpotify } from "../support/agreeing.ts";
import { copied, DAY, HOUR, scenario, sortedIds } from "../support/scenario.ts";

describe.each(["sync-from", "sync-to"] as const)("A. First run and matching, %s", (mode) => {
  it("A1: 100 on A and none on B are 100 creates, and a second run writes nothing", async () => {
    const storage = recordingStorage(memoryStorage());
    const s = await scenario(mode, { storage });
    const library = s.recordings(100);
    s.a.like(library);
    const first = await s.run();
    expect(first.status).toBe("succeeded");
    expect(first.counts).toMatchObject({ added: 100, removed: 0, linked: 0, refused: 0, left: 0 });
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
    expect(s.b.writes()).toBe(Math.ceil(100 / s.b.batch.add));
    expect(s.a.writes()).toBe(0);
    expect(await s.linkStates()).toEqual({ linked: 100 });

    storage.reset();
    const second = await s.run();
    expect(second).toMatchObject({ status: "succeeded", items: [], unmatched: [] });
    expect(second.requests).toEqual({ source: { probe: 1 }, target: { probe: 1 } });
    expect([s.a.requests(), s.b.requests()]).toEqual([1, 1]);
    expect(storage.record.rowsWrittenTo.get("links")).toBeUndefined();
    expect(storage.record.rowsReadFrom.get("links")).toBe(100);
  });

  it("A2: two empty sides are a success without writes or guards", async () => {
    const s = await scenario(mode);
    const report = await s.run();
    expect(report).toMatchObject({ status: "succeeded", items: [], unmatched: [] });
    expect(report.hold).toBeUndefined();
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
    expect((await s.run()).requests).toEqual({ source: { probe: 1 }, target: { probe: 1 } });
    expect(s.events.map(({ type }) => type)).not.toContain("plan.held");
  });

  it("A3: the same 100 on both sides are 100 links and no write", async () => {
    const s = await scenario(mode);
    const library = s.recordings(100);
    s.a.like(library);
    s.b.like(library);
    const report = await s.run();
    expect(report.status).toBe("succeeded");
    expect(report.counts).toMatchObject({ linked: 100, added: 0, removed: 0 });
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
    expect(s.b.requests("lookup") + s.b.requests("search")).toBe(0);
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
    const linked = (await s.links()).map(({ source_id, target_id }) => [source_id, target_id]).sort();
    expect(linked).toEqual(library.map(({ spotify, deezer }) => [spotify, deezer]).sort());
    expect((await s.run()).requests).toEqual({ source: { probe: 1 }, target: { probe: 1 } });
  });

  it("A8: an item that is refused for good leaves the others alone and is not sent again", async () => {
    const s = await scenario(mode);
    const library = s.recordings(100);
    s.a.like(library);
    const plan = await s.engine.plan(s.request(mode));
    const refused = library[57];
    if (!refused) throw new Error("no such recording");
    if (mode === "sync-from") s.sandbox.control.deezer.takeDown(refused.deezer, "gone");
    else s.sandbox.control.spotify.takeDown(refused.spotify, "gone");
    s.sandbox.control.clearStats();
    const { pairs } = await s.engine.apply(plan);
    expect(pairs[0]?.status).toBe("partial");
    expect(pairs[0]?.counts).toMatchObject({ added: 99, refused: 1, left: 0 });
    expect(s.b.ids()).toEqual(
      sortedIds(
        s.b,
        library.filter((each) => each !== refused),
      ),
    );
    // The batch is halved until the culprit stands alone: at most twice its logarithm.
    expect(s.b.writes()).toBeLessThanOrEqual(Math.ceil(100 / s.b.batch.add) + 2 * Math.ceil(Math.log2(s.b.batch.add)));
    expect(await s.linkStates()).toEqual({ linked: 99, refused: 1 });

    for (let run = 0; run < 3; run++) {
      const again = await s.run();
      expect(again.status).toBe("succeeded");
      expect(s.b.writes()).toBe(0);
      expect(s.b.requests("lookup") + s.b.requests("search")).toBe(0);
      await s.clock.advance(HOUR);
    }
  });
});

describe("A. First run and matching", () => {
  it("A6: an item without a counterpart is recorded once and looked for again after 1, 3, 7 and 30 days", async () => {
    const s = await copied(5);
    const [lonely = ""] = onlyAtSpotify(s.sandbox, 1);
    s.sandbox.control.spotify.seedFavourites(s.anna.spotifyId, [lonely]);
    const first = await s.run();
    expect(first.status).toBe("succeeded");
    expect(first.unmatched).toMatchObject([{ itemId: lonely, verdict: "not-found", attempts: 1 }]);
    expect(await s.linkStates()).toEqual({ linked: 5, unmatched: 1 });

    let attempts = 1;
    for (const restDays of [1, 3, 7, 30, 30]) {
      const before = await s.run();
      expect(before.unmatched).toEqual([]);
      expect(before.requests).toEqual({ source: { probe: 1 }, target: { probe: 1 } });
      await s.clock.advance(restDays * DAY - HOUR);
      await s.run();
      expect(s.b.requests("lookup") + s.b.requests("search")).toBe(0);
      await s.clock.advance(HOUR);
      const due = await s.run();
      attempts += 1;
      expect(due.unmatched).toMatchObject([{ itemId: lonely, attempts }]);
      expect(s.b.requests("lookup")).toBe(1);
    }
    expect(s.b.writes()).toBe(0);
    expect(await s.linkStates()).toEqual({ linked: 5, unmatched: 1 });
  });

  it("A6: a miss that the other service has gained meanwhile is copied when it is looked for again", async () => {
    const s = await scenario();
    const [one] = s.recordings(1);
    if (!one) throw new Error("no recording");
    s.a.like([one]);
    s.sandbox.control.deezer.takeDown(one.deezer, "gone");
    expect((await s.run()).unmatched).toHaveLength(1);
    s.sandbox.control.deezer.restore(one.deezer);
    expect((await s.run()).counts.added).toBe(0);
    await s.clock.advance(DAY);
    expect((await s.run()).counts.added).toBe(1);
    expect(s.b.ids()).toEqual([one.deezer]);
    expect(await s.linkStates()).toEqual({ linked: 1 });
  });

  it("A9: a first run whose 37th write of 100 was its last ends at exactly 100 afterwards", async () => {
    const s = await scenario();
    const library = s.recordings(100);
    s.a.like(library);
    const write = { service: "deezer", method: "POST", path: "/user/me/tracks" } as const;
    s.sandbox.control.fault({ ...write, fault: { type: "half-batch", apply: 37, answer: { type: "disconnect" } } });
    s.sandbox.control.fault({ ...write, times: null, fault: { type: "disconnect" } });
    const first = await s.run();
    expect(first.status).toBe("failed");
    expect(first.counts).toMatchObject({ added: 0, left: 100 });
    expect(first.error?.code).toBe("service.unreachable");
    expect(s.b.ids()).toHaveLength(37);

    s.sandbox.control.clearFaults();
    await s.clock.advance(HOUR);
    const second = await s.run();
    expect(second.status).toBe("succeeded");
    expect(second.counts).toMatchObject({ added: 63, linked: 37 });
    expect(s.b.requests("lookup")).toBe(0);
    expect(s.b.writes()).toBe(2);
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
    expect(await s.linkStates()).toEqual({ linked: 100 });
  });

  it("A9: a first run that is cancelled while it looks things up goes on where it was", async () => {
    const s = await scenario();
    const library = s.recordings(100);
    s.a.like(library);
    const cancel = new AbortController();
    s.engine.on((event) => {
      if (event.type === "run.progress" && event.phase === "resolving" && event.done === 37) cancel.abort();
    });
    const { pairs } = await s.engine.sync(s.request(), { signal: cancel.signal });
    expect(pairs[0]).toMatchObject({ status: "failed", error: { code: "run.aborted" } });
    expect(s.b.writes()).toBe(0);
    const found = await s.linkStates();
    expect(found.pending).toBeGreaterThanOrEqual(37);
    const second = await s.run();
    expect(second.status).toBe("succeeded");
    expect(s.b.requests("lookup")).toBe(100 - (found.pending ?? 0));
    expect(s.b.ids()).toEqual(sortedIds(s.b, library));
    expect(await s.linkStates()).toEqual({ linked: 100 });
  });
});
