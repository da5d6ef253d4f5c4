import { type Recording, syntheticLibrary } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { createSyncEngine, memoryStorage, type SyncEngineOptions, type SyncOptions } from "../../src/index.ts";
import { heldEncryption } from "../support/held-encryption.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { only } from "./support/bench.ts";

const USER = { userId: "user-1" } as const;
const song = (id: string, title: string): Recording => ({ id, title, artist: "Ann Vale", lengthMs: 201_000 });

/** Somebody who saved a recording on the left and a live take of it on the right. */
async function open(matching?: SyncEngineOptions["matching"]) {
  const clock = virtualClock();
  const storage = memoryStorage();
  const left = syntheticLibrary({ name: "left", clock, recordings: [song("l1", "Paper Kites")] });
  const right = syntheticLibrary({ name: "right", clock, recordings: [song("r1", "Paper Kites (Live)")] });
  const engine = createSyncEngine({
    providers: [left.provider(), right.provider()],
    storage,
    clock,
    encryption: heldEncryption(clock),
    ...(matching ? { matching } : {}),
  });
  await engine.migrate();
  for (const service of ["left", "right"]) await engine.connections.addPublic({ ...USER, service, accountId: "me" });
  left.put("l1");
  right.put("r1");
  const pair = { source: "left", target: "right", mode: "sync-from" } as const;
  const sync = async (options: SyncOptions = {}) =>
    only(await engine.sync({ ...USER, pairs: [pair], type: "favorites", options }));
  const stored = async () => (await engine.pairs.list(USER))[0]?.options;
  return { engine, storage, sync, stored, pair };
}

describe("how a pair matches", () => {
  it("is its own: what its request names stands in place of the engine's", async () => {
    const { sync, stored } = await open();
    expect((await sync()).counts.linked).toBe(0);
    const report = await sync({ match: { live: "accept", strictness: "lenient" } });
    expect(report.counts.linked).toBe(1);
    expect(await stored()).toMatchObject({ matchThreshold: 0.65, match: { live: "accept", strictness: "lenient" } });
  });

  it("is the engine's in what nobody named", async () => {
    const { sync, stored } = await open({ live: "accept", strictness: "lenient" });
    expect((await sync()).counts.linked).toBe(1);
    expect(await stored()).toMatchObject({ matchThreshold: 0.65, match: {} });
  });

  it("can be stricter than the engine", async () => {
    const { sync } = await open({ live: "accept", strictness: "lenient" });
    expect((await sync({ match: { live: "refuse" } })).counts.linked).toBe(0);
  });

  it("stays what it is until a request names it again", async () => {
    const { sync, stored } = await open();
    await sync();
    await sync({ match: { live: "accept", explicit: "any" } });
    expect((await stored())?.match).toEqual({ live: "accept", explicit: "any" });
    await sync({ conflictPolicy: "merge" });
    await sync({ match: { explicit: "require-equal", threshold: 0.7 } });
    expect(await stored()).toMatchObject({
      matchThreshold: 0.7,
      match: { live: "accept", explicit: "require-equal" },
    });
  });

  it("makes what was not found before due at once when it changes, and a plan of before stale", async () => {
    const { engine, sync, pair } = await open();
    await sync();
    const plan = await engine.plan({ ...USER, pairs: [pair], type: "favorites" });
    await sync({ match: { live: "accept", strictness: "lenient" } });
    const [applied] = (await engine.apply(plan)).pairs;
    expect(applied?.error).toMatchObject({ code: "plan.stale" });
  });

  it("is planned as it will be stored, and carried out so", async () => {
    const { engine, stored, pair } = await open();
    const options = { match: { live: "accept", strictness: "lenient" } } as const;
    const plan = await engine.plan({ ...USER, pairs: [pair], type: "favorites", options });
    const [planned] = plan.pairs;
    expect(planned?.ok && planned.operations.map(({ kind }) => kind)).toEqual(["link"]);
    expect((await engine.apply(plan)).pairs[0]).toMatchObject({ status: "succeeded", counts: { linked: 1 } });
    expect(await stored()).toMatchObject({ match: options.match });
  });

  it("is stored as words of ours, and what another release wrote is left out", async () => {
    const { storage, sync, stored } = await open();
    await sync({ match: { compilation: "any", cover: "accept-labelled", remaster: "prefer-equal" } });
    const [row] = await storage.select({ table: "sync_pairs" });
    expect(row?.match_policies).toBe("remaster=prefer-equal cover=accept-labelled compilation=any");
    const set = { match_policies: "tempo=any cover=always live=accept" };
    await storage.write({ statements: [{ update: "sync_pairs", set, where: { id: row?.id ?? "" } }] });
    expect((await stored())?.match).toEqual({ live: "accept" });
  });

  it.each([
    ["a policy that there is not", { match: { tempo: "any" } }, "request.options.match"],
    ["a word that there is not", { match: { live: "maybe" } }, "request.options.match.live"],
    ["a threshold of 0", { match: { threshold: 0 } }, "request.options.match.threshold"],
    ["two thresholds", { matchThreshold: 0.7, match: { threshold: 0.8 } }, "request.options.match.threshold"],
  ])("is refused for %s, and says where", async (_, options, path) => {
    const { sync } = await open();
    await expect(sync(options as SyncOptions)).rejects.toMatchObject({ code: "request.invalid", params: { path } });
  });

  it("takes one threshold by either name", async () => {
    const { sync, stored } = await open();
    await sync({ matchThreshold: 0.7, match: { threshold: 0.7 } });
    expect((await stored())?.matchThreshold).toBe(0.7);
  });
});
