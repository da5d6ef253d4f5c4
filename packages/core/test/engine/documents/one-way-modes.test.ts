import type { SyntheticDocuments } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import type { Plan } from "../../../src/index.ts";
import { only } from "../support/bench.ts";
import { DAY_MS, idOf, inStep, type Mode, NotesBench, shownOn } from "./notes-bench.ts";

const mirror = { propagation: "mirror" } as const;
const prune = { propagation: "mirror", prune: true } as const;

/** The bench seen in the direction of a mode: A is read, B is written. */
function sidesOf(bench: NotesBench, mode: Mode): { readonly a: SyntheticDocuments; readonly b: SyntheticDocuments } {
  return mode === "sync-to" ? { a: bench.right, b: bench.left } : { a: bench.left, b: bench.right };
}

async function started(count: number, mode: Mode) {
  const bench = await inStep(count, { mode });
  const { a, b } = sidesOf(bench, mode);
  a.forgetLog();
  return { bench, a, b };
}

/** Everything that a service was told to change. */
function writesTo(service: SyntheticDocuments): number {
  return service.log.filter(({ by }) => by === "sync").length;
}

async function planOf(bench: NotesBench, options: Parameters<NotesBench["request"]>[0], mode: Mode): Promise<Plan> {
  return await bench.engine().plan(bench.request(options, mode));
}

