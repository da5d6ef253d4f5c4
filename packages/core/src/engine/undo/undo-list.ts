import { diffOrdered, mergeOrdered } from "../../ordered/index.ts";
import { type ArrangedEntry, isOneOrder, type SideLetter, sharedOrders } from "../../reconcile/index.ts";
import { asListed, type BoundContents, namesOf } from "../contents/bound-contents.ts";
import { type AgreedOrders, type BegunArrangement, readListOrders } from "../contents/list-orders.ts";
import { nameIn, onTheWay } from "../contents/on-the-way.ts";
import type { BothContents } from "../contents/plan-contents.ts";
import { readLinks } from "../links/links.ts";
import type { PlannedOperation, Side } from "../plans/plan.ts";
import { operationId } from "../plans/plan-hash.ts";
import { reason } from "../plans/reasons.ts";
import { type OpenSide, type RunContext, sideOf } from "../runs/run-context.ts";
import type { RunList } from "../runs/run-lists.ts";
import type { Journal, WrittenItem } from "./journal.ts";
import { readRows, type UndoneRun, type UndoSteps, undone } from "./undo-items.ts";

/** What a list pair becomes when a run is taken back. */
export interface UndoneLists extends UndoSteps, AgreedOrders {
  readonly lists: { readonly from: readonly string[]; readonly to: readonly string[] };
}

/**
 * Puts lists back as they were before a run, and keeps what their users have made of them since: a merge of the list as it was
 * with the list as it is, by what the run had made of it.
 * @param contents of both sides, listed a moment ago
 */
export async function undoLists(
  context: RunContext,
  run: UndoneRun,
  contents: BothContents,
  { written }: Pick<Journal, "written">,
  runLists: { readonly [S in Side]?: RunList },
): Promise<UndoneLists> {
  const operations: PlannedOperation[] = [];
  const becomes: { [S in SideLetter]: readonly string[] } = {
    a: namesOf(contents.a.rows()),
    b: namesOf(contents.b.rows()),
  };
  const lists = { from: becomes.a, to: becomes.b };
  const { begun } = await readListOrders(context.parts.storage, context.pair.id);
  for (const letter of ["a", "b"] as const) {
    const open = sideOf(context, letter);
    const list = runLists[open.side];
    if (!list) continue;
    const mine = written.filter(({ side }) => side === open.side);
    const steps = await undoList(context, run, { open, contents: contents[letter] }, mine, {
      ...list,
      begun: begun[open.side],
    });
    operations.push(...steps.operations);
    becomes[letter] = steps.becomes;
  }
  return { operations, notUndone: [], lists, ...(await ordersAfter(context, contents, becomes, operations)) };
}

async function undoList(
  context: RunContext,
  run: UndoneRun,
  { open, contents }: { readonly open: OpenSide; readonly contents: BoundContents },
  written: readonly WrittenItem[],
  { before, after, begun }: RunList & { readonly begun: BegunArrangement | undefined },
): Promise<{ readonly operations: readonly PlannedOperation[]; readonly becomes: readonly string[] }> {
  const was = namesOf(contents.rows());
  const nameOf = new Map([
    ...written.map(({ key, id }) => [key, id] as const),
    ...was.map((name) => [storedName(open, name), name] as const),
  ]);
  const now = was.map((name) => storedName(open, name));
  const capability = contents.collection.write?.capability;
  // An attempt that did not come to its end has left the list on the way; nobody else has touched it.
  const nameNow = begun && capability && onTheWay(begun, now, capability);
  // The run may have moved what has no id, and the list was listed anew since.
  const nameThen = nameIn(after, asListed(after));
  const { merged: then } = mergeOrdered({
    base: after.map(nameThen),
    a: before.map(nameThen),
    b: nameNow ? begun.from : now,
    winner: "b",
  });
  const merged = nameNow ? then.map(nameNow) : then;
  const [here, staying] = [new Set(now), new Set(merged)];
  const rows = await readRows(context, written);
  const operations: PlannedOperation[] = [];
  const barred = new Set<string>();
  for (const item of new Map(written.map((each) => [`${each.kind} ${each.key}`, each])).values()) {
    const stays = staying.has(item.key);
    const isItem =
      item.kind === "add" ? here.has(item.key) && !stays : item.kind === "remove" && stays && !here.has(item.key);
    if (!isItem) continue;
    const step = await undone(context, run, rows, item);
    if (!("code" in step)) operations.push(step);
    else if (step.code === "undo.by-override") barred.add(item.key);
  }
  const becomes = merged.flatMap((key) => (barred.has(key) ? [] : (nameOf.get(key) ?? [])));
  const arrange = await arrangement(context, run, open.side, was, becomes);
  return { operations: [...operations, ...arrange], becomes };
}

