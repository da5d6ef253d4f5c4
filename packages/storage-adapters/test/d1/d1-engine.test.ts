import { Miniflare } from "miniflare";
import { expect, it, onTestFinished } from "vitest";
import { bundleWorker, COMPATIBLE_WITH } from "./support/bundle-worker.ts";

it("holds what an engine in a worker needs for whole syncs, from one request to the next", async () => {
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    ...(await bundleWorker(new URL("support/engine-worker.ts", import.meta.url))),
    compatibilityDate: COMPATIBLE_WITH,
    d1Databases: ["DB"],
  });
  onTestFinished(() => miniflare.dispose());
  const url = await miniflare.ready;
  const ask = async (call: string) => (await fetch(new URL(call, url))).json();

  expect(await ask("start")).toBe(250);
  expect(await ask("sync")).toMatchObject({ status: "succeeded", counts: { added: 250, removed: 0 }, right: 250 });
  const quiet = await ask("sync");
  expect(quiet).toMatchObject({ status: "succeeded", counts: { added: 0, removed: 0 }, right: 250 });
  expect(await ask("unlike")).toBe(249);
  expect(await ask("sync")).toMatchObject({ status: "succeeded", counts: { added: 0, removed: 1 }, right: 249 });

  const database = await miniflare.getD1Database("DB");
  const { results } = await database
    .prepare("select state, count(*) as n from links group by state order by state")
    .all();
  expect(results).toEqual([
    { state: "dropped", n: 1 },
    { state: "linked", n: 249 },
  ]);
}, 60_000);
