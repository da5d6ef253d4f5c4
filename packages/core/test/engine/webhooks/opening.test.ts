import { OutcomeUnknownError } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { idOfBook } from "../held/notebooks.ts";
import { Bell, DAY_MS, WEEK_MS } from "./bell.ts";
import { ADDRESS, ANN, BellBench, codeOf } from "./bell-bench.ts";

const MINUTE_MS = 60_000;

describe("a channel", () => {
  it("is opened for each side of a pair whose service can call, and told what the service has to know", async () => {
    const bench = await new BellBench().connect();
    const { id: pairId } = await bench.pair();
    const channels = await bench.engine().webhooks.open({ ...ANN, pairId, address: ADDRESS });
    const { channelId, expiresAtMs } = bench.bell.one;
    expect(bench.bell.one).toMatchObject({
      syncType: "notes",
      containerId: idOfBook("work"),
      address: ADDRESS,
      ttlMs: WEEK_MS,
    });
    const connectionId = await bench.connectionId();
    const info = { id: channelId, connectionId, service: "left", type: "notes", state: "open", expiresAtMs };
    expect(channels).toEqual([{ ...info, createdAtMs: bench.clock.now() }]);
    expect(await bench.engine().webhooks.list(ANN)).toEqual(channels);
  });

  it("is opened on both sides of a pair, if both can", async () => {
    const bench = new BellBench();
    bench.otherBell = new Bell("right", bench.clock);
    await bench.watched();
    expect([bench.bell.one.containerId, bench.otherBell.one.containerId]).toEqual([idOfBook("work"), idOfBook("home")]);
  });

  it.each([
    ["sync-from", {}, ["left"]],
    ["sync-to", {}, ["right"]],
    ["sync-from", { propagation: "mirror" as const }, ["left", "right"]],
    ["bidirectional", {}, ["left", "right"]],
  ] as const)("is opened where a pair in mode %s with %o looks for changes", async (mode, options, services) => {
    const bench = await new BellBench().connect();
    bench.otherBell = new Bell("right", bench.clock);
    const { id: pairId } = await bench.pair(ANN, { mode, options });
    const channels = await bench.engine().webhooks.open({ ...ANN, pairId, address: ADDRESS });
    expect(channels.map(({ service }) => service)).toEqual(services);
  });

  it("is one per collection, however often and by whichever name it is asked for", async () => {
    const bench = new BellBench();
    const { id: pairId } = await bench.watched();
    const { webhooks } = bench.engine();
    const named = { ...ANN, connectionId: await bench.connectionId(), type: "notes", container: idOfBook("work") };
    const [first] = await webhooks.open({ ...ANN, pairId, address: ADDRESS });
    const [second] = await webhooks.open({ ...named, address: ADDRESS });
    expect(second).toEqual(first);
    expect(bench.bell.counted("watch")).toBe(1);
    await webhooks.open({ ...named, container: idOfBook("home"), address: ADDRESS });
    expect(bench.bell.live.map(({ containerId }) => containerId)).toEqual([idOfBook("work"), idOfBook("home")]);
  });

  it("is one per collection, also when several processes ask at once", async () => {
    const bench = await new BellBench().connect();
    const { id: pairId } = await bench.pair();
    const engines = [1, 2, 3].map(() => bench.engine());
    await Promise.all(engines.map(({ webhooks }) => webhooks.open({ ...ANN, pairId, address: ADDRESS })));
    expect(bench.bell.live).toHaveLength(1);
    expect(await bench.states()).toEqual(["open"]);
  });

  it("is replaced when another address is to be called, or it has ended", async () => {
    const bench = new BellBench();
    const { id: pairId } = await bench.watched();
    const { webhooks } = bench.engine();
    const elsewhere = "https://other.example/hooks";
    await webhooks.open({ ...ANN, pairId, address: elsewhere });
    expect(bench.bell.one.address).toBe(elsewhere);
    expect(await bench.states()).toEqual(["open"]);
    await bench.clock.advance(WEEK_MS);
    expect(bench.bell.live).toEqual([]);
    await webhooks.open({ ...ANN, pairId, address: elsewhere });
    expect(bench.bell.one.address).toBe(elsewhere);
    expect(await bench.states()).toEqual(["open"]);
  });

  it("is open when the service makes its first call before it answers", async () => {
    const bench = new BellBench();
    const receipts: unknown[] = [];
    bench.bell.first = async (delivery) => receipts.push(await bench.engine().webhooks.receive(delivery));
    await bench.watched();
    expect(receipts).toEqual([{ accepted: true, pairIds: [] }]);
    expect(await bench.states()).toEqual(["open"]);
    expect(await bench.jobs()).toEqual([]);
  });

  it.each([
    ["http://host.example/hook", "service.url-refused"],
    ["https://127.0.0.1/hook", "service.url-refused"],
    ["https://user:secret@host.example/hook", "service.url-refused"],
    ["hook", "service.url-refused"],
    [undefined, "service.url-refused"],
    [`https://host.example/${"x".repeat(2_000)}`, "request.invalid"],
  ])("is not opened to call %s", async (address, code) => {
    const bench = await new BellBench().connect();
    const { id: pairId } = await bench.pair();
    expect(await codeOf(bench.engine().webhooks.open({ ...ANN, pairId, address: address as string }))).toBe(code);
    expect(bench.bell.calls).toEqual([]);
  });

  it("is refused where there is nothing to watch, or it is not the user's", async () => {
    const bench = await new BellBench().connect();
    await bench.connect({ userId: "ben" });
    await bench.connect({ ...ANN, tenantId: "other" });
    const { id: pairId } = await bench.pair(ANN, { mode: "sync-to" });
    const connectionId = await bench.connectionId();
    const right = await bench.connectionId(ANN, "right");
    const { webhooks } = bench.engine();
    const open = (target: object) => codeOf(webhooks.open({ ...ANN, address: ADDRESS, ...target } as never));
    const container = idOfBook("work");
    expect(await open({ pairId })).toBe("request.type-unsupported");
    expect(await open({ connectionId: right, type: "notes", container })).toBe("request.type-unsupported");
    expect(await open({ connectionId, type: "events", container })).toBe("request.type-unsupported");
    expect(await open({ connectionId, type: "notes" })).toBe("request.invalid");
    expect(await open({})).toBe("request.invalid");
    expect(await open({ pairId, connectionId, type: "notes", container })).toBe("request.invalid");
    expect(await open({ pairId: "pair_of_nobody" })).toBe("pair.unknown");
    for (const who of [{ userId: "ben" }, { tenantId: "other" }]) {
      expect(await open({ ...who, pairId })).toBe("pair.unknown");
      expect(await open({ ...who, connectionId, type: "notes", container })).toBe("connection.unknown");
    }
    expect(bench.bell.calls).toEqual([]);
    expect(await bench.rows()).toEqual([]);
  });

  it("leaves nothing behind that the service has refused", async () => {
    const bench = await new BellBench().connect();
    const { id: pairId } = await bench.pair();
    bench.bell.failing = () => bench.bell.refusal();
    const { webhooks } = bench.engine();
    expect(await codeOf(webhooks.open({ ...ANN, pairId, address: ADDRESS }))).toBe("service.forbidden");
    expect(await bench.rows()).toEqual([]);
    bench.bell.failing = () => undefined;
    await webhooks.open({ ...ANN, pairId, address: ADDRESS });
    expect(await bench.states()).toEqual(["open"]);
  });

  it.each([
    ["the answer was lost", () => new OutcomeUnknownError("left", "/watch")],
    ["a bug of the provider hides the answer", () => new TypeError("read properties of undefined")],
  ])("of which %s is stopped once a call of it tells its name", async (_, error) => {
    const bench = await new BellBench().connect();
    const { id: pairId } = await bench.pair();
    bench.bell.failing = (_call, moment) => (moment === "after" ? error() : undefined);
    const { webhooks } = bench.engine();
    await expect(webhooks.open({ ...ANN, pairId, address: ADDRESS })).rejects.toThrow();
    bench.bell.failing = () => undefined;
    const lost = bench.bell.one;
    await webhooks.open({ ...ANN, pairId, address: ADDRESS });
    expect(bench.bell.live).toHaveLength(2);
    expect(await webhooks.renewDue()).toEqual({ renewed: 0, stopped: 0, forgotten: 0, failed: {}, more: false });
    expect(await webhooks.receive(bench.bell.ring(lost, { state: "opened" }))).toMatchObject({ accepted: true });
    expect(await webhooks.renewDue()).toMatchObject({ stopped: 1 });
    expect(bench.bell.one.channelId).not.toBe(lost.channelId);
    expect(await bench.states()).toEqual(["open"]);
  });

  it("of which nobody ever hears is forgotten when it would have ended", async () => {
    const bench = await new BellBench().connect();
    const { id: pairId } = await bench.pair();
    bench.bell.failing = () => new OutcomeUnknownError("left", "/watch");
    const { webhooks } = bench.engine();
    expect(await codeOf(webhooks.open({ ...ANN, pairId, address: ADDRESS }))).toBe("service.outcome-unknown");
    await bench.clock.advance(WEEK_MS - MINUTE_MS);
    expect(await webhooks.renewDue()).toMatchObject({ forgotten: 0 });
    expect(await bench.states()).toEqual(["stopping"]);
    await bench.clock.advance(MINUTE_MS);
    expect(await webhooks.renewDue()).toMatchObject({ forgotten: 1, stopped: 0 });
    expect(await bench.rows()).toEqual([]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 0, -1, 1.5, 4_102_444_800_000])(
    "ends when the service says, %s, but never later than was asked for",
    async (expiresAtMs) => {
      const bench = await new BellBench().connect();
      const { id: pairId } = await bench.pair();
      const { watch } = bench.bell.capability();
      bench.bell.capability = () => ({
        ...Bell.prototype.capability.call(bench.bell),
        watch: async (...given) => ({ ...(await watch(...given)), expiresAtMs }),
      });
      const [channel] = await bench.engine().webhooks.open({ ...ANN, pairId, address: ADDRESS });
      const now = bench.clock.now();
      expect(channel?.expiresAtMs).toBe(expiresAtMs > now ? now + WEEK_MS : now);
    },
  );

  it("is not taken for open when the service does not name it", async () => {
    const bench = await new BellBench().connect();
    const { id: pairId } = await bench.pair();
    for (const resourceId of ["", undefined, "x".repeat(2_001)]) {
      bench.bell.capability = () => ({
        ...Bell.prototype.capability.call(bench.bell),
        watch: async () => ({ resourceId: resourceId as string, expiresAtMs: bench.clock.now() + DAY_MS }),
      });
      const opened = bench.engine().webhooks.open({ ...ANN, pairId, address: ADDRESS });
      expect(await codeOf(opened)).toBe("service.malformed-answer");
    }
    expect(await bench.states()).toEqual(["stopping", "stopping", "stopping"]);
  });

  it("keeps its secret, the address and the container out of the store, the log and what is told", async () => {
    const bench = new BellBench();
    const { id: pairId } = await bench.watched();
    const { webhooks } = bench.engine();
    const { token, resourceId } = bench.bell.one;
    await webhooks.receive(bench.bell.ring(bench.bell.one, { token: "forged" }));
    bench.bell.failing = (call) => (call === "stop" ? bench.bell.refusal() : undefined);
    await webhooks.stop({ ...ANN, pairId });
    const said = (await bench.dump()) + JSON.stringify([bench.logs, await webhooks.list(ANN)]);
    expect(said).toContain("channel.failed");
    expect(said).toContain("webhook.refused");
    for (const secret of [token, resourceId, ADDRESS, "host.example", "jo.doe", "forged"])
      expect(said).not.toContain(secret);
  });
});
