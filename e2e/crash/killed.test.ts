import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Outcome, type Scene, Stage } from "./support/stage.ts";

/** Real processes on a machine that does other things too. */
const PATIENCE_MS = 300_000;
/** Stages that work side by side. */
const STAGES = 2;

describe("E. Crash points: real processes, a real database, SIGKILL", { timeout: PATIENCE_MS }, () => {
  let stages: readonly Stage[];
  let undisturbed: Outcome;
  let points: readonly string[];

  beforeAll(async () => {
    stages = await Promise.all(Array.from({ length: STAGES }, () => Stage.open()));
    const scene = await stage(0).scene();
    const ended = await scene.sync();
    expect(ended.report).toMatchObject({ status: "succeeded", counts: { added: 4, removed: 2, notFound: 1 } });
    undisturbed = await scene.outcome();
    points = ended.points;
    expect(undisturbed.deezer).toHaveLength(10);
    expect(undisturbed.links.filter(({ state }) => state === "linked")).toHaveLength(10);
  }, PATIENCE_MS);

  afterAll(async () => {
    await Promise.all((stages ?? []).map((each) => each.close()));
  });

  function stage(index: number): Stage {
    const found = stages[index];
    if (!found) throw new RangeError(`there is no stage ${index}`);
    return found;
  }

  /** As if nothing had happened: both services, every link, nothing open, and a further run has nothing to do. */
  async function expectUndisturbed(scene: Scene): Promise<void> {
    expect(await scene.outcome()).toEqual(undisturbed);
    expect(await scene.openWork()).toEqual({ intents: 0, jobs: 0, leases: 0 });
  }

  it("E1: killed after the intent, before the service was asked: the items are added once", async () => {
    const scene = await stage(0).scene();
    expect((await scene.sync("remote:add:before")).killed).toBe(true);
    expect(scene.writes()).toBe(0);
    expect((await scene.sync()).report).toMatchObject({ status: "succeeded", counts: { added: 4, removed: 2 } });
    expect(scene.writes(), "one batch of additions, two removals").toBe(3);
    await expectUndisturbed(scene);
  });

  it("E2: killed after the service added, before the links were committed: adopted, not added again", async () => {
    const scene = await stage(0).scene();
    expect((await scene.sync("remote:add:after")).killed).toBe(true);
    expect(scene.writes()).toBe(1);
    expect((await scene.sync()).report).toMatchObject({ status: "succeeded", counts: { added: 0, removed: 2 } });
    expect(scene.writes(), "the batch of additions is not sent again").toBe(3);
    await expectUndisturbed(scene);
  });

  it("E3: killed after the last link was committed, before the cursors: no write on restart", async () => {
    const scene = await stage(0).scene();
    expect((await scene.sync("store:cursors:before")).killed).toBe(true);
    expect(scene.writes()).toBe(3);
    scene.clearStats();
    expect((await scene.sync()).report).toMatchObject({ status: "succeeded", counts: { added: 0, removed: 0 } });
    expect(scene.writes()).toBe(0);
    await expectUndisturbed(scene);
  });

  it("E5: killed after the service removed, before that was committed: what is gone counts as done", async () => {
    const scene = await stage(0).scene();
    expect((await scene.sync("remote:remove:after")).killed).toBe(true);
    expect((await scene.sync()).report).toMatchObject({ status: "succeeded", counts: { added: 0 } });
    expect(scene.writes(), "one batch of additions, each removal once").toBe(3);
    await expectUndisturbed(scene);
  });

  it("E8: killed after every batch and write of a run, and again while it recovers: the end is the same", async () => {
    expect(points.filter((name) => name.startsWith("remote:")).length).toBe(6);
    const numbers = points.map((_, index) => index + 1);
    const failures: string[] = [];
    const work = async (index: number) => {
      for (let at = numbers.shift(); at !== undefined; at = numbers.shift()) {
        const scene = await stage(index).scene();
        // The second death falls somewhere else in each round.
        const again = 1 + ((at * 5) % points.length);
        const where = `${at} (${points[at - 1]}), then at ${again}`;
        const first = await scene.sync(at);
        await scene.sync(again);
        const last = await scene.sync();
        const problems = [
          first.killed ? [] : ["it was not killed"],
          last.report?.status === "succeeded" ? [] : [`it ended ${last.report?.status}`],
          same(await scene.outcome(), undisturbed) ? [] : ["the end is another"],
          same(await scene.openWork(), { intents: 0, jobs: 0, leases: 0 }) ? [] : ["something is left open"],
        ].flat();
        if (problems.length > 0) failures.push(`killed at ${where}: ${problems.join(", ")}`);
      }
    };
    await Promise.all(stages.map((_, index) => work(index)));
    expect(failures).toEqual([]);
  });
});

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
