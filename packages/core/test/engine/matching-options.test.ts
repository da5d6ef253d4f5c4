import { describe, expect, it } from "vitest";
import { ConfigurationError, createSyncEngine, type SyncEngineOptions } from "../../src/index.ts";
import { heldEncryption } from "../support/held-encryption.ts";
import { Bench } from "./support/bench.ts";

/** An engine on a bench whose host has chosen how to match. */
async function engineWith(matching: SyncEngineOptions["matching"]) {
  const bench = await new Bench().open();
  const engine = createSyncEngine({
    providers: [bench.left.provider(), bench.right.provider()],
    storage: bench.storage,
    clock: bench.clock,
    encryption: heldEncryption(bench.clock),
    fetch: () => Promise.reject(new Error("shelves need no network")),
    ...(matching ? { matching } : {}),
  });
  const threshold = async () => {
    const [pair] = await bench.storage.select({ table: "sync_pairs" });
    return pair?.match_threshold;
  };
  return { bench, engine, threshold };
}

describe("how a host matches", () => {
  it.each([
    [undefined, 0.8],
    [{ strictness: "strict" }, 0.9],
    [{ strictness: "lenient" }, 0.65],
  ] as const)("%j gives a new pair the threshold %d, unless the request names one", async (matching, expected) => {
    const { bench, engine, threshold } = await engineWith(matching);
    await bench.sync({}, engine);
    expect(await threshold()).toBe(expected);
    await bench.sync({ matchThreshold: 0.7 }, engine);
    expect(await threshold()).toBe(0.7);
    await bench.sync({}, engine);
    expect(await threshold()).toBe(0.7);
  });

  it("lets a pair's threshold lie below what is shown as uncertain", async () => {
    const { bench, engine } = await engineWith({ uncertainFrom: 0.7 });
    bench.left.put(...[...bench.left.catalogue.keys()].slice(0, 3));
    expect((await bench.sync({ matchThreshold: 0.6 }, engine)).status).toBe("succeeded");
  });

  it("is checked when the engine is made", async () => {
    const make = () => engineWith({ live: "prefer", uncertainFrom: 2 } as unknown as SyncEngineOptions["matching"]);
    await expect(make).rejects.toThrow(ConfigurationError);
    await expect(make).rejects.toThrow(/matching\.live[\s\S]*matching\.uncertainFrom/);
  });
});
