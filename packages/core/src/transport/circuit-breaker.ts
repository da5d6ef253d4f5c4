import type { ServiceFailure } from "../contract/index.ts";

/** Failures in a row that open the circuit: as many as one request is tried, so that no request alone opens it sooner. */
const OPENS_AFTER = 5;
const FIRST_OPEN_MS = 30_000;
const LONGEST_OPEN_MS = 15 * 60_000;
/** An application that is refused as a whole heals by somebody's hand, which takes longer. */
const FIRST_OUTAGE_MS = 15 * 60_000;
const LONGEST_OUTAGE_MS = 4 * 60 * 60_000;

type PassingFailure = Extract<ServiceFailure, { kind: "unavailable" | "outage" }>;

type State =
  | { readonly kind: "closed"; readonly failures: number }
  | { readonly kind: "open"; readonly untilMs: number; readonly openings: number; readonly cause: PassingFailure }
  | {
      readonly kind: "trial";
      readonly openings: number;
      readonly cause: PassingFailure;
      readonly over: Promise<void>;
      readonly end: () => void;
    };

/** What a request may do: go out, go out as the one trial, or wait. */
export type Admission =
  | { readonly kind: "pass"; readonly trial: boolean }
  | { readonly kind: "open"; readonly untilMs: number; readonly cause: PassingFailure }
  | { readonly kind: "trial-running"; readonly over: Promise<void> };

/** What an event did to the circuit; `undefined`: nothing. */
export type Switch =
  | {
      readonly kind: "opened";
      readonly untilMs: number;
      readonly cause: PassingFailure;
      /** How often in a row. */
      readonly openings: number;
    }
  | { readonly kind: "closed" }
  | undefined;

/**
 * Keeps a service that fails from being asked again and again.
 *
 * ```
 * closed --5 failures in a row, or an outage--> open --time is up, a request comes--> trial
 * trial --success--> closed        trial --failure--> open, twice as long        trial --abandoned--> open, time up
 * ```
 *
 * Our own small module, because its time comes from outside: the libraries count in the machine's time, and limits
 * here hold in clock time.
 */
export class CircuitBreaker {
  #state: State = { kind: "closed", failures: 0 };

  /** Asks to send a request now. After `pass`, tell how it went: `succeed`, `fail` or `abandon`. */
  admit(nowMs: number): Admission {
    const state = this.#state;
    if (state.kind === "closed") return { kind: "pass", trial: false };
    if (state.kind === "trial") return { kind: "trial-running", over: state.over };
    if (nowMs < state.untilMs) return { kind: "open", untilMs: state.untilMs, cause: state.cause };
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    this.#state = { kind: "trial", openings: state.openings, cause: state.cause, over, end };
    return { kind: "pass", trial: true };
  }

  /** The service answered, whatever it said. */
  succeed(trial: boolean): Switch {
    if (this.#state.kind === "closed") this.#state = { kind: "closed", failures: 0 };
    // While open, answers to requests that were sent before come in; only the trial closes.
    if (!trial || this.#state.kind !== "trial") return undefined;
    this.#state.end();
    this.#state = { kind: "closed", failures: 0 };
    return { kind: "closed" };
  }

  /** No answer, a failing one, or (`outage`) a refusal of the application as a whole. */
  fail(trial: boolean, nowMs: number, cause: PassingFailure): Switch {
    const state = this.#state;
    if (state.kind === "closed") {
      const failures = state.failures + 1;
      if (cause.kind === "outage" || failures >= OPENS_AFTER) return this.#open(1, nowMs, cause);
      this.#state = { kind: "closed", failures };
      return undefined;
    }
    if (state.kind !== "trial" || !trial) return undefined;
    state.end();
    return this.#open(state.openings + 1, nowMs, cause);
  }

  /** The request did not go out or nobody waited for its answer: nothing is learnt. */
  abandon(trial: boolean, nowMs: number): void {
    if (!trial || this.#state.kind !== "trial") return;
    const { openings, cause, end } = this.#state;
    end();
    this.#state = { kind: "open", untilMs: nowMs, openings, cause };
  }

  /** Goes on from what an earlier or another process had seen. */
  resume(openings: number, untilMs: number, cause: PassingFailure): void {
    if (this.#state.kind === "closed") this.#state = { kind: "open", untilMs, openings, cause };
  }

  #open(openings: number, nowMs: number, cause: PassingFailure): Switch {
    const [firstMs, longestMs] =
      cause.kind === "outage" ? [FIRST_OUTAGE_MS, LONGEST_OUTAGE_MS] : [FIRST_OPEN_MS, LONGEST_OPEN_MS];
    const untilMs = nowMs + Math.min(longestMs, firstMs * 2 ** (openings - 1));
    this.#state = { kind: "open", untilMs, openings, cause };
    return { kind: "opened", untilMs, cause, openings };
  }

  get isFresh(): boolean {
    return this.#state.kind === "closed" && this.#state.failures === 0;
  }
}
