import { describe, expect, it, vi } from "vitest";
import { Workshop } from "../jobs/support/workshop.ts";

const MINUTE_MS = 60_000;
const ask = { userId: "anna", key: "k", request: "POST /pairs" };
const answer = (body = "done") => ({ status: 200, body });

async function opened() {
  const shop = await new Workshop().open("anna");
  return { shop, engine: shop.engine().engine };
}

describe("a request that counts once", () => {
  it("is forgotten after a day", async () => {
    const { shop, engine } = await opened();
    const act = vi.fn(async () => answer());
    await engine.idempotency.once(ask, act);
    await shop.clock.advance(24 * 60 * MINUTE_MS - 1);
    expect(await engine.idempotency.once(ask, act)).toEqual({ status: 200, body: "done", replayed: true });
    await shop.clock.advance(1);
    expect(await engine.idempotency.once(ask, act)).toMatchObject({ replayed: false });
    expect(act).toHaveBeenCalledTimes(2);
    await engine.stop();
  });

  it("whose process died in its middle can be tried again after a minute, and what the dead one says then is not kept", async () => {
    const { shop, engine } = await opened();
    const dying = Promise.withResolvers<{ status: number; body: string }>();
    const first = engine.idempotency.once(ask, () => dying.promise);
    await shop.clock.settle();
    const other = shop.engine().engine;
    await expect(other.idempotency.once(ask, async () => answer())).rejects.toMatchObject({
      code: "request.under-way",
    });
    await shop.clock.advance(MINUTE_MS);
    expect(await other.idempotency.once(ask, async () => answer("second"))).toMatchObject({ body: "second" });
    dying.resolve(answer("late"));
    expect(await first).toMatchObject({ body: "late" });
    expect(await other.idempotency.once(ask, async () => answer("third"))).toMatchObject({
      body: "second",
      replayed: true,
    });
    await other.stop();
    await engine.stop();
  });

  it.each([
    ["throws", () => Promise.reject(new Error("no"))],
    ["answers 400", async () => ({ status: 400, body: "" })],
    ["answers 503", async () => ({ status: 503, body: "" })],
  ])("that %s counts as not done", async (_, act) => {
    const { engine } = await opened();
    await engine.idempotency.once(ask, act).catch(() => {});
    expect(await engine.idempotency.once(ask, async () => answer())).toMatchObject({ status: 200, replayed: false });
    await engine.stop();
  });

  it("is gone with its user", async () => {
    const { engine, shop } = await opened();
    await engine.idempotency.once(ask, async () => answer());
    await engine.users.erase({ userId: "anna" });
    expect(await shop.storage.count({ table: "idempotency_keys" })).toBe(0);
    await engine.stop();
  });
});
