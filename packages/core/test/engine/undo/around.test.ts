import { inventedRecordings, syntheticLibrary } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import type { PairReport } from "../../../src/index.ts";
import { virtualClock } from "../../support/virtual-clock.ts";
import { Ring, ring } from "../chains/ring.ts";
import { inStep } from "../containers/support/in-step.ts";
import { lettersOf, RackBench } from "../containers/support/rack-bench.ts";
import { NotesBench } from "../documents/notes-bench.ts";
import { Bench, only } from "../support/bench.ts";
import { leftRecordings, rightRecordings } from "../support/recordings.ts";

const USER = { userId: "user-1" } as const;
/** One to one on both services. */
const ids = leftRecordings.slice(8).map(({ id }) => id);
const [first = "", second = ""] = ids;

function runOf({ jobId = "" }: Pick<PairReport, "jobId">) {
  return { ...USER, jobId };
}

const prune = { propagation: "mirror", prune: true } as const;

/** The first prune, which a person confirms. */
async function pruned(bench: Bench): Promise<PairReport> {
  const held = await bench.sync(prune);
  await bench.engine().confirm({ ...USER, pairId: held.pairId, planHash: held.hold?.hash ?? "" });
  return await bench.sync(prune);
}

function codesOf({ items }: Pick<PairReport, "items">) {
  return items.map(({ reason }) => reason?.code);
}