describe.each(["sync-from", "sync-to"] as const)("documents, one way, %s", (mode) => {
  // Stored by the pair's sides, whichever of them is read from first.
  const goneFrom = mode === "sync-from" ? { a: "detached", b: "suppressed" } : { a: "suppressed", b: "detached" };

  it("C1: an edit on A, a drift of B, and both at once end as A's, and A is never written", async () => {
    const { bench, a, b } = await started(4, mode);
    await bench.sync(mirror, mode);
    a.edit(idOf(a, 0), { body: "edited" });
    b.edit(idOf(b, 1), { body: "drifted" });
    a.edit(idOf(a, 2), { body: "A's" });
    b.edit(idOf(b, 2), { body: "B's" });
    const report = await bench.sync(mirror, mode);
    expect(report).toMatchObject({ status: "succeeded", counts: { updated: 3, conflicts: 0 } });
    expect(shownOn(b)).toEqual(["note 0: edited", "note 1: first", "note 2: A's", "note 3: first"]);
    expect(shownOn(b)).toEqual(shownOn(a));
    expect(writesTo(a)).toBe(0);
    expect(await bench.conflicts()).toEqual([]);
    const reasons = report.items.map(({ reason }) => reason?.code).sort();
    expect(reasons).toEqual(["update.drifted", "update.edited", "update.edited"]);
    const before = bench.writes;
    expect((await bench.sync(mirror, mode)).items).toEqual([]);
    expect(bench.writes).toBe(before);
  });

  it("C1: additive carries an edit of A over, and leaves what was edited on B alone", async () => {
    const { bench, a, b } = await started(3, mode);
    a.edit(idOf(a, 0), { body: "edited" });
    b.edit(idOf(b, 1), { body: "B's own" });
    const report = await bench.sync({}, mode);
    expect(report).toMatchObject({ status: "succeeded", counts: { updated: 1, conflicts: 0 } });
    expect(shownOn(b)).toEqual(["note 0: edited", "note 1: B's own", "note 2: first"]);
    // Edited on A as well, it is a conflict; skip leaves both.
    a.edit(idOf(a, 1), { body: "A's own" });
    const second = await bench.sync({}, mode);
    expect(second.counts).toMatchObject({ updated: 0, conflicts: 1 });
    expect(shownOn(b)).toContain("note 1: B's own");
    expect(await bench.conflicts()).toMatchObject([{ state: "open", kind: "edit-edit" }]);
    expect(writesTo(a)).toBe(0);
  });

  it("C2: a mirror leaves alone what it did not make on B", async () => {
    const { bench, a, b } = await started(10, mode);
    await bench.sync(mirror, mode);
    b.putAll([{ title: "stray 1" }, { title: "stray 2" }]);
    a.remove(idOf(a, 0));
    const report = await bench.sync(mirror, mode);
    expect(report).toMatchObject({ status: "succeeded", counts: { removed: 1, added: 0 } });
    expect(shownOn(b)).toHaveLength(11);
    expect(shownOn(b)).toEqual(expect.arrayContaining(["stray 1: ", "stray 2: "]));
    expect(writesTo(a)).toBe(0);
  });

  it("C2: prune clears what it did not make, the first time only after a confirmation", async () => {
    const { bench, a, b } = await started(10, mode);
    b.putAll([{ title: "stray 1" }, { title: "stray 2" }]);
    const held = await bench.sync(prune, mode);
    expect(held).toMatchObject({ status: "held", counts: { removed: 0 }, hold: { reasons: ["needs-confirmation"] } });
    expect(held.hold?.operations.map(({ kind, reason }) => `${kind} ${reason.code}`)).toEqual(
      Array(2).fill("delete remove.prune"),
    );
    expect(b.notes().size).toBe(12);
    await bench.engine().confirm({ ...(await bench.ref()), planHash: held.hold?.hash ?? "" });
    expect(await bench.sync(prune, mode)).toMatchObject({ status: "succeeded", counts: { removed: 2 } });
    await bench.clock.advance(DAY_MS);
    b.put({ title: "stray 3" });
    expect(await bench.sync(prune, mode)).toMatchObject({ status: "succeeded", counts: { removed: 1 } });
    expect(shownOn(b)).toEqual(shownOn(a));
    expect(writesTo(a)).toBe(0);
  });

  it("C3: a mirror makes a managed note again that was deleted on B, edited meanwhile on A or not", async () => {
    const { bench, a, b } = await started(10, mode);
    await bench.sync(mirror, mode);
    b.remove(idOf(b, 0));
    b.remove(idOf(b, 1));
    a.edit(idOf(a, 1), { body: "edited" });
    const report = await bench.sync(mirror, mode);
    expect(report).toMatchObject({ status: "succeeded", counts: { added: 2, removed: 0 } });
    expect(report.items.map(({ reason }) => reason?.code)).toEqual(Array(2).fill("add.again"));
    expect(shownOn(b)).toEqual(shownOn(a));
    expect(await bench.linkStates()).toEqual({ linked: 10, superseded: 2 });
    expect(await bench.conflicts()).toEqual([]);
    const before = bench.writes;
    expect((await bench.sync(mirror, mode)).items).toEqual([]);
    expect(bench.writes).toBe(before);
  });

  it("C4: a mirror deletes on B what was deleted on A, edited on B or not, after asking A for it by id", async () => {
    const { bench, a, b } = await started(10, mode);
    await bench.sync(mirror, mode);
    a.remove(idOf(a, 3));
    a.remove(idOf(a, 4));
    b.edit(idOf(b, 4), { body: "edited in vain" });
    const asked = a.calls.get ?? 0;
    const report = await bench.sync(mirror, mode);
    expect(report).toMatchObject({ status: "succeeded", counts: { removed: 2, added: 0, conflicts: 0 } });
    expect((a.calls.get ?? 0) - asked).toBe(2);
    expect(shownOn(b)).toEqual(shownOn(a));
    expect(await bench.linkStates()).toEqual({ linked: 8, dropped: 2 });
    expect(writesTo(a)).toBe(0);
    for (let run = 0; run < 3; run++) expect((await bench.sync(mirror, mode)).items).toEqual([]);
  });

  it("C5: additive keeps on B what was deleted on A, and detaches its link until it is back", async () => {
    const { bench, a, b } = await started(10, mode);
    const gone = idOf(a, 0);
    a.remove(gone);
    const report = await bench.sync({}, mode);
    expect(report).toMatchObject({ status: "succeeded", counts: { removed: 0, added: 0 } });
    expect(b.notes().size).toBe(10);
    expect(await bench.linkStates()).toEqual({ linked: 9, [goneFrom.a]: 1 });
    // B's own edits of what is left to it are its own affair.
    b.edit(idOf(b, 0), { body: "first" });
    await bench.sync({}, mode);
    a.undelete(gone);
    const before = bench.writes;
    expect((await bench.sync({}, mode)).status).toBe("succeeded");
    expect(await bench.linkStates()).toEqual({ linked: 10 });
    expect(bench.writes).toBe(before);
  });

  it("C6: additive never makes a copy again that was deleted on B, edited on A or not", async () => {
    const { bench, a, b } = await started(10, mode);
    b.remove(idOf(b, 0));
    b.remove(idOf(b, 1));
    a.edit(idOf(a, 1), { body: "edited" });
    expect(await bench.sync({}, mode)).toMatchObject({ status: "succeeded", counts: { added: 0, removed: 0 } });
    expect(await bench.linkStates()).toEqual({ linked: 8, [goneFrom.b]: 2 });
    a.edit(idOf(a, 0), { body: "edited later" });
    for (let day = 0; day < 3; day++) {
      await bench.clock.advance(DAY_MS);
      expect((await bench.sync({}, mode)).counts).toMatchObject({ added: 0, updated: 0 });
    }
    expect(b.notes().size).toBe(8);
    expect(a.notes().size).toBe(10);
    expect(writesTo(a)).toBe(0);
  });

  it("C10: a dry run changes nothing anywhere, and applying it does just that plan", async () => {
    const { bench, a, b } = await started(12, mode);
    await bench.sync(mirror, mode);
    a.put({ title: "new" });
    a.edit(idOf(a, 0), { body: "edited" });
    a.remove(idOf(a, 1));
    b.remove(idOf(b, 2));
    b.edit(idOf(b, 3), { body: "drifted" });
    const before = [await bench.dump(), bench.writes, shownOn(a), shownOn(b)];
    const plan = await planOf(bench, mirror, mode);
    const [planned] = plan.pairs;
    if (!planned?.ok) throw new Error("the plan was not made");
    expect(planned.operations.map(({ kind }) => kind).sort()).toEqual([
      "create",
      "create",
      "delete",
      "update",
      "update",
    ]);
    expect(await planOf(bench, mirror, mode)).toMatchObject({ pairs: [{ ok: true, hash: planned.hash }] });
    const dry = await bench.engine().sync(bench.request({ ...mirror, dryRun: true }, mode));
    expect(dry.pairs).toMatchObject([{ status: "dry-run", items: [] }]);
    expect([await bench.dump(), bench.writes, shownOn(a), shownOn(b)]).toEqual(before);

    const done = only(await bench.engine().apply(plan));
    expect(done).toMatchObject({ status: "succeeded", counts: { added: 2, updated: 2, removed: 1 } });
    expect(bench.writes).toBe(Number(before[1]) + 5);
    expect(shownOn(b)).toEqual(shownOn(a));
    expect(writesTo(a)).toBe(0);
  });

  it("C10: the plan of a pair that was never stored stores nothing, and applying it stores the pair", async () => {
    const bench = await new NotesBench().open();
    const { a, b } = sidesOf(bench, mode);
    a.putAll([{ title: "one" }, { title: "two" }]);
    // The tenant's key is made by the first thing that hashes.
    await planOf(bench, {}, mode);
    const tables = await bench.dump();
    const plan = await planOf(bench, {}, mode);
    expect(await bench.dump()).toEqual(tables);
    expect(only(await bench.engine().apply(plan))).toMatchObject({ status: "succeeded", counts: { added: 2 } });
    expect(only(await bench.engine().apply(plan)).counts.added).toBe(0);
    expect(shownOn(b)).toEqual(["one: ", "two: "]);
  });
});

