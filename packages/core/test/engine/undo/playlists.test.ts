import { describe, expect, it } from "vitest";
import type { SyncMode } from "../../../src/index.ts";
import { inStep, quiet } from "../containers/support/in-step.ts";
import { lostAnswer } from "../containers/support/rack.ts";
import { entriesOn, lettersOf, RackBench } from "../containers/support/rack-bench.ts";

const USER = { userId: "user-1" } as const;

async function undo(bench: RackBench, { jobId = "" }: { readonly jobId?: string }) {
  await bench.clock.advance(1);
  return await bench.engine().undo({ ...USER, jobId });
}

const changes = [
  { name: "an addition in the middle", from: "ABCD", to: "AEBCD" },
  { name: "a removal in the middle", from: "ABCD", to: "ACD" },
  { name: "a move", from: "ABCDEF", to: "AEBCDF" },
  { name: "another order altogether", from: "ABCDEF", to: "FEDCBA" },
  { name: "one more copy", from: "ABCD", to: "ABACD" },
  { name: "one copy less", from: "ABACD", to: "BACD" },
  { name: "all of it at once", from: "ABACDEF", to: "FGBADHA" },
  { name: "what only the other side has in between", from: "ABCD", to: "DCBA" },
];

describe("undoing a run of playlists", () => {
  it.each(changes)("puts the list back after $name, and later runs leave both sides so", async ({ from, to }) => {
    const { bench, shown, set } = await inStep(from);
    set("left", to);
    const run = await bench.sync();
    expect(shown().right).toBe(to);
    expect(await undo(bench, run)).toMatchObject({ status: "succeeded" });
    expect(shown()).toEqual({ left: to, right: from });
    await quiet(bench);
    expect(shown()).toEqual({ left: to, right: from });
  });

  it.each(changes)("is done again by undoing it itself, after $name", async ({ from, to }) => {
    const { bench, shown, set } = await inStep(from);
    set("left", to);
    const run = await bench.sync();
    const undone = await undo(bench, run);
    expect(await undo(bench, undone)).toMatchObject({ status: "succeeded" });
    expect(shown()).toEqual({ left: to, right: to });
    await quiet(bench);
    set("right", to.slice(1));
    await bench.sync();
    expect(shown().left).toBe(to.slice(1));
  });

  it("keeps what the user has made of the list since", async () => {
    const { bench, shown, set } = await inStep("ABCDEF");
    set("left", "AGBCDE");
    const run = await bench.sync();
    set("right", "AGBCHDE");
    expect(await undo(bench, run)).toMatchObject({ status: "succeeded" });
    expect(shown().right).toBe("ABCHDEF");
  });

  it("puts back also what the service lists without an id, which only its place tells apart", async () => {
    const { bench, shown, set } = await inStep("ABCD");
    set("right", "A.BC.D");
    await bench.sync();
    set("left", "CDAB");
    const run = await bench.sync();
    expect(shown().right).toBe("C.DA.B");
    expect(await undo(bench, run)).toMatchObject({ status: "succeeded" });
    expect(shown()).toEqual({ left: "CDAB", right: "A.BC.D" });
    await quiet(bench);
  });

  it("goes on where it was cut off, also with what only its place tells apart", async () => {
    const { bench, shown, set } = await inStep("ABCDEF");
    set("right", "A.B.CDEF");
    await bench.sync();
    set("left", "FBACED");
    const run = await bench.sync();
    const after = shown().right;
    let calls = 0;
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.move" && ++calls === 2) throw lostAnswer("right");
    };
    await undo(bench, run);
    expect(["A.B.CDEF", after]).not.toContain(shown().right);
    bench.right.passing = () => {};
    await undo(bench, run);
    expect(shown()).toEqual({ left: "FBACED", right: "A.B.CDEF" });
    await quiet(bench);
  });

  it("takes back both parts of a run in whose middle its user edited the list, and keeps that edit", async () => {
    const { bench, shown, set, lists } = await inStep("ABCDEFGH");
    set("left", "HBFDGCEA");
    let isDone = false;
    bench.right.passing = (when, what) => {
      if (isDone || when !== "after" || what !== "right.move") return;
      isDone = true;
      set("right", `I${lettersOf(lists().right).replace("D", "")}`);
    };
    const run = await bench.sync();
    expect(shown().left).toBe(shown().right);
    expect(await bench.storage.count({ table: "sync_jobs" })).toBe(2);
    expect(await undo(bench, run)).toMatchObject({ status: "succeeded" });
    expect(shown()).toEqual({ left: "HBFDGCEA", right: "IABCEFGH" });
    await quiet(bench);
    expect(shown()).toEqual({ left: "HBFDGCEA", right: "IABCEFGH" });
  });

  it("lets the next move of a user count for both sides again", async () => {
    const { bench, shown, set } = await inStep("ABCD");
    set("left", "DCBA");
    await undo(bench, await bench.sync());
    expect(shown()).toEqual({ left: "DCBA", right: "ABCD" });
    set("left", "DCBAE");
    await bench.sync();
    expect(shown()).toEqual({ left: "DCBAE", right: "AEBCD" });
    set("right", "AEBDC");
    await bench.sync();
    expect(shown()).toEqual({ left: "AEBDC", right: "AEBDC" });
    await quiet(bench);
  });

  it.each(["sync-from", "bidirectional"] as const)("%s: deletes what it has made", async (mode) => {
    const bench = await new RackBench().open();
    bench.left.put("Sunday", entriesOn("left", "ABC"));
    const run = await bench.sync(mode);
    expect(lettersOf(bench.right.named("Sunday"))).toBe("ABC");
    expect(await undo(bench, run)).toMatchObject({ status: "succeeded", counts: { removed: 1 } });
    expect(bench.right.lists.size).toBe(0);
    await again(bench, mode);
    expect(bench.right.lists.size).toBe(0);
    expect(lettersOf(bench.left.named("Sunday"))).toBe("ABC");
  });

  it("leaves what it has made alone once somebody has put something into it", async () => {
    const bench = await new RackBench().open();
    bench.left.put("Sunday", entriesOn("left", "ABC"));
    const run = await bench.sync();
    bench.right.edit(bench.right.named("Sunday"), (entries) => entries.push("right-D"));
    const report = await undo(bench, run);
    expect(report).toMatchObject({ status: "partial", counts: { refused: 1 } });
    expect(report.items.map(({ reason }) => reason?.code)).toContain("undo.changed-since");
    expect(bench.right.lists.size).toBe(1);
  });

  it.each(["left", "right"] as const)("says that a list is gone that was deleted since at the %s", async (side) => {
    const { bench, set, lists } = await inStep("ABCD");
    set("left", "DABC");
    bench.left.put("Monday", entriesOn("left", "ABC"));
    const run = await bench.sync();
    bench[side].lists.delete(lists()[side].id);
    const report = await undo(bench, run);
    expect(report.items.map(({ reason }) => reason?.code).sort()).toEqual(["undo.changed-since", "undo.created"]);
    expect([...bench.right.lists.values()].map(({ name }) => name)).not.toContain("Monday");
  });

  it("says that a name and a deleted list cannot come back", async () => {
    const { bench, lists } = await inStep("AB");
    const tuesday = bench.left.put("Tuesday", entriesOn("left", "C"));
    await bench.sync();
    const { left } = lists();
    left.name = "Friday";
    left.version++;
    bench.left.lists.delete(tuesday.id);
    const plan = await bench.engine().plan(bench.request());
    const forecasts = plan.pairs.flatMap((pair) => (pair.ok ? pair.operations : []));
    expect(forecasts.map(({ kind, undo: told }) => [kind, told?.possible])).toEqual(
      expect.arrayContaining([
        ["update", false],
        ["delete", false],
      ]),
    );
    const run = await bench.sync();
    const report = await undo(bench, run);
    expect(report.items.map(({ reason }) => reason?.code)).toEqual(["undo.no-content", "undo.no-content"]);
  });

  it("refuses a list that a later run has written, until that one is undone", async () => {
    const { bench, shown, set } = await inStep("ABCD");
    set("left", "ABCDE");
    const first = await bench.sync();
    set("left", "ABCDEF");
    const second = await bench.sync();
    expect((await undo(bench, first)).items.map(({ reason }) => reason?.code)).toEqual(["undo.later-run"]);
    expect(shown().right).toBe("ABCDEF");
    await undo(bench, second);
    expect(shown().right).toBe("ABCDE");
  });
});

async function again(bench: RackBench, mode: SyncMode) {
  const report = await bench.sync(mode);
  expect(report).toMatchObject({ status: "succeeded", counts: { added: 0, removed: 0, updated: 0 } });
}
