import type { CallHook, Calls } from "./calls.ts";
import type { CallKind, FaultRequest, PlannedFault } from "./faults.ts";

/** What all synthetic services have: faults on demand, a hook around every remote call, and counts of them. */
export abstract class SyntheticService {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** The name of its provider. */
  get name(): string {
    return this.#calls.service;
  }

  /** Makes remote calls fail. Faults strike in the order in which they were asked for. */
  fail(request: FaultRequest): PlannedFault {
    return this.#calls.faults.add(request);
  }

  /** Withdraws every fault that has not struck. */
  recover(): void {
    this.#calls.faults.clear();
  }

  /** Called around each remote call from now on; what it throws is what the caller gets. */
  onCall(hook: CallHook | undefined): void {
    this.#calls.hook = hook;
  }

  /** Remote calls by kind so far, those that failed included. */
  get calls(): Readonly<Partial<Record<CallKind, number>>> {
    return { ...this.#calls.counts };
  }

  /** Remote calls that write, those that failed included. */
  get writeCalls(): number {
    const { create = 0, update = 0, delete: deleted = 0, add = 0, remove = 0 } = this.calls;
    return create + update + deleted + add + remove;
  }

  /** Most remote calls that were ever under way at once. */
  get busiest(): number {
    return this.#calls.busiest;
  }
}
