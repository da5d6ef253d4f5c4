import { describe, expect, it } from "vitest";
import { BEYOND_LEASE_MS } from "../support/bench.ts";
import { CutOff } from "../support/cut-off.ts";
import { syncToTheEnd } from "../support/rehearsal.ts";
import { BusyLibraries, type SideHabits } from "./support/busy-library.ts";

/** Some songs in step. */
async function inStep(habits: SideHabits = {}): Promise<BusyLibraries> {
  const on = await new BusyLibraries(habits).open();
  on.left.put("l10", "l11", "l12", "l13");
  await syncToTheEnd(on);
  await on.clock.advance(600_000);
  return on;
}

/** Syncs in a process that ends at a step, see `CutOff`, and lets its lease run out. */
async function dieAt(on: BusyLibraries, step: string): Promise<void> {
  const cutOff = new CutOff(step, [on.left, on.right]);
  await on.start(on.engine({ storage: cutOff.around(on.storage) })).catch(() => {});
  cutOff.end();
  if (!cutOff.struck) throw new Error(`the run did not come to ${step}`);
  await on.clock.advance(BEYOND_LEASE_MS);
}

describe("favourites both ways, what a run that has died leaves to the next", () => {
  it("E2: added on the right, then taken from the left by the user: gone on both sides, and not back", async () => {
    const on = await inStep();
    on.left.put("l20");
    await dieAt(on, "right:add:after");
    on.left.take("l20");
    await syncToTheEnd(on);
    expect([on.left.has("l20"), on.right.has("r20")]).toEqual([false, false]);
  });

  it("E5: removed on the right, then put back on the left by the user: there on both sides", async () => {
    const on = await inStep();
    on.left.take("l10");
    await dieAt(on, "right:remove:after");
    on.left.put("l10");
    await syncToTheEnd(on);
    expect([on.left.has("l10"), on.right.has("r10")]).toEqual([true, true]);
  });

  it("a removal that never arrived is not taken for made because a listing that lies is empty", async () => {
    const on = await inStep();
    on.right.take("r10");
    await dieAt(on, "left:remove:before");
    on.left.adopt({ lie: { lie: "empty" } });
    await on.start(on.engine());
    on.left.behave();
    await syncToTheEnd(on);
    expect([on.left.has("l10"), on.right.has("r10")]).toEqual([false, false]);
  });

  it("F14: what was added and is not shown yet stays open until it can be told", async () => {
    const on = await inStep({ right: { lag: { listMs: 300_000 } } });
    on.left.put("l20");
    await dieAt(on, "right:add:after");
    const writes = on.right.writeCalls;
    await on.start(on.engine());
    expect(await on.storage.count({ table: "intents", where: { state: "prepared" } })).toBe(1);
    on.left.take("l20");
    await on.clock.advance(400_000);
    await syncToTheEnd(on);
    expect([on.left.has("l20"), on.right.has("r20")]).toEqual([false, false]);
    expect(on.right.writeCalls - writes, "one removal").toBe(1);
    expect(await on.storage.count({ table: "intents", where: { state: "prepared" } })).toBe(0);
  });

  it.each(["exact", "hint", "none"] as const)(
    "what was lost on its way to a service that shows things late is sent again once that is known (probe: %s)",
    async (probe) => {
      const on = await inStep({ left: { probe }, right: { probe, lag: { listMs: 300_000 } } });
      on.left.put("l20");
      await dieAt(on, "right:add:before");
      await on.start(on.engine());
      await on.clock.advance(400_000);
      await on.start(on.engine());
      expect(on.right.has("r20")).toBe(true);
    },
  );

  it("a pair that one process runs is busy for all others", async () => {
    const on = await inStep();
    on.left.put("l20");
    let during: string | undefined;
    on.right.onCall(async ({ kind, moment }) => {
      if (kind === "add" && moment === "before") during = (await on.start(on.engine())).pairs[0]?.status;
    });
    await syncToTheEnd(on);
    expect(during).toBe("busy");
  });
});
