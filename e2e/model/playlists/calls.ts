import { type Clock, DeferredError, MalformedAnswerError, OutcomeUnknownError, serviceError } from "@syncer/core";
import type { CallKind, FaultKind, FaultyCalls } from "./steps.ts";

const groups: Record<FaultyCalls, readonly CallKind[]> = {
  any: [
    "lists",
    "get-list",
    "create",
    "update",
    "delete",
    "list",
    "insert",
    "remove",
    "move",
    "order",
    "lookup",
    "get",
  ],
  lists: ["lists", "get-list"],
  containers: ["create", "update", "delete"],
  list: ["list"],
  insert: ["insert"],
  remove: ["remove"],
  arrange: ["move", "order"],
  contents: ["insert", "remove", "move", "order"],
  catalogue: ["lookup", "get"],
};

const writing: ReadonlySet<CallKind> = new Set(["create", "update", "delete", "insert", "remove", "move", "order"]);
export const isWrite = (kind: CallKind): boolean => writing.has(kind);

export interface FaultRequest {
  readonly calls: FaultyCalls;
  readonly fault: FaultKind;
  readonly moment: "before" | "after";
  readonly skip: number;
  readonly times: number;
}

/** One call, as its hook is told of it. */
export interface RemoteCall {
  readonly kind: CallKind;
  readonly moment: "before" | "after";
  /** The list that it is about; absent for others. */
  readonly listId: string | undefined;
}

/** The way into a service: counts, tells the hook, and lets a fault strike. */
export class Calls {
  readonly #service: string;
  readonly #clock: Clock;
  #fault: { readonly request: FaultRequest; skip: number; left: number } | undefined;
  hook: ((call: RemoteCall) => void | Promise<void>) | undefined;
  counts: Partial<Record<CallKind, number>> = {};
  /** Calls that a fault has struck since it was asked for. */
  readonly struck: CallKind[] = [];

  constructor(service: string, clock: Clock) {
    this.#service = service;
    this.#clock = clock;
  }

  fail(request: FaultRequest): void {
    this.#fault = { request, skip: request.skip, left: request.times };
    this.struck.length = 0;
  }

  recover(): void {
    this.#fault = undefined;
  }

  async make<T>(kind: CallKind, listId: string | undefined, effect: () => T): Promise<T> {
    await Promise.resolve();
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    await this.hook?.({ kind, moment: "before", listId });
    const fault = this.#take(kind);
    if (fault?.moment === "before") throw this.error(kind, fault.fault);
    const answer = effect();
    if (fault) throw this.error(kind, fault.fault);
    await this.hook?.({ kind, moment: "after", listId });
    return answer;
  }

  #take(kind: CallKind): FaultRequest | undefined {
    const plan = this.#fault;
    if (!plan || plan.left <= 0 || !groups[plan.request.calls].includes(kind)) return undefined;
    if (plan.skip-- > 0) return undefined;
    plan.left--;
    this.struck.push(kind);
    return plan.request;
  }

  error(kind: CallKind, fault: FaultKind): Error {
    const [service, route] = [this.#service, `/${kind}`];
    const unavailable = serviceError(service, route, 503, { kind: "unavailable" });
    switch (fault) {
      case "outcome-unknown":
        // Only a write can have an unknown outcome; a read whose answer is lost has simply failed.
        return isWrite(kind) ? new OutcomeUnknownError(service, route) : unavailable;
      case "malformed":
        return isWrite(kind)
          ? new OutcomeUnknownError(service, route)
          : new MalformedAnswerError(service, route, "not an answer");
      case "deferred":
        return new DeferredError(service, this.#clock.now() + 10 * 60_000);
      case "rate-limited":
        return serviceError(service, route, 429, { kind: "rate-limited" });
      case "unavailable":
        return unavailable;
    }
  }
}
