import { describe, expect, it } from "vitest";
import { inProcessQueue } from "../../src/index.ts";
import { virtualClock } from "../support/virtual-clock.ts";

/** A queue whose deliveries are written down, and end when the test says so. */
async function watched(concurrency = 1) {
  const clock = virtualClock();
  const queue = inProcessQueue({ clock });
  const delivered: string[] = [];
  const open = new Map<string, PromiseWithResolvers<void>>();
  const consumer = await queue.process(
    async ({ jobId }) => {
      delivered.push(jobId);
      const done = Promise.withResolvers<void>();
      open.set(jobId, done);
      await done.promise;
    },
    { concurrency },
  );
  return {
    clock,
    queue,
    consumer,
    delivered,
    end: async (jobId: string) => {
      open.get(jobId)?.resolve();
      await clock.settle();
    },
    fail: async (jobId: string) => {
      open.get(jobId)?.reject(new Error("a handler's own affair"));
      await clock.settle();
    },
    wake: async (jobId: string, options?: Parameters<typeof queue.wake>[1]) => {
      await queue.wake({ jobId, format: 1 }, options);
      await clock.settle();
    },
  };
}

describe("the queue of one process", () => {
  it("delivers so many at a time, the urgent ones first", async () => {
    const q = await watched(2);
    for (const [id, priority] of [
      ["a", 0],
      ["b", 0],
      ["c", 1],
      ["d", 10],
    ] as const) {
      await q.wake(id, { priority });
    }
    expect(q.delivered).toEqual(["a", "b"]);
    await q.end("a");
    await q.end("b");
    expect(q.delivered).toEqual(["a", "b", "d", "c"]);
    await q.end("d");
    await q.end("c");
    await q.consumer.close();
  });

  it("delivers a message when its time has come", async () => {
    const q = await watched(3);
    await q.wake("later", { delayMs: 5_000 });
    await q.wake("now");
    expect(q.delivered).toEqual(["now"]);
    await q.clock.advance(4_999);
    expect(q.delivered).toEqual(["now"]);
    await q.clock.advance(1);
    expect(q.delivered).toEqual(["now", "later"]);
    await q.end("now");
    await q.end("later");
    await q.consumer.close();
  });

  it("drops a message while one with its key waits, and not afterwards", async () => {
    const q = await watched(1);
    await q.wake("first", { dedupeKey: "k" });
    await q.wake("second", { dedupeKey: "k" });
    await q.wake("third", { dedupeKey: "k" });
    await q.wake("other", { dedupeKey: "o", delayMs: 10 });
    await q.wake("same other", { dedupeKey: "o" });
    await q.wake("no key");
    await q.clock.advance(10);
    for (const id of ["first", "second", "no key", "other"]) await q.end(id);
    expect(q.delivered).toEqual(["first", "second", "no key", "other"]);
    await q.consumer.close();
  });

  it("goes on after a handler that fails", async () => {
    const q = await watched(1);
    await q.wake("a");
    await q.wake("b");
    await q.fail("a");
    expect(q.delivered).toEqual(["a", "b"]);
    await q.end("b");
    await q.consumer.close();
  });

  it("closed, it waits for what is being delivered, delivers nothing more, and leaves no timer", async () => {
    const q = await watched(1);
    await q.wake("a");
    await q.wake("waits");
    await q.wake("sleeps", { delayMs: 1_000 });
    let closed = false;
    const closing = q.consumer.close().then(() => {
      closed = true;
    });
    await q.clock.settle();
    expect(closed).toBe(false);
    expect(q.clock.sleepers).toEqual([]);
    await q.wake("too late");
    await q.end("a");
    await closing;
    await q.clock.advance(2_000);
    expect(q.delivered).toEqual(["a"]);
  });

  it("without anybody who processes it keeps nothing, because the rows are the queue", async () => {
    const clock = virtualClock();
    const queue = inProcessQueue({ clock });
    await queue.wake({ jobId: "a", format: 1 }, { delayMs: 1_000 });
    expect(clock.sleepers).toEqual([]);
    const delivered: string[] = [];
    const consumer = await queue.process(async ({ jobId }) => void delivered.push(jobId), { concurrency: 1 });
    await clock.advance(2_000);
    expect(delivered).toEqual([]);
    await consumer.close();
  });
});
