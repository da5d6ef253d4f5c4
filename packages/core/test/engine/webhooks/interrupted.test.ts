import { describe, expect, it } from "vitest";
import { Interruption, revive } from "../support/interruption.ts";
import { Bell, DAY_MS, WEEK_MS } from "./bell.ts";
import { ADDRESS, ANN, BellBench } from "./bell-bench.ts";

const MINUTE_MS = 60_000;

describe("a process that ends while a channel is replaced", () => {
  /** One process ends at its n-th step; others look once an hour from then on. */
  async function interruptedAt(step: number, firstCalls: boolean) {
    const bench = new BellBench();
    await bench.watched();
    await bench.clock.advance(6 * DAY_MS);
    const { webhooks } = bench.engine();
    if (firstCalls) bench.bell.first = (delivery) => webhooks.receive(delivery);
    const interruption = new Interruption(step);
    const services = { left: bench.bell, right: new Bell("right", bench.clock) };
    const storage = interruption.around({ storage: bench.storage, ...services });
    await bench
      .engine({ storage })
      .webhooks.renewDue()
      .catch(() => {});
    revive(services);
    return { bench, webhooks, struck: interruption.struck };
  }

  it.each([true, false])(
    "leaves nothing that another one does not clear up, wherever it ends, with a first call: %s",
    async (firstCalls) => {
      for (let step = 1; ; step++) {
        const { bench, webhooks, struck } = await interruptedAt(step, firstCalls);
        expect(bench.bell.live.length, `step ${step}`).toBeGreaterThanOrEqual(1);
        // What it has taken is nobody else's for ten minutes.
        await bench.clock.advance(10 * MINUTE_MS);
        await webhooks.renewDue();
        await webhooks.renewDue();
        const open = (await bench.rows()).filter(({ status }) => status === "open");
        expect(open, `step ${step}`).toHaveLength(1);
        expect(open[0]?.expires_at, `step ${step}`).toBeGreaterThan(bench.clock.now() + 6 * DAY_MS);
        // The service calls once about what was opened and answered to nobody: now it can be stopped.
        if (firstCalls) expect(bench.bell.live, `step ${step}`).toHaveLength(1);
        await bench.clock.advance(WEEK_MS);
        await webhooks.renewDue();
        expect(bench.bell.live, `step ${step}`).toHaveLength(1);
        expect(await bench.states(), `step ${step}`).toEqual(["open"]);
        if (!struck) {
          expect(step).toBeGreaterThan(20);
          return;
        }
      }
    },
    60_000,
  );

  it("leaves the row of what it asked for, so that the channel's first call is believed", async () => {
    const bench = await new BellBench().connect();
    const { id: pairId } = await bench.pair();
    const interruption = new Interruption(Number.POSITIVE_INFINITY);
    const storage = interruption.around({ storage: bench.storage, left: bench.bell, right: bench.bell });
    bench.bell.passing = (moment, what) => {
      if (moment === "after" && what === "watch") throw new Error("killed");
    };
    const engine = bench.engine({ storage: { ...storage, write: failAfter(storage.write, 1) } });
    await expect(engine.webhooks.open({ ...ANN, pairId, address: ADDRESS })).rejects.toThrow();
    expect(await bench.states()).toEqual(["opening"]);
    bench.bell.passing = () => {};
    const { webhooks } = bench.engine();
    const [waiting] = await webhooks.open({ ...ANN, pairId, address: ADDRESS });
    expect(waiting?.state).toBe("opening");
    expect(await webhooks.receive(bench.bell.ring(bench.bell.one))).toMatchObject({ accepted: true });
    await bench.clock.advance(10 * MINUTE_MS);
    await webhooks.open({ ...ANN, pairId, address: ADDRESS });
    expect(await webhooks.renewDue()).toMatchObject({ renewed: 0, stopped: 1, forgotten: 0 });
    expect(bench.bell.live).toHaveLength(1);
    expect(await bench.states()).toEqual(["open"]);
  });
});

/** A storage that takes so many batches, and fails then. */
function failAfter<T extends (...given: never[]) => Promise<unknown>>(write: T, batches: number): T {
  let taken = 0;
  return (async (...given: Parameters<T>) => {
    if (taken++ >= batches) throw new Error("killed");
    return await write(...given);
  }) as T;
}