describe("undoing", () => {
  it("is shown beforehand, and writes nothing for that", async () => {
    const bench = await new Bench().open();
    bench.left.put(first, second);
    const run = await bench.sync();
    const before = await bench.dump();
    const plan = await bench.engine().planUndo(runOf(run));
    expect(plan).toMatchObject({ undoes: run.jobId, notUndone: [] });
    expect(plan.operations.map(({ kind, on, fromId }) => [kind, on, fromId]).sort()).toEqual([
      ["remove", "target", first],
      ["remove", "target", second],
    ]);
    expect(await bench.dump()).toEqual(before);
    expect(bench.right.ids()).toHaveLength(2);
  });

  it("does what was shown when that plan is applied", async () => {
    const bench = await new Bench().open();
    bench.left.put(first, second);
    const run = await bench.sync();
    const plan = await bench.engine().planUndo(runOf(run));
    const report = only(await bench.engine().apply({ tenantId: "default", ...USER, pairs: [{ ok: true, ...plan }] }));
    expect(report).toMatchObject({ status: "succeeded", counts: { removed: 2 } });
    expect(bench.right.ids()).toEqual([]);
    expect(await bench.engine().jobs.get(runOf(report))).toMatchObject({ undoes: run.jobId });
  });

  it("leaves what a run wrote to a side that the pair does not write any more", async () => {
    const bench = await new Bench().open();
    const { id: onRight = "" } = rightRecordings.at(-1) ?? {};
    bench.left.put(first);
    bench.right.put(onRight);
    const pairs = [{ source: "left", target: "right", mode: "bidirectional" as const }];
    const run = only(await bench.engine().sync({ ...bench.request(), pairs }));
    const [before, { pairId = "" }] = [bench.left.ids(), run];
    expect(before).toHaveLength(2);
    await bench.engine().pairs.rescope({ ...USER, pairId }, { mode: "sync-from" });
    const undone = await bench.engine().undo(runOf(run));
    expect(undone).toMatchObject({ status: "partial", counts: { removed: 1 } });
    expect(undone.items.filter(({ kind }) => kind === "refused")).toMatchObject([
      { on: "source", reason: { code: "undo.not-written" } },
    ]);
    expect([bench.left.ids(), bench.right.ids()]).toEqual([before, [onRight]]);
  });

  it("does nothing for a run that wrote nothing", async () => {
    const bench = await new Bench().open();
    const run = await bench.sync();
    expect(await bench.engine().undo(runOf(run))).toMatchObject({ status: "succeeded", items: [] });
  });

  it("is refused for a run that there is not, another user's among them", async () => {
    const bench = await new Bench().open();
    bench.left.put(first);
    const { jobId = "" } = await bench.sync();
    const unknown = expect.objectContaining({ code: "job.unknown" });
    await expect(bench.engine().undo({ ...USER, jobId: "job_nobody" })).rejects.toThrow(unknown);
    await expect(bench.engine().undo({ userId: "user-2", jobId })).rejects.toThrow(unknown);
    await expect(bench.engine().planUndo({ ...USER, tenantId: "other", jobId })).rejects.toThrow(unknown);
    expect(bench.right.ids()).toHaveLength(1);
  });

  it("is refused for a run that has not ended", async () => {
    const bench = await new Bench().open();
    bench.left.put(first);
    const [job] = await bench.engine().enqueue(bench.request());
    const refused = expect.objectContaining({ code: "undo.unfinished" });
    await expect(bench.engine().undo({ ...USER, jobId: job?.id ?? "" })).rejects.toThrow(refused);
  });

  it("says when the journal of the run is no longer kept", async () => {
    const bench = await new Bench().open();
    bench.left.put(first);
    const run = await bench.sync();
    await bench.clock.advance(8 * 24 * 3_600_000);
    await bench.engine().maintenance.run();
    expect(await bench.engine().undo(runOf(run))).toMatchObject({ status: "failed", error: { code: "undo.expired" } });
    expect(bench.right.ids()).toHaveLength(1);
  });

  it("works for a pair that its host has paused", async () => {
    const bench = await new Bench().open();
    bench.left.put(first);
    const run = await bench.sync();
    await bench.engine().pairs.pause({ ...USER, pairId: run.pairId });
    expect(await bench.engine().undo(runOf(run))).toMatchObject({ status: "succeeded" });
    expect(bench.right.ids()).toEqual([]);
  });

  it("leaves alone what was removed and added again since", async () => {
    const bench = await new Bench().open();
    bench.left.put(first, second);
    const run = await bench.sync({ propagation: "mirror" });
    bench.left.take(first);
    await bench.sync({ propagation: "mirror" });
    bench.left.put(first);
    await bench.sync({ propagation: "mirror" });
    const report = await bench.engine().undo(runOf(run));
    expect(report).toMatchObject({ status: "partial", counts: { removed: 1, refused: 1 } });
    expect(codesOf(report)).toContain("undo.later-run");
    expect(bench.right.ids()).toHaveLength(1);
  });

  it("takes nothing that was there before the run", async () => {
    const bench = await new Bench().open();
    bench.left.put(first, second);
    bench.right.put("right-8");
    const run = await bench.sync();
    expect(run.counts).toMatchObject({ added: 1, linked: 1 });
    await bench.engine().undo(runOf(run));
    expect(bench.right.ids()).toEqual(["right-8"]);
  });

  it("takes nothing that turned out to be there already", async () => {
    const bench = await new Bench().open();
    bench.left.put(first, second);
    const plan = await bench.engine().plan(bench.request());
    bench.right.put("right-8");
    const run = only(await bench.engine().apply(plan));
    expect(run.counts).toMatchObject({ added: 1, linked: 1 });
    await bench.engine().undo(runOf(run));
    expect(bench.right.ids()).toEqual(["right-8"]);
  });

  it("leaves alone what came back by itself", async () => {
    const bench = await new Bench().open();
    bench.left.put(first, second);
    await bench.sync({ propagation: "mirror" });
    bench.left.take(second);
    const run = await bench.sync({ propagation: "mirror" });
    bench.left.put(second);
    bench.right.put("right-9");
    await bench.sync({ propagation: "mirror" });
    expect(codesOf(await bench.engine().undo(runOf(run)))).toEqual(["undo.changed-since"]);
    const link = (await bench.links()).find(({ link_key }) => link_key === `source:${second}`);
    expect(link?.state).toBe("linked");
  });

  it("lets what was taken back be synced again once the user adds it himself", async () => {
    const mirror = { propagation: "mirror" } as const;
    const bench = await new Bench().open();
    bench.left.put(first);
    await bench.engine().undo(runOf(await bench.sync(mirror)));
    bench.right.put("right-8");
    expect((await bench.sync(mirror)).counts).toMatchObject({ linked: 1 });
    bench.left.put(second);
    await bench.sync(mirror);
    bench.left.take(first);
    await bench.sync(mirror);
    expect(bench.right.ids()).toEqual(["right-9"]);
  });

  it("puts back for good what a prune had taken because the other side never had it", async () => {
    const bench = await new Bench().open();
    bench.left.put(first);
    bench.right.put("right-9");
    const run = await pruned(bench);
    expect(bench.right.has("right-9")).toBe(false);
    await bench.engine().undo(runOf(run));
    expect(bench.right.has("right-9")).toBe(true);
    expect((await bench.links()).map(({ link_key }) => link_key)).toContain("target:right-9");
    expect(await bench.sync(prune)).toMatchObject({ status: "succeeded", items: [] });
    expect(bench.right.has("right-9")).toBe(true);
  });

  it("puts back what a pair that prunes had taken, and the next prune is to be confirmed", async () => {
    const bench = await new Bench().open();
    bench.left.put(first, second);
    bench.right.put("right-10");
    await pruned(bench);
    bench.left.take(second);
    const run = await bench.sync(prune);
    expect(bench.right.has("right-9")).toBe(false);
    await bench.engine().undo(runOf(run));
    expect(bench.right.has("right-9")).toBe(true);
    expect(await bench.sync(prune)).toMatchObject({ status: "held" });
    expect(bench.right.has("right-9")).toBe(true);
  });

  it("does not count for the guard: what it takes is not missing anywhere", async () => {
    const bench = await new Bench().open();
    bench.left.put(...ids);
    const run = await bench.sync({ propagation: "mirror" });
    await bench.engine().undo(runOf(run));
    expect(bench.right.ids()).toEqual([]);
    bench.right.put("right-8", "right-9", "right-10", "right-11", "right-12");
    await bench.sync({ propagation: "mirror" });
    bench.left.take(first);
    expect(await bench.sync({ propagation: "mirror" })).toMatchObject({ status: "succeeded", counts: { removed: 1 } });
  });

  it("finds out first what became of calls whose answers were lost", async () => {
    const bench = await new Bench().open();
    bench.left.put(first);
    bench.right.lost.add("right-8");
    const run = await bench.sync();
    bench.right.put("right-8");
    const report = await bench.engine().undo(runOf(run));
    expect(report).toMatchObject({ counts: { removed: 1 } });
    expect(bench.right.ids()).toEqual([]);
  });

  it("says which calls nobody knows the outcome of, where it only looks", async () => {
    const bench = await new Bench().open();
    bench.left.put(first, second);
    bench.right.lost.add("right-8");
    const run = await bench.sync();
    const plan = await bench.engine().planUndo(runOf(run));
    expect(plan.operations.map(({ toId }) => toId)).toEqual(["right-9"]);
    expect(plan.notUndone).toMatchObject([{ kind: "left", reason: { code: "refused.outcome-unknown" } }]);
  });

  it("does not bring a wrong copy back: the override is to be changed", async () => {
    const bench = await new Bench().open();
    bench.left.put(first, second);
    await bench.sync();
    const { overrides } = bench.engine();
    await overrides.set({
      ...USER,
      verdict: "different",
      serviceA: "left",
      idA: first,
      serviceB: "right",
      idB: "right-8",
    });
    const [planned] = (await bench.engine().plan(bench.request())).pairs;
    const removal = planned?.ok ? planned.operations.find(({ kind }) => kind === "remove") : undefined;
    expect(removal?.undo).toMatchObject({ possible: false, reason: { code: "undo.by-override" } });
    const report = await bench.engine().undo(runOf(await bench.sync()));
    expect(codesOf(report)).toContain("undo.by-override");
    expect(bench.right.has("right-8")).toBe(false);
  });

  it("is not done in a ring of pairs, and the plan says so", async () => {
    const clock = virtualClock();
    const bench = await new Ring(clock, (name) =>
      syntheticLibrary({ name, clock, recordings: inventedRecordings(name[0] ?? "", [0, 1, 2]) }),
    ).open();
    await bench.settle(ring);
    bench.services.alpha.put("a1");
    const run = await bench.run(["alpha", "beta"]);
    expect(bench.services.beta.has("b1")).toBe(true);
    const report = await bench.engine().undo(runOf(run));
    expect(codesOf(report)).toEqual(["undo.in-ring"]);
    expect(bench.services.beta.has("b1")).toBe(true);
  });
});

