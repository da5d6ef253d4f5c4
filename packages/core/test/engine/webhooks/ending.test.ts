import { describe, expect, it } from "vitest";
import type { UserDataPage } from "../../../src/index.ts";
import { idOfBook } from "../held/notebooks.ts";
import { Bell, DAY_MS, WEEK_MS } from "./bell.ts";
import { ADDRESS, ANN, BellBench, codeOf } from "./bell-bench.ts";

describe("a channel that nobody wants any more", () => {
  it("is stopped at the service and forgotten here", async () => {
    const bench = new BellBench();
    const { id: pairId } = await bench.watched();
    const { webhooks } = bench.engine();
    expect(await webhooks.stop({ ...ANN, pairId })).toEqual({ stopped: 1, left: 0 });
    expect([bench.bell.live, await bench.rows()]).toEqual([[], []]);
    expect(await webhooks.stop({ ...ANN, pairId })).toEqual({ stopped: 0, left: 0 });
    expect(bench.bell.counted("stop")).toBe(1);
  });

  it("is stopped by the name of its collection, and can be opened again", async () => {
    const bench = new BellBench();
    const { id: pairId } = await bench.watched();
    const { webhooks } = bench.engine();
    const target = { ...ANN, connectionId: await bench.connectionId(), type: "notes", container: idOfBook("work") };
    expect(await webhooks.stop({ ...target, container: idOfBook("home") })).toEqual({ stopped: 0, left: 0 });
    expect(await webhooks.stop(target)).toEqual({ stopped: 1, left: 0 });
    await webhooks.open({ ...ANN, pairId, address: ADDRESS });
    expect(await bench.states()).toEqual(["open"]);
  });

  it("is left alone when another pair still rests on it", async () => {
    const bench = new BellBench();
    const { id: pairId } = await bench.watched();
    const other = await bench.pair(ANN, { from: "work", to: "work" });
    const engine = bench.engine();
    expect(await engine.webhooks.stop({ ...ANN, pairId })).toEqual({ stopped: 0, left: 0 });
    expect(bench.bell.live).toHaveLength(1);
    await engine.pairs.forget({ ...ANN, pairId: other.id });
    expect(await engine.webhooks.stop({ ...ANN, pairId })).toEqual({ stopped: 1, left: 0 });
  });

  it("is not stopped by another user or tenant", async () => {
    const bench = new BellBench();
    const { id: pairId } = await bench.watched();
    const { webhooks } = bench.engine();
    expect(await codeOf(webhooks.stop({ userId: "ben", pairId }))).toBe("pair.unknown");
    expect(await codeOf(webhooks.stop({ ...ANN, tenantId: "other", pairId }))).toBe("pair.unknown");
    expect(await webhooks.list({ userId: "ben" })).toEqual([]);
    expect(await webhooks.list({ ...ANN, tenantId: "other" })).toEqual([]);
    expect(bench.bell.live).toHaveLength(1);
  });

  it("is stopped later when the service fails, and counts as gone when the service does not know it", async () => {
    const bench = new BellBench();
    const { id: pairId } = await bench.watched();
    const { webhooks } = bench.engine();
    bench.bell.failing = () => bench.bell.failure("unavailable");
    expect(await webhooks.stop({ ...ANN, pairId })).toEqual({ stopped: 0, left: 1 });
    expect(await bench.states()).toEqual(["stopping"]);
    bench.bell.failing = () => bench.bell.failure("not-found");
    await bench.clock.advance(DAY_MS / 24);
    expect(await webhooks.renewDue()).toEqual({ renewed: 0, stopped: 1, forgotten: 0, failed: {}, more: false });
    expect(await bench.rows()).toEqual([]);
  });

  it("is stopped although it is being opened meanwhile", async () => {
    const bench = await new BellBench().connect();
    const { id: pairId } = await bench.pair();
    const { webhooks } = bench.engine();
    const reports: unknown[] = [];
    bench.bell.first = async () => reports.push(await bench.engine().webhooks.stop({ ...ANN, pairId }));
    expect(await webhooks.open({ ...ANN, pairId, address: ADDRESS })).toEqual([]);
    expect(reports).toEqual([{ stopped: 0, left: 1 }]);
    expect([bench.bell.live, await bench.rows()]).toEqual([[], []]);
  });

  it("is stopped by the next renewal when it was not wanted while it was opened, and could not be taken back", async () => {
    const bench = await new BellBench().connect();
    const { id: pairId } = await bench.pair();
    const { webhooks } = bench.engine();
    bench.bell.first = () => bench.engine().webhooks.stop({ ...ANN, pairId });
    bench.bell.failing = (call) => (call === "stop" ? bench.bell.failure("unavailable") : undefined);
    await webhooks.open({ ...ANN, pairId, address: ADDRESS });
    expect(bench.bell.live).toHaveLength(1);
    bench.bell.failing = () => undefined;
    expect(await webhooks.renewDue()).toMatchObject({ stopped: 1 });
    expect([bench.bell.live, await bench.rows()]).toEqual([[], []]);
  });
});

