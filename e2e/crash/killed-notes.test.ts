import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ownServer } from "../support/own-server.ts";
import { killEverywhere, type Rehearsed } from "./support/kill-everywhere.ts";
import { Notes } from "./support/notes.ts";
import { bundleChild } from "./support/processes.ts";
import { nothingOpen, type Scene, Stage } from "./support/rehearsal-stage.ts";

/** Real processes on a machine that does other things too. */
const PATIENCE_MS = 300_000;
/** Stages that work side by side. */
const STAGES = 2;
/** Twenty changes; one of the two merges writes both sides. */
const CALLS = { create: 8, update: 9, delete: 4 } as const;

const server = await ownServer();
afterAll(() => server?.remove());

describe.each(["SQLite", "PostgreSQL"].filter((on) => on === "SQLite" || server))(
  "E. Crash points, documents in both directions on %s: real processes, a real database, SIGKILL",
  {
    timeout: PATIENCE_MS,
  },
  (on) => {
    const notesOf = new Map<Stage, Notes>();
    let folder: string;
    let stages: readonly Stage[];
    let rehearsed: Rehearsed;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "syncer-child-"));
      const program = await bundleChild(folder);
      stages = await Promise.all(Array.from({ length: STAGES }, () => open(program)));
      const scene = await stage().scene();
      const { report, points } = await scene.sync();
      expect(report).toMatchObject({ status: "succeeded", counts: { added: 8, updated: 8, removed: 4, conflicts: 0 } });
      rehearsed = { points, undisturbed: await outcomeOf(scene), writes: scene.writes() };
      expect(rehearsed.undisturbed.conflicts).toHaveLength(4);
    }, PATIENCE_MS);

    afterAll(async () => {
      await Promise.all((stages ?? []).map((each) => each.close()));
      await rm(folder, { recursive: true });
    });

    async function open(program: string): Promise<Stage> {
      let notes: Notes | undefined;
      const services = async (of: string) => {
        notes = await Notes.open(of);
        return notes;
      };
      const opened = await Stage.open(program, services, on === "PostgreSQL" ? server?.connectionString : undefined);
      if (notes) notesOf.set(opened, notes);
      return opened;
    }

    function stage(): Stage {
      const [first] = stages;
      if (!first) throw new RangeError("there is no stage");
      return first;
    }

    const outcomeOf = (scene: Scene) => scene.outcome(notesOf.get(scene.stage)?.nameOf);

    it("every batch and every request is a point, before it and after it", () => {
      const amount = (name: string) => rehearsed.points.filter((point) => point === name).length;
      for (const [kind, calls] of Object.entries(CALLS)) {
        expect([amount(`remote:${kind}:before`), amount(`remote:${kind}:after`)], kind).toEqual([calls, calls]);
      }
      const all = CALLS.create + CALLS.update + CALLS.delete;
      expect(rehearsed.writes).toBe(all);
      for (const name of ["store:intent", "store:outcome"]) {
        expect([amount(`${name}:before`), amount(`${name}:after`)], name).toEqual([all, all]);
      }
      expect(amount("store:cursors:after")).toBe(1);
      const ending = (end: string) => rehearsed.points.filter((point) => point.endsWith(end)).length;
      expect(ending(":before")).toBe(ending(":after"));
      expect(ending(":before") + ending(":after") + amount("remote:list") + amount("remote:get")).toBe(
        rehearsed.points.length,
      );
    });

    it.each([
      ["E1: after the intent, before the service was asked to create: one note", "remote:create:before", 0],
      ["E2: after the service created, before the link was committed: adopted, one note", "remote:create:after", 0],
      ["E4: after an update: no conflict, and no second write", "remote:update:after", 0],
      ["E5: after a delete: what is gone counts as done", "remote:delete:after", 0],
    ] as const)("%s", async (_, at, repeats) => {
      const scene = await stage().scene();
      expect((await scene.sync(at)).killed).toBe(true);
      expect((await scene.sync()).report?.status).toBe("succeeded");
      expect(await outcomeOf(scene)).toEqual(rehearsed.undisturbed);
      expect(scene.writes()).toBe(rehearsed.writes + repeats);
      expect(await scene.openWork()).toEqual(nothingOpen);
    });

    it("E3: after the last link was committed, before the cursors: no write on restart", async () => {
      const scene = await stage().scene();
      expect((await scene.sync("store:cursors:before")).killed).toBe(true);
      scene.clearStats();
      expect((await scene.sync()).report).toMatchObject({ status: "succeeded", counts: { added: 0, updated: 0 } });
      expect(scene.writes()).toBe(0);
      expect(await outcomeOf(scene)).toEqual(rehearsed.undisturbed);
    });

    it.each(["store:intent:before", "store:intent:after", "store:cursors:before"])(
      "E13: stopped past its lease at %s, overtaken, and let go on: its writes are refused",
      async (at) => {
        const scene = await stage().scene();
        const goOn = await scene.stopAt(at);
        expect((await scene.sync()).report?.status).toBe("succeeded");
        const [outcome, writes] = [await outcomeOf(scene), scene.writes()];
        expect(outcome).toEqual(rehearsed.undisturbed);
        const { report } = await goOn();
        expect(report?.status).toBe("failed");
        // A server ends the connection of a process that stands still in a transaction, because others wait for its locks.
        expect(on === "PostgreSQL" ? ["run.lease-lost", "storage.failed"] : ["run.lease-lost"]).toContain(
          report?.error,
        );
        expect(await outcomeOf(scene)).toEqual(outcome);
        expect(scene.writes()).toBe(writes);
        expect(await scene.openWork()).toEqual(nothingOpen);
      },
    );

    // On PostgreSQL each point is tried with favourites, in `killed.test.ts`; here they are three times as many.
    if (on === "PostgreSQL") return;

    it("E8: killed at every point of a run of twenty changes, and again while it recovers: the end is the same", async () => {
      const { points } = rehearsed;
      const again = (at: number) => (at % 4 === 0 ? 12 + ((at * 7) % (points.length / 2)) : undefined);
      const { killedAt, killedAgain, problems } = await killEverywhere(stages, {
        rehearsed,
        outcomeOf,
        again,
        repeats: 0,
      });
      // biome-ignore lint/suspicious/noConsole: how much has been tried says what it is worth
      console.info(
        `${points.length} points of two-way documents, each with a SIGKILL; ${killedAgain} recoveries killed too`,
      );
      expect(problems).toEqual([]);
      expect(killedAt).toEqual(points.map((_, index) => index + 1));
      expect(killedAgain).toBeGreaterThan(10);
    });
  },
);
