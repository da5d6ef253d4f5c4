import type { DocumentHabits, Note, SyntheticDocuments } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import type { ConflictPolicy } from "../../../src/index.ts";
import { only } from "../support/bench.ts";
import { HOUR_MS, idOf, inStep, type NotesBench } from "./notes-bench.ts";

const bare: Partial<DocumentHabits> = { versions: "none", preconditions: "none", times: "none", identity: "none" };

function body(service: SyntheticDocuments, index: number): string | undefined {
  return service.get(idOf(service, index))?.body;
}

async function quiet(bench: NotesBench, conflictPolicy: ConflictPolicy): Promise<void> {
  const before = bench.writes;
  for (let run = 0; run < 2; run++) await bench.sync({ conflictPolicy });
  expect(bench.writes).toBe(before);
}

describe.each(["left", "right"] as const)("documents, two-way, seen from %s", (here) => {
  const there = here === "left" ? "right" : "left";

  it("B1, B2: an edit is one update of the other side, of the field that was changed", async () => {
    const bench = await inStep(5);
    bench[here].edit(idOf(bench[here], 2), { body: "edited" });
    const report = await bench.sync();
    expect(report).toMatchObject({ status: "succeeded", counts: { updated: 1, added: 0, removed: 0 } });
    expect(report.items.map(({ on, reason }) => [on, reason?.code])).toEqual([
      [here === "left" ? "target" : "source", "update.edited"],
    ]);
    expect(body(bench[there], 2)).toBe("edited");
    expect([bench[here].writeCalls - (here === "right" ? 5 : 0), bench[there].calls.update]).toEqual([0, 1]);
    await quiet(bench, "skip");
  });

  it("B1, B2: a new version without a change is no edit", async () => {
    const bench = await inStep(5);
    bench[here].touch(idOf(bench[here], 2));
    expect((await bench.sync()).counts).toMatchObject({ updated: 0 });
    await quiet(bench, "skip");
  });

  it("B4: what is deleted is deleted on the other side and never comes back, and there is one delete", async () => {
    const bench = await inStep(5);
    bench[here].remove(idOf(bench[here], 2));
    expect((await bench.sync()).counts).toMatchObject({ removed: 1, added: 0 });
    for (let run = 0; run < 3; run++) expect((await bench.sync()).items).toEqual([]);
    expect(bench.shown.left).toEqual(bench.shown.right);
    expect(bench.left.notes().size).toBe(4);
    expect(bench.writes).toBe(6);
    expect(await bench.linkStates()).toEqual({ linked: 4, dropped: 1 });
  });

  it("B4: what is taken back out of the bin after that is new again, and copied", async () => {
    const bench = await inStep(5);
    const id = idOf(bench[here], 2);
    bench[here].remove(id);
    await bench.sync();
    bench[here].undelete(id);
    expect((await bench.sync()).counts).toMatchObject({ added: 1, removed: 0 });
    expect(bench.shown.left).toEqual(bench.shown.right);
    expect(bench.left.notes().size).toBe(5);
    await quiet(bench, "skip");
  });

  const outcomes = {
    skip: "conflict",
    "source-wins": here === "left" ? "deleted" : "kept",
    overwrite: here === "left" ? "deleted" : "kept",
    "target-wins": here === "right" ? "deleted" : "kept",
    "newest-wins": "kept",
    merge: "kept",
  } as const satisfies Record<ConflictPolicy, "conflict" | "deleted" | "kept">;

  it.each(Object.entries(outcomes) as [ConflictPolicy, "conflict" | "deleted" | "kept"][])(
    "B14, B15: deleted here and edited there, under %s: %s",
    async (conflictPolicy, outcome) => {
      const bench = await inStep(5);
      bench[here].remove(idOf(bench[here], 2));
      const edited = idOf(bench[there], 2);
      bench[there].edit(edited, { body: "edited" });
      const report = await bench.sync({ conflictPolicy });
      const sizes = { conflict: [4, 5], deleted: [4, 4], kept: [5, 5] }[outcome];
      expect([bench[here].notes().size, bench[there].notes().size]).toEqual(sizes);
      if (outcome === "kept") expect(body(bench[here], 2)).toBe("edited");
      expect(bench[there].get(edited)?.body).toBe(outcome === "deleted" ? undefined : "edited");
      expect(await bench.conflicts()).toMatchObject([
        {
          kind: here === "left" ? "delete-edit" : "edit-delete",
          state: outcome === "conflict" ? "open" : "resolved",
          policy: conflictPolicy,
          logged_as: conflictPolicy === "overwrite" ? "overwrite" : "conflict",
        },
      ]);
      expect(report.counts.conflicts).toBe(outcome === "conflict" ? 1 : 0);
      expect(bench.events.filter(({ type }) => type === "conflict.recorded")).toHaveLength(
        outcome === "conflict" ? 1 : 0,
      );
      await quiet(bench, conflictPolicy);
      expect(await bench.conflicts()).toHaveLength(1);
      // Late news of the id that is no more is ignored; the new one is a note like any other.
      if (outcome !== "kept") return;
      bench[here].edit(idOf(bench[here], 2), { body: "edited again" });
      await bench.sync({ conflictPolicy });
      expect(body(bench[there], 2)).toBe("edited again");
    },
  );

  it("B15: deletes that a policy lets win are counted by the guard like all others", async () => {
    const policy = here === "left" ? "source-wins" : "target-wins";
    const bench = await inStep(10);
    for (const index of [0, 1, 2, 3, 4]) {
      bench[here].remove(idOf(bench[here], index));
      bench[there].edit(idOf(bench[there], index), { body: "edited" });
    }
    const report = await bench.sync({ conflictPolicy: policy });
    expect(report).toMatchObject({ status: "held", counts: { removed: 0 }, hold: { reasons: ["mass-removal"] } });
    expect(bench[there].notes().size).toBe(10);
  });

  it.each([
    [60_000, "deleted"],
    [-60_000, "kept"],
    [1_000, "kept"],
  ] as const)(
    "B14: newest-wins where the time of the delete is known, %i ms after the edit: %s",
    async (after, end) => {
      const told: Partial<DocumentHabits> = { tombstones: "listed", deletedAt: true };
      const bench = await inStep(5, { habits: { left: told, right: told } });
      const remove = () => bench[here].remove(idOf(bench[here], 2));
      if (after < 0) remove();
      else bench[there].edit(idOf(bench[there], 2), { body: "edited" });
      await bench.clock.advance(Math.abs(after));
      if (after < 0) bench[there].edit(idOf(bench[there], 2), { body: "edited" });
      else remove();
      await bench.sync({ conflictPolicy: "newest-wins" });
      expect([bench.left.notes().size, bench.right.notes().size]).toEqual(end === "kept" ? [5, 5] : [4, 4]);
      await quiet(bench, "newest-wins");
    },
  );

  it.each([["conditional", {}] as const, ["looked at first", bare] as const])(
    "B18: what is edited between the listing and the write to it is not overwritten (%s)",
    async (_, habits) => {
      const bench = await inStep(3, { habits: { left: habits, right: habits } });
      bench[there].edit(idOf(bench[there], 0), { body: "theirs" });
      let times = 0;
      const engine = bench.engine({
        beforeApply: () => {
          if (times++ === 0) bench[here].edit(idOf(bench[here], 0), { body: "the user's" });
          return true;
        },
      });
      const report = await bench.sync({}, "bidirectional", engine);
      expect(report.counts).toMatchObject({ updated: 0, conflicts: 1, refused: 0 });
      expect([body(bench[here], 0), body(bench[there], 0)]).toEqual(["the user's", "theirs"]);
      expect(await bench.conflicts()).toMatchObject([{ kind: "edit-edit", state: "open" }]);
      expect(times).toBe(2);
    },
  );

  it.each([["conditional", {}] as const, ["looked at first", bare] as const])(
    "B18: what is edited between the listing and its deletion is not deleted (%s)",
    async (_, habits) => {
      const bench = await inStep(3, { habits: { left: habits, right: habits } });
      bench[there].remove(idOf(bench[there], 0));
      let times = 0;
      const engine = bench.engine({
        beforeApply: () => {
          if (times++ === 0) bench[here].edit(idOf(bench[here], 0), { body: "the user's" });
          return true;
        },
      });
      const report = await bench.sync({ conflictPolicy: "merge" }, "bidirectional", engine);
      expect(report.counts).toMatchObject({ removed: 0, added: 1 });
      expect([body(bench[here], 0), body(bench[there], 0)]).toEqual(["the user's", "the user's"]);
    },
  );

  it("B18: in the very moment of a conditional write, too", async () => {
    const bench = await inStep(3);
    bench[there].edit(idOf(bench[there], 0), { body: "theirs" });
    let times = 0;
    bench[here].onCall(({ kind, moment }) => {
      if (kind !== "update" || moment !== "before" || times++ > 0) return;
      bench[here].edit(idOf(bench[here], 0), { body: "the user's" });
    });
    await bench.sync();
    expect([body(bench[here], 0), body(bench[there], 0)]).toEqual(["the user's", "theirs"]);
    expect((await bench.conflicts()).map(({ state }) => state)).toEqual(["open"]);
  });

  it("B18: an edit of another field right before an unconditional write is seen by the next run", async () => {
    const bench = await inStep(3, { habits: { left: bare, right: bare } });
    bench[there].edit(idOf(bench[there], 0), { body: "theirs" });
    bench[here].onCall(({ kind, moment }) => {
      if (kind === "update" && moment === "before") bench[here].edit(idOf(bench[here], 0), { tags: ["the user's"] });
    });
    expect((await bench.sync()).counts).toMatchObject({ updated: 1 });
    bench[here].onCall(undefined);
    expect((await bench.sync()).counts).toMatchObject({ updated: 1, conflicts: 0 });
    for (const side of [bench.left, bench.right]) {
      expect(side.get(idOf(side, 0))).toMatchObject({ body: "theirs", tags: ["the user's"] });
    }
    await quiet(bench, "skip");
  });

  it("B18: edited again and again in that moment, it is tried four times and then left to the next run", async () => {
    const bench = await inStep(3);
    bench[there].edit(idOf(bench[there], 0), { body: "theirs" });
    let busy = true;
    bench[here].onCall(({ kind, moment }) => {
      if (busy && kind === "update" && moment === "before") bench[here].touch(idOf(bench[here], 0));
    });
    const report = await bench.sync();
    expect(report).toMatchObject({ status: "partial", counts: { updated: 0, refused: 1 } });
    expect(bench[here].calls.update).toBe(4);
    busy = false;
    expect(await bench.sync()).toMatchObject({ status: "succeeded", counts: { updated: 1 } });
    expect(body(bench[here], 0)).toBe("theirs");
  });
});

