import type { PairRow } from "../engine/runs/run-context.ts";
import type { Enqueuer } from "./enqueue.ts";
import type { JobParts } from "./job-parts.ts";

/** How long a pair that was woken waits for more: a user rarely changes one thing, and services call for each. */
const DEBOUNCE_MS = 10_000;

/**
 * Queues a run of each pair because a service has called. A pair whose job waits keeps that one, so that any number of calls in
 * the meantime are one run; not before a service's quiet has ended.
 * @throws {QueueFullError}
 */
export async function wakePairs({ clock }: JobParts, enqueuer: Enqueuer, pairs: readonly PairRow[]): Promise<void> {
  for (const pair of pairs) {
    const dueMs = Math.max(clock.now() + DEBOUNCE_MS, pair.not_before ?? 0);
    await enqueuer.add([pair], { lane: "automatic", trigger: "webhook", dueMs });
  }
}
