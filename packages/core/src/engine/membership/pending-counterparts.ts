import type { Statement } from "../../ports/index.ts";
import { type LinkRecord, type LinkSet, nextGeneration, writeLinks } from "../links/links.ts";
import type { RunContext } from "../runs/run-context.ts";
import type { Resolution } from "./resolve.ts";

/** Remembers counterparts that were found, so that a run that is cut off has not looked them up for nothing. */
export async function pendingCounterparts(
  context: RunContext,
  resolutions: readonly Resolution[],
  { links, tombstones }: LinkSet,
): Promise<Statement[]> {
  const records = resolutions.flatMap((each): LinkRecord[] => {
    if (!each.found) return [];
    const { key, origin, itemId } = each.seeker;
    // Until it is written, only the link itself tells what has to be undone.
    if (links.get(key)?.was !== undefined) return [];
    const ids = origin === "a" ? { fromId: itemId, toId: each.toId } : { fromId: each.toId, toId: itemId };
    return [
      {
        key,
        ...ids,
        state: "pending",
        reason: "add.pending",
        alias: false,
        generation: links.get(key)?.generation ?? nextGeneration(tombstones, key),
        attempts: 0,
        matchedBy: each.match.by,
        confidence: each.match.confidence,
      },
    ];
  });
  return await writeLinks(context, records);
}
