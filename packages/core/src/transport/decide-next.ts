import type { ServiceFailure } from "../contract/index.ts";
import { MOST_ATTEMPTS } from "./back-off.ts";

/** What came of one attempt, as far as the next step depends on it. */
export type AttemptOutcome =
  | { readonly kind: "fine" }
  /** No answer, or one that was cut off. */
  | { readonly kind: "lost" }
  | { readonly kind: "malformed" }
  | { readonly kind: ServiceFailure["kind"] };

export interface AttemptHistory {
  /** Attempts that were lost or met a passing failure, this one included. */
  readonly failed: number;
  /** Attempts that were refused for their rate, this one included. */
  readonly refused: number;
  /** Whether the token was renewed for this request. */
  readonly renewed: boolean;
  readonly canRenew: boolean;
}

export type NextStep =
  | "accept"
  /** Wait out a back-off, then send again. */
  | "back-off"
  /** The budget is closed now: get in line again. */
  | "line-up"
  | "renew-token"
  /** Give up: the run is due again when the quiet ends. */
  | "defer"
  /** It may have happened: somebody has to look. */
  | "outcome-unknown"
  | "throw";

/**
 * What to do after an attempt.
 *
 * | outcome | may be repeated | may not (a write) |
 * | --- | --- | --- |
 * | lost, unavailable | back off, up to 5 attempts, then throw | outcome unknown |
 * | malformed | throw: it proves nothing and will not change | outcome unknown |
 * | rate-limited: refused, so not done | line up again, up to 5 times, then defer | the same |
 * | unauthorized: refused, so not done | renew the token once and repeat, then throw | the same |
 * | any other failure | throw | throw |
 */
export function decideNext(outcome: AttemptOutcome, repeatable: boolean, history: AttemptHistory): NextStep {
  switch (outcome.kind) {
    case "fine":
      return "accept";
    case "lost":
    case "unavailable":
      if (!repeatable) return "outcome-unknown";
      return history.failed < MOST_ATTEMPTS ? "back-off" : "throw";
    case "malformed":
      return repeatable ? "throw" : "outcome-unknown";
    case "rate-limited":
      return history.refused < MOST_ATTEMPTS ? "line-up" : "defer";
    case "unauthorized":
      return history.canRenew && !history.renewed ? "renew-token" : "throw";
    default:
      return "throw";
  }
}
