import type { SyntheticDocuments } from "@syncer/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holds, patient } from "../support/invented.ts";
import { DAY_MS, idOf, inStep, type NotesBench } from "./notes-bench.ts";

const told = { left: { deltas: "told", pageSize: 10 }, right: { deltas: "told", pageSize: 10 } } as const;

/** What was asked of either side by what is done. */
async function asked(bench: NotesBench, act: () => Promise<unknown>) {
  const before = [bench.left.calls, bench.right.calls];
  await act();
  const of = (service: SyntheticDocuments, was: SyntheticDocuments["calls"] = {}) =>
    Object.fromEntries(
      Object.entries(service.calls).flatMap(([kind, count = 0]) => {
        const calls = count - (was[kind as keyof typeof was] ?? 0);
        return calls > 0 ? [[kind, calls]] : [];
      }),
    );
  return { left: of(bench.left, before[0]), right: of(bench.right, before[1]) };
}

describe("documents, read by deltas", () => {
  it("a run in which nothing has changed is one request a side, our own writes of before included", async () => {
    const bench = await inStep(60, { habits: told });
    // What was written to the right side is told there, and is no news.
    const writes = bench.writes;
    expect(await asked(bench, () => bench.sync())).toEqual({ left: { list: 1 }, right: { list: 6 } });
    for (let run = 0; run < 3; run++) {
      await bench.clock.advance(DAY_MS);
      expect(await asked(bench, () => bench.sync())).toEqual({ left: { list: 1 }, right: { list: 1 } });
    }
    expect(bench.writes).toBe(writes);
  });

  it("an edit is two deltas, one look at the other side and one write", async () => {
    const bench = await inStep(60, { habits: told });
    await bench.sync();
    bench.left.edit(idOf(bench.left, 7), { body: "edited" });
    expect(await asked(bench, () => bench.sync())).toEqual({
      left: { list: 1 },
      right: { list: 1, get: 1, update: 1 },
    });
    expect(bench.shown.right).toEqual(bench.shown.left);
    expect(await asked(bench, () => bench.sync())).toEqual({ left: { list: 1 }, right: { list: 1 } });
  });

  it("what is deleted and what is new goes to the other side without a listing", async () => {
    const bench = await inStep(60, { habits: told });
    await bench.sync();
    bench.left.remove(idOf(bench.left, 7));
    bench.right.put({ title: "new", body: "" });
    const calls = await asked(bench, () => bench.sync());
    expect([calls.left.list, calls.right.list, calls.left.create, calls.right.delete]).toEqual([1, 1, 1, 1]);
    expect(bench.shown.right).toEqual(bench.shown.left);
    expect(bench.left.notes().size).toBe(60);
    expect(await asked(bench, () => bench.sync())).toEqual({ left: { list: 1 }, right: { list: 1 } });
  });

  it("what is new is held against what the other side has had for long, and not doubled", async () => {
    const bench = await inStep(12, { habits: told, mode: "sync-from" });
    bench.right.put({ title: "theirs", body: "" });
    await bench.sync({}, "sync-from");
    expect(bench.left.notes().size).toBe(12);
    bench.left.put({ title: "theirs", body: "" });
    const report = await bench.sync({}, "sync-from");
    expect(report.counts).toMatchObject({ added: 0, linked: 1 });
    expect(bench.shown.right).toEqual(bench.shown.left);
  });

  it("edits on both sides are merged, and deleted ones are asked about, as after a listing", async () => {
    const bench = await inStep(30, { habits: told });
    await bench.sync({ conflictPolicy: "merge" });
    bench.left.edit(idOf(bench.left, 1), { body: "left" });
    bench.right.edit(idOf(bench.right, 1), { title: "note 1 b" });
    bench.left.remove(idOf(bench.left, 2));
    bench.right.edit(idOf(bench.right, 2), { body: "right" });
    expect((await bench.sync({ conflictPolicy: "merge" })).status).toBe("succeeded");
    expect(bench.shown.right).toEqual(bench.shown.left);
    expect(bench.left.notes().size).toBe(30);
    expect([...bench.left.notes().values()]).toContainEqual(
      expect.objectContaining({ title: "note 1 b", body: "left" }),
    );
  });

  it("I8: a token that is not taken any more means a listing, and no delete", async () => {
    const bench = await inStep(30, { habits: told });
    await bench.sync();
    bench.left.remove(idOf(bench.left, 2));
    bench.left.expireTokens();
    bench.right.expireTokens();
    const calls = await asked(bench, () => bench.sync());
    // The refused delta and three pages; and whether the place is still there, where a document is not.
    expect([calls.left.list, calls.right.list]).toEqual([5, 4]);
    expect(bench.right.notes().size).toBe(29);
    expect(await asked(bench, () => bench.sync())).toMatchObject({ left: { list: 1 }, right: { list: 1 } });
  });

  it("what a run could not do is not forgotten with the delta that told of it", async () => {
    const bench = await inStep(30, { habits: told });
    await bench.sync();
    bench.left.edit(idOf(bench.left, 1), { body: "edited" });
    bench.left.edit(idOf(bench.left, 2), { body: "edited" });
    bench.right.fail({ calls: "update", times: Infinity, with: { kind: "unavailable" } });
    expect((await bench.sync()).status).not.toBe("succeeded");
    bench.right.recover();
    expect((await bench.sync()).status).toBe("succeeded");
    expect(bench.shown.right).toEqual(bench.shown.left);
  });

  it("lists once a week all the same, for what a service has forgotten to tell", async () => {
    const bench = await inStep(30, { habits: told });
    await bench.sync();
    await bench.clock.advance(7 * DAY_MS);
    expect(await asked(bench, () => bench.sync())).toEqual({ left: { list: 3 }, right: { list: 3 } });
    await bench.clock.advance(DAY_MS);
    expect(await asked(bench, () => bench.sync())).toEqual({ left: { list: 1 }, right: { list: 1 } });
  });

  it("a place that has gone deletes nothing", async () => {
    const bench = await inStep(10, { habits: told });
    await bench.sync();
    bench.left.adopt({ container: "gone" });
    expect((await bench.sync()).status).toBe("failed");
    expect(bench.right.notes().size).toBe(10);
  });

  it("a conflict stands while other documents change, and ends when one side is put back", async () => {
    const bench = await inStep(10, { habits: told });
    await bench.sync();
    bench.left.edit(idOf(bench.left, 1), { body: "left" });
    bench.right.edit(idOf(bench.right, 1), { body: "right" });
    expect((await bench.sync()).counts).toMatchObject({ conflicts: 1, updated: 0 });
    const recorded = await bench.conflicts();
    bench.left.edit(idOf(bench.left, 2), { body: "other" });
    expect((await bench.sync()).counts).toMatchObject({ updated: 1 });
    expect(await bench.conflicts()).toEqual(recorded);
    bench.left.edit(idOf(bench.left, 1), { body: "first" });
    expect((await bench.sync()).counts).toMatchObject({ updated: 1 });
    expect(bench.left.get(idOf(bench.left, 1))?.body).toBe("right");
    expect((await bench.conflicts()).map(({ state }) => state)).not.toContain("open");
  });

  it("a copy that its user has made is a copy, and not the same one with another id", async () => {
    const bench = await inStep(10, { habits: told });
    await bench.sync();
    bench.left.duplicate(idOf(bench.left, 3));
    expect((await bench.sync()).counts).toMatchObject({ added: 1, removed: 0 });
    expect(bench.right.notes().size).toBe(11);
    expect(bench.shown.right).toEqual(bench.shown.left);
  });

  it("with prune, what only the other side has goes there again", async () => {
    const bench = await inStep(10, { habits: told, mode: "sync-from" });
    const run = () => bench.sync({ propagation: "mirror", prune: true }, "sync-from");
    const held = await run();
    if (held.hold) await bench.engine().confirm({ ...(await bench.ref()), planHash: held.hold.hash });
    await run();
    await run();
    bench.right.put({ title: "theirs", body: "" });
    const { hold, counts } = await run();
    expect(counts.removed + (hold?.operations.length ?? 0)).toBe(1);
  });

  it("keeps tokens as ciphertext only", async () => {
    const bench = await inStep(10, { habits: told });
    await bench.sync();
    const cursors = await bench.storage.select({ table: "sync_cursors" });
    expect(cursors.map(({ token_sealed }) => token_sealed?.startsWith("v1."))).toEqual([true, true]);
  });
});

