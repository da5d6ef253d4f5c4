import { describeReason, type ReasonCode, reasonTexts } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { onlyAtSpotify } from "../support/agreeing.ts";
import { copied, DAY, HOUR, MINUTE, type Scenario, scenario } from "../support/scenario.ts";

async function explained(s: Scenario, service: "spotify" | "deezer", externalId: string) {
  return await s.engine.explain({ ...(await s.connection(service)), externalId });
}

describe("explain", () => {
  it("a linked item: its counterpart, how sure it was and how it was found", async () => {
    const s = await copied(3);
    const [one] = s.library;
    if (!one) throw new Error("no recording");
    const [there] = await explained(s, "spotify", one.spotify);
    expect(there).toMatchObject({
      side: "source",
      state: "linked",
      reason: "add.new",
      counterpart: one.deezer,
      matchedBy: "lookup",
      lastOutcome: { kind: "add", outcome: "written" },
    });
    expect(there?.confidence).toBeGreaterThan(0.8);
    expect(await explained(s, "deezer", one.deezer)).toMatchObject([
      { side: "target", state: "linked", counterpart: one.spotify },
    ]);
  });

  it("an unmatched item: why, and when it is looked for again", async () => {
    const s = await scenario();
    const [lonely = ""] = onlyAtSpotify(s.sandbox, 1);
    s.sandbox.control.spotify.seedFavourites(s.anna.spotifyId, [lonely]);
    await s.run();
    const [why] = await explained(s, "spotify", lonely);
    expect(why).toMatchObject({ state: "unmatched", reason: "unmatched.not-found", attempts: 1 });
    expect(why?.counterpart).toBeUndefined();
    const restMs = (why?.nextAttemptMs ?? 0) - (why?.decidedAtMs ?? 0);
    expect(restMs).toBeLessThanOrEqual(DAY);
    expect(restMs).toBeGreaterThan(DAY - MINUTE);
  });

  it("a refused item: the service's answer, and when it is tried again", async () => {
    const s = await scenario();
    const [one] = s.recordings(1);
    if (!one) throw new Error("no recording");
    s.a.like([one]);
    const plan = await s.engine.plan(s.request());
    s.sandbox.control.deezer.takeDown(one.deezer, "gone");
    await s.engine.apply(plan);
    const [why] = await explained(s, "spotify", one.spotify);
    expect(why).toMatchObject({
      state: "refused",
      counterpart: one.deezer,
      lastOutcome: { kind: "add", outcome: "not-found" },
    });
    expect(why?.reason).toMatch(/^refused\./);
    expect((why?.nextAttemptMs ?? 0) - (why?.decidedAtMs ?? 0)).toBe(30 * DAY);
  });

  it("a detached and a suppressed item", async () => {
    const s = await copied(10);
    await s.clock.advance(MINUTE);
    const [one, two] = s.library;
    if (!one || !two) throw new Error("no recordings");
    s.a.unlike([one]);
    s.b.unlike([two]);
    await s.run();
    expect(await explained(s, "spotify", one.spotify)).toMatchObject([{ state: "detached", reason: "detach.kept" }]);
    expect(await explained(s, "spotify", two.spotify)).toMatchObject([
      { state: "suppressed", reason: "suppress.deleted" },
    ]);
  });

  it("an item that is not known: nothing; somebody else's connection: as if there were none", async () => {
    const s = await copied(3);
    expect(await explained(s, "spotify", "never-seen")).toEqual([]);
    const { connectionId } = await s.connection("spotify");
    const foreign = { userId: "user-2", connectionId, externalId: s.library[0]?.spotify ?? "" };
    await expect(s.engine.explain(foreign)).rejects.toMatchObject({ code: "connection.unknown" });
  });

  it("every code that is stored has a text", async () => {
    const s = await copied(10);
    await s.clock.advance(MINUTE);
    s.a.unlike(s.library.slice(0, 1));
    s.b.unlike(s.library.slice(1, 2));
    const report = await s.run();
    for (const { reason } of await s.links()) expect(Object.keys(reasonTexts)).toContain(reason as ReasonCode);
    for (const { reason } of report.items) if (reason) expect(describeReason(reason)).toMatch(/\.$/);
  });

  it("ids that are stored sealed are explained all the same", async () => {
    const s = await copied(3, "sync-from", { engine: { sealIds: true } });
    const [one] = s.library;
    if (!one) throw new Error("no recording");
    const [why] = await explained(s, "spotify", one.spotify);
    expect(why).toMatchObject({ state: "linked", reason: "add.new" });
    for (const { source_id, target_id, source_sealed } of await s.links()) {
      expect([one.spotify, one.deezer]).not.toContain(source_id);
      expect([one.spotify, one.deezer]).not.toContain(target_id);
      expect(source_sealed).not.toBeNull();
    }
    s.a.unlike([one]);
    await s.clock.advance(MINUTE);
    expect((await s.run()).status).toBe("succeeded");
    expect(await explained(s, "spotify", one.spotify)).toMatchObject([{ state: "detached" }]);
  });
});

describe("limits", () => {
  it("says how many requests are left, and that they come back", async () => {
    const s = await copied(10);
    const ref = await s.connection("deezer");
    const after = await s.engine.limits(ref);
    expect(after).toMatchObject({ service: "deezer" });
    expect(after.remaining).toBeLessThan(50);
    expect(after.closedUntilMs).toBeUndefined();
    await s.clock.advance(MINUTE);
    expect((await s.engine.limits(ref)).remaining).toBe(50);
    expect(s.b.requests()).toBe(0);
  });

  it("says until when the service is closed, also to another process", async () => {
    const s = await copied(10);
    s.sandbox.control.fault({ service: "deezer", fault: { type: "too-many", retryAfter: 7_200 } });
    const report = await s.run();
    expect(report.status).toBe("deferred");
    const ref = await s.connection("deezer");
    const closed = { remaining: 0, closedUntilMs: report.deferredUntilMs, reason: "rate-limited" };
    expect(await s.engine.limits(ref)).toMatchObject(closed);
    expect(await s.host.restart().engine.limits(ref)).toMatchObject(closed);
    await s.clock.advance(2 * HOUR);
    expect((await s.engine.limits(ref)).closedUntilMs).toBeUndefined();
  });

  it("a plan says what applying it will cost", async () => {
    const s = await scenario();
    s.a.like(s.recordings(120));
    const { pairs } = await s.engine.plan(s.request());
    const [planned] = pairs;
    if (!planned?.ok) throw new Error("the plan was not made");
    expect(planned.estimate.requests).toBe(3);
    expect(planned.estimate.expectedEndMs).toBeGreaterThanOrEqual(planned.plannedAtMs);
    expect(planned.requests.target.lookup).toBe(120);
  });
});
