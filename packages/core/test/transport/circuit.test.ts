import { describe, expect, it } from "vitest";
import { OutcomeUnknownError } from "../../src/contract/index.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { after, json, refused, type Step } from "./support/hostile-fetch.ts";
import { errorOf, fixedRandom, getTrack, lab, providerOf, putTrack } from "./support/transport-lab.ts";

const fine = json({ id: "t1" });
const broken = json({}, 500);

describe("a service that keeps failing", () => {
  it("is left alone for 30 s after five failures, then asked by one request, and by all when that one is answered", async () => {
    let asked = 0;
    const service: Step = (request, signal) => (++asked <= 5 ? broken : fine)(request, signal);
    const { open, sentAt, eventNames, events } = lab([service], { random: fixedRandom(() => 0) });
    expect(await errorOf(open().http.request(getTrack()))).toMatchObject({ code: "service.unavailable" });
    const openedAt = sentAt().at(-1) ?? 0;
    await Promise.all(Array.from({ length: 10 }, () => open().http.request(getTrack())));
    expect(
      sentAt()
        .slice(5)
        .every((ms) => ms >= openedAt + 30_000),
    ).toBe(true);
    expect(asked).toBe(15);
    expect(eventNames()).toEqual(["circuit.opened", "circuit.closed"]);
    expect(events.find(({ event }) => event === "circuit.opened")).toMatchObject({ level: "warn", durationMs: 30_000 });
  });

  it("is tried by a single request while the others hold", async () => {
    const clock = virtualClock({ autoAdvance: true });
    const setup = lab([broken, broken, broken, broken, broken, after(clock, 2_000, fine)], { clock });
    await errorOf(setup.http.request(getTrack()));
    await Promise.all(Array.from({ length: 10 }, () => setup.open().http.request(getTrack())));
    const [trial = 0, next = 0] = setup.sentAt().slice(5);
    expect(next - trial).toBeGreaterThanOrEqual(2_000);
    expect(setup.seen).toHaveLength(15);
  });

  it("fails requests at once when it stays silent for longer than a run may wait", async () => {
    const { http, open, seen, clock } = lab([refused()], { random: fixedRandom(() => 0) });
    const startMs = clock.now();
    await errorOf(http.request(getTrack()));
    expect(await errorOf(http.request(getTrack()))).toMatchObject({ code: "service.circuit-open" });
    // 5 attempts, then trials after 30 s and 60 s; the next opening is 120 s.
    expect(seen).toHaveLength(7);
    expect(clock.now() - startMs).toBeLessThan(91_000);
    const error = await errorOf(open({ maxWaitMs: 1_000 }).http.request(putTrack()));
    expect(error).toMatchObject({ code: "service.circuit-open", remedy: "retry" });
    expect(seen).toHaveLength(7);
  });

  it("is not blamed for what it refuses properly", async () => {
    const { http, eventNames } = lab([json({}, 404)]);
    for (let count = 0; count < 10; count += 1) await errorOf(http.request(getTrack()));
    expect(eventNames()).toEqual([]);
  });

  it("counts writes of unknown outcome as failures too", async () => {
    const { http, eventNames } = lab([broken]);
    for (let count = 0; count < 5; count += 1) {
      expect(await errorOf(http.request(putTrack()))).toBeInstanceOf(OutcomeUnknownError);
    }
    expect(eventNames()).toEqual(["circuit.opened"]);
  });

  it("hands the trial on when the run that had it is cancelled", async () => {
    const controller = new AbortController();
    let asked = 0;
    const setup = lab([
      (request, signal) => {
        asked += 1;
        if (asked <= 5) return broken(request, signal);
        if (asked === 6) return new Promise<Response>(() => {});
        return fine(request, signal);
      },
    ]);
    await errorOf(setup.http.request(getTrack()));
    const cancelled = errorOf(setup.open({ signal: controller.signal }).http.request(getTrack()));
    const other = setup.http.request(getTrack());
    void setup.clock.sleep(40_000).then(() => controller.abort(new Error("cancelled")));
    expect(await cancelled).toMatchObject({ message: "cancelled" });
    expect(await other).toEqual({ id: "t1" });
  });
});

describe("an application that is refused as a whole", () => {
  it("opens the circuit at once and tells its operator, not its users", async () => {
    const provider = providerOf({ classify: () => ({ kind: "outage", reason: "premium-required" }) });
    const { http, seen, events } = lab([json({}, 403)], { provider });
    expect(await errorOf(http.request(getTrack()))).toMatchObject({ code: "service.outage", remedy: "operate" });
    expect(await errorOf(http.request(putTrack()))).toMatchObject({
      code: "service.circuit-open",
      remedy: "operate",
      failure: { kind: "outage", reason: "premium-required" },
    });
    expect(seen).toHaveLength(1);
    expect(events).toContainEqual(expect.objectContaining({ event: "circuit.opened", level: "error", code: "outage" }));
  });
});