describe("documents, two-way, conflicts", () => {
  async function inConflict(conflictPolicy: ConflictPolicy = "skip"): Promise<NotesBench> {
    const bench = await inStep(3);
    bench.left.edit(idOf(bench.left, 0), { body: "left" });
    bench.right.edit(idOf(bench.right, 0), { body: "right" });
    await bench.sync({ conflictPolicy });
    return bench;
  }

  it("B7: a conflict stays open and known while exact probes say that nothing has changed", async () => {
    const bench = await inStep(3, { habits: { left: { probe: "exact" }, right: { probe: "exact" } } });
    bench.left.edit(idOf(bench.left, 0), { body: "left" });
    bench.right.edit(idOf(bench.right, 0), { title: "note 0", body: "right" });
    for (let run = 0; run < 3; run++) await bench.sync();
    const lists = bench.left.calls.list;
    await bench.sync();
    expect(bench.left.calls.list).toBe(lists);
    expect(await bench.conflicts()).toMatchObject([{ state: "open" }]);
    expect(await bench.linkStates()).toEqual({ linked: 2, conflict: 1 });
    await bench.sync({ conflictPolicy: "target-wins" });
    expect(bodies(bench)).toEqual(["right", "right"]);
  });

  const bodies = (bench: NotesBench) => [body(bench.left, 0), body(bench.right, 0)];

  it("B7: a conflict ends by itself when both sides are equal again, without a write", async () => {
    const bench = await inConflict();
    const before = bench.writes;
    bench.right.edit(idOf(bench.right, 0), { body: "left" });
    await bench.sync();
    expect(await bench.conflicts()).toMatchObject([{ state: "resolved", resolution: "equal" }]);
    expect(bench.writes).toBe(before);
    // From here on it is a note like any other.
    bench.right.edit(idOf(bench.right, 0), { body: "right again" });
    await bench.sync();
    expect(bodies(bench)).toEqual(["right again", "right again"]);
  });

  it("B7: a conflict ends when both sides let go, and when the edits are taken back", async () => {
    const gone = await inConflict();
    gone.left.remove(idOf(gone.left, 0));
    gone.right.remove(idOf(gone.right, 0));
    await gone.sync();
    expect(await gone.conflicts()).toMatchObject([{ state: "resolved", resolution: "gone" }]);
    const back = await inConflict();
    for (const side of [back.left, back.right]) side.edit(idOf(side, 0), { body: "first" });
    await back.sync();
    expect(await back.conflicts()).toMatchObject([{ state: "resolved", resolution: "equal" }]);
    expect(await back.linkStates()).toEqual({ linked: 3 });
  });

  it("B7: one side changed again is the same record, brought up to date, and no second event", async () => {
    const bench = await inConflict();
    const [first] = await bench.conflicts();
    bench.right.edit(idOf(bench.right, 0), { body: "right again" });
    await bench.sync();
    const [second, ...more] = await bench.conflicts();
    expect(more).toEqual([]);
    expect(second).toMatchObject({ id: first?.id, state: "open", source_checksum: first?.source_checksum });
    expect(second?.target_checksum).not.toBe(first?.target_checksum);
    expect(bench.events.filter(({ type }) => type === "conflict.recorded")).toHaveLength(1);
  });

  it("B7: one side deleted of a conflict is a conflict still", async () => {
    const bench = await inConflict();
    bench.left.remove(idOf(bench.left, 0));
    for (let run = 0; run < 3; run++) await bench.sync();
    expect(body(bench.right, 0)).toBe("right");
    expect(bench.left.notes().size).toBe(2);
    expect(await bench.conflicts()).toMatchObject([{ state: "open", kind: "delete-edit" }]);
  });

  it.each([
    ["source-wins", "left"],
    ["target-wins", "right"],
    ["overwrite", "left"],
    ["newest-wins", "left"],
    ["merge", "left"],
  ] as const)("B7, B8, B9: what skip left open is settled when the policy becomes %s", async (conflictPolicy, end) => {
    const bench = await inConflict();
    await bench.sync({ conflictPolicy });
    expect(bodies(bench)).toEqual([end, end]);
    expect((await bench.conflicts()).map(({ state }) => state)).toEqual(["resolved"]);
    await quiet(bench, conflictPolicy);
  });

  it("B10: without times, or on a tie, newest-wins is the source's", async () => {
    for (const [left, right] of [
      [{ times: "none" }, {}],
      [{}, { times: "none" }],
      [{ times: { offsetMs: 0, resolutionMs: HOUR_MS } }, { times: { offsetMs: 0, resolutionMs: HOUR_MS } }],
    ] as const) {
      const bench = await inStep(3, { habits: { left, right } });
      bench.left.edit(idOf(bench.left, 0), { body: "left" });
      await bench.clock.advance(60_000);
      bench.right.edit(idOf(bench.right, 0), { body: "right" });
      await bench.sync({ conflictPolicy: "newest-wins" });
      expect(bodies(bench)).toEqual(["left", "left"]);
    }
  });

  it("B12: merge falls back to the source where both changed one field differently, and keeps the rest of both", async () => {
    const bench = await inStep(3);
    bench.left.edit(idOf(bench.left, 0), { body: "left", done: true });
    bench.right.edit(idOf(bench.right, 0), { body: "right", lines: ["x", "x"], tags: ["t"] });
    await bench.sync({ conflictPolicy: "merge" });
    for (const side of [bench.left, bench.right]) {
      expect(side.get(idOf(side, 0))).toMatchObject({ body: "left", done: true, lines: ["x", "x"], tags: ["t"] });
    }
    expect(await bench.conflicts()).toMatchObject([{ state: "resolved", resolution: "merged" }]);
    await quiet(bench, "merge");
  });

  it("B12: a merge that both sides hold already is no update, though a service has put a field into a form of its own", async () => {
    const normalise = (note: Note): Note => (note.body == null ? note : { ...note, body: note.body.toLowerCase() });
    const bench = await inStep(2, { habits: { right: { normalise } } });
    const before = bench.writes;
    bench.left.edit(idOf(bench.left, 1), { body: "LOUD" });
    await bench.sync({ conflictPolicy: "merge" });
    expect(bench.writes - before).toBe(1);
    for (const side of [bench.left, bench.right]) side.edit(idOf(side, 1), { tags: ["both"] });
    const { counts, items } = await bench.sync({ conflictPolicy: "merge" });
    expect([counts.updated, items]).toEqual([0, []]);
    expect(bench.writes - before).toBe(1);
    await quiet(bench, "merge");
  });

  it("a decision that came too late is not carried out on what it was not about", async () => {
    const bench = await inConflict();
    const engine = bench.engine();
    const [conflict] = await engine.conflicts.list({ userId: "user-1" });
    await engine.conflicts.decide({ userId: "user-1", conflictId: conflict?.id ?? "", winner: "target" });
    bench.right.edit(idOf(bench.right, 0), { body: "right, and then some" });
    await bench.sync();
    expect(bodies(bench)).toEqual(["left", "right, and then some"]);
    const [open] = await engine.conflicts.list({ userId: "user-1" });
    expect(open).toMatchObject({ id: conflict?.id, state: "open" });
    expect(open?.decision).toBeUndefined();
  });

  it.each([
    ["delete-edit", "source", [2, 2]],
    ["delete-edit", "target", [3, 3]],
    ["edit-delete", "source", [3, 3]],
    ["edit-delete", "target", [2, 2]],
  ] as const)("a person decides %s for the %s", async (kind, winner, sizes) => {
    const bench = await inStep(3);
    const [deleter, editor] = kind === "delete-edit" ? [bench.left, bench.right] : [bench.right, bench.left];
    deleter.remove(idOf(deleter, 0));
    editor.edit(idOf(editor, 0), { body: "edited" });
    await bench.sync();
    const { conflicts } = bench.engine();
    const [open] = await conflicts.list({ userId: "user-1" });
    expect(open).toMatchObject({ kind, source: { deleted: kind === "delete-edit" } });
    await conflicts.decide({ userId: "user-1", conflictId: open?.id ?? "", winner });
    const report = only({ pairs: [await bench.sync()] });
    expect(report.status).toBe("succeeded");
    expect([bench.left.notes().size, bench.right.notes().size]).toEqual(sizes);
    expect(await conflicts.get({ userId: "user-1", conflictId: open?.id ?? "" })).toMatchObject({
      state: "resolved",
      resolution: winner,
    });
    await quiet(bench, "skip");
  });
});