function storedName({ ids }: OpenSide, name: string): string {
  return name.startsWith("#") ? name : ids.key(name);
}

async function arrangement(
  { parts, pair }: RunContext,
  run: UndoneRun,
  side: Side,
  was: readonly string[],
  becomes: readonly string[],
): Promise<readonly PlannedOperation[]> {
  const { moves, inserts, removes, edits } = diffOrdered(was, becomes);
  if (edits === 0) return [];
  const counts = { moves: moves.length, inserts: inserts.length, removes: removes.length };
  const operation = {
    kind: "arrange" as const,
    on: side,
    links: [],
    reason: reason("undo.arranged", counts),
    arrangement: { was, becomes, ...counts },
    ...(run.isUndo ? {} : { undoes: run.jobId }),
  };
  const hasher = await parts.hashes.forTenant(pair.tenant_id);
  return [{ id: operationId(hasher, pair.id, operation), ...operation }];
}

/** What both sides share then, and in which orders: what differs was left so on purpose, and the next run knows. */
async function ordersAfter(
  context: RunContext,
  contents: BothContents,
  lists: { readonly [S in SideLetter]: readonly string[] },
  operations: readonly PlannedOperation[],
): Promise<AgreedOrders> {
  const { parts, pair, from } = context;
  const { links } = await readLinks(parts.storage, pair.id, from.side);
  const joined = operations.filter(({ kind, undoes }) => kind === "add" && undoes === undefined);
  const names = { a: new Map<string, string>(), b: new Map<string, string>() };
  const note = (letter: SideLetter, key: string | undefined, link: string) => {
    if (key !== undefined && !names[letter].has(key)) names[letter].set(key, link);
  };
  // Where a call was cut off, what both have may count as still to be written.
  const inForce = [...links.values()].filter(({ state }) => state === "linked" || state === "pending");
  for (const { key, aId, bId } of inForce.sort((one, other) => Number(one.alias) - Number(other.alias))) {
    const link =
      (aId === undefined ? undefined : names.a.get(aId)) ?? (bId === undefined ? undefined : names.b.get(bId)) ?? key;
    note("a", aId, link);
    note("b", bId, link);
  }
  for (const { links: own } of joined) {
    for (const { key, fromId, toId } of own) {
      note("a", fromId === undefined ? undefined : context.from.ids.key(fromId), key);
      note("b", toId === undefined ? undefined : context.to.ids.key(toId), key);
    }
  }
  const entriesOn = (letter: SideLetter): ArrangedEntry[] =>
    lists[letter].map((entry) => {
      const shared = names[letter].get(storedName(sideOf(context, letter), entry));
      return { entry, ...(shared === undefined ? {} : { shared }) };
    });
  const isOnce = [contents.a, contents.b].some(({ collection }) => collection.write?.copies === "once");
  const shared = sharedOrders({ a: entriesOn("a"), b: entriesOn("b") }, isOnce ? "once" : "kept");
  const [agreed, agreedOnTarget] = from.side === "source" ? [shared.a, shared.b] : [shared.b, shared.a];
  return isOneOrder(shared) ? { agreed } : { agreed, agreedOnTarget };
}
