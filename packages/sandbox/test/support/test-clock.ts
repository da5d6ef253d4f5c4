import type { Clock } from "../../src/index.ts";

/** A clock that stands still until it is moved. Sleeping moves it at once. */
export class TestClock implements Clock {
  #now: number;

  constructor(start = "2026-11-22T12:00:00Z") {
    this.#now = Date.parse(start);
  }

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }

  async sleep(ms: number): Promise<void> {
    this.#now += ms;
  }
}
