import { linkKey } from "../links/links.ts";
import type { LinkPrecondition, PlannedOperation, Side } from "../plans/plan.ts";
import { operationId } from "../plans/plan-hash.ts";
import { type Reason, reason } from "../plans/reasons.ts";
import type { ItemOutcome } from "../reports/report.ts";
import type { RunContext } from "../runs/run-context.ts";
import type { Journal, WrittenItem } from "./journal.ts";
import { type LinkRow, LinkRows, matchOf } from "./link-rows.ts";

/** What is to be taken back, and what of a run cannot be. */
export interface UndoSteps {
  readonly operations: readonly PlannedOperation[];
  readonly notUndone: readonly ItemOutcome[];
}

/** Which run is taken back. */
export interface UndoneRun {
  readonly jobId: string;
  /** It took back another one itself: what it did is done again as if it had not been taken back. */
  readonly isUndo: boolean;
}

const APART: ReadonlySet<LinkRow["state"]> = new Set(["detached", "suppressed"]);

/** Additions and removals of references, turned round one by one, where nobody has touched them since. */
export async function undoItems(
  context: RunContext,
  run: UndoneRun,
  { written, later }: Pick<Journal, "written" | "later">,
): Promise<UndoSteps> {
  const rows = await readRows(context, written);
  const operations: PlannedOperation[] = [];
  const notUndone: ItemOutcome[] = [];
  for (const item of written) {
    const step = later[item.side].has(item.key) ? reason("undo.later-run", {}) : await undone(context, run, rows, item);
    if ("code" in step) notUndone.push(refusedItem(context, item, step));
    else operations.push(step);
  }
  return { operations, notUndone };
}

/** The links that what was written has to do with. */
export async function readRows(context: RunContext, written: readonly WrittenItem[]): Promise<LinkRows> {
  const idsOn = (side: Side) => written.filter((item) => item.side === side).map(({ key }) => key);
  return await LinkRows.read(context, {
    keys: written.map(keyOf),
    ids: { source: idsOn("source"), target: idsOn("target") },
  });
}

/** What had no link, because the other side never had it, gets one of its own. */
function keyOf({ linkKey: known, side, key }: WrittenItem): string {
  return known === "" ? linkKey(side, key) : known;
}

/** The one step that takes a write back, or why there is none. */
export async function undone(
  context: RunContext,
  run: UndoneRun,
  rows: LinkRows,
  item: WrittenItem,
): Promise<PlannedOperation | Reason> {
  const links = item.kind === "add" ? linksOfAdded(run, rows, item) : linksOfRemoved(run, rows, item);
  if ("code" in links) return links;
  const [first] = links;
  const row = first && rows.get(first.key);
  const match = row && matchOf(row);
  const ids = idsOf(context, item);
  const operation = {
    kind: item.kind === "add" ? ("remove" as const) : ("add" as const),
    on: item.side,
    ...ids,
    links: links.map((link) => ({ ...ids, ...link })),
    reason: reason(item.kind === "add" ? "undo.added" : "undo.removed", {}),
    ...(match ? { match } : {}),
    ...(run.isUndo ? {} : { undoes: run.jobId }),
  };
  const hasher = await context.parts.hashes.forTenant(context.pair.tenant_id);
  return { id: operationId(hasher, context.pair.id, operation), ...operation };
}

/** All that stands for the item goes with it, as when its user removes it. */
function linksOfAdded(run: UndoneRun, rows: LinkRows, item: WrittenItem): readonly LinkPrecondition[] | Reason {
  const own = rows.of(item.side, item.key).filter((row) => {
    return run.isUndo ? APART.has(row.state) : row.state === "linked" || wasBegun(row, "undo.added");
  });
  return own.length === 0 ? reason("undo.changed-since", {}) : own.map((row) => rows.precondition(row));
}

function linksOfRemoved(run: UndoneRun, rows: LinkRows, item: WrittenItem): readonly LinkPrecondition[] | Reason {
  const key = keyOf(item);
  const row = rows.get(key);
  if (row?.reason === "remove.by-override") return reason("undo.by-override", {});
  const isKnown = row && (run.isUndo ? APART.has(row.state) : wasBegun(row, "undo.removed"));
  if (isKnown) return [rows.precondition(row)];
  if (run.isUndo || (row && row.state !== "dropped")) return reason("undo.changed-since", {});
  // Without a tombstone it never had a link, or has been gone for longer than those are kept.
  return [{ key, generation: row ? row.generation + 1 : 0 }];
}

/** An earlier attempt at the same may have been cut off before its call; to make that again is harmless. */
function wasBegun({ state, reason: why }: LinkRow, code: Reason["code"]): boolean {
  return APART.has(state) && why === code;
}

/** What an item and what it answers to are called on each side. */
export function idsOf(
  { from }: RunContext,
  { side, id, counterpartId }: WrittenItem,
): Pick<LinkPrecondition, "fromId" | "toId"> {
  const other =
    counterpartId === undefined ? {} : side === from.side ? { toId: counterpartId } : { fromId: counterpartId };
  return side === from.side ? { fromId: id, ...other } : { toId: id, ...other };
}

/** What cannot be taken back, as the report tells it. */
export function refusedItem(context: RunContext, item: WrittenItem, why: Reason): ItemOutcome {
  return { kind: "refused", on: item.side, ...idsOf(context, item), reason: why };
}
