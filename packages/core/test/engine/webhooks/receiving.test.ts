import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sidesThatWake } from "../../../src/engine/webhooks/watched-collections.ts";
import type { ReceiveRequest, WebhookReceipt } from "../../../src/index.ts";
import { Bell, DAY_MS, type Watched } from "./bell.ts";
import { ADDRESS, ANN, BellBench, codeOf } from "./bell-bench.ts";

const SECOND_MS = 1_000;
const BEN = { userId: "ben" } as const;

const refused = (reason: string) => ({ accepted: false, reason });

async function watchedBench(): Promise<BellBench & { readonly pairId: string }> {
  const bench = new BellBench();
  const { id: pairId } = await bench.watched();
  return Object.assign(bench, { pairId });
}

function receive(bench: BellBench, delivery: ReceiveRequest): Promise<WebhookReceipt> {
  return bench.engine().webhooks.receive(delivery);
}

describe("a delivery", () => {
  it("wakes the pair of its collection, once the debounce is over, and the run reads for itself", async () => {
    const bench = await watchedBench();
    const engine = bench.engine();
    bench.left.books.work.put({ title: "report" });
    expect(await engine.webhooks.receive(bench.bell.ring(bench.bell.one))).toEqual({
      accepted: true,
      pairIds: [bench.pairId],
    });
    expect(await bench.jobs()).toMatchObject([
      { status: "queued", lane: "automatic", trigger: "webhook", dueAtMs: bench.clock.now() + 10 * SECOND_MS },
    ]);
    await engine.start();
    await bench.clock.advance(9 * SECOND_MS);
    expect(bench.right.books.home.notes().size).toBe(0);
    await bench.clock.advance(SECOND_MS);
    expect([...bench.right.books.home.notes().values()]).toMatchObject([{ title: "report" }]);
    expect(await bench.jobs()).toMatchObject([{ status: "succeeded", trigger: "webhook" }]);
    await engine.stop();
  });

  it("is one run with all that come until it begins, and one more with those that come while it runs", async () => {
    const bench = await watchedBench();
    const engine = bench.engine();
    await engine.start();
    const delivery = bench.bell.ring(bench.bell.one);
    for (let count = 0; count < 1_000; count++) expect((await engine.webhooks.receive(delivery)).accepted).toBe(true);
    await bench.clock.advance(10 * SECOND_MS);
    for (let count = 0; count < 100; count++) await receive(bench, delivery);
    await bench.clock.advance(60 * SECOND_MS);
    expect((await bench.jobs()).map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
    await engine.stop();
  });

  it("does nothing when it is the service's first call", async () => {
    const bench = await watchedBench();
    const receipt = await receive(bench, bench.bell.ring(bench.bell.one, { state: "opened" }));
    expect(receipt).toEqual({ accepted: true, pairIds: [] });
    expect(await bench.jobs()).toEqual([]);
  });

  it("is refused with another token, and wakes nobody", async () => {
    const bench = await watchedBench();
    const { one } = bench.bell;
    const last = one.token.at(-1) === "A" ? "B" : "A";
    for (const token of ["x", one.token.slice(1), `${one.token}x`, one.token.slice(0, -1) + last, one.channelId]) {
      expect(await receive(bench, bench.bell.ring(one, { token }))).toEqual(refused("not-verified"));
    }
    expect(await bench.jobs()).toEqual([]);
    expect(bench.logs.filter(({ event }) => event === "webhook.refused")).toHaveLength(5);
  });

  it("is refused whatever else is tried", async () => {
    const bench = await watchedBench();
    const { one } = bench.bell;
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (channelId, token) => {
        const forged = [
          { ...one, channelId, state: "changed" },
          { ...one, token, state: "gone" },
        ];
        for (const notice of forged) {
          expect((await receive(bench, bench.bell.ringAll([notice]))).accepted).toBe(false);
        }
      }),
      { numRuns: 50 },
    );
    expect(await bench.jobs()).toEqual([]);
    expect(await bench.rows()).toMatchObject([{ due_at: expect.any(Number), status: "open" }]);
  });

  it("is refused for a channel that nobody opened here, or that has been ended", async () => {
    const bench = await watchedBench();
    const { one } = bench.bell;
    const unknown = bench.bell.ring(one, { channelId: "chan_unknown" });
    expect(await receive(bench, unknown)).toEqual(refused("not-verified"));
    await bench.engine().webhooks.stop({ ...ANN, pairId: bench.pairId });
    expect(await receive(bench, bench.bell.ring(one))).toEqual(refused("not-verified"));
  });

  it("is refused when it comes in for another service than the channel's", async () => {
    const bench = await watchedBench();
    bench.otherBell = new Bell("right", bench.clock);
    const delivery = bench.bell.ring(bench.bell.one, { service: "right" });
    expect(await receive(bench, delivery)).toEqual(refused("not-verified"));
    expect(await bench.jobs()).toEqual([]);
  });

  it("is not understood when it has no form, or the service cannot call", async () => {
    const bench = await watchedBench();
    const bytes = (text: string) => ({ service: "left", headers: {}, body: new TextEncoder().encode(text) });
    const { one } = bench.bell;
    const malformed: ReceiveRequest[] = [
      { service: "left", headers: {} },
      { service: "right", headers: {} },
      bytes("{"),
      bytes("null"),
      bytes("[]"),
      bytes('["changed"]'),
      bench.bell.ring(one, { state: "exploded" as never }),
      bench.bell.ringAll([{ ...one, state: "changed" }, { channelId: 5 }]),
      bench.bell.ringAll([{ ...one, state: "changed", token: "x".repeat(501) }]),
      bench.bell.ringAll(Array.from({ length: 1_001 }, () => ({ ...one, state: "changed" }))),
    ];
    for (const delivery of malformed) expect(await receive(bench, delivery)).toEqual(refused("not-understood"));
    expect(await bench.jobs()).toEqual([]);
  });

  it.each([
    [{ service: "nobody", headers: {} }, "service.unknown"],
    [{ service: 5, headers: {} }, "request.invalid"],
    [{ service: "left", headers: { "bad name": "x" } }, "request.invalid"],
    [{ service: "left", headers: {}, body: "text" }, "request.invalid"],
    [undefined, "request.invalid"],
  ])("is an error of the host's when it is handed on as %o", async (request, code) => {
    expect(await codeOf(receive(new BellBench(), request as ReceiveRequest))).toBe(code);
  });

  it("may be about many channels, of which only those count that it proves", async () => {
    const bench = new BellBench();
    await bench.watched();
    await bench.watched(BEN);
    await bench.watched({ userId: "eve" });
    const [ann, ben, eve] = bench.bell.live as [Watched, Watched, Watched];
    const told = (channel: Watched, token = channel.token) => ({
      channelId: channel.channelId,
      token,
      state: "changed",
    });
    const receipt = await receive(bench, bench.bell.ringAll([told(ann), told(ben, ann.token), told(eve), told(ann)]));
    expect(receipt.accepted && receipt.pairIds).toHaveLength(2);
    expect(await Promise.all([ANN, BEN, { userId: "eve" }].map(async (who) => (await bench.jobs(who)).length))).toEqual(
      [1, 0, 1],
    );
    expect(await receive(bench, bench.bell.ringAll([told(ben, ann.token)]))).toEqual(refused("not-verified"));
  });

  it("wakes nobody in another tenant, though user, account and container are called the same", async () => {
    const bench = await watchedBench();
    const other = { ...ANN, tenantId: "other" };
    await bench.watched(other);
    const [one] = bench.bell.live;
    if (!one) throw new Error("nothing is watched");
    expect(await receive(bench, bench.bell.ring(one))).toEqual({ accepted: true, pairIds: [bench.pairId] });
    expect([await bench.jobs(), await bench.jobs(other)]).toMatchObject([[{ pairId: bench.pairId }], []]);
  });

  it("wakes every pair of the collection, and none of another one", async () => {
    const bench = await watchedBench();
    const second = await bench.pair(ANN, { from: "work", to: "work" });
    await bench.pair(ANN, { from: "home", to: "home" });
    const receipt = await receive(bench, bench.bell.ring(bench.bell.one));
    expect(receipt.accepted && [...receipt.pairIds].sort()).toEqual([bench.pairId, second.id].sort());
  });

  it("wakes no pair that is paused, or that does not look there", async () => {
    const bench = await watchedBench();
    await bench.pair(ANN, { from: "work", to: "work", mode: "sync-to" });
    const engine = bench.engine();
    await engine.pairs.pause({ ...ANN, pairId: bench.pairId });
    const delivery = bench.bell.ring(bench.bell.one);
    expect(await receive(bench, delivery)).toEqual({ accepted: true, pairIds: [] });
    await engine.pairs.resume({ ...ANN, pairId: bench.pairId });
    expect(await receive(bench, delivery)).toEqual({ accepted: true, pairIds: [bench.pairId] });
  });

  it("wakes no pair that only writes there, when another one has it watched", async () => {
    const bench = await new BellBench().connect();
    bench.otherBell = new Bell("right", bench.clock);
    const copying = await bench.pair(ANN, { from: "home", to: "home", mode: "sync-from" });
    const both = await bench.pair(ANN, { from: "work", to: "home" });
    await bench.engine().webhooks.open({ ...ANN, pairId: both.id, address: ADDRESS });
    const receipt = await receive(bench, bench.otherBell.ring(bench.otherBell.one));
    expect(receipt).toEqual({ accepted: true, pairIds: [both.id] });
    expect((await bench.jobs()).map(({ pairId }) => pairId)).not.toContain(copying.id);
  });

  it("wakes a pair no sooner than a service's quiet ends, and leaves a job that waits where it is", async () => {
    const bench = await watchedBench();
    const { clock, storage } = bench;
    const not_before = clock.now() + 3_600 * SECOND_MS;
    await storage.write({ statements: [{ update: "sync_pairs", set: { not_before }, where: { id: bench.pairId } }] });
    const delivery = bench.bell.ring(bench.bell.one);
    await receive(bench, delivery);
    expect(await bench.jobs()).toMatchObject([{ dueAtMs: not_before }]);
    await clock.advance(60 * SECOND_MS);
    await receive(bench, delivery);
    expect(await bench.jobs()).toMatchObject([{ dueAtMs: not_before }]);
  });

  it("is given back to the service while the queue is full", async () => {
    const bench = new BellBench();
    await bench.watched();
    await bench.watched(BEN);
    const [ann, ben] = bench.bell.live as [Watched, Watched];
    const engine = bench.engine({ jobs: { capacity: { automatic: 1 } } });
    expect((await engine.webhooks.receive(bench.bell.ring(ann))).accepted).toBe(true);
    expect(await codeOf(engine.webhooks.receive(bench.bell.ring(ben)))).toBe("queue.full");
    expect((await engine.webhooks.receive(bench.bell.ring(ann))).accepted).toBe(true);
  });

  it("that says what was watched is gone wakes the pair, and has the channel replaced", async () => {
    const bench = await watchedBench();
    const { one } = bench.bell;
    const { webhooks } = bench.engine();
    const gone = bench.bell.ring(one, { state: "gone" });
    expect(await webhooks.receive(gone)).toEqual({ accepted: true, pairIds: [bench.pairId] });
    bench.bell.failing = (call) => (call === "watch" ? bench.bell.failure("not-found") : undefined);
    expect(await webhooks.renewDue()).toMatchObject({ failed: { "service.not-found": 1 } });
    // Said again, it does not make us ask the service again and again.
    await webhooks.receive(gone);
    expect(await webhooks.renewDue()).toEqual({ renewed: 0, stopped: 0, forgotten: 0, failed: {}, more: false });
    bench.bell.failing = () => undefined;
    await bench.clock.advance(DAY_MS);
    expect(await webhooks.renewDue()).toMatchObject({ renewed: 1, stopped: 1 });
    expect(await bench.states()).toEqual(["open"]);
  });

  it("still counts when it comes late by the channel that was replaced", async () => {
    const bench = await watchedBench();
    const { one: old } = bench.bell;
    await bench.clock.advance(6 * DAY_MS);
    bench.bell.failing = (call) => (call === "stop" ? bench.bell.failure("unavailable") : undefined);
    const { webhooks } = bench.engine();
    await webhooks.renewDue();
    expect(await webhooks.receive(bench.bell.ring(old))).toEqual({ accepted: true, pairIds: [bench.pairId] });
    expect(await bench.jobs()).toHaveLength(1);
  });

  it("is not taken in by an engine that has been stopped", async () => {
    const bench = await watchedBench();
    const engine = bench.engine();
    await engine.stop();
    expect(await codeOf(engine.webhooks.receive(bench.bell.ring(bench.bell.one)))).toBe("engine.stopped");
    expect(await codeOf(engine.webhooks.renewDue())).toBe("engine.stopped");
  });
});

describe("the sides that wake a pair", () => {
  it("are those whose changes its runs carry over", () => {
    const both = ["source", "target"];
    expect(sidesThatWake({ mode: "sync-from", propagation: "additive" })).toEqual(["source"]);
    expect(sidesThatWake({ mode: "sync-to", propagation: "additive" })).toEqual(["target"]);
    expect(sidesThatWake({ mode: "bidirectional", propagation: "additive" })).toEqual(both);
    for (const mode of ["sync-from", "sync-to", "bidirectional"] as const) {
      expect(sidesThatWake({ mode, propagation: "mirror" })).toEqual(both);
    }
  });
});
