import { describe, expect, it } from "vitest";
import { createSyncEngine } from "../../../src/index.ts";
import { heldEncryption } from "../../support/held-encryption.ts";
import { entriesOn, lettersOf, RackBench } from "./support/rack-bench.ts";

/** So many playlists of one song each at the left, none at the right. */
async function withLists(count: number) {
  const bench = await new RackBench().open();
  for (let n = 0; n < count; n++) bench.left.put(`Day ${n}`, entriesOn("left", "A"));
  return bench;
}

function engineOf(bench: RackBench, options: Partial<Parameters<typeof createSyncEngine>[0]>) {
  return createSyncEngine({
    providers: [bench.left.provider(), bench.right.provider()],
    storage: bench.storage,
    clock: bench.clock,
    encryption: heldEncryption(bench.clock),
    fetch: () => Promise.reject(new Error("racks need no network")),
    ...options,
  });
}

describe("a host's veto", () => {
  it("is asked before anything in a playlist is changed, also where the playlists themselves are not", async () => {
    const bench = await withLists(1);
    await bench.sync();
    const [list] = bench.left.lists.values();
    if (!list) throw new Error("there is no list");
    bench.left.edit(list, (entries) => entries.push("left-B"));
    await bench.clock.advance(1);
    const engine = engineOf(bench, { beforeApply: () => false });
    const { pairs } = await engine.sync(bench.request());
    expect(pairs[0]).toMatchObject({ status: "failed", error: { code: "plan.vetoed" } });
    expect(lettersOf(bench.right.named("Day 0"))).toBe("A");
  });
});

describe("a run that a service asks to be quiet", () => {
  it("reports what it did not get to in the other playlists, and goes on there the next time", async () => {
    const bench = await withLists(3);
    await bench.sync();
    for (const list of bench.left.lists.values()) bench.left.edit(list, (entries) => entries.push("left-B"));
    let inserted = 0;
    bench.right.passing = (when, what) => {
      if (when === "before" && what === "right.insert" && ++inserted === 2) throw bench.deferral("right");
    };
    const cut = await bench.sync();
    expect(cut).toMatchObject({ status: "deferred", counts: { added: 1 } });
    expect(cut.items.filter(({ kind, on }) => kind === "left" && on === "target").length).toBeGreaterThanOrEqual(4);
    bench.right.passing = () => {};
    await bench.clock.advance(60_000);
    expect(await bench.sync()).toMatchObject({ status: "succeeded", counts: { added: 2 } });
    for (const list of bench.right.lists.values()) expect(lettersOf(list)).toBe("AB");
  });
});
