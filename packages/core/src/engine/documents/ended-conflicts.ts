import type { Statement } from "../../ports/index.ts";
import { linkKey } from "../links/links.ts";
import type { RunContext } from "../runs/run-context.ts";
import { closeConflict } from "./conflict-records.ts";
import type { DocumentWorld } from "./document-world.ts";

/**
 * Closes what is on record for documents that no link knows and that are no more: a run that was about to settle the
 * conflict did not get to it, and somebody has deleted one of them since.
 */
export function closeEndedConflicts(
  context: RunContext,
  { stored, unlinked, readings, conflicts }: DocumentWorld,
): Statement[] {
  const { a, b } = readings;
  const wholly = [a, b].every(
    ({ extent, complete, unreadable }) => extent === "full" && complete && unreadable.size === 0,
  );
  if (!wholly || conflicts.size === 0) return [];
  const alive = new Set([
    ...[...unlinked.a.keys()].map((id) => linkKey(context.from.side, id)),
    ...[...unlinked.b.keys()].map((id) => linkKey(context.to.side, id)),
  ]);
  return [...conflicts.keys()]
    .filter((key) => !stored.links.has(key) && !alive.has(key))
    .map((key) => closeConflict(context, key, "gone"));
}
