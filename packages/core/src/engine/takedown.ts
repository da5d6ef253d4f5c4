import { mappingOf } from "../contract/index.ts";
import type { UniversalTrack } from "../items/index.ts";
import type { Decision } from "../reconcile/index.ts";
import { openItemIds } from "./item-id-book.ts";
import type { PlannedOperation } from "./plan.ts";
import { assertRunning, type RunContext } from "./run-context.ts";
import type { World } from "./world.ts";

/** What the service that is read says of items that are missing from its listing. */
export interface Takedowns {
  /** Stored keys of items that the service itself has taken down: their absence is nobody's wish. */
  readonly taken: ReadonlySet<string>;
  /** Content of those that are still there, by stored key, for people to see what would be removed. */
  readonly items: Map<string, UniversalTrack>;
}

/**
 * Before a removal is carried over, each missing entry is asked for by id: one request each. A recording that the
 * service withdrew is missing too, but nobody removed it.
 */
export async function askForTakedowns(
  context: RunContext,
  decisions: readonly Decision[],
  world: World,
): Promise<Takedowns> {
  const { from } = context;
  const taken = new Set<string>();
  const items = new Map<string, UniversalTrack>();
  const { catalogue } = from.provider;
  if (!catalogue) return { taken, items };
  const toTrack = mappingOf(from.provider, "track");
  const removals = decisions.filter(({ action }) => action === "remove");
  const book = await openItemIds(context, removals, world);
  for (const { keys } of removals) {
    for (const key of keys) {
      const link = world.stored.links.get(key);
      if (!link) continue;
      assertRunning(context);
      const item = await catalogue.get(from.session, book.fromId(key));
      if (item.state === "available") items.set(link.aId, toTrack(item.native));
      else taken.add(link.aId);
    }
  }
  return { taken, items };
}

/** The removals of a plan that were held when it was made, so that nobody has been asked yet, and that must not be. */
export async function takenDown(
  context: RunContext,
  operations: readonly PlannedOperation[],
): Promise<ReadonlySet<PlannedOperation>> {
  const taken = new Set<PlannedOperation>();
  const { catalogue } = context.from.provider;
  for (const operation of operations) {
    if (operation.kind !== "remove" || operation.asked || !catalogue) continue;
    for (const { fromId } of operation.links) {
      assertRunning(context);
      const { state } = await catalogue.get(context.from.session, fromId);
      if (state !== "available") taken.add(operation);
    }
  }
  return taken;
}
