import type { FaultRule } from "@syncer/sandbox";
import { describe, expect, it } from "vitest";
import { copied, HOUR, MINUTE, type Scenario, scenario, sortedIds } from "../support/scenario.ts";

const mirror = { propagation: "mirror" } as const;

const NOT_GRANTED = { type: "deezer-error", code: 200, message: "Permission not granted" } as const;

/** Strikes every listing of A from now on. */
function onListing(s: Scenario, fault: FaultRule["fault"], rule: Partial<FaultRule> = {}) {
  const where = { service: s.a.service, method: "GET", path: s.a.listing } as const;
  return s.sandbox.control.fault({ ...where, times: null, ...rule, fault });
}

/** A mirror of `count` recordings that has been quiet for a day, so that no probe stands for a listing. */
async function mirrored(count: number, mode: "sync-from" | "sync-to") {
  const s = await copied(count, mode);
  await s.run(mirror);
  await s.clock.advance(25 * HOUR);
  await s.run(mirror);
  await s.clock.advance(25 * HOUR);
  s.events.length = 0;
  return s;
}

describe.each(["sync-from", "sync-to"] as const)("D. Deletes, guards, listings that lie, %s", (mode) => {
  it.each(["mirror", "additive"] as const)(
    "D1: a listing that is empty after 60 is held without a delete, and the next good one goes on by itself (%s)",
    async (propagation) => {
      const s = await mirrored(60, mode);
      await s.run({ propagation });
      await s.clock.advance(25 * HOUR);
      const before = await s.links();
      onListing(s, { type: "empty-listing" });
      const held = await s.run({ propagation });
      expect(held).toMatchObject({ status: "held", items: [], hold: { reasons: ["mass-removal", "side-empty"] } });
      expect(s.events.filter(({ type }) => type === "plan.held")).toMatchObject([{ operations: 60 }]);
      expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
      expect((await s.pair()).heldPlanHash).toBe(held.hold?.hash);
      await s.run({ propagation });
      expect(s.events.filter(({ type }) => type === "plan.held")).toHaveLength(1);
      expect(await s.links()).toEqual(before);

      s.sandbox.control.clearFaults();
      expect(await s.run({ propagation })).toMatchObject({ status: "succeeded", items: [] });
      expect((await s.pair()).heldPlanHash).toBeUndefined();
      expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
      expect(await s.links()).toEqual(before);
    },
  );

  it("D1: an empty listing of the side that is written makes nothing again and forgets nothing", async () => {
    const s = await mirrored(60, mode);
    const where = { service: s.b.service, method: "GET", path: s.b.listing, times: null } as const;
    s.sandbox.control.fault({ ...where, fault: { type: "empty-listing" } });
    const held = await s.run(mirror);
    expect(held).toMatchObject({ status: "held", items: [], hold: { reasons: ["side-empty"] } });
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
    s.sandbox.control.clearFaults();
    expect(await s.run(mirror)).toMatchObject({ status: "succeeded", items: [] });
    expect(await s.linkStates()).toEqual({ linked: 60 });
  });

  it("D2: half of the items missing without an error is held, though the total agrees", async () => {
    const s = await mirrored(60, mode);
    onListing(s, { type: "partial-listing", keep: 0.5, total: "shown" });
    const held = await s.run(mirror);
    expect(held).toMatchObject({ status: "held", counts: { removed: 0 }, hold: { reasons: ["mass-removal"] } });
    expect(held.hold?.operations.length).toBeGreaterThan(12);
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
    s.sandbox.control.clearFaults();
    expect(await s.run(mirror)).toMatchObject({ status: "succeeded", items: [] });
    expect(await s.linkStates()).toEqual({ linked: 60 });
  });

  it("D7: a real mass delete is held, confirmed for exactly that plan, and done", async () => {
    const s = await mirrored(30, mode);
    s.a.unlike(s.library.slice(0, 10));
    const held = await s.run(mirror);
    expect(held).toMatchObject({ status: "held", hold: { reasons: ["mass-removal"] } });
    const planHash = held.hold?.hash ?? "";
    const ref = await s.ref();
    await expect(s.engine.confirm({ ...ref, planHash: "something-else" })).rejects.toMatchObject({
      code: "plan.stale",
    });
    await s.engine.confirm({ ...ref, planHash });

    // The user goes on: what was confirmed is no longer what would be done.
    s.a.unlike(s.library.slice(10, 11));
    const other = await s.run(mirror);
    expect(other).toMatchObject({ status: "held", counts: { removed: 0 } });
    expect(other.hold?.hash).not.toBe(planHash);
    expect(s.b.ids()).toHaveLength(30);
    await expect(s.engine.confirm({ ...ref, planHash })).rejects.toMatchObject({ code: "plan.stale" });

    await s.engine.confirm({ ...ref, planHash: other.hold?.hash ?? "" });
    const done = await s.run(mirror);
    expect(done).toMatchObject({ status: "succeeded", counts: { removed: 11 } });
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library.slice(11)));
    expect(s.a.requests("lookup")).toBe(11);
    expect(s.a.writes()).toBe(0);
  });

  it("D7: a held plan may be confirmed as it is applied; another hash releases nothing", async () => {
    const s = await mirrored(30, mode);
    s.a.unlike(s.library.slice(0, 10));
    const plan = await s.engine.plan({ ...s.request(mode), options: mirror });
    const [planned] = plan.pairs;
    if (!planned?.ok || !planned.hold) throw new Error("the plan is not held");
    const kept = await s.engine.apply(plan, { confirm: ["another"] });
    expect(kept.pairs[0]).toMatchObject({ status: "held", counts: { removed: 0 } });
    expect(s.b.ids()).toHaveLength(30);
    const done = await s.engine.apply(plan, { confirm: [planned.hold.hash] });
    expect(done.pairs[0]).toMatchObject({ status: "succeeded", counts: { removed: 10 } });
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library.slice(10)));
  });

  it("D7: a confirmation is good for one run", async () => {
    const s = await mirrored(30, mode);
    s.a.unlike(s.library.slice(0, 10));
    const held = await s.run(mirror);
    await s.engine.confirm({ ...(await s.ref()), planHash: held.hold?.hash ?? "" });
    expect((await s.run(mirror)).status).toBe("succeeded");
    s.a.like(s.library.slice(0, 10));
    await s.clock.advance(25 * HOUR);
    expect((await s.run(mirror)).counts.added).toBe(10);
    await s.clock.advance(25 * HOUR);
    s.a.unlike(s.library.slice(0, 10));
    expect((await s.run(mirror)).status).toBe("held");
    expect(s.b.ids()).toHaveLength(30);
  });

  it("D8: a token that now belongs to another account pauses the pair before anything is written", async () => {
    const s = await mirrored(10, mode);
    s.a.like(s.recordings(12).slice(10));
    const { spotify, deezer, people } = s.sandbox.control;
    const ben = people[1];
    if (!ben) throw new Error("no such person");
    if (mode === "sync-from") deezer.swapAccount(s.anna.deezerId, ben.deezerId);
    else spotify.swapAccount(s.anna.spotifyId, ben.spotifyId);
    const restarted = s.host.restart();
    const report = await restarted.sync(mirror, mode);
    expect(report).toMatchObject({ status: "failed", error: { code: "auth.wrong-account" }, items: [] });
    expect(await s.pair()).toMatchObject({ state: "paused", stateReason: "pair.account-changed" });
    expect(restarted.events).toContainEqual(
      expect.objectContaining({ type: "pair.paused", reason: "pair.account-changed" }),
    );
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
    expect(spotify.favourites(ben.spotifyId)).toEqual([]);
    expect(deezer.favourites(ben.deezerId)).toEqual([]);
    expect((await restarted.sync(mirror, mode)).error?.code).toBe("pair.paused");
  });

  it("D9: a container that is gone pauses the pair and empties nothing", async () => {
    const s = await mirrored(10, mode);
    onListing(s, mode === "sync-from" ? { type: "status", status: 404 } : { type: "deezer-error", code: 800 });
    const before = [await s.links(), await s.cursors()];
    const report = await s.run(mirror);
    expect(report).toMatchObject({ status: "failed", error: { code: "service.not-found" }, items: [] });
    expect(await s.pair()).toMatchObject({ state: "paused", stateReason: "pair.container-gone" });
    expect(s.events.filter(({ type }) => type === "pair.paused")).toHaveLength(1);
    expect([await s.links(), await s.cursors()]).toEqual(before);
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
    s.sandbox.control.clearFaults();
    await s.engine.pairs.resume(await s.ref());
    expect(await s.run(mirror)).toMatchObject({ status: "succeeded", items: [] });
  });

  it("D10: a permission that was lost for reading pauses the pair and deletes nothing", async () => {
    const s = await mirrored(10, mode);
    const lost = { error: { status: 403, message: "Insufficient client scope" } };
    onListing(s, mode === "sync-from" ? { type: "status", status: 403, body: lost } : NOT_GRANTED);
    const before = [await s.links(), await s.cursors()];
    const report = await s.run(mirror);
    expect(report).toMatchObject({ status: "failed", error: { code: "service.forbidden" }, items: [] });
    expect(await s.pair()).toMatchObject({ state: "paused", stateReason: "pair.permission-lost" });
    expect([await s.links(), await s.cursors()]).toEqual(before);
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
    s.sandbox.control.clearFaults();
    // Whoever signs in again may have given it back.
    await s.connect(s.a.service);
    expect(await s.pair()).toMatchObject({ state: "active" });
    expect(await s.run(mirror)).toMatchObject({ status: "succeeded", items: [] });
  });

  it("D10: a permission that was lost for writing pauses the pair and leaves every item for later", async () => {
    const s = await mirrored(10, mode);
    s.a.like(s.recordings(12).slice(10));
    const lost = { error: { status: 403, message: "Insufficient client scope" } };
    const [method, path] = mode === "sync-from" ? ["POST", s.b.listing] : ["PUT", "/v1/me/library"];
    s.sandbox.control.fault({
      service: s.b.service,
      method,
      path,
      times: null,
      fault: mode === "sync-from" ? NOT_GRANTED : { type: "status", status: 403, body: lost },
    });
    const report = await s.run(mirror);
    expect(report).toMatchObject({ status: "failed", counts: { added: 0, left: 2 } });
    expect(await s.pair()).toMatchObject({ state: "paused", stateReason: "pair.permission-lost" });
    s.sandbox.control.clearFaults();
    await s.engine.pairs.resume(await s.ref());
    expect((await s.run(mirror)).counts).toMatchObject({ added: 2 });
    expect(s.b.requests("lookup") + s.b.requests("search")).toBe(0);
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.recordings(12)));
  });
});

