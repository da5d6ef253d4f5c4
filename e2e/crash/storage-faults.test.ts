import { memoryStorage, type PairReport, type StorageAdapter, tableNames } from "@syncer/core";
import { type FaultPlan, type FaultyStorage, faultyStorage } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { AGREEING, recordings } from "../support/agreeing.ts";
import { createHost, type Host, startHost } from "../support/host.ts";

/** Beyond the life of a lease, and of what a service may not show yet. */
const LATER_MS = 60_000;

interface Scene {
  readonly host: Host;
  readonly storage: StorageAdapter;
}

/** Six favourites in step, then four that wait to be added and two to be removed. */
async function scene(): Promise<Scene> {
  const storage = memoryStorage();
  const host = createHost({ storage, sandbox: { disagreements: AGREEING } });
  await host.engine.migrate();
  await host.connect("spotify");
  await host.connect("deezer");
  const ids = recordings(host.sandbox, 10).map(({ spotify }) => spotify);
  const { spotify } = host.sandbox.control;
  spotify.seedFavourites(host.anna.spotifyId, ids.slice(0, 6));
  await host.sync({ propagation: "mirror" });
  spotify.seedFavourites(host.anna.spotifyId, ids.slice(6));
  spotify.removeFavourites(host.anna.spotifyId, ids.slice(0, 2));
  host.sandbox.control.clearStats();
  return { host, storage };
}

/** Another process on the same services, with what it stores going through `wrap`. */
function process({ host, storage }: Scene, wrap: (inner: StorageAdapter) => StorageAdapter = (inner) => inner) {
  return startHost({ clock: host.clock, sandbox: host.sandbox, storage: wrap(storage) });
}

async function outcome({ host, storage }: Scene) {
  const links = await storage.select({
    table: "links",
    columns: ["link_key", "source_id", "target_id", "state", "alias"],
    orderBy: ["link_key"],
  });
  return { spotify: host.favourites.spotify(), deezer: [...host.favourites.deezer()].sort(), links };
}

async function syncUntilDone(of: Scene): Promise<PairReport> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const report = await process(of).sync({ propagation: "mirror" });
    if (report.status === "succeeded") return report;
    await of.host.clock.advance(LATER_MS);
  }
  throw new Error("it does not come to an end");
}

describe("a database that fails once in the middle of a run", { timeout: 60_000 }, () => {
  it.each(["before-commit", "after-commit"] as const)("every write, %s: the next run makes it good", async (moment) => {
    const undisturbed = await scene();
    let counting: FaultyStorage | undefined;
    const counted = process(undisturbed, (inner) => {
      counting = faultyStorage(inner, {});
      return counting;
    });
    expect((await counted.sync({ propagation: "mirror" })).counts).toMatchObject({ added: 4, removed: 2 });
    const wanted = await outcome(undisturbed);
    const writes = counting?.writesSoFar ?? 0;
    expect(writes).toBeGreaterThan(10);

    for (let at = 1; at <= writes; at++) {
      const faulted = await scene();
      const plan: FaultPlan = { writes: new Map([[at, moment]]) };
      const { engine } = process(faulted, (inner) => faultyStorage(inner, plan));
      const [report] = await engine
        .sync({ ...faulted.host.request(), options: { propagation: "mirror" } })
        .then(({ pairs }) => pairs)
        .catch((error: { code?: string }) => {
          expect(error.code, `write ${at}`).toBe("storage.failed");
          return [];
        });
      if (report?.error) expect(report.error.code).toBe("storage.failed");
      await faulted.host.clock.advance(LATER_MS);
      await syncUntilDone(faulted);
      expect(await outcome(faulted), `write ${at} failed ${moment}`).toEqual(wanted);
      expect(await faulted.storage.count({ table: "intents", where: { state: "prepared" } })).toBe(0);
      expect(await faulted.storage.count({ table: "sync_jobs", where: { status: "running" } })).toBe(0);
      // Additions travel together, removals alone: three requests, and at most one of them a second time.
      expect(faulted.host.sandbox.control.stats().deezer.byKind.write, `write ${at}`).toBeLessThanOrEqual(4);
    }
  });

  it("a database that has gone for good: nothing is written at any service without an intent", async () => {
    for (let at = 1; at <= 12; at++) {
      const faulted = await scene();
      const { engine } = process(faulted, (inner) => faultyStorage(inner, { diesAtWrite: at }));
      await engine.sync({ ...faulted.host.request(), options: { propagation: "mirror" } }).catch(() => {});
      const intents = await faulted.storage.count({ table: "intents" });
      const before = await scene();
      const begun = intents - (await before.storage.count({ table: "intents" }));
      expect(faulted.host.sandbox.control.stats().deezer.byKind.write).toBeLessThanOrEqual(begun);
      await faulted.host.clock.advance(LATER_MS);
      await syncUntilDone(faulted);
      expect(faulted.host.favourites.deezer()).toHaveLength(8);
    }
  });
});

describe("E13: a run that sleeps past its lease and is overtaken", () => {
  /** Stops at its n-th write of the database, before or after it, until it is let go. */
  function paused(inner: StorageAdapter, at: number): StorageAdapter & { readonly reached: Promise<void>; go(): void } {
    const reached = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    let writes = 0;
    let asleep = false;
    // A process that has been stopped does not renew its lease either.
    const wake = () => (asleep ? gate.promise : undefined);
    return {
      migrate: () => inner.migrate(),
      count: async (query) => {
        await wake();
        return await inner.count(query);
      },
      select: async (query) => {
        await wake();
        return await inner.select(query);
      },
      close: () => inner.close(),
      write: async (batch) => {
        if (++writes === at) {
          asleep = true;
          reached.resolve();
        }
        await wake();
        return await inner.write(batch);
      },
      reached: reached.promise,
      go: () => {
        asleep = false;
        gate.resolve();
      },
    };
  }

  const written = tableNames.filter((table) => !["sync_jobs", "sync_logs"].includes(table));

  it("writes nothing more, neither at a service nor about the pair", async () => {
    for (let at = 3; at <= 9; at++) {
      const overtaken = await scene();
      const { host, storage } = overtaken;
      const slow = paused(storage, at);
      const first = process(overtaken, () => slow).sync({ propagation: "mirror" });
      await slow.reached;
      await host.clock.advance(LATER_MS);
      await syncUntilDone(overtaken);
      const rows = async () => await Promise.all(written.map((table) => storage.select({ table })));
      const [before, writes] = [await rows(), host.sandbox.control.stats().deezer.byKind.write];

      slow.go();
      const report = await first;
      expect(report.status, `stopped at write ${at}`).toBe("failed");
      expect(report.error?.code).toBe("run.lease-lost");
      expect(host.sandbox.control.stats().deezer.byKind.write).toBe(writes);
      expect(await rows(), `stopped at write ${at}`).toEqual(before);
      expect(host.favourites.deezer()).toHaveLength(8);
    }
  });
});
