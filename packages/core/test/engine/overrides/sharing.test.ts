import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OverrideBench } from "./bench.ts";

const song = fc.nat({ max: 4 });
const said = fc.record({
  verdict: fc.constantFrom("same", "different", "none left", "none right"),
  left: song,
  right: song,
  alongside: fc.boolean(),
});
type Said = typeof said extends fc.Arbitrary<infer T> ? T : never;
type Step =
  | { readonly kind: "say"; readonly said: Said }
  | { readonly kind: "put left" | "put right"; readonly song: number }
  | { readonly kind: "run" }
  | { readonly kind: "take back"; readonly which: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("say" as const), said }),
  fc.record({ kind: fc.constantFrom("put left" as const, "put right" as const), song }),
  fc.record({ kind: fc.constant("run" as const) }),
  fc.record({ kind: fc.constant("take back" as const), which: fc.nat({ max: 9 }) }),
);

async function say(bench: OverrideBench, { verdict, left, right, alongside }: Said): Promise<void> {
  if (verdict === "none left") await bench.alone("left", `l${left}`);
  else if (verdict === "none right") await bench.alone("right", `r${right}`);
  else if (verdict === "same") await bench.say("same", `l${left}`, `r${right}`, { alongside });
  else await bench.say("different", `l${left}`, `r${right}`);
}

/** Song 0 has a second recording, which is number 10. */
const songOf = (id: string | null) => Number(id?.slice(1)) % 10;

/** Lets a history happen, with whatever a guard holds confirmed, until nothing is left to do. */
async function live(mode: "bidirectional" | "sync-from", steps: readonly Step[]) {
  const bench = await new OverrideBench(mode).open();
  const owner = { userId: "user-1" };
  for (const each of steps) {
    await bench.clock.advance(1);
    if (each.kind === "say") await say(bench, each.said);
    else if (each.kind === "put left") bench.left.put(`l${each.song}`);
    else if (each.kind === "put right") bench.right.put(`r${each.song}`);
    else if (each.kind === "run") await bench.run();
    else if (each.kind === "take back") {
      const overrides = await bench.own.overrides.list(owner);
      const one = overrides[each.which % Math.max(1, overrides.length)];
      if (one) await bench.own.overrides.remove({ ...owner, overrideId: one.overrideId });
    }
  }
  for (let run = 0; run < 4; run++) {
    const report = await bench.run();
    const planHash = report.hold?.hash;
    if (planHash !== undefined) await bench.own.confirm({ ...owner, pairId: report.pairId, planHash });
  }
  return bench;
}

describe("decisions, whatever they are and whenever they come", () => {
  it.each(["bidirectional", "sync-from"] as const)(
    "are what links say in the end, share nothing that was not given to both, and leave nothing to do (%s)",
    async (mode) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
          const bench = await live(mode, steps);
          const overrides = await bench.own.overrides.list({ userId: "user-1", limit: 1_000 });
          const links = await bench.storage.select({ table: "links", where: { state: "linked" } });
          const isSaid = (left: string | null, right: string | null) =>
            overrides.some((each) => each.verdict === "same" && each.idA === left && each.idB === right);
          for (const { source_id, target_id } of links) {
            for (const each of overrides) {
              if (each.verdict === "none") expect([source_id, target_id]).not.toContain(each.id);
              else if (each.verdict === "different") expect([each.idA, each.idB]).not.toEqual([source_id, target_id]);
              else if (each.idA === source_id || each.idB === target_id)
                expect(isSaid(source_id, target_id)).toBe(true);
            }
            // Two recordings of one song may stand for one, as without decisions; other songs only where somebody said so.
            if (songOf(source_id) !== songOf(target_id)) expect(isSaid(source_id, target_id)).toBe(true);
          }
          const quiet = await bench.run();
          expect(quiet).toMatchObject({ status: "succeeded", items: [] });
        }),
        { numRuns: Number(process.env.FC_RUNS ?? 60) },
      );
    },
    120_000,
  );
});
