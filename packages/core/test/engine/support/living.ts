import { expect } from "vitest";
import type { SyncOptions } from "../../../src/index.ts";
import { BEYOND_LEASE_MS, Bench } from "./bench.ts";
import { Interruption, revive } from "./interruption.ts";
import type { Step } from "./invented.ts";
import { counterpartOf } from "./recordings.ts";
import type { ShelfHabits } from "./shelf.ts";

/** What the user does before a sync. */
export function edit({ left, right }: Bench, step: Step): void {
  left.take(...step.leftRemoves);
  left.put(...step.leftAdds);
  right.take(...step.rightRemoves);
  right.put(...step.rightAdds);
}

/** A bench on which the left side is only read, and whatever is written is what the left side says at that moment. */
export async function watchedBench(left: ShelfHabits, right: ShelfHabits): Promise<Bench> {
  const bench = new Bench();
  bench.left.habits = left;
  bench.right.habits = right;
  bench.left.onWrite = (kind, id) => {
    throw new Error(`${kind} ${id} was written to the side that is read`);
  };
  bench.right.onWrite = (kind, id) => {
    const wanted = bench.left.ids().some((leftId) => counterpartOf(leftId) === id);
    if (kind === "add" ? !wanted : wanted) throw new Error(`${kind} ${id}, while the left side says otherwise`);
  };
  return await bench.open();
}

/** Confirms what a guard holds, as a person would who did delete so much. */
export async function confirmHeld(bench: Bench, pairId: string, planHash = ""): Promise<void> {
  await bench.engine().confirm({ userId: "user-1", pairId, planHash });
}

/** Syncs until a run says that all is done. */
export async function syncToTheEnd(bench: Bench, options: SyncOptions): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const report = await bench.sync(options);
    if (report.status === "succeeded") return;
    expect(report.status).toBe("held");
    await confirmHeld(bench, report.pairId, report.hold?.hash);
  }
  throw new Error("it is held although it was confirmed");
}

/**
 * Syncs in a process that ends at its n-th step, and lets its lease run out.
 * @returns whether it was still at work then
 */
export async function syncAndDie(bench: Bench, options: SyncOptions, step: number): Promise<boolean> {
  const interruption = new Interruption(step);
  const engine = bench.engine({ storage: interruption.around(bench) });
  await engine.sync(bench.request(options)).catch(() => {});
  revive(bench);
  await bench.clock.advance(BEYOND_LEASE_MS);
  expect(bench.clock.sleepers, "a run that has ended leaves no timer").toEqual([]);
  return interruption.struck;
}