describe("the end of a connection", () => {
  it("stops its channels while the tokens are there, and forgets them", async () => {
    const bench = new BellBench();
    await bench.watched();
    await bench.watched({ userId: "ben" });
    const kept = bench.bell.live[1]?.channelId;
    const connectionId = await bench.connectionId();
    await bench.engine().connections.disconnect({ ...ANN, connectionId });
    expect(bench.bell.one.channelId).toBe(kept);
    expect(await bench.rows()).toMatchObject([{ id: kept }]);
  });

  it("is not held up by a service that fails", async () => {
    const bench = new BellBench();
    await bench.watched();
    bench.bell.failing = () => bench.bell.failure("unavailable");
    const connectionId = await bench.connectionId();
    await bench.engine().connections.disconnect({ ...ANN, connectionId });
    expect(bench.bell.live).toHaveLength(1);
    expect(await bench.rows()).toEqual([]);
    expect(bench.logs).toContainEqual(
      expect.objectContaining({ event: "channel.failed", code: "service.unavailable" }),
    );
  });

  it("does not ask about channels that have ended, nor about those whose name nobody knows", async () => {
    const bench = new BellBench();
    const { id: pairId } = await bench.watched();
    await bench.clock.advance(WEEK_MS);
    bench.bell.failing = () => new TypeError("a bug");
    await expect(bench.engine().webhooks.open({ ...ANN, pairId, address: ADDRESS })).rejects.toThrow();
    await bench.engine().connections.disconnect({ ...ANN, connectionId: await bench.connectionId() });
    expect(bench.bell.counted("stop")).toBe(0);
    expect(await bench.rows()).toEqual([]);
  });

  it("while a channel is being opened takes that back", async () => {
    const bench = await new BellBench().connect();
    const { id: pairId } = await bench.pair();
    const engine = bench.engine();
    const connectionId = await bench.connectionId();
    bench.bell.first = () => bench.engine().connections.disconnect({ ...ANN, connectionId });
    expect(await engine.webhooks.open({ ...ANN, pairId, address: ADDRESS })).toEqual([]);
    expect([bench.bell.live, await bench.rows()]).toEqual([[], []]);
  });
});

describe("a user's channels", () => {
  it("are given back with the user's data, as ids, hashes and ciphertexts, and go with it", async () => {
    const bench = new BellBench();
    await bench.watched();
    bench.otherBell = new Bell("right", bench.clock);
    await bench.watched({ userId: "ben" });
    const { users } = bench.engine();
    const pages: UserDataPage[] = [];
    for await (const page of users.export(ANN)) pages.push(page);
    const rows = pages.filter(({ table }) => table === "watch_channels").flatMap((page) => page.rows);
    expect(rows).toMatchObject([{ user_id: "ann", status: "open", sync_type: "notes" }]);
    expect(JSON.stringify(pages)).not.toMatch(/jo\.doe|host\.example/);
    await users.erase(ANN);
    expect((await bench.rows()).map(({ user_id }) => user_id)).toEqual(["ben", "ben"]);
    expect(bench.bell.live).toHaveLength(1);
    await users.eraseTenant({ tenantId: "default" });
    expect(await bench.rows()).toEqual([]);
  });
});