describe("undoing a run of documents", () => {
  it("deletes what it has made, for good, and says that an edit cannot come back", async () => {
    const bench = await new NotesBench().open();
    const note = bench.left.put({ title: "old", body: "" });
    await bench.sync();
    bench.left.edit(note, { title: "new" });
    bench.left.put({ title: "made", body: "" });
    const run = await bench.sync();
    expect(bench.shown.right).toHaveLength(2);
    const report = await bench.engine().undo(runOf(run));
    expect(report).toMatchObject({ status: "partial", counts: { removed: 1, refused: 1 } });
    expect(codesOf(report).sort()).toEqual(["undo.created", "undo.no-content"]);
    const after = bench.shown;
    expect(after.right).toHaveLength(1);
    await bench.sync();
    expect(bench.shown).toEqual(after);
  });

  it("leaves alone what has been edited since", async () => {
    const bench = await new NotesBench().open();
    bench.left.put({ title: "made", body: "" });
    const run = await bench.sync();
    const [copy = ""] = bench.right.notes().keys();
    bench.right.edit(copy, { title: "mine now" });
    const report = await bench.engine().undo(runOf(run));
    expect(report).toMatchObject({ status: "partial", counts: { removed: 0, refused: 1 } });
    expect(bench.shown.right).toHaveLength(1);
  });
});

