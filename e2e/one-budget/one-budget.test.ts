import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RateLimit } from "@syncer/core";
import { postgres } from "@syncer/storage-adapters/postgres";
import { sqlite } from "@syncer/storage-adapters/sqlite";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../../packages/storage-adapters/test/support/postgres-server.ts";
import { type SharedTime, sharedClock } from "../crash/support/shared-clock.ts";
import type { ChildSetting } from "./child.ts";
import { CountingServer, fullestWindow } from "./support/counted-service.ts";
import { type FleetProcess, startFleet } from "./support/fleet-processes.ts";

/** Real processes on a machine that does other things too. */
const PATIENCE_MS = 120_000;
const SPEED = 20;
/** Three in a second: what Spotify is taken to allow. */
const LIMIT: RateLimit = { requests: 90, perMs: 30_000, concurrency: 8, sharedBy: "client" };

const database = await testDatabase();
afterAll(() => database?.drop());

describe.each([
  { name: "SQLite", url: "" },
  ...(database ? [{ name: "PostgreSQL", url: database.connectionString }] : []),
])("One budget: real processes on $name, SIGKILL", { timeout: PATIENCE_MS }, ({ url }) => {
  const time: { epochMs: number; speed: number; aheadMs: number } = { epochMs: Date.now(), speed: SPEED, aheadMs: 0 };
  const clock = sharedClock(time satisfies SharedTime);
  const alive: FleetProcess[] = [];
  let folder: string;
  let server: CountingServer;
  let where: string;
  let files = 0;

  const settingOf = (parties: ChildSetting["parties"]): ChildSetting => ({
    ...time,
    ...{ database: where, server: server.origin, limits: { one: LIMIT, other: LIMIT }, parties },
  });
  const start = async (...parties: ChildSetting["parties"][]): Promise<FleetProcess[]> => {
    const fleet = await startFleet(parties.map(settingOf));
    alive.push(...fleet);
    return fleet;
  };
  /** So many parties of a process, which send so many requests each. */
  const parties = (process: number, amount: number, requests: number, service = "one"): ChildSetting["parties"] =>
    Array.from({ length: amount }, (_, n) => ({ service, connectionId: `${process}-${n}`, requests }));
  const emptyDatabase = async (): Promise<void> => {
    where = url || join(folder, `${files++}.db`);
    const storage = url ? postgres({ connectionString: url }) : sqlite(where);
    await storage.migrate();
    await storage.write({ statements: [{ delete: "service_limits", where: {} }] });
    await storage.close();
    server.arrivals.length = 0;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "syncer-fleet-"));
    server = await CountingServer.listen(clock);
  }, PATIENCE_MS);

  afterEach(async () => {
    for (const one of alive.splice(0)) await one.kill();
  });

  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true });
  });

  const expectWithinLimit = (): void => {
    const sent = server.of("one");
    expect(
      fullestWindow(
        sent.map(({ sentAtMs }) => sentAtMs),
        LIMIT.perMs,
      ),
    ).toBeLessThanOrEqual(LIMIT.requests);
    // Between sending and arriving lie two busy processes.
    expect(
      fullestWindow(
        sent.map(({ atMs }) => atMs),
        LIMIT.perMs * 0.95,
      ),
    ).toBeLessThanOrEqual(LIMIT.requests);
  };

  it("is kept by four processes with two parties each", async () => {
    await emptyDatabase();
    const fleet = await start(...[0, 1, 2, 3].map((process) => parties(process, 2, 30)));
    await Promise.all(fleet.map((one) => one.finished()));
    expect(server.of("one")).toHaveLength(240);
    expectWithinLimit();
  });

  it("is kept when a process is killed, and the others go on", async () => {
    await emptyDatabase();
    const fleet = await start(...[0, 1, 2].map((process) => parties(process, 2, 25)));
    const [doomed, ...others] = fleet;
    await doomed?.heard((said) => said.filter(({ end }) => end === "done").length >= 10);
    await doomed?.kill();
    await Promise.all(others.map((one) => one.finished()));
    for (const one of others) expect(one.said.filter(({ end }) => end === "done")).toHaveLength(50 + 1);
    expectWithinLimit();
    // What the dead one had reserved is lost, and nothing more.
    const gaps = server.of("one").map(({ atMs }, n, all) => atMs - (all[n - 1]?.atMs ?? atMs));
    expect(Math.max(...gaps)).toBeLessThan(10_000);
  });

  it("F4: is closed for six hours to processes that were started after all had been killed, and other services are not", async () => {
    await emptyDatabase();
    server.answer = ({ service }, response) => {
      if (service === "one" && server.of("one").length >= 10) response.writeHead(429, { "retry-after": "21600" });
      response.end("{}");
    };
    const before = await start(parties(0, 2, 20), parties(1, 2, 20));
    await Promise.all(before.map((one) => one.heard((said) => said.some(({ end }) => end === "deferred"))));
    for (const one of before) await one.kill();
    const asked = server.of("one").length;
    expect(asked).toBeLessThanOrEqual(10 + LIMIT.concurrency);

    const both = (process: number) => [...parties(process, 2, 5), ...parties(process, 2, 5, "other")];
    const after = await start(both(0), both(1));
    await Promise.all(after.map((one) => one.finished()));
    expect(server.of("one")).toHaveLength(asked);
    expect(server.of("other")).toHaveLength(20);
    for (const { said } of after) {
      expect(said.filter(({ service, end }) => service === "one" && end === "deferred")).toHaveLength(10);
    }

    server.answer = (_, response) => response.end("{}");
    time.aheadMs += 21_600_000;
    const due = await start(parties(0, 1, 3));
    await Promise.all(due.map((one) => one.finished()));
    expect(server.of("one")).toHaveLength(asked + 3);
  });
});
