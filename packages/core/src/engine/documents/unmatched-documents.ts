import { reason } from "../plans/reasons.ts";
import type { UnmatchedItem } from "../reports/report.ts";
import { type RunContext, sideOf } from "../runs/run-context.ts";
import type { DocumentWorld } from "./document-world.ts";

/** What is not synced: documents that no other service can hold or nobody can read, and those that may be several. */
export function unmatchedDocuments(context: RunContext, world: DocumentWorld): readonly UnmatchedItem[] {
  return (["a", "b"] as const).flatMap((letter) => {
    const { side, ids } = sideOf(context, letter);
    // What shows another collection is synced as that, which nobody has to be told.
    const isMeant = (key: string) => (letter === "a" ? world.inScope(key, undefined) : world.inScope(undefined, key));
    const own = world.readings[letter].unsyncable.filter(
      ({ id, reason: why }) => why !== "shown-elsewhere" && isMeant(ids.key(id)),
    );
    const unsyncable = own.map(
      ({ id, reason: why }): UnmatchedItem => ({
        side,
        itemId: id,
        verdict: "unsyncable",
        reason: reason(`unsyncable.${why}`, {}),
        attempts: 0,
      }),
    );
    const ambiguous = [...world.matches.ambiguous[letter]].flatMap((key): UnmatchedItem[] => {
      const seen = world.unlinked[letter].get(key);
      if (!seen || !isMeant(key)) return [];
      const { id: itemId, item } = seen;
      return [{ side, itemId, verdict: "ambiguous", reason: reason("unmatched.ambiguous", {}), item, attempts: 0 }];
    });
    return [...unsyncable, ...ambiguous];
  });
}
