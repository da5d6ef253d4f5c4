import { describe, expect, it, onTestFinished } from "vitest";
import { consumingProcess } from "./consuming-process.ts";
import { Deliveries } from "./deliveries.ts";
import { needed, type QueueSuite } from "./queue-fixture.ts";

export function describeSharing({ traits, open }: QueueSuite): void {
  describe("sharing", () => {
    it("keeps what is woken before anybody consumes, and delivers it to who comes", async () => {
      const fixture = await open();
      await fixture.queue.wake({ jobId: "a", format: 1 });
      await fixture.queue.wake({ jobId: "b", format: 1 });
      const other = needed(fixture.another, "another")();
      const deliveries = new Deliveries();
      const consumer = await deliveries.from(other);
      await deliveries.reach(2);
      expect([...deliveries.ids].sort()).toEqual(["a", "b"]);
      await consumer.close();
      await other.close?.();
    });

    it("gives each message to one of several", async () => {
      const fixture = await open();
      const other = needed(fixture.another, "another")();
      const both = [new Deliveries(() => true), new Deliveries(() => true)] as const;
      await both[0].from(fixture.queue);
      await both[1].from(other);
      await fixture.queue.wake({ jobId: "a", format: 1 });
      await other.wake({ jobId: "b", format: 1 });
      // Each has one place, so each has one of them.
      await Promise.all(both.map((each) => each.reach(1)));
      expect(both.flatMap(({ ids }) => ids).sort()).toEqual(["a", "b"]);
      for (const each of both) each.end(each.ids[0]!);
      const rest = Array.from({ length: 20 }, (_, index) => `rest ${index}`);
      for (const jobId of rest) await fixture.queue.wake({ jobId, format: 1 });
      for (let ended = 0; ended < rest.length; ) {
        const running = both.flatMap((each) => each.ids.slice(1).map((id) => ({ each, id })));
        for (const { each, id } of running.slice(0)) each.end(id);
        ended = running.length;
        if (ended < rest.length) await Promise.race(both.map((each) => each.reach(each.ids.length + 1)));
      }
      expect(both.flatMap(({ ids }) => ids).sort()).toEqual(["a", "b", ...rest].sort());
      for (const each of both) for (const id of each.ids) each.end(id);
      await other.close?.();
    });

    it("drops a message whose key another process has used for one that waits", async () => {
      const fixture = await open();
      const other = needed(fixture.another, "another")();
      await fixture.queue.wake({ jobId: "first", format: 1 }, { dedupeKey: "k" });
      await other.wake({ jobId: "second", format: 1 }, { dedupeKey: "k" });
      await other.wake({ jobId: "last", format: 1 }, { priority: -1 });
      const deliveries = new Deliveries();
      await deliveries.from(fixture.queue);
      await deliveries.of("last");
      expect(deliveries.ids).toEqual(["first", "last"]);
      await other.close?.();
    });

    it("sees nothing of another place on the same server", async () => {
      const fixture = await open();
      const elsewhere = needed(fixture.elsewhere, "elsewhere")();
      const [here, there] = [new Deliveries(), new Deliveries()];
      await fixture.queue.wake({ jobId: "here", format: 1 }, { dedupeKey: "k" });
      await elsewhere.wake({ jobId: "there", format: 1 }, { dedupeKey: "k" });
      await here.from(fixture.queue);
      await there.from(elsewhere);
      for (const [queue, deliveries] of [
        [fixture.queue, here],
        [elsewhere, there],
      ] as const) {
        await queue.wake({ jobId: "end", format: 1 }, { priority: -1 });
        await deliveries.of("end");
      }
      expect([here.ids, there.ids]).toEqual([
        ["here", "end"],
        ["there", "end"],
      ]);
      await elsewhere.close?.();
    });

    const { deathMs } = traits;
    if (deathMs === undefined) return;

    it(`brings a message of a process that was killed to another, within ${deathMs / 1_000} s`, async () => {
      const fixture = await open();
      const child = consumingProcess(needed(fixture.otherProcess, "otherProcess"));
      onTestFinished(() => child.kill());
      await child.says("ready");
      await fixture.queue.wake({ jobId: "orphan", format: 1 });
      expect(await child.says("orphan")).toBe("orphan");
      const deliveries = new Deliveries();
      const consumer = await deliveries.from(fixture.queue);
      const diedAt = performance.now();
      await child.kill();
      await deliveries.of("orphan");
      const tookMs = performance.now() - diedAt;
      await consumer.close();
      expect(deliveries.messages).toEqual([{ jobId: "orphan", format: 1 }]);
      expect(tookMs).toBeLessThan(deathMs);
    });
  });
}
