import { UnknownCommit } from "./postgres-connection.ts";
import { isConflict, isLost, isTakenKey } from "./postgres-errors.ts";

/** What may be done with a piece of work that failed, because nothing of it has happened. */
export interface Repeatability {
  /** Until when others may get in its way, ms of `performance.now()`. */
  readonly giveUpAt: number;
  /** Whether it can be done again on another connection when its own breaks: not if it may have been done. */
  readonly onLostConnection: boolean;
  /** Whether a taken key may mean that a batch with the same guards was faster, which they say if asked again. */
  readonly onTakenKey: boolean;
}

const SHORTEST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 200;

/**
 * Decides about trying again. One for each piece of work: a broken connection and a taken key are forgiven once, others in
 * the way until the time is over.
 */
export class Retries {
  readonly #may: Repeatability;
  #conflicts = 0;
  #wasLost = false;
  #wasTaken = false;

  constructor(may: Repeatability) {
    this.#may = may;
  }

  /** How long to wait before the next try, in ms; `undefined`: there is none. */
  after(error: unknown): number | undefined {
    if (isConflict(error)) {
      if (performance.now() >= this.#may.giveUpAt) return undefined;
      // Those who met once must not meet again, so each waits for another time.
      const most = Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS * 2 ** this.#conflicts);
      this.#conflicts += 1;
      return Math.random() * most;
    }
    if (this.#may.onLostConnection && !this.#wasLost && isLost(error) && !(error instanceof UnknownCommit)) {
      this.#wasLost = true;
      return 0;
    }
    if (this.#may.onTakenKey && !this.#wasTaken && isTakenKey(error)) {
      this.#wasTaken = true;
      return 0;
    }
    return undefined;
  }
}
