import { describe, expect, it } from "vitest";
import { entriesOn, lettersOf, RackBench } from "../containers/support/rack-bench.ts";

const ANNA = { userId: "user-1" } as const;

/** A playlist of these songs that both sides have, and somebody who knows better than the matcher. */
async function inStep(letters: string) {
  const bench = await new RackBench().open();
  bench.left.put("Sunday", entriesOn("left", letters));
  await bench.sync();
  // Nothing changes any more, so nothing but the list of playlists is read.
  await bench.sync();
  await bench.sync();
  const { overrides } = bench.engine();
  const say = (verdict: "same" | "different", left: string, right: string) => {
    const items = { serviceA: "left", idA: `left-${left}`, serviceB: "right", idB: `right-${right}` };
    return overrides.set({ ...ANNA, verdict, ...items });
  };
  const shown = () => ({ left: lettersOf(bench.left.named("Sunday")), right: lettersOf(bench.right.named("Sunday")) });
  return { bench, overrides, say, shown };
}

describe("decisions about songs of a playlist", () => {
  it("put the right one where the wrong copy was", async () => {
    const { bench, say, shown } = await inStep("ABCD");
    await say("same", "B", "F");
    expect(await bench.sync()).toMatchObject({ status: "succeeded", counts: { added: 1, removed: 1 } });
    expect(shown()).toEqual({ left: "ABCD", right: "AFCD" });
    await bench.sync();
    expect(await bench.sync()).toMatchObject({ status: "succeeded", items: [] });
    expect(shown()).toEqual({ left: "ABCD", right: "AFCD" });
  });

  it("take away what is to have no counterpart, and leave it where it comes from", async () => {
    const { bench, overrides, shown } = await inStep("ABCD");
    const { override } = await overrides.set({ ...ANNA, verdict: "none", service: "left", id: "left-B", to: "right" });
    await bench.sync();
    await bench.sync();
    expect(shown()).toEqual({ left: "ABCD", right: "ACD" });
    await overrides.remove({ ...ANNA, overrideId: override.overrideId });
    await bench.sync();
    expect(shown()).toEqual({ left: "ABCD", right: "ABCD" });
  });
});
