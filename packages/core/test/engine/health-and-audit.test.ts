import { sampleRow } from "@syncer/testkit";
import { describe, expect, it } from "vitest";
import { StorageError } from "../../src/errors/index.ts";
import type { StorageAdapter } from "../../src/index.ts";
import { Workshop } from "../jobs/support/workshop.ts";

async function opened(storage: (real: StorageAdapter) => Partial<StorageAdapter> = () => ({})) {
  const shop = await new Workshop().open("anna", "ben");
  const { engine } = shop.engine({ storage: { ...shop.storage, ...storage(shop.storage) } });
  return { shop, engine };
}

describe("the health of an engine", () => {
  it("is healthy while nobody has asked the services, and says that nobody has", async () => {
    const { engine, shop } = await opened();
    expect(await engine.health()).toEqual({
      status: "healthy",
      timestampMs: shop.clock.now(),
      database: { status: "healthy" },
      services: { left: { status: "unknown" }, right: { status: "unknown" } },
    });
    expect([shop.bench.left.reads, shop.bench.right.reads]).toEqual([0, 0]);
  });

  it("is degraded by a service that its last check found not working, with its code and no other words", async () => {
    const { engine, shop } = await opened();
    engine.registry.recordHealth("left", { status: "unhealthy", reason: "service.unavailable" }, shop.clock.now());
    engine.registry.recordHealth("right", { status: "degraded", reason: "Dear Anna, not today" }, shop.clock.now());
    expect(await engine.health()).toMatchObject({
      status: "degraded",
      services: {
        left: { status: "unhealthy", errorCode: "service.unavailable", checkedAtMs: shop.clock.now() },
        right: { status: "degraded", checkedAtMs: shop.clock.now() },
      },
    });
    expect(JSON.stringify(await engine.health())).not.toContain("Anna");
  });

  it("is degraded while a service has asked for quiet, and no longer", async () => {
    const { engine, shop } = await opened();
    const closed_until = shop.clock.now() + 60_000;
    const row = sampleRow("service_limits", { budget_hash: "b", service: "left", closed_until, reason: "quota" });
    await shop.storage.write({ statements: [{ insert: "service_limits", rows: [row] }] });
    expect(await engine.health()).toMatchObject({
      status: "degraded",
      services: { left: { status: "degraded", errorCode: "quota" }, right: { status: "unknown" } },
    });
    await shop.clock.advance(60_000);
    expect(await engine.health()).toMatchObject({ status: "healthy" });
  });

  it.each([
    [
      "says so",
      () => Promise.reject(new StorageError("storage.failed", { operation: "secret-host" })),
      "storage.failed",
    ],
    ["throws what is none of ours", () => Promise.reject(new TypeError("postgres://u:secret@host")), "storage.failed"],
    [
      "throws at once",
      () => {
        throw new TypeError("secret");
      },
      "storage.failed",
    ],
  ])("is unhealthy when the database fails and %s", async (_, select, errorCode) => {
    const { engine } = await opened(() => ({ select: select as never }));
    const health = await engine.health();
    expect(health).toMatchObject({ status: "unhealthy", database: { status: "unhealthy", errorCode } });
    expect(JSON.stringify(health)).not.toContain("secret");
  });

  it("does not wait for a database that hangs longer than it is told, and leaves no timer", async () => {
    const { engine, shop } = await opened(() => ({ select: () => new Promise<never>(() => {}) }));
    const before = shop.clock.sleepers.length;
    const [two, half] = [engine.health(), engine.health({ timeoutMs: 500 })];
    await shop.clock.advance(500);
    expect(await half).toMatchObject({ status: "unhealthy", database: { errorCode: "storage.timeout" } });
    await shop.clock.advance(1_500);
    expect(await two).toMatchObject({ status: "unhealthy" });
    expect(shop.clock.sleepers).toHaveLength(before);
  });

  it("refuses a time that is none", async () => {
    const { engine } = await opened();
    for (const timeoutMs of [0, -1, Number.NaN]) {
      await expect(engine.health({ timeoutMs })).rejects.toMatchObject({ code: "request.invalid" });
    }
  });
});

describe("the audit log", () => {
  it("tells what was done with a user's connections, youngest first, page by page, and nobody else's", async () => {
    const { engine, shop } = await opened();
    for (const { id } of await engine.connections.list({ userId: "anna" })) {
      await shop.clock.advance(1_000);
      await engine.connections.disconnect({ userId: "anna", connectionId: id });
    }
    const all = await engine.audit.list({ userId: "anna" });
    expect(all.map(({ act }) => act)).toEqual([
      ...Array(2).fill("connection.disconnected"),
      ...Array(2).fill("connection.connected"),
    ]);
    expect(all.map(({ atMs }) => atMs)).toEqual(all.map(({ atMs }) => atMs).sort((a, b) => b - a));
    const first = await engine.audit.list({ userId: "anna", limit: 3 });
    const rest = await engine.audit.list({ userId: "anna", limit: 3, after: first.at(-1)?.id ?? "" });
    expect([...first, ...rest]).toEqual(all);
    expect(await engine.audit.list({ userId: "ben" })).toHaveLength(2);
    expect(await engine.audit.list({ userId: "anna", tenantId: "other" })).toEqual([]);
    const foreign = { userId: "ben", after: all[0]?.id ?? "" };
    await expect(engine.audit.list(foreign)).rejects.toMatchObject({ code: "request.invalid" });
    await expect(engine.audit.list({ userId: "ben", limit: 501 })).rejects.toMatchObject({ code: "request.invalid" });
  });
});
