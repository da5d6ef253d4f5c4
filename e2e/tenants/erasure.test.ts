import { type PlainRow, type SyncEvent, tableNames, tableShapes } from "@syncer/core";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  ACCOUNTS,
  type Belongings,
  furnish,
  type Installation,
  openInstallation,
  PEOPLE,
  pairsOf,
} from "./support/people.ts";
import type { Person } from "./support/tenant-watch.ts";

const [ANNA, BEN, OTHER_ANNA] = PEOPLE as [Person, Person, Person, Person];
const HOUR_MS = 3_600_000;

/** All rows that have something of these in them: their tenant and name, or an id of what they had. */
async function rowsOf({ inner }: Installation, { tenantId, userId }: Person, ids: readonly string[] = []) {
  const found: string[] = [];
  for (const table of tableNames) {
    for (const row of (await inner.select({ table })) as PlainRow[]) {
      const isTheirs = row.tenant_id === tenantId && row.user_id === userId;
      if (isTheirs || Object.values(row).some((value) => ids.includes(String(value)))) found.push(table);
    }
  }
  return found;
}

async function everythingOf(installation: Installation, people: readonly Belongings[]): Promise<unknown> {
  const own = people.flatMap(({ person, pairId, connectionId }) => [JSON.stringify(person), pairId, connectionId]);
  const tables = await Promise.all(
    tableNames.map(async (table) => {
      const rows = (await installation.inner.select({ table })) as PlainRow[];
      const isTheirs = (row: PlainRow) =>
        own.includes(JSON.stringify({ tenantId: row.tenant_id, userId: row.user_id })) ||
        own.includes(String(row.pair_id)) ||
        own.includes(String(row.connection_id));
      return [table, rows.filter(isTheirs)];
    }),
  );
  return tables;
}

async function open(beforeRequest?: (request: Request) => Promise<void>) {
  const installation = await openInstallation(beforeRequest);
  onTestFinished(() => installation.engine.stop());
  const anna = await furnish(installation, ANNA);
  const others = [await furnish(installation, BEN), await furnish(installation, OTHER_ANNA)];
  return { installation, anna, others };
}

describe("an erasure", () => {
  it("of a user stops what runs before its next write, and takes what waits along (L8)", async () => {
    let erase: (() => Promise<void>) | undefined;
    const { installation, anna, others } = await open(async ({ method, url }) => {
      const isWrite = url.includes("api.deezer.com") && (method !== "GET" || /request_method=(post|delete)/.test(url));
      if (!isWrite || !erase) return;
      writes += 1;
      const once = erase;
      if (writes === 1) await once();
    });
    let writes = 0;
    const { engine, clock, sandbox, inner } = installation;
    const events: SyncEvent[] = [];
    engine.on((event) => events.push(event));
    sandbox.control.spotify.seedFavourites(ACCOUNTS.spotify, 400);
    for (const { person, pairId } of others) await engine.schedules.remove({ ...person, pairId });
    await engine.pairs.forget({ ...ANNA, pairId: anna.pairId });
    const [running] = await engine.enqueue({ ...ANNA, ...pairsOf() });
    const ids = [anna.connectionId, anna.conflictId, anna.overrideId, running?.id ?? "", running?.pairId ?? ""];
    let rows = 0;
    erase = async () => {
      // It is in the middle: intents are open, what is to be written stands in the journal.
      expect(await inner.count({ table: "intents", where: { pair_id: running?.pairId ?? "" } })).toBeGreaterThan(0);
      await engine.schedules.set({ ...ANNA, pairId: running?.pairId ?? "", everyMs: HOUR_MS });
      await engine.enqueue({ ...ANNA, ...pairsOf() });
      const before = await everythingOf(installation, others);
      ({ rows } = await engine.users.erase(ANNA));
      expect(await everythingOf(installation, others)).toEqual(before);
    };
    await engine.start();
    await clock.advance(3 * HOUR_MS);

    expect(rows).toBeGreaterThan(0);
    // The request that was under way when the erasure came is the last one.
    expect(writes).toBe(1);
    expect(await rowsOf(installation, ANNA, ids)).toEqual([]);
    const ends = events.filter((event) => event.type === "run.finished" && event.jobId === running?.id);
    expect(ends).toMatchObject([{ status: "failed" }]);
    expect(await engine.jobs.list(ANNA)).toEqual([]);
    expect(await engine.schedules.list(ANNA)).toEqual([]);
  }, 60_000);

  it("of a tenant takes all of its users along, keys, leases and waiting jobs too, and nobody of another", async () => {
    const { installation, others } = await open();
    const { engine, inner } = installation;
    const [ben, otherAnna] = others as [Belongings, Belongings];
    await engine.enqueue({ ...BEN, ...pairsOf() });
    await engine.enqueue({ ...OTHER_ANNA, ...pairsOf() });
    const before = await everythingOf(installation, [otherAnna]);
    await engine.users.eraseTenant({ tenantId: ANNA.tenantId });
    for (const table of tableNames) {
      if (!("tenant_id" in (tableShapes.get(table)?.columns ?? {}))) continue;
      const where = { tenant_id: ANNA.tenantId };
      expect(await inner.count({ table, where } as never), table).toBe(0);
    }
    expect(await rowsOf(installation, BEN, [ben.pairId, ben.connectionId])).toEqual([]);
    expect(await everythingOf(installation, [otherAnna])).toEqual(before);
    expect(await inner.count({ table: "tenant_keys" })).toBe(1);
  });
});

describe("an export", () => {
  it("has every row that belongs to the user, as JSON, and nothing that opens anything", async () => {
    const { installation } = await open();
    const { engine, watch } = installation;
    const tokens = await watch.as(ANNA, async () => {
      const connections = await engine.connections.list(ANNA);
      return await Promise.all(connections.map(({ id }) => engine.connections.tokens({ ...ANNA, connectionId: id })));
    });
    const exported = new Map<string, number>();
    let text = "";
    for await (const { table, rows } of engine.users.export(ANNA)) {
      expect(JSON.parse(JSON.stringify(rows))).toEqual(rows);
      text += JSON.stringify(rows);
      exported.set(table, (exported.get(table) ?? 0) + rows.length);
    }
    const theirs = new Map<string, number>();
    for (const table of await rowsOf(installation, ANNA)) theirs.set(table, (theirs.get(table) ?? 0) + 1);
    for (const [table, amount] of theirs) expect([table, exported.get(table)]).toEqual([table, amount]);
    const ofUsers = tableNames.filter((table) => tableShapes.get(table)?.owner === "user");
    expect(ofUsers.filter((table) => !exported.has(table))).toEqual([]);
    for (const { accessToken, refreshToken } of tokens) {
      expect(accessToken.length).toBeGreaterThan(5);
      for (const secret of [accessToken, refreshToken]) if (secret !== undefined) expect(text).not.toContain(secret);
    }
  });
});
