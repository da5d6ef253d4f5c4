import type { Queue } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { needed, type QueueSuite } from "./queue-fixture.ts";

const EVERY_MS = 400;

export function describeTicking({ open }: QueueSuite): void {
  describe("ticking", () => {
    it("beats about once a period for all together, and goes on for those that stay", async () => {
      const fixture = await open();
      const other = needed(fixture.another, "another")();
      const ticks = new Ticks();
      const first = await ticks.of(fixture.queue);
      await ticks.of(other);
      const startedAt = performance.now();
      await ticks.reach(5);
      // Each by itself would have made it in half the time.
      expect(performance.now() - startedAt).toBeGreaterThan(4 * EVERY_MS);
      await first.close();
      await ticks.reach(ticks.count + 2);
      await other.close?.();
    });

    it("beats on after a handler that rejects, and never twice at a time", async () => {
      const { queue } = await open();
      const ticks = new Ticks(async () => {
        throw new Error("a handler's own affair");
      });
      const consumer = await ticks.of(queue);
      await ticks.reach(3);
      await consumer.close();
      expect(ticks.busiest).toBe(1);
    });

    it("closed, it waits for the handler that is under way, and beats no more", async () => {
      const { queue } = await open();
      const done = Promise.withResolvers<void>();
      const ticks = new Ticks(() => done.promise);
      const consumer = await ticks.of(queue);
      await ticks.reach(1);
      let isClosed = false;
      const closing = consumer.close().then(() => {
        isClosed = true;
      });
      await new Promise((resolve) => setImmediate(resolve));
      expect(isClosed).toBe(false);
      done.resolve();
      await closing;
      const next = new Ticks();
      const another = await next.of(queue);
      await next.reach(2);
      expect(ticks.count).toBe(1);
      await another.close();
    });
  });
}

class Ticks {
  count = 0;
  busiest = 0;
  readonly #handler: () => Promise<void>;
  #running = 0;
  #heard = Promise.withResolvers<void>();

  constructor(handler: () => Promise<void> = async () => {}) {
    this.#handler = handler;
  }

  async of(queue: Queue) {
    const tick = needed(queue.tick, "queue.tick").bind(queue);
    return await tick(
      async () => {
        this.count++;
        this.busiest = Math.max(this.busiest, ++this.#running);
        this.#heard.resolve();
        this.#heard = Promise.withResolvers();
        await this.#handler().finally(() => this.#running--);
      },
      { everyMs: EVERY_MS },
    );
  }

  async reach(amount: number): Promise<void> {
    while (this.count < amount) await this.#heard.promise;
  }
}
