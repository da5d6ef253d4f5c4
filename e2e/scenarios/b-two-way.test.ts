import type { FaultRule } from "@syncer/sandbox";
import { describe, expect, it } from "vitest";
import { onlyAtSpotify } from "../support/agreeing.ts";
import {
  copied,
  DAY,
  dump,
  HOUR,
  type Library,
  MINUTE,
  type Scenario,
  scenario,
  sortedIds,
} from "../support/scenario.ts";

const NOTHING = { status: "succeeded", items: [] } as const;

/** Two-way favourites in step, and quiet for so long that no window is open and no probe stands for a listing. */
async function inStep(count: number) {
  const s = await copied(count, "bidirectional");
  await s.clock.advance(25 * HOUR);
  await s.run();
  await s.clock.advance(25 * HOUR);
  s.events.length = 0;
  return s;
}

function strike(s: Scenario, library: Library, fault: FaultRule["fault"]) {
  return s.sandbox.control.fault({
    service: library.service,
    method: "GET",
    path: library.listing,
    times: null,
    fault,
  });
}

const both = (s: Scenario) => [s.a.ids(), s.b.ids()];
const writes = (s: Scenario) => s.a.writes() + s.b.writes();

describe("A. First run and matching, two-way", () => {
  it("A1, A3: what either side lacks is added, what both have is linked, and a second run writes nothing", async () => {
    const s = await scenario("bidirectional");
    const all = s.recordings(100);
    s.a.like(all.slice(0, 60));
    s.b.like(all.slice(40));
    const report = await s.run();
    expect(report).toMatchObject({ status: "succeeded", counts: { added: 80, linked: 20, removed: 0 } });
    expect(both(s)).toEqual([sortedIds(s.a, all), sortedIds(s.b, all)]);
    expect(await s.linkStates()).toEqual({ linked: 100 });
    const again = await s.run();
    expect(again).toMatchObject(NOTHING);
    expect(again.requests).toEqual({ source: { probe: 1 }, target: { probe: 1 } });
    expect(writes(s)).toBe(0);
  });

  it("A2: two empty sides are a success without writes or guards", async () => {
    const s = await scenario("bidirectional");
    expect(await s.run()).toMatchObject(NOTHING);
    expect(writes(s)).toBe(0);
    expect(s.events.map(({ type }) => type)).not.toContain("plan.held");
  });

  it("A6: what only one service has stays there, is recorded once, and is not looked for at every run", async () => {
    const s = await inStep(5);
    const [lonely = ""] = onlyAtSpotify(s.sandbox, 1);
    s.sandbox.control.spotify.seedFavourites(s.anna.spotifyId, [lonely]);
    expect((await s.run()).unmatched).toMatchObject([{ itemId: lonely, side: "source", attempts: 1 }]);
    expect(await s.linkStates()).toEqual({ linked: 5, unmatched: 1 });
    for (let run = 0; run < 3; run++) expect((await s.run()).unmatched).toEqual([]);
    expect(s.a.ids()).toHaveLength(6);
    expect(s.b.ids()).toHaveLength(5);
  });

  it("A9: a first run that is cut off ends at exactly the union afterwards", async () => {
    const s = await scenario("bidirectional");
    const all = s.recordings(100);
    s.a.like(all.slice(0, 50));
    s.b.like(all.slice(50));
    const write = { service: "deezer", method: "POST", path: "/user/me/tracks" } as const;
    s.sandbox.control.fault({ ...write, fault: { type: "half-batch", apply: 37, answer: { type: "disconnect" } } });
    s.sandbox.control.fault({ ...write, times: null, fault: { type: "disconnect" } });
    expect((await s.run()).error?.code).toBe("service.unreachable");
    s.sandbox.control.clearFaults();
    await s.clock.advance(HOUR);
    expect((await s.run()).status).toBe("succeeded");
    expect(both(s)).toEqual([sortedIds(s.a, all), sortedIds(s.b, all)]);
    expect(await s.linkStates()).toEqual({ linked: 100 });
  });
});

