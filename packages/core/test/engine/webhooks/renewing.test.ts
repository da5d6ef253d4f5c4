import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backOffMs, endOf, replacedAt } from "../../../src/engine/webhooks/channel-rows.ts";
import { OutcomeUnknownError, type Row } from "../../../src/index.ts";
import { idOfBook } from "../held/notebooks.ts";
import { DAY_MS, WEEK_MS } from "./bell.ts";
import { ADDRESS, ANN, BellBench, codeOf } from "./bell-bench.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOTHING = { renewed: 0, stopped: 0, forgotten: 0, failed: {}, more: false };
/** Of a channel that lives for a week, a fifth. */
const LEAD_MS = WEEK_MS / 5;

describe("when a channel is replaced", () => {
  const life = fc.integer({ min: 0, max: 400 * DAY_MS });
  const now = fc.integer({ min: 0, max: Date.UTC(2100, 0) });

  it("is in the second half of its life, before its last day if it lives for more than two", () => {
    fc.assert(
      fc.property(now, life, (opened, ms) => {
        const at = replacedAt(opened, opened + ms);
        expect(Number.isSafeInteger(at)).toBe(true);
        expect(at).toBeGreaterThanOrEqual(opened + Math.floor(ms / 2));
        expect(at).toBeLessThanOrEqual(opened + ms);
        if (ms >= 2 * DAY_MS) expect(opened + ms - at).toBeGreaterThanOrEqual(DAY_MS);
      }),
    );
  });

  it.each([
    [7 * DAY_MS, (7 * DAY_MS) / 5],
    [5 * DAY_MS, DAY_MS],
    [30 * DAY_MS, 6 * DAY_MS],
    [3 * DAY_MS, DAY_MS],
    [DAY_MS, DAY_MS / 2],
    [HOUR_MS, HOUR_MS / 2],
    [0, 0],
  ])("is, of a life of %i ms, %i ms before its end", (ms, left) => {
    expect(replacedAt(1_000, 1_000 + ms)).toBe(1_000 + ms - left);
  });

  it("does not move for one that says it ended before it began", () => {
    expect(replacedAt(10 * DAY_MS, DAY_MS)).toBe(DAY_MS);
    expect(endOf(DAY_MS, 10 * DAY_MS, DAY_MS)).toBe(10 * DAY_MS);
  });

  it("is put off by five minutes after a failure, by more after many, never by more than six hours", () => {
    expect([0, 1, 2].map(backOffMs)).toEqual([5 * MINUTE_MS, 10 * MINUTE_MS, 20 * MINUTE_MS]);
    fc.assert(
      fc.property(fc.nat(10_000), (attempts) => {
        expect(backOffMs(attempts + 1)).toBeGreaterThanOrEqual(backOffMs(attempts));
        expect(backOffMs(attempts)).toBeLessThanOrEqual(6 * HOUR_MS);
      }),
    );
  });
});

