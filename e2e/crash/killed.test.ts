import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ownServer } from "../support/own-server.ts";
import { Favourites } from "./support/favourites.ts";
import { killEverywhere, type Rehearsed } from "./support/kill-everywhere.ts";
import { bundleChild } from "./support/processes.ts";
import { nothingOpen, type Scene, Stage } from "./support/rehearsal-stage.ts";

/** Real processes on a machine that does other things too. */
const PATIENCE_MS = 300_000;
/** Stages that work side by side. */
const STAGES = 2;

const outcomeOf = (scene: Scene) => scene.outcome();

const server = await ownServer();
afterAll(() => server?.remove());

const cases = [
  { what: "favourites", on: "SQLite" },
  { what: "two-way favourites", on: "SQLite" },
  { what: "favourites", on: "PostgreSQL" },
] as const;

describe.each(cases.filter(({ on }) => on === "SQLite" || server))(
  "E. Crash points, $what on $on: real processes, a real database, SIGKILL",
  { timeout: PATIENCE_MS },
  ({ what, on }) => {
    const twoWay = what === "two-way favourites";
    /** One batch of additions and two removals; both ways, a batch and four removals on either side. */
    const counts = twoWay ? { added: 12, removed: 8 } : { added: 4, removed: 2 };
    let folder: string;
    let stages: readonly Stage[];
    let rehearsed: Rehearsed;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "syncer-child-"));
      const program = await bundleChild(folder);
      stages = await Promise.all(
        Array.from({ length: STAGES }, () =>
          Stage.open(
            program,
            (of) => Favourites.open(what, of),
            on === "PostgreSQL" ? server?.connectionString : undefined,
          ),
        ),
      );
      const scene = await stage().scene();
      const { report, points } = await scene.sync();
      expect(report).toMatchObject({ status: "succeeded", counts });
      rehearsed = { points, undisturbed: await outcomeOf(scene), writes: scene.writes() };
      const linked = rehearsed.undisturbed.links.filter((link) => link.endsWith(" linked"));
      expect(linked).toHaveLength(twoWay ? 34 : 10);
    }, PATIENCE_MS);

    afterAll(async () => {
      await Promise.all((stages ?? []).map((each) => each.close()));
      await rm(folder, { recursive: true });
    });

    function stage(): Stage {
      const [first] = stages;
      if (!first) throw new RangeError("there is no stage");
      return first;
    }

    /** As if nothing had happened: both services, every link, nothing open, and a further run has nothing to do. */
    async function expectUndisturbed(scene: Scene): Promise<void> {
      expect(await outcomeOf(scene)).toEqual(rehearsed.undisturbed);
      expect(await scene.openWork()).toEqual(nothingOpen);
    }

    it("E1: killed after the intent, before the service was asked: the items are added once", async () => {
      const scene = await stage().scene();
      expect((await scene.sync("remote:add:before")).killed).toBe(true);
      expect(scene.writes()).toBe(0);
      expect((await scene.sync()).report).toMatchObject({ status: "succeeded", counts });
      expect(scene.writes()).toBe(rehearsed.writes);
      await expectUndisturbed(scene);
    });

    it("E2: killed after the service added, before the links were committed: adopted, not added again", async () => {
      const scene = await stage().scene();
      expect((await scene.sync("remote:add:after")).killed).toBe(true);
      expect(scene.writes()).toBe(1);
      expect((await scene.sync()).report?.status).toBe("succeeded");
      expect(scene.writes(), "the batch of additions is not sent again").toBe(rehearsed.writes);
      await expectUndisturbed(scene);
    });

    it("E3: killed after the last link was committed, before the cursors: no write on restart", async () => {
      const scene = await stage().scene();
      expect((await scene.sync("store:cursors:before")).killed).toBe(true);
      expect(scene.writes()).toBe(rehearsed.writes);
      scene.clearStats();
      expect((await scene.sync()).report).toMatchObject({ status: "succeeded", counts: { added: 0, removed: 0 } });
      expect(scene.writes()).toBe(0);
      await expectUndisturbed(scene);
    });

    it("E5: killed after the service removed, before that was committed: what is gone counts as done", async () => {
      const scene = await stage().scene();
      expect((await scene.sync("remote:remove:after")).killed).toBe(true);
      expect((await scene.sync()).report?.status).toBe("succeeded");
      expect(scene.writes(), "each removal once").toBe(rehearsed.writes);
      await expectUndisturbed(scene);
    });

    it("E8: killed at every point of a run, and again while it recovers: the end is the same", async () => {
      const { points } = rehearsed;
      // One way, what is the same before as after the point before it is left to the other run.
      const where = (name: string) => twoWay || name.endsWith(":after");
      const chosen = points.flatMap((name, index) => (where(name) ? [index + 1] : []));
      const again = (at: number) => (at % 4 === 0 ? 1 + ((at * 5) % points.length) : undefined);
      const killings = { rehearsed, outcomeOf, again, where, repeats: 0 };
      const { killedAt, killedAgain, problems } = await killEverywhere(stages, killings);
      // biome-ignore lint/suspicious/noConsole: how much has been tried says what it is worth
      console.info(`${chosen.length} points of ${what}, each with a SIGKILL; ${killedAgain} recoveries killed too`);
      expect(problems).toEqual([]);
      expect(killedAt).toEqual(chosen);
      const amount = (end: string) => points.filter((name) => name.endsWith(end)).length;
      expect(amount(":before")).toBe(amount(":after"));
      expect(killedAgain).toBeGreaterThan(2);
    });
  },
);