describe("B. Changes on both sides between runs", () => {
  it("B3: one new on each side: both have both, for one write each", async () => {
    const s = await inStep(20);
    const all = s.recordings(22);
    s.a.like(all.slice(20, 21));
    s.b.like(all.slice(21));
    expect(await s.run()).toMatchObject({ status: "succeeded", counts: { added: 2, removed: 0 } });
    expect(both(s)).toEqual([sortedIds(s.a, all), sortedIds(s.b, all)]);
    expect([s.a.writes(), s.b.writes()]).toEqual([1, 1]);
    expect(await s.run()).toMatchObject(NOTHING);
  });

  it.each(["a", "b"] as const)(
    "B4: removed on %s: removed on the other side, and it never comes back",
    async (here) => {
      const there = here === "a" ? "b" : "a";
      const s = await inStep(20);
      s[here].unlike(s.library.slice(0, 2));
      expect(await s.run()).toMatchObject({ status: "succeeded", counts: { removed: 2, added: 0 } });
      expect(both(s)).toEqual([sortedIds(s.a, s.library.slice(2)), sortedIds(s.b, s.library.slice(2))]);
      // Nobody removes what a service only no longer shows: each was asked for first.
      expect(s[here].requests("lookup")).toBe(2);
      expect([s[here].writes(), s[there].writes()]).toEqual([0, Math.ceil(2 / s[there].batch.remove)]);
      for (let day = 0; day < 3; day++) {
        await s.clock.advance(DAY);
        expect(await s.run()).toMatchObject(NOTHING);
      }
      expect(await s.linkStates()).toEqual({ linked: 18, dropped: 2 });
    },
  );

  it("B4: removed and added again, on either side in turn: copied again", async () => {
    const s = await inStep(10);
    const one = s.library.slice(0, 1);
    for (const here of ["a", "b", "a"] as const) {
      s[here].unlike(one);
      expect((await s.run()).counts).toMatchObject({ removed: 1 });
      await s.clock.advance(5 * MINUTE);
      s[here].like(one);
      expect((await s.run()).counts).toMatchObject({ added: 1 });
      await s.clock.advance(5 * MINUTE);
      expect(both(s)).toEqual([sortedIds(s.a, s.library), sortedIds(s.b, s.library)]);
    }
  });

  it("B5: removed on both sides: the link is dropped without a write", async () => {
    const s = await inStep(20);
    s.a.unlike(s.library.slice(0, 2));
    s.b.unlike(s.library.slice(0, 2));
    expect((await s.run()).status).toBe("succeeded");
    expect(writes(s)).toBe(0);
    expect(await s.linkStates()).toEqual({ linked: 18, dropped: 2 });
  });

  it("B6: the same added on both sides is linked without a write", async () => {
    const s = await inStep(20);
    const fresh = s.recordings(22).slice(20);
    s.a.like(fresh);
    s.b.like(fresh);
    expect(await s.run()).toMatchObject({ status: "succeeded", counts: { added: 0, linked: 2 } });
    expect(writes(s)).toBe(0);
    expect(await s.linkStates()).toEqual({ linked: 22 });
  });

  it("C10: a dry run changes nothing anywhere, and applying it does just that plan, on both sides", async () => {
    const s = await inStep(20);
    const all = s.recordings(24);
    s.a.like(all.slice(20, 22));
    s.b.like(all.slice(22));
    s.a.unlike(all.slice(0, 1));
    s.b.unlike(all.slice(1, 3));
    // Tokens that have run out are renewed and kept, whatever they are needed for.
    await s.engine.plan(s.request("bidirectional"));
    const before = [await dump(s.storage), both(s)];
    s.sandbox.control.clearStats();
    const plan = await s.engine.plan(s.request("bidirectional"));
    const [planned] = plan.pairs;
    if (!planned?.ok) throw new Error("the plan was not made");
    const lines = planned.operations.map(({ kind, on }) => `${kind} ${on}`).sort();
    expect(lines).toEqual([
      ...Array<string>(2).fill("add source"),
      ...Array<string>(2).fill("add target"),
      ...Array<string>(2).fill("remove source"),
      "remove target",
    ]);
    expect([await dump(s.storage), both(s)]).toEqual(before);
    expect(writes(s)).toBe(0);
    const { pairs } = await s.engine.apply(plan);
    expect(pairs[0]?.status).toBe("succeeded");
    const done = pairs[0]?.items.map(({ kind, on }) => `${kind === "added" ? "add" : "remove"} ${on}`).sort();
    expect(done).toEqual(lines);
    expect(both(s)).toEqual([sortedIds(s.a, all.slice(3)), sortedIds(s.b, all.slice(3))]);
  });
});