const act = fc.record({
  on: fc.constantFrom("left", "right"),
  what: fc.constantFrom("put", "twin", "edit", "retitle", "remove", "sync", "fail", "expire"),
  at: fc.nat({ max: 9 }),
});

describe("documents of invented histories", () => {
  it(
    "come to the same by deltas as by listings",
    async () => {
      const setting = fc.record({
        mode: fc.constantFrom("bidirectional", "sync-from", "sync-to"),
        policy: fc.constantFrom("skip", "merge", "source-wins", "newest-wins"),
        propagation: fc.constantFrom("additive", "mirror"),
        acts: fc.array(act, { minLength: 1, maxLength: 14 }),
      });
      await holds("deltas", 0.15, setting, async ({ mode, policy, propagation, acts }) => {
        const live = async (deltas: "told" | "none") => {
          const bench = await inStep(9, { habits: { left: { deltas, pageSize: 4 }, right: { deltas, pageSize: 4 } } });
          const options = { conflictPolicy: policy, ...(mode === "bidirectional" ? {} : { propagation }) };
          const seen: unknown[] = [];
          let count = 0;
          const run = async () => {
            const { status, counts } = await bench.sync(options, mode);
            seen.push([status, counts, bench.shown]);
          };
          for (const { on, what, at } of [...acts, { on: "left", what: "sync", at: 0 }] as const) {
            const side = bench[on];
            const id = [...side.notes().keys()][at];
            count++;
            if (what === "put") side.put({ title: `new ${count}`, body: "" });
            else if (what === "twin")
              for (const each of [bench.left, bench.right]) each.put({ title: `twin ${count}` });
            else if (what === "edit" && id !== undefined) side.edit(id, { body: `edit ${count}` });
            else if (what === "retitle" && id !== undefined) side.edit(id, { title: `title ${count}` });
            else if (what === "remove" && id !== undefined) side.remove(id);
            else if (what === "fail")
              side.fail({ calls: ["create", "update", "delete"], with: { kind: "unavailable" } });
            else if (what === "expire") side.expireTokens();
            else if (what === "sync") await run();
          }
          bench.left.recover();
          bench.right.recover();
          await run();
          return seen;
        };
        expect(await live("told")).toEqual(await live("none"));
      });
    },
    patient.timeout,
  );
});