describe("renewal", () => {
  it("leaves a channel alone until it is due, then opens a new one before it stops the old", async () => {
    const bench = new BellBench();
    await bench.watched();
    const old = bench.bell.one;
    await bench.clock.advance(WEEK_MS - LEAD_MS - 1);
    expect(await bench.engine().webhooks.renewDue()).toEqual(NOTHING);
    await bench.clock.advance(1);
    const order: string[] = [];
    bench.bell.passing = (moment, what) => order.push(`${what} ${moment}`);
    expect(await bench.engine().webhooks.renewDue()).toEqual({ ...NOTHING, renewed: 1, stopped: 1 });
    expect(order).toEqual(["watch before", "watch after", "stop before", "stop after"]);
    const { channelId, token, containerId, address, expiresAtMs } = bench.bell.one;
    expect([channelId, token]).not.toEqual([old.channelId, old.token]);
    expect({ containerId, address }).toEqual({ containerId: old.containerId, address: old.address });
    expect(expiresAtMs).toBe(bench.clock.now() + WEEK_MS);
    expect(await bench.states()).toEqual(["open"]);
    expect(await bench.engine().webhooks.renewDue()).toEqual(NOTHING);
  });

  it("never lets a collection go unwatched for a year, if it is called once an hour", async () => {
    const bench = new BellBench();
    await bench.watched();
    const { webhooks } = bench.engine();
    for (let hour = 0; hour < 365 * 24; hour += 1) {
      await bench.clock.advance(HOUR_MS);
      await webhooks.renewDue();
      expect(bench.bell.live).toHaveLength(1);
    }
    expect(bench.bell.counted("watch")).toBe(1 + Math.floor((365 * DAY_MS) / (WEEK_MS - LEAD_MS + HOUR_MS)));
  }, 60_000);

  it("can be asked for what is due until a moment to come", async () => {
    const bench = new BellBench();
    await bench.watched();
    const { webhooks } = bench.engine();
    expect(await webhooks.renewDue(bench.clock.now() + DAY_MS)).toEqual(NOTHING);
    expect(await webhooks.renewDue(bench.clock.now() + 6 * DAY_MS)).toMatchObject({ renewed: 1, stopped: 1 });
    expect(await bench.states()).toEqual(["open"]);
  });

  it.each([-1, 0.5, Number.NaN, "now"])("refuses %s as a time, and what is no limit", async (now) => {
    const { webhooks } = new BellBench().engine();
    expect(await codeOf(webhooks.renewDue(now as number))).toBe("request.invalid");
    for (const limit of [0, -1, 1.5, 10_001]) {
      expect(await codeOf(webhooks.renewDue(0, { limit }))).toBe("request.invalid");
    }
  });

  it("makes the life of a channel longer where the service can", async () => {
    const bench = new BellBench();
    bench.bell.lengthens = true;
    await bench.watched();
    const { channelId } = bench.bell.one;
    await bench.clock.advance(6 * DAY_MS);
    expect(await bench.engine().webhooks.renewDue()).toEqual({ ...NOTHING, renewed: 1 });
    expect(bench.bell.one).toMatchObject({ channelId, expiresAtMs: bench.clock.now() + WEEK_MS });
    expect(bench.bell.calls).toEqual(["watch", "renew"]);
    expect(await bench.engine().webhooks.list(ANN)).toMatchObject([{ expiresAtMs: bench.clock.now() + WEEK_MS }]);
    expect(await bench.engine().webhooks.renewDue()).toEqual(NOTHING);
  });

  it("opens a new channel where the service knows nothing of the old one any more", async () => {
    const bench = new BellBench();
    bench.bell.lengthens = true;
    await bench.watched();
    const { channelId } = bench.bell.one;
    await bench.clock.advance(6 * DAY_MS);
    bench.bell.failing = (call) => (call === "watch" ? undefined : bench.bell.failure("not-found"));
    expect(await bench.engine().webhooks.renewDue()).toEqual({ ...NOTHING, renewed: 1, stopped: 1 });
    expect(await bench.states()).toEqual(["open"]);
    expect((await bench.rows())[0]?.id).not.toBe(channelId);
  });

  it("lets the old channel go on while the service fails, and tries again after a pause", async () => {
    const bench = new BellBench();
    await bench.watched();
    const old = bench.bell.one;
    await bench.clock.advance(6 * DAY_MS);
    bench.bell.failing = () => bench.bell.failure("rate-limited");
    const { webhooks } = bench.engine();
    const failed = { ...NOTHING, failed: { "service.rate-limited": 1 } };
    expect(await webhooks.renewDue()).toEqual(failed);
    expect(await webhooks.list(ANN)).toMatchObject([
      { id: old.channelId, state: "open", errorCode: "service.rate-limited" },
    ]);
    expect(await webhooks.renewDue()).toEqual(NOTHING);
    await bench.clock.advance(5 * MINUTE_MS);
    expect(await webhooks.renewDue()).toEqual(failed);
    await bench.clock.advance(5 * MINUTE_MS);
    expect(await webhooks.renewDue()).toEqual(NOTHING);
    expect(bench.bell.one).toEqual(old);
    expect((await webhooks.receive(bench.bell.ring(old))).accepted).toBe(true);
    bench.bell.failing = () => undefined;
    await bench.clock.advance(5 * MINUTE_MS);
    expect(await webhooks.renewDue()).toMatchObject({ renewed: 1 });
    expect(await webhooks.list(ANN)).toMatchObject([{ state: "open", expiresAtMs: bench.clock.now() + WEEK_MS }]);
    expect((await webhooks.list(ANN))[0]).not.toHaveProperty("errorCode");
    const failures = bench.logs.filter(({ event }) => event === "channel.failed");
    expect(failures).toMatchObject([1, 2].map(() => ({ service: "left", code: "service.rate-limited" })));
  });

  it("counts what is no error of a service as unexpected, and goes on with the others", async () => {
    const bench = new BellBench();
    await bench.watched();
    await bench.watched({ userId: "ben" });
    await bench.clock.advance(6 * DAY_MS);
    let first = true;
    bench.bell.failing = (call) => {
      if (call !== "watch" || !first) return undefined;
      first = false;
      return new TypeError("a bug");
    };
    const report = await bench.engine().webhooks.renewDue();
    expect(report).toEqual({ ...NOTHING, renewed: 1, stopped: 1, failed: { unexpected: 1 } });
    expect(bench.bell.live).toHaveLength(2);
  });

  it("fails for a user who has to sign in again, and works once they have", async () => {
    const bench = new BellBench();
    await bench.watched();
    await bench.clock.advance(6 * DAY_MS);
    const engine = bench.engine();
    const set = { state: "needs-reauthorization", state_reason: "refused" } as const;
    await bench.storage.write({ statements: [{ update: "user_services", set, where: {} }] });
    expect(await engine.webhooks.renewDue()).toMatchObject({ failed: { "auth.reauthorization-required": 1 } });
    const active = { state: "active", state_reason: null } as const;
    await bench.storage.write({ statements: [{ update: "user_services", set: active, where: {} }] });
    await bench.clock.advance(DAY_MS / 4);
    expect(await engine.webhooks.renewDue()).toMatchObject({ renewed: 1, stopped: 1 });
  });

  it.each([false, true])(
    "asks nothing for a connection that is off, and goes on once it is on (longer life: %s)",
    async (lengthens) => {
      const bench = new BellBench();
      bench.bell.lengthens = lengthens;
      await bench.watched();
      await bench.clock.advance(6 * DAY_MS);
      const { connections, webhooks } = bench.engine();
      const connection = { ...ANN, connectionId: await bench.connectionId() };
      await connections.setEnabled(connection, false);
      expect(await webhooks.renewDue()).toEqual({ ...NOTHING, failed: { "connection.off": 1 } });
      expect(bench.bell.calls).toEqual(["watch"]);
      expect(
        await codeOf(webhooks.open({ ...connection, type: "notes", container: idOfBook("home"), address: ADDRESS })),
      ).toBe("connection.off");
      await connections.setEnabled(connection, true);
      expect(await webhooks.renewDue()).toMatchObject({ renewed: 1, failed: {} });
      expect(bench.bell.one.expiresAtMs).toBe(bench.clock.now() + WEEK_MS);
    },
  );

  it("opens a channel anew that has ended meanwhile, however long nobody looked", async () => {
    const bench = new BellBench();
    await bench.watched();
    await bench.clock.advance(30 * DAY_MS);
    expect(await bench.engine().webhooks.renewDue()).toEqual({ ...NOTHING, renewed: 1, forgotten: 1 });
    expect(bench.bell.counted("stop")).toBe(0);
    expect(bench.bell.one.expiresAtMs).toBe(bench.clock.now() + WEEK_MS);
    expect(await bench.states()).toEqual(["open"]);
  });

  it("ends a channel that no pair rests on any more", async () => {
    const bench = new BellBench();
    const { id: pairId } = await bench.watched();
    const engine = bench.engine();
    await engine.pairs.pause({ ...ANN, pairId });
    await bench.clock.advance(6 * DAY_MS);
    expect(await engine.webhooks.renewDue()).toMatchObject({ renewed: 1 });
    await engine.pairs.forget({ ...ANN, pairId });
    await bench.clock.advance(6 * DAY_MS);
    expect(await engine.webhooks.renewDue()).toEqual({ ...NOTHING, stopped: 1 });
    expect([bench.bell.live, await bench.rows()]).toEqual([[], []]);
  });

  it("tries to stop the old channel until that succeeds or it ends", async () => {
    const bench = new BellBench();
    await bench.watched();
    await bench.clock.advance(6 * DAY_MS);
    bench.bell.failing = (call) => (call === "stop" ? new OutcomeUnknownError("left", "/stop") : undefined);
    const { webhooks } = bench.engine();
    const failed = { "service.outcome-unknown": 1 };
    expect(await webhooks.renewDue()).toEqual({ ...NOTHING, renewed: 1, failed });
    expect(bench.bell.live).toHaveLength(2);
    expect(await bench.states()).toEqual(["open", "stopping"]);
    for (let hour = 0; hour < 25; hour++) {
      await bench.clock.advance(HOUR_MS);
      await webhooks.renewDue();
    }
    expect(bench.bell.counted("stop")).toBeGreaterThan(4);
    expect(bench.bell.counted("stop")).toBeLessThan(12);
    await bench.clock.advance(DAY_MS / 4);
    expect(await webhooks.renewDue()).toEqual({ ...NOTHING, forgotten: 1 });
    expect(await bench.states()).toEqual(["open"]);
  });

  it("does no more than its limit, says that there is more, and gets to all in the end", async () => {
    const bench = new BellBench();
    for (const userId of ["a", "b", "c", "d", "e"]) await bench.watched({ userId });
    await bench.clock.advance(6 * DAY_MS);
    const { webhooks } = bench.engine();
    const counts: number[] = [];
    for (let report = await webhooks.renewDue(undefined, { limit: 2 }); ; ) {
      counts.push(report.renewed);
      if (!report.more) break;
      report = await webhooks.renewDue(undefined, { limit: 2 });
    }
    expect(counts).toEqual([2, 2, 1]);
    expect(await bench.states()).toEqual(["open", "open", "open", "open", "open"]);
  });

  it("does not let those that fail keep the others waiting", async () => {
    const bench = new BellBench();
    for (const userId of ["a", "b", "c"]) await bench.watched({ userId });
    const poor = new Set(bench.bell.live.slice(0, 2).map(({ token }) => token));
    await bench.clock.advance(6 * DAY_MS);
    let failures = 0;
    bench.bell.failing = (call) => (call === "watch" && failures++ < poor.size ? bench.bell.refusal() : undefined);
    const { webhooks } = bench.engine();
    expect(await webhooks.renewDue(undefined, { limit: 2 })).toMatchObject({ renewed: 0, more: true });
    expect(await webhooks.renewDue(undefined, { limit: 2 })).toMatchObject({ renewed: 1, more: false });
  });

  it("stops between two channels when it is told to", async () => {
    const bench = new BellBench();
    for (const userId of ["a", "b"]) await bench.watched({ userId });
    await bench.clock.advance(6 * DAY_MS);
    const controller = new AbortController();
    bench.bell.passing = (moment, what) => {
      if (moment === "after" && what === "stop") controller.abort();
    };
    const report = await bench.engine().webhooks.renewDue(undefined, { signal: controller.signal });
    expect(report).toMatchObject({ renewed: 1, stopped: 1 });
  });

  it("replaces each channel once, however many processes look", async () => {
    const bench = new BellBench();
    for (const userId of ["a", "b", "c"]) await bench.watched({ userId });
    await bench.clock.advance(6 * DAY_MS);
    const engines = [1, 2, 3, 4].map(() => bench.engine());
    const reports = await Promise.all(engines.map(({ webhooks }) => webhooks.renewDue()));
    expect(reports.reduce((sum, { renewed }) => sum + renewed, 0)).toBe(3);
    expect(bench.bell.counted("watch")).toBe(6);
    expect(await bench.states()).toEqual(["open", "open", "open"]);
  });

  it("stops each channel once, however many processes look", async () => {
    const bench = new BellBench();
    const { id: pairId } = await bench.watched();
    bench.bell.failing = () => bench.bell.failure("rate-limited");
    await bench.engine().webhooks.stop({ ...ANN, pairId });
    bench.bell.failing = () => undefined;
    await bench.clock.advance(HOUR_MS);
    const engines = [1, 2, 3, 4].map(() => bench.engine());
    const reports = await Promise.all(engines.map(({ webhooks }) => webhooks.renewDue()));
    expect(reports.reduce((sum, { stopped }) => sum + stopped, 0)).toBe(1);
    expect(bench.bell.counted("stop")).toBe(2);
  });

  it("is done by workers by themselves, beside their work", async () => {
    const bench = new BellBench();
    await bench.watched();
    await bench.clock.advance(6 * DAY_MS);
    const engine = bench.engine();
    await engine.start();
    await bench.clock.settle();
    expect(bench.bell.counted("watch")).toBe(2);
    for (let day = 0; day < 14; day++) await bench.clock.advance(DAY_MS);
    expect(bench.bell.live).toHaveLength(1);
    expect(bench.bell.counted("watch")).toBe(4);
    await engine.stop();
  });
});

