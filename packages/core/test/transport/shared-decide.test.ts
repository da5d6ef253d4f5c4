import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RateLimit } from "../../src/contract/index.ts";
import { type Answer, type Ask, decide, type Intent, PLACE_MS, TICKET_MS } from "../../src/transport/shared/decide.ts";
import { SharedPace } from "../../src/transport/shared/shared-pace.ts";
import { columnsOf, emptyState, readState, type SharedState } from "../../src/transport/shared/shared-state.ts";
import { fullestWindow, limitOf } from "./support/describe-governor.ts";

const ask = (given: Partial<Ask> = {}): Ask => ({ kind: "ask", cost: 1, lateMs: 30, ...given });

/** Does one intent after the other on one state. */
function table(limit: RateLimit, from: Partial<SharedState> = {}) {
  let state: SharedState = { ...emptyState, ...from };
  return {
    at(nowMs: number, intent: Intent): Answer {
      const decision = decide(state, [intent], limit, nowMs);
      state = decision.state;
      return decision.answers[0] as Answer;
    },
    get state() {
      return state;
    },
  };
}

describe("slots", () => {
  it("never let more than `requests` units out in a window, whatever costs come in which order, given back or not, and however late within them", () => {
    const slots = fc.array(
      fc.record({
        cost: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 30 })),
        afterMs: fc.oneof(fc.constant(0), fc.nat(400)),
        lateness: fc.double({ min: 0, max: 1, noNaN: true }),
        wider: fc.constantFrom(1, 1, 1, 4, 16),
        isGivenBack: fc.nat(9).map((n) => n === 0),
      }),
      { minLength: 1, maxLength: 60 },
    );
    const limits = fc.record({
      requests: fc.integer({ min: 1, max: 40 }),
      perMs: fc.integer({ min: 100, max: 5_000 }),
    });
    fc.assert(
      fc.property(slots, limits, (asked, { requests, perMs }) => {
        const limit = limitOf({ requests, perMs });
        const pace = new SharedPace(limit);
        const shared = table(limit);
        const starts: { atMs: number; cost: number }[] = [];
        let nowMs = 0;
        for (const { cost, afterMs, lateness, wider, isGivenBack } of asked) {
          nowMs += afterMs;
          const lateMs = pace.lateMs * wider;
          const answer = shared.at(nowMs, ask({ cost, lateMs }));
          if (answer.kind !== "slot" && answer.kind !== "begin") throw new Error(`told ${answer.kind}`);
          if (isGivenBack && answer.kind === "slot") shared.at(nowMs, { kind: "give-back", slot: answer.slot, cost });
          else starts.push({ atMs: answer.slot.us / 1_000 + lateMs * lateness, cost: Math.min(cost, requests) });
          if (answer.kind === "begin") shared.at(nowMs, { kind: "end", place: answer.place });
        }
        if (starts.length > 0) expect(fullestWindow(starts, perMs)).toBeLessThanOrEqual(requests);
      }),
      { numRuns: 2_000 },
    );
  });

  it("are given back if they are the last", () => {
    const shared = table(limitOf({}));
    shared.at(0, ask());
    const [first, second] = [shared.at(0, ask()), shared.at(0, ask())];
    if (first.kind !== "slot" || second.kind !== "slot") throw new Error("no slots");
    expect([first.slot.us, second.slot.us]).toEqual([105_000, 210_000]);
    shared.at(0, { kind: "give-back", slot: first.slot, cost: 1 });
    expect(shared.at(0, ask())).toMatchObject({ slot: { us: 315_000 } });
    const last = shared.at(0, ask());
    if (last.kind !== "slot") throw new Error("no slot");
    shared.at(0, { kind: "give-back", slot: last.slot, cost: 1 });
    expect(shared.at(0, ask())).toEqual(last);
  });
});

