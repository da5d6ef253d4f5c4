import { memoryStorage } from "@syncer/core";
import { recordingStorage } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import type { Recording } from "../support/agreeing.ts";
import { copied, dump, HOUR, MINUTE, scenario, sortedIds } from "../support/scenario.ts";

const mirror = { propagation: "mirror" } as const;
const prune = { propagation: "mirror", prune: true } as const;

function without(library: readonly Recording[], gone: readonly Recording[]): Recording[] {
  return library.filter((recording) => !gone.includes(recording));
}

describe.each(["sync-from", "sync-to"] as const)("C. One-way modes, %s", (mode) => {
  // Stored by the pair's sides, whichever of them is read from first.
  const goneFrom = mode === "sync-from" ? { a: "detached", b: "suppressed" } : { a: "suppressed", b: "detached" };

  it("C2: a mirror leaves alone what it did not make on B", async () => {
    const s = await scenario(mode);
    const all = s.recordings(14);
    const [shared, strays] = [all.slice(0, 10), all.slice(10)];
    s.a.like(shared);
    s.b.like(strays);
    expect((await s.run(mirror)).counts).toMatchObject({ added: 10, removed: 0 });
    const gone = shared.slice(0, 2);
    s.a.unlike(gone);
    const report = await s.run(mirror);
    expect(report).toMatchObject({ status: "succeeded", counts: { removed: 2, added: 0 } });
    expect(s.b.ids()).toEqual(sortedIds(s.b, without(all, gone)));
    expect(s.a.writes()).toBe(0);
  });

  it("C2: prune clears what it did not make, the first time only after a confirmation", async () => {
    const s = await scenario(mode);
    const all = s.recordings(15);
    const [shared, strays, later] = [all.slice(0, 10), all.slice(10, 13), all.slice(13)];
    s.a.like(shared);
    s.b.like(strays);
    const first = await s.run(prune);
    expect(first).toMatchObject({ status: "held", counts: { added: 10, removed: 0 } });
    expect(first.hold?.reasons).toEqual(["needs-confirmation"]);
    expect(first.hold?.operations.map(({ kind, reason }) => [kind, reason.code])).toEqual(
      strays.map(() => ["remove", "remove.prune"]),
    );
    expect(s.b.ids()).toHaveLength(13);
    expect((await s.run(prune)).status).toBe("held");

    await s.engine.confirm({ ...(await s.ref()), planHash: first.hold?.hash ?? "" });
    const confirmed = await s.run(prune);
    expect(confirmed).toMatchObject({ status: "succeeded", counts: { removed: 3 } });
    expect(s.b.ids()).toEqual(sortedIds(s.b, shared));

    await s.clock.advance(25 * HOUR);
    s.b.like(later);
    const second = await s.run(prune);
    expect(second).toMatchObject({ status: "succeeded", counts: { removed: 2 } });
    expect(s.b.ids()).toEqual(sortedIds(s.b, shared));
    expect(s.a.ids()).toEqual(sortedIds(s.a, shared));
    expect(s.a.writes()).toBe(0);
  });

  it("C3: a mirror makes a managed item again that was deleted on B", async () => {
    const s = await copied(10, mode);
    await s.run(mirror);
    await s.clock.advance(MINUTE);
    s.b.unlike(s.library.slice(0, 1));
    const report = await s.run(mirror);
    expect(report).toMatchObject({ status: "succeeded", counts: { added: 1, removed: 0 } });
    expect(report.items.map(({ reason }) => reason?.code)).toEqual(["add.again"]);
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 1]);
    expect(await s.linkStates()).toEqual({ linked: 10 });
    expect((await s.run(mirror)).requests).toEqual({ source: { probe: 1 }, target: { probe: 1 } });
  });

  it("C4: a mirror deletes on B what was deleted on A, after asking A for it by id", async () => {
    const s = await scenario(mode);
    const library = s.recordings(30);
    s.a.like(library);
    await s.run(mirror);
    const gone = library.slice(3, 6);
    s.a.unlike(gone);
    const report = await s.run(mirror);
    expect(report).toMatchObject({ status: "succeeded", counts: { removed: 3, added: 0 } });
    expect(report.items.map(({ reason }) => reason?.code)).toEqual(gone.map(() => "remove.gone"));
    expect(s.a.requests("lookup")).toBe(3);
    expect(s.b.ids()).toEqual(sortedIds(s.b, without(library, gone)));
    expect([s.a.writes(), s.b.writes()]).toEqual([0, Math.ceil(3 / s.b.batch.remove)]);
    expect(await s.linkStates()).toEqual({ linked: 27, dropped: 3 });
    expect((await s.run(mirror)).requests).toEqual({ source: { probe: 1 }, target: { probe: 1 } });
  });

  it("C4: deletes count over 24 hours: what goes in small lots is held once it is too much", async () => {
    const s = await scenario(mode);
    const library = s.recordings(15);
    s.a.like(library);
    await s.run(mirror);
    s.a.unlike(library.slice(0, 2));
    expect((await s.run(mirror)).counts.removed).toBe(2);
    s.a.unlike(library.slice(2, 4));
    expect((await s.run(mirror)).counts.removed).toBe(2);
    s.a.unlike(library.slice(4, 6));
    const held = await s.run(mirror);
    expect(held).toMatchObject({ status: "held", counts: { removed: 0 }, hold: { reasons: ["mass-removal"] } });
    expect(s.b.ids()).toHaveLength(11);
    await s.clock.advance(25 * HOUR);
    expect(await s.run(mirror)).toMatchObject({ status: "succeeded", counts: { removed: 2 } });
    expect(s.b.ids()).toEqual(sortedIds(s.b, library.slice(6)));
  });

  it("C4: a favourite that was removed and added again is copied again", async () => {
    const s = await scenario(mode);
    const library = s.recordings(10);
    const [one] = library;
    if (!one) throw new Error("no recording");
    s.a.like(library);
    await s.run(mirror);
    for (let round = 0; round < 2; round++) {
      s.a.unlike([one]);
      expect((await s.run(mirror)).counts.removed).toBe(1);
      s.a.like([one]);
      expect((await s.run(mirror)).counts.added).toBe(1);
      expect(s.b.ids()).toEqual(sortedIds(s.b, library));
    }
    const intents = await s.storage.select({ table: "intent_items", where: {} });
    const ids = intents.map(({ operation_id }) => operation_id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("C5: additive keeps on B what was deleted on A, and detaches its link", async () => {
    const s = await copied(10, mode);
    const gone = s.library.slice(0, 2);
    s.a.unlike(gone);
    const report = await s.run();
    expect(report).toMatchObject({ status: "succeeded", counts: { removed: 0, added: 0 } });
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
    expect(await s.linkStates()).toEqual({ linked: 8, [goneFrom.a]: 2 });
    expect((await s.run()).requests).toEqual({ source: { probe: 1 }, target: { probe: 1 } });
  });

  it("C5: a detached item that comes back on A is linked again without a write", async () => {
    const s = await copied(10, mode);
    const gone = s.library.slice(0, 1);
    s.a.unlike(gone);
    await s.run();
    s.a.like(gone);
    const report = await s.run();
    expect(report.status).toBe("succeeded");
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
    expect(await s.linkStates()).toEqual({ linked: 10 });
  });

  it("C6: additive never makes a copy again that was deleted on B", async () => {
    const s = await scenario(mode);
    const all = s.recordings(12);
    const [library, later] = [all.slice(0, 10), all.slice(10)];
    s.a.like(library);
    await s.run();
    await s.clock.advance(MINUTE);
    const gone = library.slice(0, 2);
    s.b.unlike(gone);
    expect(await s.run()).toMatchObject({ status: "succeeded", counts: { added: 0, removed: 0 } });
    expect(await s.linkStates()).toEqual({ linked: 8, [goneFrom.b]: 2 });
    s.a.like(later);
    expect((await s.run()).counts).toMatchObject({ added: 2 });
    await s.clock.advance(48 * HOUR);
    expect((await s.run()).counts).toMatchObject({ added: 0 });
    expect(s.b.ids()).toEqual(sortedIds(s.b, without(all, gone)));
    expect(s.a.ids()).toEqual(sortedIds(s.a, all));
    expect(await s.linkStates()).toEqual({ linked: 10, [goneFrom.b]: 2 });
  });

  it("C6: a copy that is missing right after it was written is not taken for deleted before the window is over", async () => {
    const s = await copied(10, mode);
    s.b.unlike(s.library.slice(0, 1));
    expect(await s.run()).toMatchObject({ status: "succeeded", items: [] });
    expect(await s.linkStates()).toEqual({ linked: 10 });
    await s.clock.advance(MINUTE);
    expect(await s.run()).toMatchObject({ status: "succeeded" });
    expect(await s.linkStates()).toEqual({ linked: 9, [goneFrom.b]: 1 });
    expect(s.b.writes()).toBe(0);
  });

  it("C10: a dry run changes nothing anywhere, and applying it does just that plan", async () => {
    const storage = recordingStorage(memoryStorage());
    const s = await scenario(mode, { storage });
    const all = s.recordings(16);
    const library = all.slice(0, 12);
    s.a.like(library);
    await s.run(mirror);
    await s.clock.advance(MINUTE);
    s.a.unlike(library.slice(0, 2));
    s.b.unlike(library.slice(5, 6));
    s.a.like(all.slice(12));
    const [tables, onA, onB] = [await dump(storage), s.a.ids(), s.b.ids()];
    storage.reset();
    s.sandbox.control.clearStats();

    const request = { ...s.request(mode), options: mirror };
    const plan = await s.engine.plan(request);
    const [planned] = plan.pairs;
    if (!planned?.ok) throw new Error("the plan was not made");
    expect(planned.operations.map(({ kind }) => kind).sort()).toEqual([
      ...Array<string>(5).fill("add"),
      ...Array<string>(2).fill("remove"),
    ]);
    expect(storage.record.writes).toBe(0);
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
    expect(await dump(storage)).toEqual(tables);
    expect([s.a.ids(), s.b.ids()]).toEqual([onA, onB]);
    expect((await s.engine.plan(request)).pairs).toMatchObject([{ ok: true, hash: planned.hash }]);

    const dry = await s.run({ ...mirror, dryRun: true });
    expect(dry).toMatchObject({ status: "dry-run", items: [] });
    expect(await dump(storage)).toEqual(tables);

    s.sandbox.control.clearStats();
    const { pairs } = await s.engine.apply(plan);
    expect(pairs[0]?.status).toBe("succeeded");
    const done = pairs[0]?.items.map(({ kind, toId }) => `${kind === "added" ? "add" : "remove"} ${toId}`);
    expect(done?.sort()).toEqual(planned.operations.map(({ kind, toId }) => `${kind} ${toId}`).sort());
    expect(s.b.requests("lookup") + s.b.requests("search")).toBe(0);
    expect(s.b.writes()).toBe(1 + Math.ceil(2 / s.b.batch.remove));
    expect(s.a.writes()).toBe(0);
    expect(s.b.ids()).toEqual(sortedIds(s.b, all.slice(2)));
  });

  it("C10: a plan whose ground has moved is refused item by item, and nothing else is done instead", async () => {
    const s = await copied(10, mode);
    const all = s.recordings(14);
    s.a.like(all.slice(10));
    const plan = await s.engine.plan(s.request(mode));
    s.a.unlike(all.slice(10, 12));
    s.sandbox.control.clearStats();
    const { pairs } = await s.engine.apply(plan);
    expect(pairs[0]).toMatchObject({ status: "partial", counts: { added: 2, refused: 2 } });
    const moved = pairs[0]?.items.filter(({ kind }) => kind === "refused");
    expect(moved?.map(({ reason }) => reason?.code)).toEqual(Array(2).fill("refused.precondition-moved"));
    expect(s.b.ids()).toEqual(sortedIds(s.b, without(all, all.slice(10, 12))));
  });

  it("C10: the plan of a pair that was never stored stores nothing, and applying it stores the pair", async () => {
    const s = await scenario(mode);
    s.a.like(s.recordings(3));
    // A tenant's key and a service's quiet may be written by reading; sign-in has made the key already.
    const tables = await dump(s.storage);
    const plan = await s.engine.plan(s.request(mode));
    expect(await dump(s.storage)).toEqual(tables);
    const { pairs } = await s.engine.apply(plan);
    expect(pairs[0]).toMatchObject({ status: "succeeded", counts: { added: 3 } });
    expect(await s.engine.pairs.list({ userId: "user-1" })).toMatchObject([{ mode, state: "active" }]);
    const again = await s.engine.apply(plan);
    expect(again.pairs[0]?.counts).toMatchObject({ added: 0 });
    expect(s.b.ids()).toHaveLength(3);
  });
});