describe("C. One-way and two-way in turn", () => {
  it("C5, C6: what additive had left apart stays apart two-way, until the user acts on it", async () => {
    const s = await copied(10, "sync-from");
    await s.clock.advance(HOUR);
    s.a.unlike(s.library.slice(0, 1));
    s.b.unlike(s.library.slice(1, 2));
    await s.run();
    expect(await s.linkStates()).toEqual({ linked: 8, detached: 1, suppressed: 1 });
    const before = both(s);
    for (let run = 0; run < 3; run++) {
      s.sandbox.control.clearStats();
      expect((await s.host.sync({}, "bidirectional")).counts).toMatchObject({ added: 0, removed: 0 });
      expect(writes(s)).toBe(0);
      await s.clock.advance(HOUR);
    }
    expect(both(s)).toEqual(before);
    s.a.like(s.library.slice(0, 1));
    s.a.unlike(s.library.slice(1, 2));
    await s.host.sync({}, "bidirectional");
    expect(both(s)).toEqual([
      sortedIds(
        s.a,
        s.library.filter((_, index) => index !== 1),
      ),
      sortedIds(
        s.b,
        s.library.filter((_, index) => index !== 1),
      ),
    ]);
  });

  it("one-way made two-way: links are kept, and the first deletes wait for a confirmation", async () => {
    const s = await copied(20, "sync-from");
    await s.clock.advance(HOUR);
    const keys = (await s.links()).map(({ link_key }) => link_key);
    await s.engine.pairs.rescope(await s.ref(), { mode: "bidirectional" });
    const all = s.recordings(21);
    s.b.unlike(s.library.slice(0, 1));
    s.b.like(all.slice(20));
    const held = await s.host.sync({}, "bidirectional");
    expect(held).toMatchObject({ status: "held", counts: { added: 1, removed: 0 } });
    expect(held.hold?.reasons).toEqual(["needs-confirmation"]);
    expect((await s.links()).map(({ link_key }) => link_key)).toEqual(expect.arrayContaining(keys));
    await s.engine.confirm({ ...(await s.ref()), planHash: held.hold?.hash ?? "" });
    expect((await s.host.sync({}, "bidirectional")).counts).toMatchObject({ removed: 1 });
    expect(both(s)).toEqual([sortedIds(s.a, all.slice(1)), sortedIds(s.b, all.slice(1))]);
  });
});

