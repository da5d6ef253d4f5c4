import type { ConnectionEvent } from "../connections/index.ts";
import type { ConflictAction, ConflictPolicy, HoldReason } from "../reconcile/index.ts";
import type { RunStatus } from "./reports/report.ts";
import type { RunSummary } from "./runs/run-summary.ts";

interface OfPair {
  readonly tenantId: string;
  readonly userId: string;
  readonly pairId: string;
}

/**
 * Everything that an engine announces; a closed list. Handles, counts, codes and times only, so an event may be logged
 * or sent on as it is.
 */
export type SyncEvent =
  | ({ readonly type: "run.started"; readonly jobId: string } & OfPair)
  | ({
      readonly type: "run.progress";
      readonly jobId: string;
      readonly phase: RunPhase;
      readonly done: number;
      /** Absent while it is not known. */
      readonly total?: number;
    } & OfPair)
  /** Once for each pass of a job: one that plans again, as when a call was cut off, starts and finishes more than once. */
  | ({
      readonly type: "run.finished";
      readonly jobId: string;
      readonly status: RunStatus;
      readonly errorCode?: string;
      readonly syncType: string;
    } & RunSummary &
      OfPair)
  | ({
      readonly type: "plan.held";
      readonly planHash: string;
      readonly reasons: readonly HoldReason[];
      readonly operations: number;
    } & OfPair)
  /** Both sides changed an item and nobody has won: `engine.conflicts` lists it, and takes a decision. */
  | ({
      readonly type: "conflict.recorded";
      readonly jobId: string;
      readonly conflictId: string;
      readonly kind: ConflictAction;
      readonly policy: ConflictPolicy;
    } & OfPair)
  | ({ readonly type: "pair.paused"; readonly reason: string } & OfPair)
  /**
   * A job waits: it was asked for, put off by a service's quiet, or given back, not done, by a worker that stopped or had
   * others to serve.
   */
  | ({
      readonly type: "job.queued";
      readonly jobId: string;
      readonly lane: "manual" | "automatic";
      readonly dueAtMs: number;
    } & OfPair)
  /** An attempt failed in a way that may pass. */
  | ({
      readonly type: "job.retrying";
      readonly jobId: string;
      readonly errorCode: string;
      /** The number of the attempt that comes next, from 2. */
      readonly attempt: number;
      readonly untilMs: number;
    } & OfPair)
  /** A job is set aside for a person to look at; the one alarm that it gives. */
  | ({ readonly type: "job.dead"; readonly jobId: string; readonly errorCode: string } & OfPair)
  | ({ readonly type: "job.cancelled"; readonly jobId: string } & OfPair)
  | ({ readonly type: "limit.reached"; readonly service: string; readonly untilMs: number } & OfPair)
  | ConnectionEvent;

export type RunPhase = "reading-source" | "reading-target" | "resolving" | "applying";

export type SyncListener = (event: SyncEvent) => void;

/** Tells every listener; one that throws harms neither the others nor the run. */
export class EventEmitter {
  readonly #listeners = new Set<SyncListener>();

  /** @returns a function that takes the listener off again */
  on(listener: SyncListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readonly emit: SyncListener = (event) => {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch {
        // A host's listener is not part of the run; what it throws is the host's own affair.
      }
    }
  };
}
