import type { LibraryHabits, LibrarySnapshot } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { cutOffEverywhere, type Rehearsal } from "../support/rehearsal.ts";
import { type BusyLibraries, busyLibraryScene, libraryOutcome, type SideHabits } from "./support/busy-library.ts";

const both = (habits: Partial<LibraryHabits>): SideHabits => ({ left: habits, right: habits });

const services: Readonly<Record<string, SideHabits>> = {
  "take all in one call": {},
  "take few at once, removals alone": both({ batchSize: { add: 4, remove: 1 } }),
  "refuse a batch with what is there": both({ batchSize: { add: 2, remove: 3 }, repeatedAdd: "refused" }),
  "have exact probes": both({ probe: "exact", batchSize: { add: 4, remove: 1 }, order: "oldest-first" }),
  "give hints and no order": both({ probe: "hint", batchSize: { add: 4, remove: 1 }, order: "unsteady" }),
  "show late what is written": both({ lag: { listMs: 150_000 }, batchSize: { add: 4, remove: 1 } }),
  "show it late at times": both({
    lag: { listMs: 150_000, manner: "flapping" },
    batchSize: { add: 4, remove: 1 },
    totals: "inexact",
  }),
};

const rehearsal = async (habits: SideHabits): Promise<Rehearsal<LibrarySnapshot, BusyLibraries>> => ({
  scene: await busyLibraryScene(habits),
  outcomeOf: libraryOutcome,
  writesOf: ({ writes }: BusyLibraries) => writes,
  late: habits.right?.lag !== undefined,
});

describe("E8, A9: a run of favourites in both directions that is cut off at any of its steps", {
  timeout: 120_000,
}, () => {
  it.each(Object.entries(services))("services that %s: the end is the same, nothing twice", async (_, habits) => {
    const { steps, problems } = await cutOffEverywhere(await rehearsal(habits));
    expect(problems).toEqual([]);
    expect(steps.length).toBeGreaterThan(100);
  });

  it("and whose recovery is cut off too, and the recovery from that", async () => {
    const { problems } = await cutOffEverywhere(await rehearsal(both({ batchSize: { add: 4, remove: 1 } })), (at) => [
      25 + ((at * 7) % 60),
      22 + ((at * 11) % 40),
    ]);
    expect(problems).toEqual([]);
  });
});
