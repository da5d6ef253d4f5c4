import { describe, expect, it } from "vitest";
import { Deliveries } from "./deliveries.ts";
import { needed, type QueueSuite } from "./queue-fixture.ts";

/** What a program of another kind, a hand or a fault may have left there. */
const NONE_OF_OURS: readonly unknown[] = [
  {},
  [],
  { jobId: "no format" },
  { format: 1 },
  { jobId: 7, format: 1 },
  { jobId: "", format: 1 },
  { jobId: "x".repeat(300), format: 1 },
  { jobId: "half", format: 1.5 },
  { jobId: "text", format: "1" },
  { jobId: { toString: "x" }, format: 1 },
];
/** How often it is looked whether something was set aside. */
const LOOK_MS = 50;

export function describeFailing({ traits, open }: QueueSuite): void {
  const often = traits.attempts === 1 ? "once" : `${traits.attempts} times`;

  describe("failing", () => {
    it(`delivers a message whose handler always rejects ${often}, and the others meanwhile`, async () => {
      const fixture = await open();
      const { queue } = fixture;
      const deliveries = new Deliveries((id) => id === "poison");
      const consumer = await deliveries.from(queue, 2);
      await queue.wake({ jobId: "poison", format: 1 });
      for (let attempt = 1; attempt <= traits.attempts; attempt++) {
        await deliveries.of("poison", attempt);
        await queue.wake({ jobId: "other", format: 1 });
        await deliveries.of("other", attempt);
        deliveries.fail("poison");
      }
      if (traits.keeps) {
        expect(await setAside(fixture.deadLetters, 1)).toEqual([{ jobId: "poison", format: 1 }]);
      }
      await consumer.close();
      expect(deliveries.ids.filter((id) => id === "poison")).toHaveLength(traits.attempts);
    });

    if (!traits.keeps) return;

    it("sets a message aside that is none of ours, without delivering it or stumbling over it", async () => {
      const fixture = await open();
      const put = needed(fixture.put, "put");
      const deliveries = new Deliveries();
      for (const data of NONE_OF_OURS) await put(data);
      const consumer = await deliveries.from(fixture.queue, 3);
      await fixture.queue.wake({ jobId: "ours", format: 1 }, { priority: -1 });
      await deliveries.of("ours");
      const dead = await setAside(fixture.deadLetters, NONE_OF_OURS.length);
      expect(sorted(dead)).toEqual(sorted(NONE_OF_OURS));
      await consumer.close();
      expect(deliveries.ids).toEqual(["ours"]);
    });

    it("leaves it to the job's row what format a reader has to understand", async () => {
      const { queue } = await open();
      const deliveries = new Deliveries();
      const consumer = await deliveries.from(queue);
      await queue.wake({ jobId: "of a later release", format: 4_711 });
      await deliveries.reach(1);
      expect(deliveries.messages).toEqual([{ jobId: "of a later release", format: 4_711 }]);
      await consumer.close();
    });

    it("rejects a call while the server is away, and goes on by itself when it is back", async ({ skip }) => {
      const { queue, server } = await open();
      if (!server) return skip("this fixture cannot take its server away");
      const deliveries = new Deliveries();
      const consumer = await deliveries.from(queue);
      await queue.wake({ jobId: "before", format: 1 });
      await deliveries.of("before");
      await server.leave();
      await expect(queue.wake({ jobId: "lost", format: 1 })).rejects.toThrow();
      await server.comeBack();
      // Its connections come back in their own time.
      for (let woken = false; !woken; ) {
        woken = await queue.wake({ jobId: "after", format: 1 }, { dedupeKey: "after" }).then(
          () => true,
          () => false,
        );
        if (!woken) await moment();
      }
      await deliveries.of("after");
      await consumer.close();
      expect(deliveries.ids.filter((id) => id !== "lost")).toEqual(["before", "after"]);
    });
  });
}

async function setAside(
  deadLetters: (() => Promise<readonly unknown[]>) | undefined,
  amount: number,
): Promise<readonly unknown[]> {
  const read = needed(deadLetters, "deadLetters");
  for (;;) {
    const dead = await read();
    if (dead.length >= amount) return dead;
    await moment();
  }
}

/** Servers tell nobody of what was set aside, so it is asked for. */
function moment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}

function sorted(list: readonly unknown[]): string[] {
  return list.map((each) => JSON.stringify(each)).sort();
}
