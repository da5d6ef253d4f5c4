import { describe, expect, it } from "vitest";
import { virtualClock } from "./virtual-clock.ts";

describe("virtual clock", () => {
  it("stands still until it is moved", async () => {
    const clock = virtualClock({ startMs: 1_000 });
    let woken = false;
    void clock.sleep(10).then(() => {
      woken = true;
    });
    await clock.settle();
    expect([clock.now(), woken, clock.sleepers]).toEqual([1_000, false, [1_010]]);
    await clock.advance(9);
    expect([clock.now(), woken]).toEqual([1_009, false]);
    await clock.advance(1);
    expect([clock.now(), woken, clock.sleepers]).toEqual([1_010, true, []]);
  });

  it("wakes sleepers in the order in which they are due, those of one moment in the order of their coming", async () => {
    const clock = virtualClock({ startMs: 0 });
    const seen: string[] = [];
    const note = (name: string, ms: number) => clock.sleep(ms).then(() => seen.push(`${name}@${clock.now()}`));
    await clock.run(Promise.all([note("late", 30), note("first", 10), note("second", 10), note("at once", 0)]));
    expect(seen).toEqual(["at once@0", "first@10", "second@10", "late@30"]);
  });

  it("lets a sleep that begins on the way end on the way", async () => {
    const clock = virtualClock({ startMs: 0 });
    const seen: number[] = [];
    void (async () => {
      for (let step = 0; step < 3; step += 1) {
        await clock.sleep(10);
        seen.push(clock.now());
      }
    })();
    await clock.advance(25);
    expect(seen).toEqual([10, 20]);
    expect(clock.now()).toBe(25);
  });

  it("ends a sleep with the reason of its signal, before or during it", async () => {
    const clock = virtualClock();
    const reason = new Error("stopped");
    await expect(clock.sleep(5, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const sleep = clock.sleep(5, controller.signal);
    controller.abort(reason);
    await expect(sleep).rejects.toBe(reason);
    expect(clock.sleepers).toEqual([]);
  });

  it("moves by itself when asked to", async () => {
    const clock = virtualClock({ startMs: 0, autoAdvance: true });
    await clock.sleep(86_400_000);
    await clock.sleep(5);
    expect(clock.now()).toBe(86_400_005);
  });

  it("stands still while work is held that the event loop cannot see", async () => {
    const clock = virtualClock({ startMs: 0, autoAdvance: true });
    let timedOut = false;
    void clock.sleep(100).then(() => {
      timedOut = true;
    });
    await clock.hold(crypto.subtle.digest("SHA-256", new Uint8Array(1_000_000)));
    expect([clock.now(), timedOut]).toEqual([0, false]);
    await clock.sleep(100);
    expect(timedOut).toBe(true);
  });

  it("hands on what the work throws, and refuses to go back", async () => {
    const clock = virtualClock({ startMs: 50 });
    const failing = async () => {
      await clock.sleep(1);
      throw new Error("no");
    };
    await expect(clock.run(failing)).rejects.toThrow("no");
    await expect(clock.advanceTo(10)).rejects.toThrow(RangeError);
  });
});
