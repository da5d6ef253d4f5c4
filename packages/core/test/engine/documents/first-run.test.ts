import type { DocumentHabits, Note } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { DAY_MS, type Mode, NotesBench, shownOn } from "./notes-bench.ts";

function notes(count: number, from = 0, body = "x"): Note[] {
  return Array.from({ length: count }, (_, index) => ({ title: `note ${index + from}`, body }));
}

function sidesOf(bench: NotesBench, mode: Mode) {
  return mode === "sync-to" ? { a: bench.right, b: bench.left } : { a: bench.left, b: bench.right };
}

describe.each(["bidirectional", "sync-from", "sync-to"] as const)("documents, first run, %s", (mode) => {
  it("A1: creates what the other lacks, and then nothing", async () => {
    const bench = await new NotesBench().open();
    const { a } = sidesOf(bench, mode);
    a.putAll(notes(100));
    const first = await bench.sync({}, mode);
    expect(first).toMatchObject({ status: "succeeded", counts: { added: 100, updated: 0, removed: 0, linked: 0 } });
    expect(bench.shown.right).toEqual(bench.shown.left);
    expect(bench.writes).toBe(100);
    expect(a.writeCalls).toBe(0);
    expect(await bench.sync({}, mode)).toMatchObject({ status: "succeeded", items: [], unmatched: [] });
    expect(bench.writes).toBe(100);
  });

  it("A2: two empty sides are a success without a write or a guard", async () => {
    const bench = await new NotesBench().open();
    for (let run = 0; run < 2; run++) {
      const report = await bench.sync({}, mode);
      expect(report).toMatchObject({ status: "succeeded", items: [], unmatched: [] });
      expect(report.hold).toBeUndefined();
    }
    expect(bench.writes).toBe(0);
    expect(bench.events.map(({ type }) => type)).not.toContain("plan.held");
  });

  it("A3: the same notes on both sides are linked without a write, in whatever order they are listed", async () => {
    const bench = await new NotesBench({ right: { order: "unsteady" } }).open();
    bench.left.putAll(notes(100));
    bench.right.putAll(notes(100).toReversed());
    const report = await bench.sync({}, mode);
    expect(report.counts).toMatchObject({ linked: 100, added: 0, updated: 0 });
    expect(await bench.linkStates()).toEqual({ linked: 100 });
    for (const { source_id, target_id } of await bench.links()) {
      expect(bench.left.get(source_id ?? "")).toEqual(bench.right.get(target_id ?? ""));
    }
    await bench.sync({}, mode);
    expect(bench.writes).toBe(0);
  });

  it("A8: a note that is refused for good leaves the others alone, and is not sent again until it changes", async () => {
    const bench = await new NotesBench().open();
    const { a, b } = sidesOf(bench, mode);
    const ids = a.putAll(notes(100));
    b.adopt({ refuse: ({ fields: { title } }) => (title === "note 57" ? "title-not-allowed" : undefined) });
    const report = await bench.sync({}, mode);
    expect(report).toMatchObject({ status: "partial", counts: { added: 99, refused: 1, left: 0 } });
    expect(report.items.find(({ kind }) => kind === "refused")?.reason).toEqual({
      code: "refused.by-service",
      params: { detail: "title-not-allowed" },
    });
    expect(b.notes().size).toBe(99);
    expect(await bench.linkStates()).toEqual({ linked: 99, refused: 1 });

    const calls = b.calls.create;
    for (let run = 0; run < 5; run++) {
      expect((await bench.sync({}, mode)).status).toBe("succeeded");
      await bench.clock.advance(DAY_MS);
    }
    expect(b.calls.create).toBe(calls);
    a.edit(ids[57] ?? "", { title: "note 57, renamed" });
    expect(await bench.sync({}, mode)).toMatchObject({ status: "succeeded", counts: { added: 1, refused: 0 } });
    expect(bench.shown.right).toEqual(bench.shown.left);
    expect(await bench.linkStates()).toEqual({ linked: 100 });
  });

  it("A8: a note that is refused for good is sent once more after a week", async () => {
    const bench = await new NotesBench().open();
    const { a, b } = sidesOf(bench, mode);
    a.putAll(notes(3));
    b.adopt({ refuse: ({ fields: { title } }) => (title === "note 1" ? "not-today" : undefined) });
    await bench.sync({}, mode);
    b.behave();
    await bench.clock.advance(6 * DAY_MS);
    expect((await bench.sync({}, mode)).counts.added).toBe(0);
    await bench.clock.advance(DAY_MS);
    expect((await bench.sync({}, mode)).counts.added).toBe(1);
    expect(bench.shown.right).toEqual(bench.shown.left);
  });

  it.each<Partial<DocumentHabits>>([{ identity: "client-id" }, { identity: "marker" }, { identity: "none" }])(
    "A9: a first run that is interrupted at 37 of 100 ends at exactly 100 afterwards, with %o",
    async (habits) => {
      const bench = await new NotesBench({ left: habits, right: habits }).open();
      const { a, b } = sidesOf(bench, mode);
      a.putAll(notes(100));
      // The 37th takes effect and its answer is lost; from there on nothing gets through.
      b.fail({ calls: "create", skip: 36, moment: "after", with: { kind: "outcome-unknown" } });
      const down = b.fail({ calls: "create", skip: 36, times: Infinity, with: { kind: "unavailable" } });
      const first = await bench.sync({}, mode);
      expect(first.error?.code).toBe("service.unavailable");
      expect(first.counts.added + first.counts.left).toBe(100);
      expect(b.notes().size).toBe(37);
      down.withdraw();
      const second = await bench.sync({}, mode);
      expect(second.status).toBe("succeeded");
      expect(b.notes().size).toBe(100);
      expect(bench.shown.right).toEqual(bench.shown.left);
      expect(b.log.filter(({ by }) => by === "sync")).toHaveLength(100);
      expect(await bench.linkStates()).toEqual({ linked: 100 });
      expect((await bench.sync({}, mode)).items).toEqual([]);
    },
  );
});

