import { tableNames } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { connectedHost } from "../support/host.ts";

const DAY_MS = 86_400_000;

describe("what is stored about a user", () => {
  it("comes out whole, and is gone after an erasure, grants included (L8)", async () => {
    const host = await connectedHost({ favourites: 20 });
    await host.sync();
    const tables = new Set<string>();
    for await (const { table, rows } of host.engine.users.export({ userId: "user-1" })) {
      if (rows.length > 0) tables.add(table);
    }
    expect(tables).toContain("user_services");
    expect(tables).toContain("links");
    expect(tables).toContain("sync_jobs");

    const erased = await host.engine.users.erase({ userId: "user-1" });
    // Neither service has a revocation endpoint; the user can take the grant back in the account settings there.
    expect(erased).toMatchObject({ revoked: 0, notRevoked: 2 });
    for (const table of tableNames) {
      if (["tenant_keys", "leases", "service_limits"].includes(table)) continue;
      expect(await host.storage.count({ table }), table).toBe(0);
    }
    await expect(host.sync()).rejects.toMatchObject({ code: "service.not-connected" });
  });

  it("leaves other users alone", async () => {
    const host = await connectedHost({ favourites: 5 });
    await host.sync();
    const before = await host.storage.count({ table: "links" });
    await host.engine.users.erase({ userId: "somebody-else" });
    expect(await host.storage.count({ table: "links" })).toBe(before);
  });

  it("goes with its tenant, the hash key included", async () => {
    const host = await connectedHost({ favourites: 5 });
    await host.sync();
    await host.engine.users.eraseTenant({ tenantId: "default" });
    expect(await host.storage.count({ table: "tenant_keys" })).toBe(0);
    expect(await host.storage.count({ table: "user_services" })).toBe(0);
  });
});

describe("maintenance", () => {
  it("runs by itself where schedules run, and forgets finished journal entries after a week", async () => {
    const host = await connectedHost({ favourites: 5 });
    await host.sync();
    expect(await host.storage.count({ table: "intents" })).toBeGreaterThan(0);
    await host.clock.advance(8 * DAY_MS);
    await host.engine.schedules.runDue();
    expect(await host.storage.count({ table: "intents" })).toBe(0);
    expect(await host.storage.count({ table: "links" })).toBeGreaterThan(0);
  });
});
