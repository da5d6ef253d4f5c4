import { createSyncEngine, keyring, SyncerError, systemClock } from "@syncer/core";
import { type D1Binding, d1 } from "@syncer/storage-adapters/d1";
// Beside these the package has suites, which need a test runner.
import { inventedRecordings, type SyntheticLibrary, syntheticLibrary } from "../../../../testkit/src/library/index.ts";

const clock = systemClock();
const SONGS = Array.from({ length: 300 }, (_, n) => n);
const left = library("left", "l");
const right = library("right", "r");

function library(name: string, prefix: string): SyntheticLibrary {
  return syntheticLibrary({ name, clock, recordings: inventedRecordings(prefix, SONGS) });
}

/** A host with two services in memory and its rows in D1; one call of it a request. */
export default {
  async fetch(request: Request, { DB }: { readonly DB: D1Binding }): Promise<Response> {
    const engine = createSyncEngine({
      providers: [left.provider(), right.provider()],
      storage: d1(DB),
      clock,
      encryption: keyring({ current: "k1", keys: { k1: new Uint8Array(32).fill(7) } }),
      fetch: () => Promise.reject(new Error("libraries need no network")),
    });
    try {
      return Response.json(await answer(engine, new URL(request.url).pathname.slice(1)));
    } catch (error) {
      if (!SyncerError.is(error)) throw error;
      return Response.json({ code: error.code, params: error.params }, { status: 400 });
    }
  },
};

async function answer(engine: ReturnType<typeof createSyncEngine>, call: string): Promise<unknown> {
  const user = { userId: "user-1" };
  if (call === "start") {
    await engine.migrate();
    for (const service of ["left", "right"]) await engine.connections.addPublic({ ...user, service, accountId: "me" });
    left.put(...[...left.catalogue.keys()].slice(0, 250));
    return left.ids().length;
  }
  if (call === "unlike") {
    left.take("l0");
    return left.ids().length;
  }
  const pairs = [{ source: "left", target: "right", mode: "bidirectional" as const }];
  const report = await engine.sync({ ...user, pairs, type: "favorites" });
  const [pair] = report.pairs;
  return { status: pair?.status, counts: pair?.counts, requests: pair?.requests, right: right.ids().length };
}
