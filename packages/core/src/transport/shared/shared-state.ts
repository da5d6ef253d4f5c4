import type { Row } from "../../ports/index.ts";
import type { QuietReason } from "../governor.ts";
import { reasonOf } from "../limit-store.ts";

/** Somebody who waits for a place, because all were taken when its slot came. */
export interface Ticket {
  /** Since when it waits, in ms since the epoch; no two have the same. The oldest is next. */
  readonly since: number;
  /** Until when it counts unless it is heard of again. */
  readonly untilMs: number;
}

/** What all processes know of a budget: one row of `service_limits`. */
export interface SharedState {
  /** In microseconds since the epoch: the next slot, if a request of cost 1 asks for it. */
  readonly nextUs: number;
  /** Of the request that has the last slot. */
  readonly lastCost: number;
  /** Until when each of the requests under way has its place; no two are equal, so that each names its request. */
  readonly places: readonly number[];
  /** Oldest first. */
  readonly tickets: readonly Ticket[];
  /** Quarters of an hour since the epoch, and the units spent in each. */
  readonly day: readonly (readonly [quarter: number, units: number])[];
  readonly closedUntilMs: number;
  readonly reason: QuietReason;
  /** Refusals or openings of the circuit in a row; 0 once a request after the last quiet was answered. */
  readonly strikes: number;
}

export const emptyState: SharedState = {
  nextUs: 0,
  lastCost: 1,
  places: [],
  tickets: [],
  day: [],
  closedUntilMs: 0,
  reason: "rate-limited",
  strikes: 0,
};

/** What a decision may change: quiets are written by who hears of them. */
export type StateColumns = Pick<Row<"service_limits">, "next_at" | "under_way" | "day" | "strikes">;

export function readState(row: Row<"service_limits">): SharedState {
  const [restUs = 0, lastCost = 1, count = 0, ...rest] = numbersOf(row.under_way);
  return {
    nextUs: (row.next_at ?? 0) * 1_000 + restUs,
    lastCost: Math.max(1, lastCost),
    places: rest.slice(0, count),
    tickets: pairsOf(rest.slice(count)).map(([since, untilMs]) => ({ since, untilMs })),
    // Clocks differ: one process may have begun a quarter of an hour before another one stops counting in the last.
    day: pairsOf(numbersOf(row.day)).sort(([one], [other]) => one - other),
    closedUntilMs: row.closed_until,
    reason: reasonOf(row.reason),
    strikes: row.strikes,
  };
}

export function columnsOf(state: SharedState): StateColumns {
  const { nextUs, lastCost, places, tickets } = state;
  const waiting = tickets.flatMap(({ since, untilMs }) => [since, untilMs]);
  return {
    next_at: Math.floor(nextUs / 1_000),
    under_way: JSON.stringify([nextUs % 1_000, lastCost, places.length, ...places, ...waiting]),
    day: JSON.stringify(state.day.flat()),
    strikes: state.strikes,
  };
}

function numbersOf(text: string): number[] {
  const numbers: unknown = JSON.parse(text);
  return Array.isArray(numbers) ? numbers.filter((number) => Number.isSafeInteger(number) && number >= 0) : [];
}

function pairsOf(numbers: readonly number[]): [number, number][] {
  const pairs: [number, number][] = [];
  for (let index = 0; index + 1 < numbers.length; index += 2) {
    pairs.push([numbers[index] ?? 0, numbers[index + 1] ?? 0]);
  }
  return pairs;
}
