import { describe, expect, it } from "vitest";
import { inProcessQueue, type Queue } from "../../src/index.ts";
import type { VirtualClock } from "../support/virtual-clock.ts";
import { only, Workshop } from "./support/workshop.ts";

/** The queue of one process, which beats when the test says so, and tells what was closed. */
function beating(clock: VirtualClock, close: () => Promise<void> = async () => {}) {
  const closed: string[] = [];
  let handler: (() => Promise<void>) | undefined;
  const queue: Queue = {
    ...inProcessQueue({ clock }),
    tick: async (given) => {
      handler = given;
      return { close: async () => void closed.push("ticks") };
    },
    close: async () => {
      closed.push("queue");
      await close();
    },
  };
  return { queue, closed, beat: () => void handler?.() };
}

async function twoProcesses() {
  const shop = await new Workshop().open("anna");
  const [one, two] = [beating(shop.clock), beating(shop.clock)];
  const engines = [
    (await shop.worker({}, { jobs: { queue: one.queue } })).engine,
    (await shop.worker({}, { jobs: { queue: two.queue } })).engine,
  ];
  /** Queued where no worker hears of it. */
  const elsewhere = async (delayMs = 0) => only(await shop.engine().engine.enqueue(shop.request("anna"), { delayMs }));
  const status = async (id: string) => (await shop.job(id)).status;
  const stop = () => Promise.all(engines.map((engine) => engine.stop()));
  return { shop, one, two, elsewhere, status, stop };
}

describe("workers on a queue that ticks", () => {
  it("look by themselves for the first period, since nobody may have a tick yet", async () => {
    const shop = await new Workshop().open("anna");
    const job = only(await shop.engine().engine.enqueue(shop.request("anna"), { delayMs: 12_000 }));
    const { engine } = await shop.worker({}, { jobs: { queue: beating(shop.clock).queue } });
    await shop.clock.advance(11_999);
    expect((await shop.job(job.id)).status).toBe("queued");
    await shop.clock.advance(1);
    expect((await shop.job(job.id)).status).toBe("succeeded");
    await engine.stop();
  });

  it("leave it to who has the tick to look for all of them", async () => {
    const { shop, two, elsewhere, status, stop } = await twoProcesses();
    await shop.clock.advance(60_000);
    const job = await elsewhere();
    await shop.clock.advance(120_000);
    expect(await status(job.id)).toBe("queued");
    two.beat();
    await shop.clock.settle();
    expect(await status(job.id)).toBe("succeeded");
    await stop();
  });

  it("with the tick, look again whenever something is due until the next, and not after that", async () => {
    const { shop, one, elsewhere, status, stop } = await twoProcesses();
    await shop.clock.advance(60_000);
    const within = await elsewhere(29_000);
    one.beat();
    await shop.clock.advance(28_999);
    expect(await status(within.id)).toBe("queued");
    await shop.clock.advance(1);
    expect(await status(within.id)).toBe("succeeded");
    const after = await elsewhere(2_000);
    await shop.clock.advance(60_000);
    expect(await status(after.id)).toBe("queued");
    await stop();
  });

  it("look by themselves ten times more rarely, should all ticks be lost", async () => {
    const { shop, elsewhere, status, stop } = await twoProcesses();
    await shop.clock.advance(60_000);
    const job = await elsewhere();
    await shop.clock.advance(239_999);
    expect(await status(job.id)).toBe("queued");
    await shop.clock.advance(90_001);
    expect(await status(job.id)).toBe("succeeded");
    await stop();
  });

  it("stopped, take no more ticks, close the queue, and leave no timer", async () => {
    const { shop, one, two, stop } = await twoProcesses();
    one.beat();
    await shop.clock.advance(1_000);
    await stop();
    expect([one.closed, two.closed]).toEqual([
      ["ticks", "queue"],
      ["ticks", "queue"],
    ]);
    one.beat();
    await shop.clock.settle();
    expect(shop.clock.sleepers).toEqual([]);
  });

  it("stopped, wait no longer than the grace for a queue that does not close, or cannot", async () => {
    const shop = await new Workshop().open("anna");
    const hangs = beating(shop.clock, () => new Promise(() => {}));
    const fails = beating(shop.clock, () => Promise.reject(new Error("its server is away")));
    for (const { queue } of [hangs, fails]) {
      const { engine } = await shop.worker({}, { jobs: { queue } });
      await shop.clock.run(engine.stop({ graceMs: 3_000 }));
    }
    expect(hangs.closed).toEqual(["ticks", "queue"]);
    expect(shop.clock.sleepers).toEqual([]);
  });

  it("do not start if there are no ticks to be had, and leave nothing behind", async () => {
    const shop = await new Workshop().open("anna");
    const queue: Queue = {
      ...inProcessQueue({ clock: shop.clock }),
      tick: () => Promise.reject(new Error("the queue is away")),
    };
    const { engine } = shop.engine({ jobs: { queue } });
    await expect(engine.start()).rejects.toThrow("the queue is away");
    expect(shop.clock.sleepers).toEqual([]);
    await engine.stop();
  });
});
