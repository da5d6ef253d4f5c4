import { keyring } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { copied, DAY, dump, HOUR, MINUTE, type Scenario, sortedIds } from "../support/scenario.ts";

const mirror = { propagation: "mirror" } as const;

async function loseLinks(s: Scenario): Promise<void> {
  await s.storage.write({ statements: [{ delete: "links", where: {} }] });
}

describe.each(["sync-from", "sync-to"] as const)("L. Store and keys, %s", (mode) => {
  it("L1: a lost link table with both sides in step is linked again without a create or a delete", async () => {
    const s = await copied(60, mode);
    await s.run(mirror);
    const before = (await s.links()).map(({ link_key, source_id, target_id }) => [link_key, source_id, target_id]);
    await s.clock.advance(MINUTE);
    await loseLinks(s);
    const report = await s.run(mirror);
    expect(report).toMatchObject({ status: "succeeded", rebuild: true, counts: { added: 0, removed: 0, linked: 60 } });
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
    expect((await s.links()).map(({ link_key, source_id, target_id }) => [link_key, source_id, target_id])).toEqual(
      before,
    );
    const next = await s.run(mirror);
    expect(next.requests).toEqual({ source: { probe: 1 }, target: { probe: 1 } });
    expect(next.rebuild).toBeUndefined();
  });

  it("L2: a lost link table with items deleted on A since deletes nothing and creates nothing", async () => {
    const s = await copied(20, mode);
    await s.run(mirror);
    await s.clock.advance(MINUTE);
    await loseLinks(s);
    s.a.unlike(s.library.slice(0, 3));
    const report = await s.run(mirror);
    expect(report).toMatchObject({ status: "succeeded", counts: { added: 0, removed: 0, linked: 17 } });
    expect([s.a.writes(), s.b.writes()]).toEqual([0, 0]);
    expect(s.b.ids()).toEqual(sortedIds(s.b, s.library));
    await s.clock.advance(DAY);
    expect((await s.run(mirror)).counts).toMatchObject({ removed: 0 });
    expect(s.b.ids()).toHaveLength(20);
  });

  it("L4: started with another key, connections stay locked and nothing is overwritten", async () => {
    const s = await copied(5, mode);
    await s.clock.advance(HOUR);
    const sealed = async () => {
      const { user_services, tenant_keys, links, sync_cursors } = await dump(s.storage);
      return { user_services, tenant_keys, links, sync_cursors };
    };
    const before = await sealed();
    for (const name of ["k1", "k2"]) {
      const other = s.host.restart({
        encryption: keyring({ current: name, keys: { [name]: new Uint8Array(32).fill(9) } }),
      });
      const sync = other.sync({}, mode);
      const code = name === "k1" ? "crypto.tampered" : "crypto.key-unknown";
      const outcome = await sync.then(
        (report) => report.error?.code,
        (error: { code?: string }) => error.code,
      );
      expect(outcome).toBe(code);
      await expect(other.engine.connections.tokens(await s.connection("spotify"))).rejects.toMatchObject({ code });
      expect(await sealed()).toEqual(before);
    }
    expect([s.a.requests(), s.b.requests()]).toEqual([0, 0]);
    expect((await s.run()).status).toBe("succeeded");
  });
});

describe("L. Store and keys", () => {
  it("a restored backup deletes nothing without a confirmation", async () => {
    const s = await copied(30);
    await s.run({ propagation: "mirror" });
    await s.clock.advance(2 * MINUTE);
    s.a.unlike(s.library.slice(0, 2));
    expect(await s.engine.afterRestore()).toBe(1);
    const held = await s.run();
    expect(held).toMatchObject({ status: "held", counts: { removed: 0 }, hold: { reasons: ["needs-confirmation"] } });
    expect(s.b.ids()).toHaveLength(30);
    await s.engine.confirm({ ...(await s.ref()), planHash: held.hold?.hash ?? "" });
    expect(await s.run()).toMatchObject({ status: "succeeded", counts: { removed: 2 } });
    // Once a run has gone through, deletes are propagated again.
    s.a.unlike(s.library.slice(2, 3));
    expect(await s.run()).toMatchObject({ status: "succeeded", counts: { removed: 1 } });
  });

  it("a restored backup whose pairs have nothing to delete is back to normal after one run", async () => {
    const s = await copied(30);
    await s.run({ propagation: "mirror" });
    expect(await s.engine.afterRestore({ tenantId: "somebody-else" })).toBe(0);
    expect(await s.engine.afterRestore({ tenantId: "default" })).toBe(1);
    expect(await s.run()).toMatchObject({ status: "succeeded", items: [] });
    await s.clock.advance(MINUTE);
    s.a.unlike(s.library.slice(0, 1));
    expect((await s.run()).counts.removed).toBe(1);
  });
});
