import type { InScope } from "../documents/document-world.ts";
import { reason } from "../plans/reasons.ts";
import type { UnmatchedItem } from "../reports/report.ts";
import { selectionText } from "../requests/selection.ts";
import { isTwoWay, type OpenSide, type RunContext } from "../runs/run-context.ts";
import type { ContainerSide } from "./container-side.ts";
import type { ContainerSides } from "./containers-shape.ts";
import { scopeOf } from "./scope.ts";

/** Which containers a run is about: those that the pair's selection chooses, by what both sides have listed. */
export function scopeOfRun(context: RunContext, sides: ContainerSides): InScope {
  const { typed, from, to } = context;
  if (selectionText(typed.select) === undefined) return () => true;
  const selectable = ({ side, ids }: OpenSide, containers: ContainerSide) => ({
    side,
    key: (id: string) => ids.key(id),
    container: (key: string) => containers.selectable(key),
  });
  const decides = isTwoWay(context) ? (["a", "b"] as const) : (["a"] as const);
  return scopeOf(typed.select, { a: selectable(from, sides.a), b: selectable(to, sides.b) }, decides);
}

/** What the selection names and its service does not list. */
export function notListed(context: RunContext, sides: ContainerSides): UnmatchedItem[] {
  const { typed, from, to } = context;
  const both = [
    { open: from, containers: sides.a },
    { open: to, containers: sides.b },
  ];
  return both.flatMap(({ open: { side, provider, ids }, containers }) => {
    const named = containers.isListed ? (typed.select.ids?.[side] ?? []) : [];
    return named
      .filter((id) => !containers.told(ids.key(id)))
      .map((itemId): UnmatchedItem => {
        const why = reason("unmatched.not-listed", { at: provider.displayName });
        return { side, itemId, verdict: "not-found", reason: why, attempts: 0 };
      });
  });
}