describe("documents, two-way, planned", () => {
  it("C10: a dry run changes nothing anywhere, and applying it does just that plan, conflicts included", async () => {
    const bench = await inStep(12);
    const { left, right } = bench;
    left.put({ title: "new left" });
    right.put({ title: "new right" });
    left.edit(idOf(left, 0), { body: "edited" });
    right.edit(idOf(right, 1), { body: "edited" });
    left.remove(idOf(left, 2));
    right.remove(idOf(right, 3));
    left.edit(idOf(left, 4), { body: "left" });
    right.edit(idOf(right, 4), { body: "right" });
    left.edit(idOf(left, 5), { body: "same" });
    right.edit(idOf(right, 5), { body: "same" });
    const before = [await bench.dump(), bench.writes, bench.shown];
    const plan = await planOf(bench, {}, "bidirectional");
    const [planned] = plan.pairs;
    if (!planned?.ok) throw new Error("the plan was not made");
    const kinds = planned.operations.map(({ kind }) => kind).sort();
    expect(kinds).toEqual([...["advance", "conflict", "create", "create", "delete", "delete", "update", "update"]]);
    expect([await bench.dump(), bench.writes, bench.shown]).toEqual(before);
    expect(new Set(bench.events.map(({ type }) => type))).toEqual(new Set(["run.progress"]));

    const done = only(await bench.engine().apply(plan));
    expect(done).toMatchObject({
      status: "succeeded",
      counts: { added: 2, updated: 2, removed: 2, conflicts: 1 },
    });
    expect(bench.writes).toBe(Number(before[1]) + 6);
    const after = bench.writes;
    const next = await bench.sync();
    expect(next.counts).toMatchObject({ added: 0, updated: 0, removed: 0 });
    expect(bench.writes).toBe(after);
  });

  it("C10: a plan whose ground has moved is refused item by item, and nothing else is done instead", async () => {
    const bench = await inStep(6);
    const { left, right } = bench;
    for (const index of [0, 1, 2]) left.edit(idOf(left, index), { body: "planned" });
    const gone = idOf(left, 3);
    left.remove(gone);
    right.remove(idOf(right, 4));
    const plan = await planOf(bench, {}, "bidirectional");
    // Of what was edited, one is edited on, one is gone, one was edited over there; of what was deleted, one is back.
    left.edit(idOf(left, 0), { body: "edited on" });
    left.remove(idOf(left, 1));
    right.edit(idOf(right, 2), { body: "the user's" });
    left.undelete(gone);
    const done = only(await bench.engine().apply(plan));
    expect(done).toMatchObject({ status: "partial", counts: { refused: 4, removed: 1, updated: 0 } });
    const refused = done.items.filter(({ kind }) => kind === "refused").map(({ reason }) => reason?.code);
    expect(refused).toEqual(Array(4).fill("refused.precondition-moved"));
    expect(right.get(idOf(right, 2))?.body).toBe("the user's");
    expect(right.get(idOf(right, 0))?.body).toBe("first");
    expect(right.get(idOf(right, 1))?.body).toBe("first");
  });
});

