import type { Clock } from "@syncer/core";
import { type CallKind, errorOf, type FaultPlans } from "./faults.ts";

/** One remote call of a synthetic service, as its hook is told of it. */
export interface RemoteCall {
  readonly service: string;
  readonly kind: CallKind;
  /** `before`: nothing has happened. `after`: the effect is there, and nobody has heard of it. */
  readonly moment: "before" | "after";
  /** Counted from 1 over all kinds. */
  readonly number: number;
  readonly ids: readonly string[];
}

/** Called around each remote call. What it throws is what the caller gets; thrown after, the effect stays. */
export type CallHook = (call: RemoteCall) => void | Promise<void>;

/** The way into a synthetic service: counts, waits, tells the hook, and lets faults strike. */
export class Calls {
  readonly service: string;
  readonly faults: FaultPlans;
  readonly #clock: Clock;
  hook: CallHook | undefined;
  /** Of the given clock; 0: one turn of the queue. */
  latencyMs = 0;
  counts: Partial<Record<CallKind, number>> = {};
  made = 0;
  underWay = 0;
  /** Most calls that were under way at once. */
  busiest = 0;

  constructor(service: string, clock: Clock, faults: FaultPlans) {
    this.service = service;
    this.#clock = clock;
    this.faults = faults;
  }

  /** @throws what the fault, the hook or the effect throws; the signal's reason if aborted */
  async make<T>(kind: CallKind, ids: readonly string[], signal: AbortSignal, effect: () => T): Promise<T> {
    signal.throwIfAborted();
    this.underWay++;
    if (this.underWay > this.busiest) this.busiest = this.underWay;
    try {
      // A turn of the queue at least, as a request would take.
      await (this.latencyMs > 0 ? this.#clock.sleep(this.latencyMs, signal) : Promise.resolve());
      signal.throwIfAborted();
      return await this.#strike(kind, ids, effect);
    } finally {
      this.underWay--;
    }
  }

  async #strike<T>(kind: CallKind, ids: readonly string[], effect: () => T): Promise<T> {
    const number = ++this.made;
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    await this.hook?.({ service: this.service, kind, moment: "before", number, ids });
    const fault = this.faults.take(kind, ids);
    if (fault && fault.moment !== "after") throw this.#error(kind, fault.with);
    const answer = effect();
    if (fault) throw this.#error(kind, fault.with);
    await this.hook?.({ service: this.service, kind, moment: "after", number, ids });
    return answer;
  }

  #error(kind: CallKind, fault: Parameters<typeof errorOf>[2]): Error {
    return errorOf(this.service, kind, fault, this.#clock.now());
  }
}