describe("D. Deletes, guards, listings that lie", () => {
  it("D2: a listing whose total counts more than it shows proves no absence", async () => {
    const s = await mirrored(60, "sync-from");
    onListing(s, { type: "partial-listing", keep: 0.5, total: "full" });
    const report = await s.run(mirror);
    expect(report).toMatchObject({ status: "succeeded", items: [] });
    expect(report.hold).toBeUndefined();
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
    expect(await s.linkStates()).toEqual({ linked: 60 });
    s.sandbox.control.clearFaults();
    s.a.unlike(s.library.slice(0, 1));
    expect((await s.run(mirror)).counts.removed).toBe(1);
  });

  it("D2: where totals are not exact, two listings that differ prove no absence", async () => {
    const s = await mirrored(60, "sync-to");
    onListing(s, { type: "partial-listing", keep: 0.9 }, { times: 1 });
    onListing(s, { type: "partial-listing", keep: 0.95 }, { times: 1 });
    const report = await s.run(mirror);
    expect(report).toMatchObject({ status: "succeeded", items: [] });
    expect(report.hold).toBeUndefined();
    expect(s.a.requests("read")).toBe(2);
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
    expect(await s.run(mirror)).toMatchObject({ status: "succeeded", items: [] });
    expect(await s.linkStates()).toEqual({ linked: 60 });
  });

  it("D4: page 3 of 5 that fails for good lets no absence count and leaves the cursors as they were", async () => {
    const s = await mirrored(210, "sync-from");
    s.a.unlike(s.library.slice(0, 1));
    const before = [await s.links(), await s.cursors()];
    // The first page that is read tells that a listing is due; two pages come, the third fails until the run gives up.
    onListing(s, { type: "status", status: 500 }, { after: 2 });
    const report = await s.run(mirror);
    expect(report).toMatchObject({ status: "failed", items: [], error: { remedy: "retry" } });
    expect(report.hold).toBeUndefined();
    expect([await s.links(), await s.cursors()]).toEqual(before);
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
    expect(s.b.ids()).toHaveLength(210);
    s.sandbox.control.clearFaults();
    await s.clock.advance(HOUR);
    expect((await s.run(mirror)).counts).toMatchObject({ removed: 1 });
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library.slice(1)));
  });

  it("D5: a page token that leads back to itself is stopped", async () => {
    const s = await mirrored(60, "sync-from");
    s.a.unlike(s.library.slice(0, 1));
    const before = [await s.links(), await s.cursors()];
    onListing(s, { type: "looping-page" });
    const report = await s.run(mirror);
    expect(report).toMatchObject({ status: "failed", items: [], error: { code: "service.malformed-answer" } });
    expect(s.a.requests("read")).toBeLessThanOrEqual(2);
    expect([await s.links(), await s.cursors()]).toEqual(before);
    expect(s.b.ids()).toHaveLength(60);
  });

  it.each(["gone", "unplayable"] as const)(
    "a track that Spotify takes down (%s) is not taken for removed by its user",
    async (how) => {
      const s = await mirrored(20, "sync-from");
      const [one, two] = s.library;
      if (!one || !two) throw new Error("no recordings");
      s.sandbox.control.spotify.takeDown(one.spotify, how);
      s.a.unlike([two]);
      const report = await s.run(mirror);
      expect(report).toMatchObject({ status: "succeeded", counts: { removed: 1 } });
      expect(s.b.ids()).toEqual(
        sortedIds(
          s.b,
          s.library.filter((each) => each !== two),
        ),
      );
      for (let day = 0; day < 3; day++) {
        await s.clock.advance(25 * HOUR);
        expect(await s.run(mirror)).toMatchObject({ status: "succeeded", items: [] });
      }
      expect(s.b.ids()).toHaveLength(19);
    },
  );

  it.each(["gone", "unreadable"] as const)(
    "a track that Deezer takes down (%s) is not taken for removed by its user",
    async (how) => {
      const s = await mirrored(20, "sync-to");
      const [one] = s.library;
      if (!one) throw new Error("no recording");
      s.sandbox.control.deezer.takeDown(one.deezer, how);
      for (let day = 0; day < 3; day++) {
        expect(await s.run(mirror)).toMatchObject({ status: "succeeded", items: [] });
        await s.clock.advance(25 * HOUR);
      }
      expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
    },
  );

  it("D8: another account behind a refreshed token is noticed in the same run", async () => {
    const s = await copied(10);
    await s.run(mirror);
    await s.clock.advance(2 * MINUTE);
    const ben = s.sandbox.control.people[1];
    if (!ben) throw new Error("no such person");
    s.sandbox.control.spotify.swapAccount(s.anna.spotifyId, ben.spotifyId);
    s.sandbox.control.spotify.expireAccessTokens();
    const report = await s.run(mirror);
    expect(report).toMatchObject({ status: "failed", error: { code: "auth.wrong-account" } });
    expect(await s.pair()).toMatchObject({ state: "paused", stateReason: "pair.account-changed" });
    expect(await s.linkStates()).toEqual({ linked: 10 });
    expect(s.b.ids()).toHaveLength(10);
  });

  it("D8: another account behind a refreshed token of the side that is written gets nothing", async () => {
    const s = await scenario("sync-to");
    s.a.like(s.recordings(60));
    const ben = s.sandbox.control.people[1];
    if (!ben) throw new Error("no such person");
    s.engine.on((event) => {
      if (event.type !== "run.progress" || event.phase !== "resolving" || event.done !== 10) return;
      s.sandbox.control.spotify.swapAccount(s.anna.spotifyId, ben.spotifyId);
      s.sandbox.control.spotify.expireAccessTokens();
    });
    const report = await s.run();
    expect(report.error?.code).toBe("auth.wrong-account");
    expect(await s.pair()).toMatchObject({ state: "paused", stateReason: "pair.account-changed" });
    expect(s.b.writes()).toBe(0);
    expect(s.sandbox.control.spotify.favourites(ben.spotifyId)).toEqual([]);
  });
});