describe("undoing a run of playlists", () => {
  it("waits until a service shows what the run has written", async () => {
    const { bench, shown, set } = await inStep("ABCD", "bidirectional", new RackBench({ right: "whole-order" }));
    bench.right.consistencyWindowMs = 10_000;
    await bench.clock.advance(11_000);
    set("left", "DCBA");
    const run = await bench.sync();
    const undoing = bench.engine().undo(runOf(run));
    await bench.clock.advance(5_000);
    expect(shown().right).toBe("DCBA");
    await bench.clock.advance(6_000);
    expect(await undoing).toMatchObject({ status: "succeeded" });
    expect(shown().right).toBe("ABCD");
  });

  it("works where ids are stored sealed", async () => {
    const bench = await new RackBench().open();
    const engine = () => bench.engine({ sealIds: true });
    bench.left.put("Sunday", ["left-A", "left-B", "left-C"]);
    await bench.sync("bidirectional", {}, engine());
    const list = bench.left.named("Sunday");
    bench.left.edit(list, (entries) => entries.splice(0, entries.length, "left-C", "left-A", "left-D"));
    const run = await bench.sync("bidirectional", {}, engine());
    expect(lettersOf(bench.right.named("Sunday"))).toBe("CAD");
    await bench.clock.advance(1);
    expect(await engine().undo(runOf(run))).toMatchObject({ status: "succeeded" });
    expect(lettersOf(bench.right.named("Sunday"))).toBe("ABC");
    const rows = JSON.stringify(await bench.storage.select({ table: "run_lists" }));
    expect(rows).not.toMatch(/right-[A-Z]"/);
  });
});
