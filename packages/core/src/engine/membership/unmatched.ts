import { type LinkSet, nextGeneration, stateOf } from "../links/links.ts";
import type { UnmatchedItem } from "../reports/report.ts";
import { type RunContext, sideOf } from "../runs/run-context.ts";
import type { Resolution } from "./resolve.ts";

/** How long a miss rests before it is looked for again, by how often it was. */
const RETRY_DAYS = [1, 3, 7, 30];
const DAY_MS = 24 * 60 * 60 * 1000;
/** A lookup that failed for reasons of the service's is tried again soon. */
const FAILED_RETRY_MS = 15 * 60 * 1000;

/** A seeker without a counterpart, as it is reported and remembered. */
export function toUnmatched(
  context: RunContext,
  resolution: Extract<Resolution, { found: false }>,
  { links, tombstones }: LinkSet,
  now: number,
): UnmatchedItem {
  const { seeker, verdict, reason: why, match } = resolution;
  const { key, origin, itemId } = seeker;
  const link = links.get(key);
  const attempts = (link?.attempts ?? 0) + 1;
  const restMs =
    verdict === "failed" ? FAILED_RETRY_MS : (RETRY_DAYS[Math.min(attempts, RETRY_DAYS.length) - 1] ?? 30) * DAY_MS;
  return {
    side: sideOf(context, origin).side,
    itemId,
    verdict,
    reason: why,
    item: seeker.item,
    attempts,
    // What an override rules is no matter of time.
    ...(verdict === "by-override" ? {} : { retryAtMs: now + restMs }),
    link: {
      key,
      ...(origin === "a" ? { fromId: itemId } : { toId: itemId }),
      generation: link?.generation ?? nextGeneration(tombstones, key),
      ...(link ? stateOf(link) : {}),
    },
    ...(match ? { match } : {}),
  };
}
