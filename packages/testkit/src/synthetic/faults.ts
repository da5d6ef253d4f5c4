import {
  DeferredError,
  MalformedAnswerError,
  OutcomeUnknownError,
  type ServiceFailure,
  serviceError,
} from "@syncer/core";

/** What a synthetic service can be asked. */
export type CallKind =
  | "list"
  | "probe"
  | "get"
  | "create"
  | "update"
  | "delete"
  | "add"
  | "remove"
  | "lookup"
  | "search"
  | "profile"
  | "health";

/** How a call goes wrong: as the service says, or as the transport finds. An `Error` is thrown as it is. */
export type Fault =
  | ServiceFailure
  /** The answer is lost. What happened before that depends on the moment. */
  | { readonly kind: "outcome-unknown" }
  /** More quiet is asked for than a run may wait. */
  | { readonly kind: "deferred"; readonly forMs: number }
  /** A 2xx that is no answer. */
  | { readonly kind: "malformed" }
  | Error;

export interface FaultRequest {
  /** Which calls; absent: all. */
  readonly calls?: CallKind | readonly CallKind[];
  /** Only calls that name one of these ids. */
  readonly ids?: readonly string[];
  readonly with: Fault;
  /** How many calls; 1 by default, `Infinity` until withdrawn. */
  readonly times?: number;
  /** How many such calls go well before; 0 by default. */
  readonly skip?: number;
  /** `before` (default): nothing happens. `after`: the effect is there, and only the answer is lost. */
  readonly moment?: "before" | "after";
}

/** A fault that was asked for. */
export interface PlannedFault {
  /** How many calls it has struck. */
  readonly struck: number;
  withdraw(): void;
}

interface Plan {
  readonly request: FaultRequest;
  skip: number;
  left: number;
  struck: number;
}

/** The faults that wait for their calls. The one asked for first strikes first. */
export class FaultPlans {
  #plans: Plan[] = [];

  add(request: FaultRequest): PlannedFault {
    const plan: Plan = { request, skip: request.skip ?? 0, left: request.times ?? 1, struck: 0 };
    this.#plans.push(plan);
    return {
      get struck() {
        return plan.struck;
      },
      withdraw: () => {
        this.#plans = this.#plans.filter((other) => other !== plan);
      },
    };
  }

  clear(): void {
    this.#plans = [];
  }

  /** The fault that strikes this call, if one does. */
  take(kind: CallKind, ids: readonly string[]): FaultRequest | undefined {
    if (this.#plans.length === 0) return undefined;
    for (const plan of this.#plans) {
      if (!concerns(plan.request, kind, ids)) continue;
      if (plan.skip > 0) {
        plan.skip--;
        continue;
      }
      plan.struck++;
      plan.left--;
      if (plan.left <= 0) this.#plans = this.#plans.filter((other) => other !== plan);
      return plan.request;
    }
    return undefined;
  }
}

function concerns({ calls, ids: wanted }: FaultRequest, kind: CallKind, ids: readonly string[]): boolean {
  if (calls !== undefined && (typeof calls === "string" ? calls !== kind : !calls.includes(kind))) return false;
  return wanted === undefined || ids.some((id) => wanted.includes(id));
}

/** The error that a provider throws for a fault. */
export function errorOf(service: string, kind: CallKind, fault: Fault, nowMs: number): Error {
  if (fault instanceof Error) return fault;
  const route = `/${kind}`;
  switch (fault.kind) {
    case "outcome-unknown":
      // Only a write can have an unknown outcome; a read whose answer is lost has simply failed.
      return writing.has(kind)
        ? new OutcomeUnknownError(service, route)
        : serviceError(service, route, 503, { kind: "unavailable" });
    case "deferred":
      return new DeferredError(service, nowMs + fault.forMs);
    case "malformed": {
      const malformed = new MalformedAnswerError(service, route, "not an answer");
      return writing.has(kind) ? new OutcomeUnknownError(service, route, { cause: malformed }) : malformed;
    }
    default:
      return serviceError(service, route, 0, fault);
  }
}

const writing: ReadonlySet<CallKind> = new Set(["create", "update", "delete", "add", "remove"]);
