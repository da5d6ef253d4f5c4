import type { DocumentScope, RulesInForce } from "../../items/index.ts";
import type { SideLetter } from "../../reconcile/index.ts";
import type { InScope } from "./document-world.ts";
import type { DocumentReading } from "./read-documents.ts";

/**
 * Which documents a pair's rules are about, by what was read of them. Something new has to be `in`. Of two that belong together it is
 * enough that one is not `out`: an edit that moves it out on one side is brought to the other, and then both rest.
 */
export function scopeByRules(
  { scopeOf }: RulesInForce,
  readings: { readonly [S in SideLetter]: Pick<DocumentReading, "seen"> },
  nowMs: number,
): InScope {
  if (!scopeOf) return () => true;
  // It is asked for again and again of the same documents, and may have to look far into a series.
  const known = new WeakMap<object, DocumentScope>();
  const scopeIn = (item: object) => {
    const scope = known.get(item) ?? scopeOf(item, nowMs);
    known.set(item, scope);
    return scope;
  };
  return (aId, bId) => {
    const seen = [
      aId === undefined ? undefined : readings.a.seen.get(aId),
      bId === undefined ? undefined : readings.b.seen.get(bId),
    ];
    const scopes = seen.flatMap((each) => (each ? [scopeIn(each.item)] : []));
    // What neither side has is as good as gone from both.
    if (scopes.length === 0) return true;
    return scopes.some((scope) => scope === "in" || (scope === "margin" && aId !== undefined && bId !== undefined));
  };
}
