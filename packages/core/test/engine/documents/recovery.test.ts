import type { Note } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { type StorageAdapter, type SyncOptions, serviceError } from "../../../src/index.ts";
import { BEYOND_LEASE_MS } from "../support/bench.ts";
import { CutOff } from "../support/cut-off.ts";
import { idOf, inStep, type NotesBench } from "./notes-bench.ts";

/** Syncs in a process that ends at a step, see `CutOff`, and lets its lease run out. */
async function dieAt(on: NotesBench, step: string, options: SyncOptions = {}): Promise<void> {
  const cutOff = new CutOff(step, [on.left, on.right]);
  const engine = on.engine({ storage: cutOff.around(on.storage) });
  await engine.sync(on.request(options)).catch(() => {});
  cutOff.end();
  if (!cutOff.struck) throw new Error(`the run did not come to ${step}`);
  await on.clock.advance(BEYOND_LEASE_MS);
}

describe("E. Documents, what a run that has died leaves to the next", () => {
  it.each([
    ["source-wins", "right:update:after", "source"],
    ["target-wins", "left:update:after", "target"],
    ["merge", "left:update:after", "merged"],
  ] as const)("under %s: who lost is on record although the run died with it", async (conflictPolicy, call, winner) => {
    const on = await inStep(3);
    on.left.edit(idOf(on.left, 0), { body: "left" });
    on.right.edit(idOf(on.right, 0), { tags: ["right"], ...(conflictPolicy === "merge" ? {} : { body: "right" }) });
    await dieAt(on, call, { conflictPolicy });
    expect(await on.conflicts(), "on record before anything is overwritten").toMatchObject([{ state: "open" }]);
    const writes = on.writes;
    await on.sync({ conflictPolicy });
    expect(on.writes, "what was written is not written again").toBe(writes);
    expect(await on.conflicts()).toMatchObject([{ state: "resolved", resolution: winner, kind: "edit-edit" }]);
    expect(on.left.get(idOf(on.left, 0))).toEqual(on.right.get(idOf(on.right, 0)));
  });

  it("a conflict that dissolves while its winner is written is not on record", async () => {
    const on = await inStep(3);
    on.left.edit(idOf(on.left, 0), { body: "left" });
    on.right.edit(idOf(on.right, 0), { body: "right" });
    on.right.onCall(({ kind, moment }) => {
      if (kind !== "update" || moment !== "before") return;
      on.right.onCall(undefined);
      on.right.edit(idOf(on.right, 0), { body: "left" });
    });
    expect((await on.sync({ conflictPolicy: "source-wins" })).status).toBe("succeeded");
    expect(await on.conflicts()).toEqual([]);
  });

  it.each([["left", "gone"] as const, ["right", "equal"] as const])(
    "of two that met for the first time one (%s) is deleted after the run died with them: nothing stays open",
    async (deleter, resolution) => {
      const on = await inStep(3);
      on.left.put({ title: "note 3", body: "left" });
      on.right.put({ title: "note 3", body: "right" });
      await dieAt(on, "right:update:before", { conflictPolicy: "source-wins" });
      expect(await on.conflicts()).toMatchObject([{ state: "open" }]);
      on[deleter].remove(idOf(on[deleter], 3));
      for (let run = 0; run < 2; run++) await on.sync({ conflictPolicy: "source-wins" });
      expect(await on.conflicts()).toMatchObject([{ state: "resolved", resolution }]);
      expect(on.shown.left).toEqual(on.shown.right);
      expect(on.left.notes().size).toBe(4);
    },
  );

  it("what was deleted, is back from the bin and is cut off on its way to the other side arrives with the next run", async () => {
    const on = await inStep(3);
    const id = idOf(on.left, 0);
    on.left.remove(id);
    await on.sync();
    on.left.undelete(id);
    await dieAt(on, "right:create:before");
    expect(await on.sync()).toMatchObject({ status: "succeeded", counts: { added: 1, refused: 0 } });
    expect(on.shown.right.length).toBe(3);
    expect((await on.sync()).items).toEqual([]);
  });

  describe.each([0, 60_000])(
    "made by a run that died, and deleted before the next, where reads lag by %i ms",
    (lagMs) => {
      const right = { identity: "client-id", deletedIds: "taken", lag: { listMs: lagMs, getMs: lagMs } } as const;

      it("comes again under another id, since a service takes no id twice", async () => {
        const on = await inStep(1, { habits: { right } });
        on.left.put({ title: "note 1", body: "new" });
        await on.clock.advance(lagMs);
        await dieAt(on, "right:create:after");
        on.right.remove(idOf(on.right, 1));
        await on.clock.advance(lagMs);
        // Where reads lag, what has gone may only not show yet: the service is asked again after a week.
        await on.sync();
        expect(await on.linkStates()).toEqual(lagMs > 0 ? { linked: 1, refused: 1 } : { linked: 2 });
        await on.clock.advance(8 * 24 * 60 * 60_000);
        await on.sync();
        expect(on.shown.right).toEqual(on.shown.left);
        expect((await on.sync()).items).toEqual([]);
        expect(on.right.log.filter(({ kind, by }) => kind === "create" && by === "sync")).toHaveLength(3);
      });
    },
  );

  it("made again by a run that died, and deleted once more, comes under a third id", async () => {
    const on = await inStep(2, { habits: { right: { identity: "client-id", deletedIds: "taken" } } });
    const options = { conflictPolicy: "source-wins" } as const;
    on.left.edit(idOf(on.left, 1), { body: "edited" });
    on.right.remove(idOf(on.right, 1));
    await dieAt(on, "right:create:after", options);
    on.right.remove(idOf(on.right, 1));
    expect(await on.sync(options)).toMatchObject({ status: "succeeded", counts: { added: 1 } });
    expect(on.shown.right).toEqual(on.shown.left);
    expect((await on.sync(options)).items).toEqual([]);
  });

  it("a deletion that never arrived is not taken for made because a listing that lies is empty", async () => {
    const on = await inStep(8);
    on.right.remove(idOf(on.right, 0));
    await dieAt(on, "left:delete:before");
    on.left.adopt({ lie: { lie: "empty" } });
    await on.sync();
    on.left.behave();
    await on.sync();
    await on.sync();
    expect([on.left.notes().size, on.right.notes().size]).toEqual([7, 7]);
  });

  it("what is taken back on the side that was read, while the answer to its update is lost, is taken back on both", async () => {
    const on = await inStep(2);
    on.right.edit(idOf(on.right, 1), { body: "edited" });
    await dieAt(on, "left:update:after");
    on.right.edit(idOf(on.right, 1), { body: "first" });
    await on.sync();
    expect(on.shown.left).toEqual(on.shown.right);
    expect(on.shown.left).toContain("note 1: first");
  });

  it.each([
    ["a field of the merge", { body: "again" }],
    ["another field", { tags: ["later"] }],
  ] as const)("a merge whose last answer was lost takes no edit made since for its own: %s", async (_, edit) => {
    const verbatim = { verbatim: true, identity: "marker" } as const;
    const on = await inStep(2, { habits: { left: verbatim, right: verbatim } });
    on.left.edit(idOf(on.left, 1), { lines: ["left"] });
    on.right.edit(idOf(on.right, 1), { body: "right" });
    await dieAt(on, "left:update:after", { conflictPolicy: "merge" });
    on.right.edit(idOf(on.right, 1), edit);
    await on.sync({ conflictPolicy: "merge" });
    const [left, right] = [on.left, on.right].map((side) => side.get(idOf(side, 1)));
    expect(left).toMatchObject({ lines: ["left"], ...edit });
    expect(right).toMatchObject({ lines: ["left"], ...edit });
  });

  it("the turns of long ago do not make an update rest whose answer was lost", async () => {
    const on = await inStep(1);
    const turn = async (side: "left" | "right", body: string) => {
      on[side].edit(idOf(on[side], 0), { body });
      return await on.sync();
    };
    for (const [index, side] of (["left", "right", "left", "right"] as const).entries())
      await turn(side, `turn ${index}`);
    await on.clock.advance(2 * 24 * 60 * 60_000);
    on.left.edit(idOf(on.left, 0), { body: "much later" });
    await dieAt(on, "right:update:after");
    await on.sync();
    expect((await turn("right", "and back")).counts).toMatchObject({ updated: 1, conflicts: 0 });
    expect(on.shown.left).toEqual(["note 0: and back"]);
  });

  it("E4: what the user writes on the same side after the update is carried over, too", async () => {
    const on = await inStep(3);
    on.left.edit(idOf(on.left, 0), { body: "edited" });
    await dieAt(on, "right:update:after");
    on.left.edit(idOf(on.left, 0), { body: "edited again" });
    await on.sync();
    expect(on.right.get(idOf(on.right, 0))?.body).toBe("edited again");
    expect(await on.conflicts()).toEqual([]);
  });

  it.each([
    ["whose documents read back as they were written", { verbatim: true }],
    ["whose clock tells when it was", {}],
  ] as const)("what the user writes on what we made is carried back, at a service %s", async (_, habits) => {
    for (const identity of ["client-id", "marker"] as const) {
      for (const call of ["create", "update"]) {
        const on = await inStep(3, { habits: { right: { identity, ...habits } } });
        if (call === "create") on.left.put({ title: "note 3", body: "new" });
        else on.left.edit(idOf(on.left, 2), { body: "edited" });
        await dieAt(on, `right:${call}:after`);
        await on.clock.advance(300_000);
        const index = call === "create" ? 3 : 2;
        on.right.edit(idOf(on.right, index), { lines: ["by the user"] });
        await on.sync({ conflictPolicy: "merge" });
        await on.sync({ conflictPolicy: "merge" });
        expect(on.left.get(idOf(on.left, index)), `${identity} ${call}`).toEqual(on.right.get(idOf(on.right, index)));
        expect(on.left.get(idOf(on.left, index))?.lines).toEqual(["by the user"]);
        expect([on.left.notes().size, on.right.notes().size]).toEqual([index + 1, index + 1]);
      }
    }
  });

  it("E4: an update in a form of the service's own is known by its marker, also where it was answered 500", async () => {
    const normalise = (fields: Note) => ({ ...fields, ...(fields.body ? { body: fields.body.toUpperCase() } : {}) });
    const on = await inStep(3, { habits: { right: { identity: "marker", normalise } } });
    on.left.edit(idOf(on.left, 0), { body: "edited" });
    on.right.onCall(({ kind, moment }) => {
      if (kind === "update" && moment === "after") throw serviceError("right", "/update", 500, { kind: "unavailable" });
    });
    await on.sync();
    on.right.onCall(undefined);
    const writes = on.writes;
    expect((await on.sync()).status).toBe("succeeded");
    expect(on.writes).toBe(writes);
    expect(on.right.get(idOf(on.right, 0))?.body).toBe("EDITED");
    expect(await on.conflicts()).toEqual([]);
  });

  it("what both users deleted is no news when it is found at the moment of our own deletion", async () => {
    const on = await inStep(3);
    on.left.remove(idOf(on.left, 0));
    on.right.onCall(({ kind, moment }) => {
      if (kind !== "delete" || moment !== "before") return;
      on.right.onCall(undefined);
      on.right.remove(idOf(on.right, 0));
    });
    on.events.length = 0;
    expect((await on.sync()).status).toBe("succeeded");
    expect(on.events.filter(({ type }) => type === "run.started")).toHaveLength(1);
    expect(await on.linkStates()).toEqual({ linked: 2, dropped: 1 });
  });

  it("a plan from before a link was made anew is refused", async () => {
    // Without versions nothing else tells that it is another story by now.
    const plain = { versions: "none", preconditions: "none" } as const;
    const on = await inStep(3, { habits: { left: plain, right: plain } });
    const [left, right] = [idOf(on.left, 0), idOf(on.right, 0)];
    on.left.remove(left);
    const engine = on.engine();
    const plan = await engine.plan(on.request());
    on.right.remove(right);
    await on.sync();
    on.left.undelete(left);
    on.right.undelete(right);
    await on.sync();
    expect(await on.linkStates()).toEqual({ linked: 3 });
    on.left.remove(left);
    const report = await engine.apply(plan);
    expect(report.pairs[0]?.counts).toMatchObject({ removed: 0, refused: 1 });
    expect(on.right.get(right)).toBeDefined();
  });

  it("what was made again keeps its old id on record: late news of that is ignored", async () => {
    const on = await inStep(3);
    const old = idOf(on.right, 0);
    on.right.remove(old);
    on.left.edit(idOf(on.left, 0), { body: "edited" });
    await dieAt(on, "right:create:after", { conflictPolicy: "merge" });
    await on.sync({ conflictPolicy: "merge" });
    expect(on.right.get(idOf(on.right, 0))?.body).toBe("edited");
    on.right.undelete(old);
    await on.sync({ conflictPolicy: "merge" });
    expect(on.left.notes().size).toBe(3);
  });

  it("a note of the same title that came in between is met, not doubled", async () => {
    const on = await inStep(3, { habits: { right: { identity: "marker" } } });
    on.left.put({ title: "new", body: "new" });
    await dieAt(on, "right:create:before");
    on.right.put({ title: "new", body: "new" });
    await on.sync();
    expect([on.left.notes().size, on.right.notes().size]).toEqual([4, 4]);
    expect(await on.linkStates()).toEqual({ linked: 4 });
  });
});