describe("documents, first run", () => {
  it("A4: an overlap of 50 with 10 that differ makes the union, with 10 conflicts and without deletes", async () => {
    const bench = await new NotesBench().open();
    bench.left.putAll(notes(100));
    bench.right.putAll([...notes(10, 50, "right"), ...notes(90, 60)]);
    const report = await bench.sync();
    expect(report.counts).toMatchObject({ added: 100, removed: 0, updated: 0, conflicts: 10, linked: 40 });
    expect([bench.left.notes().size, bench.right.notes().size]).toEqual([150, 150]);
    expect(await bench.conflicts()).toHaveLength(10);
    const before = bench.writes;
    await bench.sync();
    expect(bench.writes).toBe(before);
    expect(await bench.conflicts()).toHaveLength(10);
  });

  it.each([
    ["source-wins", "left"],
    ["target-wins", "right"],
    ["merge", "left"],
  ] as const)(
    "A4: where both differ at first sight, %s settles it and deletes nothing",
    async (conflictPolicy, body) => {
      const bench = await new NotesBench().open();
      bench.left.put({ title: "note", body: "left", tags: ["left"] });
      bench.right.put({ title: "note", body: "right", tags: ["right"] });
      const report = await bench.sync({ conflictPolicy });
      expect(report).toMatchObject({ status: "succeeded", counts: { removed: 0, added: 0 } });
      expect(bench.shown).toEqual({ left: [`note: ${body}`], right: [`note: ${body}`] });
      const [left] = bench.left.notes().values();
      // Without a base nobody can have taken a tag away.
      if (conflictPolicy === "merge") expect([...(left?.tags ?? [])].sort()).toEqual(["left", "right"]);
      const before = bench.writes;
      await bench.sync({ conflictPolicy });
      expect(bench.writes).toBe(before);
    },
  );

  it("A4: one way and additive, what both had already and differs is a conflict and stays as it is", async () => {
    const bench = await new NotesBench().open();
    bench.left.putAll(notes(2, 0, "left"));
    bench.right.putAll(notes(2, 1, "right"));
    const report = await bench.sync({}, "sync-from");
    expect(report.counts).toMatchObject({ added: 1, conflicts: 1, removed: 0, updated: 0 });
    expect(bench.shown.right).toEqual(["note 0: left", "note 1: right", "note 2: right"]);
    expect(bench.left.notes().size).toBe(2);
  });

  it("A6: notes of which nobody can tell which is which are reported, and nothing is ever written for them", async () => {
    const bench = await new NotesBench().open();
    bench.left.putAll([{ title: "twin", body: "1" }, { title: "twin", body: "2" }, { title: "single" }]);
    bench.right.putAll([
      { title: "twin", body: "3" },
      { title: "twin", body: "4" },
    ]);
    const report = await bench.sync();
    expect(report.counts).toMatchObject({ added: 1, uncertain: 4, conflicts: 0 });
    expect(report.unmatched.map(({ verdict, reason }) => [verdict, reason.code])).toEqual(
      Array(4).fill(["ambiguous", "unmatched.ambiguous"]),
    );
    for (let run = 0; run < 3; run++) expect((await bench.sync()).counts).toMatchObject({ added: 0, updated: 0 });
    expect(bench.writes).toBe(1);
    // Told apart by a person, they are synced.
    const [first, second] = [...bench.left.notes().keys()];
    bench.left.edit(first ?? "", { title: "twin, the elder" });
    bench.left.edit(second ?? "", { title: "twin, the younger" });
    await bench.sync();
    expect(shownOn(bench.left)).toHaveLength(5);
    expect(bench.shown.right).toEqual(bench.shown.left);
  });

  it("A6: of several that share a title, those of equal content are linked, and one that is left on either side too", async () => {
    const bench = await new NotesBench().open();
    bench.left.putAll([
      { title: "twin", body: "1" },
      { title: "twin", body: "2" },
      { title: "twin", body: "2" },
    ]);
    bench.right.putAll([
      { title: "twin", body: "2" },
      { title: "twin", body: "3" },
      { title: "twin", body: "2" },
    ]);
    const report = await bench.sync();
    expect(report.counts).toMatchObject({ linked: 2, conflicts: 1, added: 0, uncertain: 0 });
    expect(bench.writes).toBe(0);
  });

  it("A6: a uid says that two are one, whatever they are called", async () => {
    const bench = await new NotesBench().open();
    bench.left.put({ title: "as it was", body: "x", uid: "uid-1" });
    bench.right.put({ title: "as it is", body: "x", uid: "uid-1" });
    const report = await bench.sync({ conflictPolicy: "target-wins" });
    expect(report.counts).toMatchObject({ added: 0, updated: 1 });
    expect(bench.shown).toEqual({ left: ["as it is: x"], right: ["as it is: x"] });
  });
});
