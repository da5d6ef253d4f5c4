import { describe, expect, it } from "vitest";
import { inStep, NotesBench } from "./notes-bench.ts";

describe("documents, two-way", () => {
  it("B1, B2, B3: an edit on either side reaches the other, new ones too", async () => {
    const bench = await inStep(3);
    const [a] = bench.left.notes().keys();
    const [, b] = bench.right.notes().keys();
    bench.left.edit(a ?? "", { body: "left edit" });
    bench.right.edit(b ?? "", { body: "right edit" });
    bench.left.put({ title: "new left", body: "" });
    bench.right.put({ title: "new right", body: "" });
    const report = await bench.sync();
    expect(report.counts).toMatchObject({ added: 2, updated: 2 });
    expect(bench.shown.right).toEqual(bench.shown.left);
    const before = bench.writes;
    await bench.sync();
    expect(bench.writes).toBe(before);
  });

  it("B4, B5: a deletion reaches the other side and never comes back", async () => {
    const bench = await inStep(3);
    const [a, b] = bench.left.notes().keys();
    const [, right] = bench.right.notes().keys();
    bench.left.remove(a ?? "");
    bench.left.remove(b ?? "");
    bench.right.remove(right ?? "");
    const report = await bench.sync();
    expect(report.counts).toMatchObject({ removed: 1, added: 0 });
    expect(bench.right.notes().size).toBe(1);
    for (let run = 0; run < 3; run++) expect((await bench.sync()).counts).toMatchObject({ added: 0, removed: 0 });
  });

  it("B6: the same edit on both sides advances the link without a write", async () => {
    const bench = await inStep(3);
    const [a] = bench.left.notes().keys();
    const [b] = bench.right.notes().keys();
    bench.left.edit(a ?? "", { body: "same" });
    bench.right.edit(b ?? "", { body: "same " });
    const before = bench.writes;
    await bench.sync();
    await bench.sync();
    expect(bench.writes).toBe(before);
  });

  it("B7: different edits under skip touch nothing and make one record, however many runs", async () => {
    const bench = await inStep(3);
    const [a] = bench.left.notes().keys();
    const [b] = bench.right.notes().keys();
    bench.left.edit(a ?? "", { body: "left" });
    bench.right.edit(b ?? "", { body: "right" });
    const before = bench.writes;
    for (let run = 0; run < 4; run++) await bench.sync();
    expect(bench.writes).toBe(before);
    expect(await bench.conflicts()).toMatchObject([{ state: "open", kind: "edit-edit", policy: "skip" }]);
    expect(bench.events.filter(({ type }) => type === "conflict.recorded")).toHaveLength(1);
  });

  it.each([
    ["source-wins", "left"],
    ["target-wins", "right"],
    ["overwrite", "left"],
  ] as const)("B8, B9: different edits under %s end as the %s's", async (conflictPolicy, winner) => {
    const bench = await inStep(3);
    const [a] = bench.left.notes().keys();
    const [b] = bench.right.notes().keys();
    bench.left.edit(a ?? "", { body: "left" });
    bench.right.edit(b ?? "", { body: "right" });
    await bench.sync({ conflictPolicy });
    expect(bench.left.get(a ?? "")?.body).toBe(winner);
    expect(bench.right.get(b ?? "")?.body).toBe(winner);
    expect(await bench.conflicts()).toMatchObject([
      { state: "resolved", logged_as: conflictPolicy === "overwrite" ? "overwrite" : "conflict" },
    ]);
  });

  it("B10: newest wins by the services' own clocks, and a tie falls to the source", async () => {
    for (const [offsetMs, waitMs, winner] of [
      [0, 10_000, "right"],
      [-3_600_000, 10_000, "right"],
      [3_600_000, -10_000, "left"],
      [0, 1_000, "left"],
    ] as const) {
      const bench = await new NotesBench({ right: { times: { offsetMs, resolutionMs: 1 } } }).open();
      const a = bench.left.put({ title: "note", body: "first" });
      await bench.sync();
      const [b] = bench.right.notes().keys();
      if (waitMs < 0) bench.right.edit(b ?? "", { body: "right" });
      else bench.left.edit(a, { body: "left" });
      await bench.clock.advance(Math.abs(waitMs));
      if (waitMs < 0) bench.left.edit(a, { body: "left" });
      else bench.right.edit(b ?? "", { body: "right" });
      await bench.sync({ conflictPolicy: "newest-wins" });
      expect([bench.left.get(a)?.body, bench.right.get(b ?? "")?.body]).toEqual([winner, winner]);
    }
  });

  it("B12: merge keeps what either side changed", async () => {
    const bench = await new NotesBench().open();
    const a = bench.left.put({ title: "note", body: "first", tags: ["x", "y"] });
    await bench.sync();
    const [b = ""] = bench.right.notes().keys();
    bench.left.edit(a, { title: "left title", tags: ["x", "y", "left"] });
    bench.right.edit(b, { body: "right body", tags: ["y", "right"] });
    const report = await bench.sync({ conflictPolicy: "merge" });
    expect(report.status).toBe("succeeded");
    for (const note of [bench.left.get(a), bench.right.get(b)]) {
      expect(note).toMatchObject({ title: "left title", body: "right body" });
      expect([...(note?.tags ?? [])].sort()).toEqual(["left", "right", "y"]);
    }
    const before = bench.writes;
    await bench.sync({ conflictPolicy: "merge" });
    expect(bench.writes).toBe(before);
  });

  it.each(["skip", "merge", "newest-wins", "source-wins", "target-wins"] as const)(
    "B14, B15: deleted on A and edited on B, under %s",
    async (conflictPolicy) => {
      const bench = await inStep(3);
      const [a = ""] = bench.left.notes().keys();
      const [b = ""] = bench.right.notes().keys();
      bench.left.remove(a);
      bench.right.edit(b, { body: "edited" });
      await bench.sync({ conflictPolicy });
      const left = [...bench.left.notes().values()].filter(({ body }) => body === "edited");
      if (conflictPolicy === "skip") {
        expect([left.length, bench.right.get(b)?.body]).toEqual([0, "edited"]);
        expect(await bench.conflicts()).toMatchObject([{ kind: "delete-edit", state: "open" }]);
      } else if (conflictPolicy === "source-wins") expect(bench.right.get(b)).toBeUndefined();
      else expect([left.length, bench.right.get(b)?.body]).toEqual([1, "edited"]);
      const before = bench.writes;
      await bench.sync({ conflictPolicy });
      expect(bench.writes).toBe(before);
    },
  );

  it("a person decides a conflict, and the next run does it", async () => {
    const bench = await inStep(3);
    const engine = bench.engine();
    const [a = ""] = bench.left.notes().keys();
    const [b = ""] = bench.right.notes().keys();
    bench.left.edit(a, { body: "left" });
    bench.right.edit(b, { body: "right" });
    await bench.sync();
    const [conflict] = await engine.conflicts.list({ userId: "user-1" });
    await engine.conflicts.decide({ userId: "user-1", conflictId: conflict?.id ?? "", winner: "target" });
    await bench.sync();
    expect([bench.left.get(a)?.body, bench.right.get(b)?.body]).toEqual(["right", "right"]);
    expect(await engine.conflicts.list({ userId: "user-1" })).toEqual([]);
    expect(await engine.conflicts.get({ userId: "user-1", conflictId: conflict?.id ?? "" })).toMatchObject({
      state: "resolved",
      resolution: "target",
    });
  });
});