describe("E13: a run of documents that sleeps past its lease and is overtaken", () => {
  /** Stops at its n-th write of the database until it is let go; a process that is stopped renews no lease. */
  function paused(inner: StorageAdapter, at: number) {
    const reached = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    let writes = 0;
    let asleep: Promise<void> | undefined;
    const storage: StorageAdapter = {
      migrate: () => inner.migrate(),
      close: () => inner.close(),
      count: async (query) => {
        await asleep;
        return await inner.count(query);
      },
      select: async (query) => {
        await asleep;
        return await inner.select(query);
      },
      write: async (batch) => {
        if (++writes === at) {
          asleep = gate.promise;
          reached.resolve();
        }
        await asleep;
        return await inner.write(batch);
      },
    };
    const go = () => {
      asleep = undefined;
      gate.resolve();
    };
    return { storage, reached: reached.promise, go };
  }

  it("has its writes refused, at the services and about the pair", async () => {
    for (const at of [5, 6, 8, 11, 14]) {
      const on = await inStep(3);
      for (let index = 0; index < 6; index++) on.left.put({ title: `new ${index}`, body: "new" });
      on.right.edit(idOf(on.right, 1), { body: "edited" });
      const slow = paused(on.storage, at);
      const first = on.engine({ storage: slow.storage }).sync(on.request());
      await slow.reached;
      await on.clock.advance(60_000);
      await on.sync();
      expect((await on.sync()).status).toBe("succeeded");
      const tables = async () => {
        const { sync_jobs, sync_logs, ...others } = await on.dump();
        return others;
      };
      const [before, writes] = [await tables(), on.writes];

      slow.go();
      const [report] = (await first).pairs;
      expect([report?.status, report?.error?.code], `stopped at write ${at}`).toEqual(["failed", "run.lease-lost"]);
      expect(on.writes).toBe(writes);
      expect(await tables(), `stopped at write ${at}`).toEqual(before);
      expect([on.left.notes().size, on.right.notes().size]).toEqual([9, 9]);
    }
  });

  it("gives nothing back that another has taken over", async () => {
    const on = await inStep(3);
    on.left.put({ title: "new", body: "new" });
    const slow = paused(on.storage, 8);
    const first = on.engine({ storage: slow.storage }).sync(on.request());
    await slow.reached;
    await on.clock.advance(60_000);
    let during: string | undefined;
    on.right.onCall(async ({ kind, moment }) => {
      if (during !== undefined || !["list", "create"].includes(kind) || moment !== "before") return;
      during = "nobody has asked yet";
      slow.go();
      await first;
      during = (await on.engine().sync(on.request())).pairs[0]?.status;
    });
    expect((await on.sync()).status).toBe("succeeded");
    expect(during).toBe("busy");
  });
});
