import { describe, expect, it } from "vitest";
import { Bench, only } from "../support/bench.ts";
import { leftRecordings } from "../support/recordings.ts";

const USER = { userId: "user-1" } as const;
/** One to one on both services. */
const ids = leftRecordings.slice(8).map(({ id }) => id);
const [first = "", second = "", third = ""] = ids;

async function both(bench: Bench, mode: "bidirectional" | "sync-from" = "bidirectional", options = {}) {
  const engine = bench.engine();
  const pairs = [{ source: "left" as const, target: "right" as const, mode }];
  const report = only(await engine.sync({ ...USER, pairs, type: "favorites", options }));
  return { ...report, jobId: report.jobId ?? "" };
}

describe("undoing a run of favourites", () => {
  it("takes away what it added, and later runs leave both sides as they are", async () => {
    const bench = await new Bench().open();
    bench.left.put(first, second);
    const run = await both(bench);
    expect(bench.right.ids()).toHaveLength(2);
    const report = await bench.engine().undo({ ...USER, jobId: run.jobId });
    expect(report).toMatchObject({ status: "succeeded", counts: { removed: 2, refused: 0 } });
    expect(bench.right.ids()).toEqual([]);
    expect(bench.left.ids()).toHaveLength(2);
    expect(await both(bench)).toMatchObject({ status: "succeeded", counts: { added: 0, removed: 0 } });
    expect(bench.left.ids()).toHaveLength(2);
    expect(bench.right.ids()).toEqual([]);
  });

  it("puts back what it removed", async () => {
    const bench = await new Bench().open();
    bench.left.put(first, second, third);
    await both(bench);
    const there = bench.right.ids();
    bench.left.take(second);
    const run = await both(bench);
    expect(run.counts.removed).toBe(1);
    const report = await bench.engine().undo({ ...USER, jobId: run.jobId });
    expect(report).toMatchObject({ status: "succeeded", counts: { added: 1 } });
    expect(bench.right.ids()).toEqual(there);
    const link = (await bench.links()).find(({ link_key }) => link_key === `source:${second}`);
    expect(link).toMatchObject({ state: "detached", reason: "undo.removed", generation: 1 });
    expect(await both(bench)).toMatchObject({ counts: { added: 0, removed: 0 } });
    expect(bench.right.ids()).toEqual(there);
    expect(bench.left.ids()).not.toContain(second);
  });

  it("is undone itself by undoing it", async () => {
    const bench = await new Bench().open();
    bench.left.put(first, second, third);
    await both(bench);
    bench.left.take(second);
    bench.left.put(ids[3] ?? "");
    const run = await both(bench);
    const after = bench.right.ids();
    const undone = await bench.engine().undo({ ...USER, jobId: run.jobId });
    expect(bench.right.ids()).not.toEqual(after);
    const again = await bench.engine().undo({ ...USER, jobId: undone.jobId ?? "" });
    expect(again).toMatchObject({ status: "succeeded", counts: { added: 1, removed: 1 } });
    expect(bench.right.ids()).toEqual(after);
    const states = (await bench.links()).map(({ link_key, state }) => [link_key, state]);
    expect(states).toEqual(
      expect.arrayContaining([
        [`source:${second}`, "dropped"],
        [`source:${ids[3]}`, "linked"],
      ]),
    );
    expect(await both(bench)).toMatchObject({ counts: { added: 0, removed: 0 } });
  });
});