describe("documents, additive, a listing that leaves out what was let go of", () => {
  it("does not bring back a copy that was deleted: what is missing is asked for before it is forgotten", async () => {
    const bench = await inStep(5, { mode: "sync-from" });
    bench.right.remove(idOf(bench.right, 0));
    await bench.sync({}, "sync-from");
    expect(await bench.linkStates()).toEqual({ linked: 4, suppressed: 1 });
    const kept = idOf(bench.left, 0);
    bench.left.adopt({ lie: { lie: "missing-rows", ids: (id) => id === kept } });
    await bench.sync({}, "sync-from");
    bench.left.behave();
    for (let run = 0; run < 2; run++) await bench.sync({}, "sync-from");
    expect(bench.right.notes().size).toBe(4);
    expect(await bench.linkStates()).toEqual({ linked: 4, suppressed: 1 });
  });
});

describe("documents, a merge that was planned", () => {
  it("is refused if the side that it would not write has changed since", async () => {
    const bench = await inStep(3);
    bench.left.edit(idOf(bench.left, 0), { body: "left" });
    bench.right.edit(idOf(bench.right, 0), { body: "right" });
    const merging = bench.request({ conflictPolicy: "merge" });
    const engine = bench.engine();
    const plan = await engine.plan(merging);
    bench.left.edit(idOf(bench.left, 0), { body: "left again" });
    const report = only(await engine.apply(plan));
    expect(report.counts).toMatchObject({ updated: 0, refused: 1 });
    expect(bench.right.get(idOf(bench.right, 0))?.body).toBe("right");
  });
});
