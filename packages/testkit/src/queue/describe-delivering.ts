import type { WakeOptions } from "@syncer/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { behindGate, Deliveries, GATE } from "./deliveries.ts";
import type { QueueSuite } from "./queue-fixture.ts";

const DELAY_MS = 1_500;
/** What clocks of two machines may differ, and what a timer may come early. */
const CLOCKS_MS = 100;

export function describeDelivering({ traits, open }: QueueSuite): void {
  describe("delivering", () => {
    it("gives a message to a consumer as it was woken with", async () => {
      const { queue } = await open();
      const deliveries = new Deliveries();
      const consumer = await deliveries.from(queue);
      await queue.wake({ jobId: "job_1", format: 7 });
      await deliveries.reach(1);
      expect(deliveries.messages).toEqual([{ jobId: "job_1", format: 7 }]);
      await consumer.close();
    });

    it("delivers so many at a time, and no more", async () => {
      const { queue } = await open();
      const ids = ["a", "b", "c", "d", "e", "f", "g"];
      const deliveries = new Deliveries(() => true);
      const consumer = await deliveries.from(queue, 3);
      for (const jobId of ids) await queue.wake({ jobId, format: 1 });
      for (let ended = 0; ended < ids.length; ended++) {
        await deliveries.reach(Math.min(ended + 3, ids.length));
        deliveries.end(deliveries.ids[ended]!);
      }
      await consumer.close();
      expect(deliveries.busiest).toBe(3);
      expect([...deliveries.ids].sort()).toEqual(ids);
    });

    it("gives a place that is free again to the next one, however long the others take", async () => {
      const { queue } = await open();
      const deliveries = new Deliveries((id) => id === "long");
      const consumer = await deliveries.from(queue, 2);
      await queue.wake({ jobId: "long", format: 1 });
      const short = ["a", "b", "c", "d", "e"];
      for (const jobId of short) await queue.wake({ jobId, format: 1 });
      await deliveries.reach(6);
      expect([...deliveries.ids].sort()).toEqual([...short, "long"]);
      deliveries.end("long");
      await consumer.close();
    });

    it("delivers the urgent ones of those that wait first", async () => {
      const { queue } = await open();
      const { deliveries, consumer } = await behindGate(queue);
      const given = { none: undefined, low: -5, high: 10, middle: 5, highest: 1_000 } as const;
      for (const [jobId, priority] of Object.entries(given)) {
        await queue.wake({ jobId, format: 1 }, priority === undefined ? {} : { priority });
      }
      deliveries.end(GATE);
      await deliveries.reach(6);
      expect(deliveries.ids).toEqual([GATE, "highest", "high", "middle", "none", "low"]);
      await consumer.close();
    });

    it("delivers a message when its time has come, and not before", async () => {
      const { queue, pass } = await open();
      const deliveries = new Deliveries();
      const consumer = await deliveries.from(queue, 2);
      const wokenAt = performance.now();
      await queue.wake({ jobId: "later", format: 1 }, { delayMs: DELAY_MS, priority: 10 });
      await queue.wake({ jobId: "now", format: 1 });
      await deliveries.of("now");
      expect(deliveries.ids).toEqual(["now"]);
      if (pass) {
        await pass(DELAY_MS - 1);
        expect(deliveries.ids).toEqual(["now"]);
        await pass(1);
      }
      await deliveries.of("later");
      if (!pass) expect(performance.now() - wokenAt).toBeGreaterThan(DELAY_MS - CLOCKS_MS);
      await consumer.close();
    });

    it("drops a message while one with its key waits", async () => {
      const { queue } = await open();
      const { deliveries, consumer } = await behindGate(queue);
      await queue.wake({ jobId: "first", format: 1 }, { dedupeKey: "k" });
      await queue.wake({ jobId: "second", format: 1 }, { dedupeKey: "k" });
      await queue.wake({ jobId: "other", format: 1 }, { dedupeKey: "o" });
      await queue.wake({ jobId: "none", format: 1 });
      await queue.wake({ jobId: "none too", format: 1 });
      await queue.wake({ jobId: "last", format: 1 }, { priority: -1 });
      deliveries.end(GATE);
      await deliveries.of("last");
      expect(deliveries.ids).toEqual([GATE, "first", "other", "none", "none too", "last"]);
      await consumer.close();
    });

    it("takes a message again once the one with its key is being handled, and after that", async () => {
      const { queue } = await open();
      const deliveries = new Deliveries(() => true);
      const consumer = await deliveries.from(queue);
      for (let time = 1; time <= 2; time++) {
        await queue.wake({ jobId: "a", format: 1 }, { dedupeKey: "k" });
        await deliveries.of("a", time * 2 - 1);
        await queue.wake({ jobId: "a", format: 1 }, { dedupeKey: "k" });
        deliveries.end("a");
        await deliveries.of("a", time * 2);
        // What is woken next comes after the end of this one, whose place it needs.
        await queue.wake({ jobId: "b", format: 1 });
        deliveries.end("a");
        await deliveries.of("b", time);
        deliveries.end("b");
      }
      await consumer.close();
      expect(deliveries.ids).toEqual(["a", "a", "b", "a", "a", "b"]);
    });

    it("any list of messages: each once that no other stands for, by priority, and nothing else", async () => {
      const woken = fc.record({
        jobId: fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
        priority: fc.integer({ min: -100, max: 100 }),
        dedupeKey: fc.option(fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }), { nil: undefined }),
      });
      const { queue } = await open();
      let round = 0;
      const tried = fc.asyncProperty(fc.array(woken, { maxLength: 12 }), async (list) => {
        round++;
        const { deliveries, consumer } = await behindGate(queue);
        const expected = new Map<string, { readonly jobId: string; readonly priority: number }>();
        for (const [index, { jobId, priority, dedupeKey }] of list.entries()) {
          const options: WakeOptions = dedupeKey === undefined ? { priority } : { priority, dedupeKey };
          await queue.wake({ jobId: `${round} ${jobId}`, format: 1 }, options);
          const key = dedupeKey === undefined ? `index ${index}` : `key ${dedupeKey}`;
          if (!expected.has(key)) expected.set(key, { jobId: `${round} ${jobId}`, priority });
        }
        await queue.wake({ jobId: "end", format: 1 }, { priority: -1_000 });
        deliveries.end(GATE);
        await deliveries.of("end");
        await consumer.close();
        const inOrder = [...expected.values()].sort((a, b) => b.priority - a.priority);
        expect(deliveries.ids).toEqual([GATE, ...inOrder.map(({ jobId }) => jobId), "end"]);
      });
      await fc.assert(tried, { numRuns: traits.histories ?? 20 });
    });
  });
}
