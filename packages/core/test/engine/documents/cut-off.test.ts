import type { DocumentHabits, DocumentsSnapshot, Note } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import type { SyncOptions } from "../../../src/index.ts";
import { cutOffEverywhere, type Rehearsal } from "../support/rehearsal.ts";
import { type BusyNotes, busyScene, outcomeOf, type SideHabits } from "./support/busy-notes.ts";

const both = (habits: Partial<DocumentHabits>): SideHabits => ({ left: habits, right: habits });
const shouting = (fields: Note): Note =>
  fields.body === undefined ? fields : { ...fields, body: fields.body.toUpperCase() };

/** Ways in which services know again what was made, and tell what has changed. */
const services: Readonly<Record<string, SideHabits>> = {
  "the ids of our operations": {},
  "our operations' keys, under ids of their own": both({ repeats: "answered-by-key" }),
  "our ids, which they answer again, with exact probes and a bin": both({
    repeats: "answered",
    probe: "exact",
    tombstones: "listed",
    deletedAt: true,
  }),
  "markers, without conditional writes": both({ identity: "marker", preconditions: "none", verbatim: true }),
  "nothing, without versions and times": both({
    identity: "none",
    preconditions: "none",
    versions: "none",
    times: "none",
  }),
  "markers, and write all bodies in capitals": { right: { identity: "marker", normalise: shouting } },
  "ids, and show what is written late": both({ lag: { listMs: 150_000, getMs: 150_000 } }),
  "markers on documents whose ids tell of people": both({ identity: "marker", ids: "sensitive", updates: "replace" }),
};

const rehearsal = async (
  habits: SideHabits,
  options: SyncOptions,
): Promise<Rehearsal<DocumentsSnapshot, BusyNotes>> => ({
  scene: await busyScene(habits, options),
  outcomeOf,
  writesOf: ({ writes }: BusyNotes) => writes,
});

/** In `busyScene`, under the policy of that name. */
const MERGES = 2;

const patient = { timeout: 120_000 } as const;

describe("E8, E4: a run of documents in both directions that is cut off at any of its steps", patient, () => {
  it.each(Object.entries(services))("services that know %s: the end is the same, nothing twice", async (_, habits) => {
    // Half of a merge is merged again; that a service holds it already shows where it keeps what it is given.
    const repeats = habits.right?.normalise ? MERGES : 0;
    const all = { ...(await rehearsal(habits, { conflictPolicy: "merge" })), repeats };
    const { steps, problems } = await cutOffEverywhere(all);
    expect(problems).toEqual([]);
    expect(steps.length).toBeGreaterThan(150);
  });

  it.each(["skip", "source-wins", "target-wins", "newest-wins"] as const)(
    "under %s: the same conflicts are on record, with the same winners",
    async (conflictPolicy) => {
      const { problems } = await cutOffEverywhere(await rehearsal({}, { conflictPolicy }));
      expect(problems).toEqual([]);
    },
  );

  it("and whose recovery is cut off too, and the recovery from that", async () => {
    const { steps, problems } = await cutOffEverywhere(
      await rehearsal(both({ identity: "marker" }), { conflictPolicy: "merge" }),
      (at) => [30 + ((at * 7) % 60), 24 + ((at * 11) % 40)],
    );
    expect(problems).toEqual([]);
    expect(steps.filter((step) => step.endsWith(":before")).length).toBeGreaterThan(60);
  });
});