describe("places", () => {
  const limit = limitOf({ requests: 1_000, concurrency: 2 });
  const took = (answer: Answer): number => (answer.kind === "begin" ? answer.place : Number.NaN);

  it("are as many as `concurrency`, told apart, and freed by their own end", () => {
    const shared = table(limit);
    const places = [took(shared.at(0, ask())), took(shared.at(10, ask()))];
    expect(shared.at(20, ask())).toMatchObject({ kind: "full" });
    shared.at(30, { kind: "end", place: places[0] });
    shared.at(30, { kind: "end", place: places[0] });
    expect(shared.state.places).toEqual([places[1]]);
    const same = table(limit);
    const twins = [took(same.at(5, ask())), took(same.at(5, ask({ leadMs: 10 })))];
    expect(new Set(twins).size).toBe(2);
  });

  it("come back from the dead, and their claims to places sooner", () => {
    const shared = table(limit);
    shared.at(0, ask());
    shared.at(10, ask());
    expect(shared.at(20, ask()).kind).toBe("full");
    expect(shared.at(PLACE_MS, ask()).kind).toBe("begin");
    const waited = table(limit);
    const first = took(waited.at(0, ask()));
    waited.at(10, ask());
    waited.at(20, ask());
    waited.at(30, { kind: "end", place: first });
    expect(waited.at(40, ask()).kind).toBe("full");
    expect(waited.at(50 + TICKET_MS, ask()).kind).toBe("begin");
  });

  it("go to who has waited longest, and are kept for the slot that is still to come", () => {
    const shared = table(limitOf({ requests: 10, concurrency: 1 }));
    const place = took(shared.at(0, ask()));
    const waiting = shared.at(105, ask());
    if (waiting.kind !== "full") throw new Error("a place was free");
    shared.at(210, { kind: "end", place });
    expect(shared.at(210, ask()).kind).toBe("full");
    const slot = shared.at(220, ask({ ticket: waiting.ticket }));
    expect(slot.kind).toBe("begin");
  });

  it("are given up when a quiet comes in between", () => {
    const shared = table(limit);
    const place = took(shared.at(0, ask()));
    const closed = table(limit, { ...shared.state, closedUntilMs: 1_000, strikes: 1 });
    expect(closed.at(10, ask({ place, slot: { us: 10_000, lateMs: 30 } }))).toMatchObject({
      kind: "closed",
      quiet: { untilMs: 1_000 },
    });
    expect(closed.state.places).toEqual([]);
  });
});

describe("a circuit that was open", () => {
  it("is tried by one until somebody is answered who was sent after it", () => {
    const limit = limitOf({ requests: 1_000 });
    const shared = table(limit, { closedUntilMs: 1_000, reason: "unavailable", strikes: 2 });
    expect(shared.at(1_000, ask())).toMatchObject({ kind: "begin", standing: { strikes: 2, reason: "unavailable" } });
    expect(shared.at(1_010, ask()).kind).toBe("full");
    shared.at(1_020, { kind: "answered", sentAtMs: 999 });
    expect(shared.at(1_030, ask()).kind).toBe("full");
    shared.at(1_040, { kind: "answered", sentAtMs: 1_000 });
    const others = table(limit, { ...shared.state, tickets: [] });
    expect(others.at(1_050, ask())).not.toHaveProperty("standing");
    expect(others.at(1_060, ask()).kind).toBe("begin");
  });
});

describe("units of a day", () => {
  const limit = limitOf({ perDay: 2 });

  it("are taken when a request goes out, once, and given back by one that does not", () => {
    const shared = table(limit);
    const begun = shared.at(0, ask());
    if (begun.kind !== "begin") throw new Error("did not begin");
    const { place, chargedAtMs } = begun;
    // It came too late for its slot, and asks again.
    const again = shared.at(500, ask({ place, chargedAtMs, slot: begun.slot }));
    expect(again).toMatchObject({ kind: "begin", place });
    expect(shared.at(1_000, ask()).kind).toBe("begin");
    expect(shared.at(2_000, ask())).toMatchObject({ kind: "closed", quiet: { reason: "quota" } });
    shared.at(2_000, { kind: "end", place, unspent: { cost: 1, atMs: chargedAtMs } });
    expect(shared.at(3_000, ask()).kind).toBe("begin");
  });
});

describe("the row", () => {
  it("holds the whole state in whole numbers", () => {
    const numbers = fc.integer({ min: 0, max: 2_000_000_000_000 });
    const states = fc.record({
      nextUs: fc.integer({ min: 0, max: 2_000_000_000_000_000 }),
      lastCost: fc.integer({ min: 1, max: 1_000 }),
      places: fc.uniqueArray(numbers, { maxLength: 20 }),
      tickets: fc.array(fc.record({ since: numbers, untilMs: numbers }), { maxLength: 10 }),
      day: fc
        .uniqueArray(fc.tuple(numbers, numbers), { maxLength: 96, selector: ([quarter]) => quarter })
        .map((day) => day.sort(([one], [other]) => one - other)),
      closedUntilMs: numbers,
      reason: fc.constantFrom("rate-limited" as const, "quota" as const, "outage" as const, "unavailable" as const),
      strikes: fc.nat(10),
    });
    fc.assert(
      fc.property(states, (state) => {
        const { closedUntilMs: closed_until, reason } = state;
        const row = { ...columnsOf(state), closed_until, reason, version: 1, created_at: 0, updated_at: 0 };
        expect(readState({ ...row, budget_hash: "hash", service: "fake" })).toEqual(state);
        expect(row.under_way).toMatch(/^\[\d+(,\d+)*\]$/);
      }),
    );
  });
});
