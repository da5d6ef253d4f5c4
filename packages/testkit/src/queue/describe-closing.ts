import { describe, expect, it } from "vitest";
import { Deliveries } from "./deliveries.ts";
import { needed, type QueueSuite } from "./queue-fixture.ts";

export function describeClosing({ traits, open }: QueueSuite): void {
  describe("closing", () => {
    it("a consumer takes no more, and waits for the handlers that are under way", async () => {
      const { queue } = await open();
      const deliveries = new Deliveries(() => true);
      const consumer = await deliveries.from(queue, 2);
      await queue.wake({ jobId: "a", format: 1 });
      await queue.wake({ jobId: "b", format: 1 });
      await deliveries.reach(2);
      await queue.wake({ jobId: "c", format: 1 });
      let isClosed = false;
      const closing = consumer.close().then(() => {
        isClosed = true;
      });
      deliveries.end("a");
      await queue.wake({ jobId: "d", format: 1 });
      expect(isClosed).toBe(false);
      deliveries.end("b");
      await closing;
      expect([...deliveries.ids].sort()).toEqual(["a", "b"]);
      await consumer.close();
      if (!traits.keeps) return;
      const next = new Deliveries();
      const other = await next.from(queue);
      await next.reach(2);
      expect([...next.ids].sort()).toEqual(["c", "d"]);
      await other.close();
    });

    it("one consumer of several goes, and the others stay", async ({ skip }) => {
      if (!traits.keeps) return skip("this queue has one consumer at a time");
      const { queue } = await open();
      const [gone, stays] = [new Deliveries(), new Deliveries()];
      const consumer = await gone.from(queue);
      const other = await stays.from(queue);
      await consumer.close();
      await queue.wake({ jobId: "a", format: 1 });
      await stays.of("a");
      expect(gone.ids).toEqual([]);
      await other.close();
    });

    if (!traits.keeps) return;

    it("ends its consumers with itself, may be closed twice, and says so when it is used afterwards", async () => {
      const { queue } = await open();
      const close = needed(queue.close, "queue.close").bind(queue);
      const deliveries = new Deliveries(() => true);
      const consumer = await deliveries.from(queue);
      await queue.wake({ jobId: "a", format: 1 });
      await deliveries.reach(1);
      let isClosed = false;
      const closing = close().then(() => {
        isClosed = true;
      });
      await new Promise((resolve) => setImmediate(resolve));
      expect(isClosed, "it waits for what is under way").toBe(false);
      deliveries.end("a");
      await closing;
      await close();
      await consumer.close();
      await expect(queue.wake({ jobId: "b", format: 1 })).rejects.toMatchObject({ code: "queue.closed" });
      await expect(queue.process(async () => {}, { concurrency: 1 })).rejects.toMatchObject({ code: "queue.closed" });
      if (traits.ticks) {
        await expect(queue.tick?.(async () => {}, { everyMs: 1_000 })).rejects.toMatchObject({ code: "queue.closed" });
      }
    });

    it("may be closed before it was used", async () => {
      const { queue } = await open();
      await queue.close?.();
      await expect(queue.wake({ jobId: "a", format: 1 })).rejects.toMatchObject({ code: "queue.closed" });
    });
  });
}
