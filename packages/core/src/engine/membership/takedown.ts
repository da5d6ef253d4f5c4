import { mappingOf } from "../../contract/index.ts";
import type { UniversalItem } from "../../items/index.ts";
import { type Decision, fromAbsence, missingOn, type SideLetter } from "../../reconcile/index.ts";
import type { LinkPrecondition, PlannedOperation } from "../plans/plan.ts";
import { assertRunning, type OpenSide, type RunContext, sideOf } from "../runs/run-context.ts";
import { idsFor } from "./ids.ts";
import { membershipOf } from "./read-side.ts";
import type { World } from "./world.ts";

/** What the services that lack an item say of it. */
export interface Takedowns {
  /** Stored keys, by side, of items that the service itself has taken down: their absence is nobody's wish. */
  readonly a: ReadonlySet<string>;
  readonly b: ReadonlySet<string>;
  /** Content of those that are still there, by side and stored key, for people to see what would be removed. */
  readonly items: Map<string, UniversalItem>;
}

/**
 * Before a removal is carried over, or a link forgotten that both sides seem to have let go, or kept as one-way modes
 * keep it when one side has, each missing entry is asked for by id: one request each. A recording that the service
 * withdrew is missing too, but nobody removed it.
 */
export async function askForTakedowns(
  context: RunContext,
  decisions: readonly Decision[],
  world: World,
): Promise<Takedowns> {
  const taken: { readonly [S in SideLetter]: Set<string> } = { a: new Set(), b: new Set() };
  const items = new Map<string, UniversalItem>();
  const concluded = decisions.filter(({ action }) => fromAbsence.has(action));
  const book = await idsFor(context, concluded, world);
  for (const { side, stored } of concluded.flatMap((decision) => missingEntries(decision, world))) {
    const open = sideOf(context, side);
    const { kind, catalogue } = catalogueOf(context, open);
    if (!catalogue) continue;
    assertRunning(context);
    const item = await catalogue.get(open.session, book.id(side, stored));
    if (item.state === "available") items.set(`${side}:${stored}`, mappingOf(open.provider, kind)(item.native));
    else taken[side].add(stored);
  }
  return { ...taken, items };
}

/** Where the items of a run are asked for. */
function catalogueOf(context: RunContext, open: OpenSide) {
  const { kind } = membershipOf(context, open);
  return { kind, catalogue: open.provider.catalogues?.[kind] };
}

interface MissingEntry {
  readonly side: SideLetter;
  /** Its stored key. */
  readonly stored: string;
}

/** What has to be missing for a decision to hold, of what both sides once agreed on. */
function missingEntries({ action, on, keys }: Decision, { stored: { links }, a, b }: World): readonly MissingEntry[] {
  return keys.flatMap((key) => {
    const link = links.get(key);
    if (!link) return [];
    const ids = { a: link.aId, b: link.bId };
    const lacking = missingOn({ action, on });
    const facts = { a: a.facts, b: b.facts };
    return lacking.flatMap((side): MissingEntry[] => {
      const stored = ids[side];
      if (stored === undefined) return [];
      const concerns = action !== "drop" || (isHeldOn(side, link.state) && facts[side](stored) === "absent");
      return concerns ? [{ side, stored }] : [];
    });
  });
}

/** Whether a link of that state says that the item is there: nobody needs to be asked about what is known to have gone. */
function isHeldOn(side: SideLetter, state: LinkPrecondition["state"]): boolean {
  return state === "linked" || (state === "suppressed" && side === "a");
}

/**
 * Operations of a plan that rest on something missing and were held when it was made, so that nobody has been asked yet,
 * and that must not be carried out.
 */
export async function takenDown(
  context: RunContext,
  operations: readonly PlannedOperation[],
): Promise<ReadonlySet<PlannedOperation>> {
  const taken = new Set<PlannedOperation>();
  for (const operation of operations) {
    if (operation.asked) continue;
    for (const [open, id] of unasked(context, operation)) {
      const { catalogue } = catalogueOf(context, open);
      if (!catalogue) continue;
      assertRunning(context);
      const { state } = await catalogue.get(open.session, id);
      if (state !== "available") taken.add(operation);
    }
  }
  return taken;
}

/** What has to be missing because somebody removed it, for an operation to be right. */
function unasked({ from, to }: RunContext, { kind, on, links }: PlannedOperation): readonly [OpenSide, string][] {
  const sides = { a: from, b: to };
  const written = on === undefined ? undefined : on === from.side ? "a" : "b";
  const lacking = missingOn({ action: kind, on: written });
  return links.flatMap(({ fromId, toId, state }) =>
    lacking.flatMap((side): [OpenSide, string][] => {
      if (kind === "drop" && !isHeldOn(side, state)) return [];
      const id = side === "a" ? fromId : toId;
      return id === undefined ? [] : [[sides[side], id]];
    }),
  );
}
