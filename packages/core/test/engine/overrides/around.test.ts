import { inventedRecordings, syntheticLibrary } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { createSyncEngine } from "../../../src/index.ts";
import { heldEncryption } from "../../support/held-encryption.ts";
import { virtualClock } from "../../support/virtual-clock.ts";
import { chain, Ring, ring } from "../chains/ring.ts";
import { only } from "../support/bench.ts";
import { ANNA, OverrideBench } from "./bench.ts";

async function newRing() {
  const clock = virtualClock();
  const songs = [0, 1, 2, 3, 4, 5, 6, 7];
  return await new Ring(clock, (name) =>
    syntheticLibrary({ name, clock, recordings: inventedRecordings(name[0] ?? "", songs) }),
  ).open();
}

describe("decisions among three services", () => {
  it("are stronger than what other pairs of the user know", async () => {
    const bench = await newRing();
    bench.services.alpha.put("a1");
    await bench.settle(chain);
    const { overrides } = bench.engine();
    await overrides.set({
      ...ANNA,
      verdict: "different",
      serviceA: "gamma",
      idA: "g1",
      serviceB: "alpha",
      idB: "a1",
    });
    await bench.run(["gamma", "alpha"]);
    const linked = await bench.storage.select({ table: "links", where: { state: "linked" } });
    const known = linked.map(({ source_id, target_id }) => `${source_id}=${target_id}`).sort();
    expect(known).toEqual(["a1=b1", "b1=g1"]);
    expect(bench.all.map((library) => library.ids())).toEqual([["a1"], ["b1"], ["g1"]]);
  });

  it("bring a ring to rest, with what was said in all of it", async () => {
    const bench = await newRing();
    bench.services.alpha.put("a1", "a5", "a6");
    await bench.settle(ring);
    const { overrides } = bench.engine();
    await overrides.set({ ...ANNA, verdict: "same", serviceA: "alpha", idA: "a1", serviceB: "beta", idB: "b2" });
    await bench.settle(ring);
    expect(await bench.settle(ring)).toBe(0);
    const linked = await bench.storage.select({ table: "links", where: { state: "linked" } });
    expect(linked.map(({ source_id, target_id }) => `${source_id}=${target_id}`)).toContain("a1=b2");
    expect(bench.services.alpha.has("a1") && bench.services.beta.has("b2")).toBe(true);
    for (const song of [5, 6]) {
      expect(bench.all.map((library) => library.has(`${library.name[0]}${song}`))).toEqual([true, true, true]);
    }
  });
});

describe("decisions about ids that are sealed", () => {
  it("take away wrong copies, also those whose removal was held, and keep no id in clear", async () => {
    const bench = await new OverrideBench("sync-from").open();
    const engine = createSyncEngine({
      providers: [bench.left.provider(), bench.right.provider()],
      storage: bench.storage,
      clock: bench.clock,
      encryption: heldEncryption(bench.clock),
      sealIds: true,
    });
    const sync = async () => only(await engine.sync(bench.request({}, "sync-from")));
    const songs = [1, 2, 3, 4, 5];
    bench.left.put("l0", ...songs.map((song) => `l${song}`));
    await sync();
    for (const song of songs) {
      await engine.overrides.set({ ...ANNA, verdict: "none", service: "left", id: `l${song}`, to: "right" });
    }
    await engine.overrides.set({ ...ANNA, verdict: "same", serviceA: "left", idA: "l0", serviceB: "right", idB: "r9" });
    expect((await sync()).status).toBe("held");
    const again = await sync();
    expect(again.hold?.operations.map(({ toId }) => toId).toSorted()).toEqual(["r0", "r1", "r2", "r3", "r4", "r5"]);
    await engine.confirm({ ...ANNA, pairId: again.pairId, planHash: again.hold?.hash ?? "" });
    await sync();
    expect(bench.shown.right).toEqual(["r9"]);
    const links = await bench.storage.select({ table: "links" });
    expect(JSON.stringify(links)).not.toMatch(/"[lr]\d"|:[lr]\d/);
  });
});