describe("renewal by workers", () => {
  it("gets to all that is due, however much that is", async () => {
    const bench = new BellBench();
    for (let user = 0; user < 230; user++) await bench.watched({ userId: `user ${user}` });
    await bench.clock.advance(6 * DAY_MS);
    const engine = bench.engine();
    await engine.start();
    await bench.clock.settle();
    expect(bench.bell.counted("watch")).toBe(2 * 230);
    expect(bench.bell.live).toHaveLength(230);
    await engine.stop();
  }, 30_000);

  it("goes on with the others where what is stored of one does not open", async () => {
    const bench = new BellBench();
    await bench.watched({ userId: "a" });
    await bench.watched({ userId: "b" });
    await bench.watched({ userId: "c" });
    const [first, second] = await bench.rows();
    const spoil = (id = "", set: Partial<Row<"watch_channels">> = {}) =>
      bench.storage.write({ statements: [{ update: "watch_channels", set, where: { id } }] });
    await spoil(first?.id, { container_sealed: "v1.k1.AAAA" });
    await spoil(second?.id, { address_sealed: first?.address_sealed ?? "" });
    await bench.clock.advance(6 * DAY_MS);
    expect(await bench.engine().webhooks.renewDue()).toEqual({
      ...NOTHING,
      renewed: 1,
      stopped: 1,
      failed: { "crypto.ciphertext-malformed": 1, "crypto.tampered": 1 },
    });
  });
});
