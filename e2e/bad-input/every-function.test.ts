import * as core from "@syncer/core";
import { SyncerError, tableNames } from "@syncer/core";
import { deezer } from "@syncer/provider-deezer";
import { spotify } from "@syncer/provider-spotify";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { describe, expect, it } from "vitest";
import { connectedHost, type Host } from "../support/host.ts";
import { functionsOf, hostileValues } from "./support/hostile.ts";
import { outcomeOf, problemOf } from "./support/refusals.ts";

/** They begin to work, end the engine, take nothing, or mean everything when they are given nothing. */
const endsOrTakesNothing = new Set(["start", "stop", "migrate", "afterRestore"]);

async function dump({ storage }: Host): Promise<Record<string, unknown>> {
  const tables = await Promise.all(tableNames.map(async (table) => [table, await storage.select({ table })]));
  return Object.fromEntries(tables);
}

function partsOf({ engine }: Host): readonly (readonly [string, object])[] {
  const parts = Object.entries(engine).filter(([, part]) => typeof part === "object" && part !== null);
  return [["engine", engine], ...parts.map(([name, part]) => [`engine.${name}`, part as object] as const)];
}

describe("every function of an engine", () => {
  it("refuses what is no request with a typed error, and stores nothing", { timeout: 60_000 }, async () => {
    const host = await connectedHost({ favourites: 3 });
    await host.sync();
    // Its first call of the hour sees to what has expired, and says that it has.
    await host.engine.schedules.runDue();
    const before = await dump(host);
    const problems: string[] = [];
    const called = new Set<string>();
    for (const [partName, part] of partsOf(host)) {
      for (const [name, call] of functionsOf(part)) {
        if (endsOrTakesNothing.has(name)) continue;
        called.add(`${partName}.${name}`);
        for (const [valueName, value] of hostileValues) {
          const where = `${partName}.${name}(${valueName})`;
          const { thrown, gave } = await outcomeOf(async () => await drained(call(value as never)));
          const problem = thrown === undefined ? undefined : problemOf(thrown);
          if (problem) problems.push(`${where}: ${problem}`);
          // What is accepted must have been harmless: the dump below tells.
          if (thrown === undefined && isReport(gave)) problems.push(`${where}: it did something`);
        }
      }
    }
    expect(problems).toEqual([]);
    expect(await dump(host)).toEqual(before);
    const some = ["plan", "apply", "sync", "enqueue", "pairs.create", "schedules.set", "jobs.cancel", "jobs.replay"];
    for (const name of some) expect(called).toContain(`engine.${name}`);
    expect(called.size).toBeGreaterThan(40);
  });

  it("refuses options that are none, after a request that is one", { timeout: 60_000 }, async () => {
    const host = await connectedHost({ favourites: 3 });
    const report = await host.sync();
    const plan = await host.engine.plan(host.request());
    const before = await dump(host);
    const ref = { userId: "user-1", pairId: report.pairId };
    const { engine } = host;
    const calls: readonly (readonly [string, (options: never) => unknown])[] = [
      ["plan", (options) => engine.plan(host.request(), options)],
      ["apply", (options) => engine.apply(plan, options)],
      ["sync", (options) => engine.sync(host.request(), options)],
      ["enqueue", (options) => engine.enqueue(host.request(), options)],
      ["start", (options) => engine.start(options)],
      ["jobs.deadLetters", (options) => engine.jobs.deadLetters(options)],
      ["syncPair", (options) => engine.syncPair(ref, options)],
      ["checkHealth", (options) => engine.checkHealth("spotify", options)],
      ["pairs.rescope", (options) => engine.pairs.rescope(ref, options)],
      ["schedules.runDue", (options) => engine.schedules.runDue(options)],
      ["webhooks.renewDue", (options) => engine.webhooks.renewDue(undefined, options)],
      ["webhooks.open", (options) => engine.webhooks.open({ ...ref, address: "https://host.example/" }, options)],
      ["webhooks.stop", (options) => engine.webhooks.stop(ref, options)],
    ];
    const problems: string[] = [];
    for (const [name, call] of calls) {
      // Objects whose fields mean nothing here are as good as empty ones.
      for (const [valueName, value] of hostileValues.filter(([, each]) => typeof each !== "object" || each === null)) {
        const { thrown } = await outcomeOf(() => call(value as never));
        const problem = thrown === undefined ? "it is not refused" : problemOf(thrown);
        if (problem) problems.push(`${name}(…, ${valueName}): ${problem}`);
      }
    }
    expect(problems).toEqual([]);
    expect(await dump(host)).toEqual(before);
  });
});

describe("every factory", () => {
  it.each<[string, (value: never) => unknown]>([
    ["createSyncEngine", core.createSyncEngine],
    ["keyring", core.keyring],
    ["spotify", spotify],
    ["deezer", deezer],
    ["sqlite", sqlite],
    ["createMatcher", core.createMatcher],
    ["defineProvider", core.defineProvider],
  ])("%s refuses what is no configuration with a typed error", async (_name, create) => {
    const problems: string[] = [];
    for (const [valueName, value] of [["nothing", undefined] as const, ...hostileValues]) {
      const { thrown, gave } = await outcomeOf(() => create(value as never));
      if (thrown !== undefined) {
        const problem = problemOf(thrown);
        if (problem) problems.push(`${valueName}: ${problem.slice(0, 300)}`);
        else if (SyncerError.is(thrown) && thrown.remedy !== "change-request")
          problems.push(`${valueName}: ${thrown.remedy}`);
      } else if (gave === undefined) problems.push(`${valueName}: it gave nothing`);
    }
    expect(problems).toEqual([]);
  });
});

/** Iterables do nothing until they are asked. */
async function drained(result: unknown): Promise<unknown> {
  const value = await result;
  if (typeof value === "object" && value !== null && Symbol.asyncIterator in value) {
    const items: unknown[] = [];
    for await (const item of value as AsyncIterable<unknown>) items.push(item);
    return items;
  }
  return value;
}

function isReport(value: unknown): boolean {
  return typeof value === "object" && value !== null && "pairs" in value;
}