describe.each(["a", "b"] as const)("D. Deletes, guards, listings that lie, two-way, on %s", (here) => {
  it("D1: an empty listing is held without a delete on either side, and the next good one goes on by itself", async () => {
    const s = await inStep(60);
    const before = await s.links();
    strike(s, s[here], { type: "empty-listing" });
    expect(await s.run()).toMatchObject({ status: "held", items: [] });
    expect(writes(s)).toBe(0);
    s.sandbox.control.clearFaults();
    expect(await s.run()).toMatchObject(NOTHING);
    expect(await s.links()).toEqual(before);
  });

  it("D2: half of the items missing without an error is held, though the total agrees", async () => {
    const s = await inStep(60);
    strike(s, s[here], { type: "partial-listing", keep: 0.5, total: "shown" });
    expect(await s.run()).toMatchObject({ status: "held", counts: { removed: 0, added: 0 } });
    expect(writes(s)).toBe(0);
    s.sandbox.control.clearFaults();
    expect(await s.run()).toMatchObject(NOTHING);
    expect(both(s)).toEqual([sortedIds(s.a, s.library), sortedIds(s.b, s.library)]);
  });

  it("D7: a real mass delete is held, confirmed for exactly that plan, and done", async () => {
    const s = await inStep(30);
    s[here].unlike(s.library.slice(0, 10));
    const held = await s.run();
    expect(held).toMatchObject({ status: "held", hold: { reasons: ["mass-removal"] }, counts: { removed: 0 } });
    const ref = await s.ref();
    await s.engine.confirm({ ...ref, planHash: held.hold?.hash ?? "" });
    s[here].unlike(s.library.slice(10, 11));
    const other = await s.run();
    expect(other).toMatchObject({ status: "held", counts: { removed: 0 } });
    await s.engine.confirm({ ...ref, planHash: other.hold?.hash ?? "" });
    expect(await s.run()).toMatchObject({ status: "succeeded", counts: { removed: 11 } });
    expect(both(s)).toEqual([sortedIds(s.a, s.library.slice(11)), sortedIds(s.b, s.library.slice(11))]);
  });

  it("D8: a token that now belongs to another account pauses the pair before anything is written", async () => {
    const s = await inStep(10);
    const fresh = s.recordings(12).slice(10);
    s.a.like(fresh.slice(0, 1));
    s.b.like(fresh.slice(1));
    const { spotify, deezer, people } = s.sandbox.control;
    const ben = people[1];
    if (!ben) throw new Error("no such person");
    if (here === "a") spotify.swapAccount(s.anna.spotifyId, ben.spotifyId);
    else deezer.swapAccount(s.anna.deezerId, ben.deezerId);
    const restarted = s.host.restart();
    const report = await restarted.sync({}, "bidirectional");
    expect(report).toMatchObject({ status: "failed", error: { code: "auth.wrong-account" }, items: [] });
    expect(await s.pair()).toMatchObject({ state: "paused", stateReason: "pair.account-changed" });
    expect(writes(s)).toBe(0);
    expect([spotify.favourites(ben.spotifyId), deezer.favourites(ben.deezerId)]).toEqual([[], []]);
  });

  it("D9: a library that is gone (404) pauses the pair and empties nothing", async () => {
    const s = await inStep(10);
    strike(s, s[here], here === "a" ? { type: "status", status: 404 } : { type: "deezer-error", code: 800 });
    const before = await s.links();
    expect(await s.run()).toMatchObject({ status: "failed", error: { code: "service.not-found" }, items: [] });
    expect(await s.pair()).toMatchObject({ state: "paused", stateReason: "pair.container-gone" });
    expect(await s.links()).toEqual(before);
    expect(writes(s)).toBe(0);
    s.sandbox.control.clearFaults();
    await s.engine.pairs.resume(await s.ref());
    expect(await s.run()).toMatchObject(NOTHING);
  });
});

describe("L. Store, two-way", () => {
  it("L1: a lost link table with both sides in step is linked again without a write", async () => {
    const s = await inStep(60);
    const ids = async () => (await s.links()).map(({ source_id, target_id }) => `${source_id} ${target_id}`).sort();
    const before = await ids();
    await s.storage.write({ statements: [{ delete: "links", where: {} }] });
    expect(await s.run()).toMatchObject({ rebuild: true, counts: { added: 0, removed: 0, linked: 60 } });
    expect(writes(s)).toBe(0);
    expect(await ids()).toEqual(before);
  });

  it("L2: a lost link table with items removed since: they may come again, and nothing is removed", async () => {
    const s = await inStep(20);
    await s.storage.write({ statements: [{ delete: "links", where: {} }] });
    s.a.unlike(s.library.slice(0, 2));
    s.b.unlike(s.library.slice(2, 3));
    expect(await s.run()).toMatchObject({ rebuild: true, counts: { removed: 0, added: 3, linked: 17 } });
    expect(both(s)).toEqual([sortedIds(s.a, s.library), sortedIds(s.b, s.library)]);
  });

  it("a restored backup deletes nothing on either side without a confirmation", async () => {
    const s = await inStep(20);
    s.a.unlike(s.library.slice(0, 1));
    s.b.unlike(s.library.slice(1, 2));
    await s.engine.afterRestore();
    const held = await s.run();
    expect(held).toMatchObject({ status: "held", counts: { removed: 0 }, hold: { reasons: ["needs-confirmation"] } });
    expect(held.hold?.operations).toHaveLength(2);
    await s.engine.confirm({ ...(await s.ref()), planHash: held.hold?.hash ?? "" });
    expect(await s.run()).toMatchObject({ status: "succeeded", counts: { removed: 2 } });
    expect(both(s)).toEqual([sortedIds(s.a, s.library.slice(2)), sortedIds(s.b, s.library.slice(2))]);
  });
});
