import { diffOrdered } from "../../ordered/index.ts";
import type { Statement } from "../../ports/index.ts";
import {
  type ArrangedSide,
  type ArrangeInput,
  type Arrangement,
  arrange,
  arrangeApart,
  type SideLetter,
} from "../../reconcile/index.ts";
import { type LinkSet, readLinks } from "../links/links.ts";
import { tableOf } from "../membership/decide.ts";
import { membership } from "../membership/membership-shape.ts";
import { isOfWrongCopy } from "../membership/wrong-copies.ts";
import type { PairPlan, PlannedOperation, Side } from "../plans/plan.ts";
import { operationId, planHash } from "../plans/plan-hash.ts";
import { reason } from "../plans/reasons.ts";
import type { UnmatchedItem } from "../reports/report.ts";
import { type RunContext, sideOf } from "../runs/run-context.ts";
import { type BoundContents, namesOf } from "./bound-contents.ts";
import { type ListOrders, readListOrders } from "./list-orders.ts";
import { onTheWay } from "./on-the-way.ts";
import { withinReach } from "./put-back.ts";

/** A plan for one pair of lists, as far as the lists go. */
export interface ListPlan extends PairPlan {
  readonly agreed?: readonly string[];
  readonly agreedOnTarget?: readonly string[];
  readonly lists: { readonly from: readonly string[]; readonly to: readonly string[] };
}

/** Both lists of a run, by the letter of the decision table. */
export interface BothContents {
  readonly a: BoundContents;
  readonly b: BoundContents;
}

/**
 * Plans what two lists become: first what is in them, as for any references; then where it goes. Writes nothing to any
 * service.
 * @param context whose sides carry the contents of both containers
 */
export async function planContents(
  context: RunContext,
  contents: BothContents,
  commit?: (statements: readonly Statement[]) => Promise<void>,
): Promise<ListPlan> {
  const { pair, parts } = context;
  const plan = await membership.plan(context, commit);
  const stored = await readLinks(parts.storage, pair.id, context.from.side);
  const orders = await readListOrders(parts.storage, pair.id);
  const lists = { from: namesOf(contents.a.rows()), to: namesOf(contents.b.rows()) };
  if (!contents.a.isWhole() || !contents.b.isWhole()) return withoutPlaces(context, plan, lists);
  const shared = sharedBy(context, stored, plan, contents);
  const was = { a: wasBeforeUs(context, "a", contents.a, orders), b: wasBeforeUs(context, "b", contents.b, orders) };
  const before = (letter: SideLetter) => beforeUs(context, letter, contents[letter], stored, shared, was[letter]);
  const { agreedOnTarget, ...wanted } = arranged(context, orders, {
    table: tableOf(context),
    a: { ...arrangedSide(context, "a", contents.a, shared, plan), ...before("a") },
    b: { ...arrangedSide(context, "b", contents.b, shared, plan), ...before("b") },
    removed: new Set(
      plan.operations.flatMap(({ kind, links }) => (kind === "remove" ? links.map(({ key }) => key) : [])),
    ),
    winner: winnerOf(context),
  });
  const a = withinReach(contents.a, lists.from, wanted.a);
  const b = withinReach(contents.b, lists.to, wanted.b);
  const result = { ...wanted, a, b };
  const isPutOff = a !== wanted.a || b !== wanted.b;
  const hasher = await parts.hashes.forTenant(pair.tenant_id);
  const arrangements = (["a", "b"] as const).flatMap((letter): PlannedOperation[] => {
    const { side } = sideOf(context, letter);
    const operation = arrangementOf(side, letter === "a" ? lists.from : lists.to, result[letter], was[letter]);
    return operation ? [{ id: operationId(hasher, pair.id, operation), ...operation }] : [];
  });
  const operations = [...plan.operations, ...arrangements];
  return {
    ...plan,
    operations,
    unmatched: [...plan.unmatched, ...leftOut(context, result)],
    quiet: plan.quiet && arrangements.length === 0 && !isPutOff,
    readAgain: plan.readAgain || isPutOff,
    hash: planHash(pair, operations),
    ...(isPutOff ? {} : { agreed: result.agreed }),
    ...(isPutOff || !agreedOnTarget ? {} : { agreedOnTarget }),
    lists,
  };
}

/** Where both sides have orders of their own, because a run was taken back, they keep them until somebody moves something. */
function arranged(
  { from }: RunContext,
  { agreed, agreedOnTarget }: ListOrders,
  input: Omit<ArrangeInput, "base">,
): Arrangement & Pick<ListPlan, "agreedOnTarget"> {
  if (!agreedOnTarget) return arrange({ ...input, base: agreed });
  const isForth = from.side === "source";
  const orders = isForth ? { a: agreed, b: agreedOnTarget } : { a: agreedOnTarget, b: agreed };
  if (input.table === "additive") return arrange({ ...input, base: orders.a });
  const { apart, ...result } = arrangeApart(input, orders);
  if (!apart) return result;
  return isForth
    ? { ...result, agreed: apart.a, agreedOnTarget: apart.b }
    : { ...result, agreed: apart.b, agreedOnTarget: apart.a };
}

/** Where a listing does not show all, nothing has a place: links only, and both sides are read again. */
function withoutPlaces({ pair }: RunContext, plan: PairPlan, lists: ListPlan["lists"]): ListPlan {
  const operations = plan.operations.filter(({ kind }) => kind !== "add" && kind !== "remove");
  return { ...plan, operations, quiet: false, readAgain: true, hash: planHash(pair, operations), lists };
}

/** What both sides know an entry by: the key of its link, by the services' ids on each side. */
interface Shared {
  readonly a: ReadonlyMap<string, string>;
  readonly b: ReadonlyMap<string, string>;
}

/**
 * What both sides share once the released operations are done. Where several entries of one side stand for one of the
 * other, the primary one counts, or the first that is there.
 */
function sharedBy(context: RunContext, { links }: LinkSet, plan: PairPlan, contents: BothContents): Shared {
  const names = { a: namesByKey(context, "a", contents.a), b: namesByKey(context, "b", contents.b) };
  const shared = { a: new Map<string, string>(), b: new Map<string, string>() };
  const ended = new Set(
    plan.operations.flatMap(({ kind, links: own }) =>
      own.flatMap(({ key, repoints }) =>
        repoints || kind === "detach" || kind === "suppress" || kind === "drop" ? [key] : [],
      ),
    ),
  );
  for (const { link } of plan.unmatched) if (link?.repoints) ended.add(link.key);
  const inForce = [...links.values()].filter(({ key, state }) => state === "linked" && !ended.has(key));
  const taken = { a: new Set<string>(), b: new Set<string>() };
  const note = (letter: SideLetter, name: string | undefined, key: string) => {
    if (name === undefined || shared[letter].has(name) || taken[letter].has(key)) return;
    shared[letter].set(name, key);
    taken[letter].add(key);
  };
  const primaryFirst = [...inForce.filter(({ alias }) => !alias), ...inForce.filter(({ alias }) => alias)];
  for (const { key: own, aId, bId } of primaryFirst) {
    const [a, b] = [aId === undefined ? undefined : names.a.get(aId), bId === undefined ? undefined : names.b.get(bId)];
    const key = keyOf(shared, a, b) ?? own;
    note("a", a, key);
    note("b", b, key);
  }
  for (const { kind, links: own, fromId, toId } of plan.operations) {
    const [first] = own;
    if ((kind !== "add" && kind !== "link") || !first || fromId === undefined || toId === undefined) continue;
    const key = keyOf(shared, fromId, toId) ?? first.key;
    note("a", fromId, key);
    note("b", toId, key);
  }
  return shared;
}

function keyOf(shared: Shared, a: string | undefined, b: string | undefined): string | undefined {
  return (a === undefined ? undefined : shared.a.get(a)) ?? (b === undefined ? undefined : shared.b.get(b));
}

function namesByKey(context: RunContext, letter: SideLetter, contents: BoundContents): ReadonlyMap<string, string> {
  const { ids } = sideOf(context, letter);
  return new Map(contents.rows().flatMap(({ id }) => (id === undefined ? [] : [[ids.key(id), id]])));
}

function arrangedSide(
  context: RunContext,
  letter: SideLetter,
  contents: BoundContents,
  shared: Shared,
  plan: PairPlan,
): ArrangedSide {
  const { side } = sideOf(context, letter);
  const own = shared[letter];
  const present = new Set(contents.rows().flatMap(({ id }) => id ?? []));
  const idOn = ({ fromId, toId }: PlannedOperation) => (letter === "a" ? fromId : toId);
  const adds = new Map<string, string>();
  const pruned = new Set<string>();
  const removedKeys = new Set<string>();
  for (const operation of plan.operations) {
    const id = idOn(operation);
    const key = id === undefined ? undefined : own.get(id);
    if (operation.kind === "add" && operation.on === side && id !== undefined && key !== undefined) adds.set(key, id);
    if (operation.kind !== "remove") continue;
    for (const link of operation.links) removedKeys.add(link.key);
    const isStray = operation.links.length === 0 || isOfWrongCopy(operation);
    if (operation.on === side && isStray && id !== undefined) pruned.add(id);
  }
  const here = new Set([...own].flatMap(([id, key]) => (present.has(id) ? [key] : [])));
  const other = shared[letter === "a" ? "b" : "a"];
  // What is missing and not released for removal: not known, held back, or put there again.
  const excused = new Set([...other.values()].filter((key) => !here.has(key) && !removedKeys.has(key)));
  const writer = contents.collection.write;
  return {
    list: namesOf(contents.rows())
      .map((entry) => {
        const key = own.get(entry);
        return { entry, ...(key === undefined ? {} : { shared: key }) };
      })
      .filter(({ entry }) => !pruned.has(entry)),
    adds,
    excused,
    copies: writer?.copies ?? "kept",
    ...(writer?.maxItems === undefined ? {} : { maxItems: writer.maxItems }),
  };
}

/**
 * Stored keys of what a side was before an earlier run began to rearrange it, if it is now just what calls of ours have made of
 * it. Else a person has been there since, and it is what it is.
 */
function wasBeforeUs(
  context: RunContext,
  letter: SideLetter,
  contents: BoundContents,
  { begun }: ListOrders,
): readonly string[] | undefined {
  const { side, ids } = sideOf(context, letter);
  const capability = contents.collection.write?.capability;
  const own = begun[side];
  if (!own || !capability) return undefined;
  const names = namesOf(contents.rows()).map((name) => (name.startsWith("#") ? name : ids.key(name)));
  const nameNow = onTheWay(own, names, capability);
  return nameNow && own.was.map(nameNow);
}

function beforeUs(
  context: RunContext,
  letter: SideLetter,
  contents: BoundContents,
  { links }: LinkSet,
  shared: Shared,
  was: readonly string[] | undefined,
): Pick<ArrangedSide, "before"> {
  if (!was) return {};
  const { ids } = sideOf(context, letter);
  const tokens = new Map<string, string>();
  for (const link of links.values()) {
    const id = letter === "a" ? link.aId : link.bId;
    if (id !== undefined && !link.alias) tokens.set(id, link.key);
  }
  for (const [id, key] of shared[letter]) tokens.set(ids.key(id), key);
  const idsByKey = new Map(contents.rows().flatMap(({ id }) => (id === undefined ? [] : [[ids.key(id), id]])));
  const before = was.map((entry) => {
    const key = tokens.get(entry);
    return { entry: idsByKey.get(entry) ?? entry, ...(key === undefined ? {} : { shared: key }) };
  });
  return { before };
}

/** Both sides have nothing but their order to disagree on, and a service tells no time of it. */
function winnerOf({ pair, from }: RunContext): SideLetter {
  const winner: Side = pair.conflict_policy === "target-wins" ? "target" : "source";
  return from.side === winner ? "a" : "b";
}

function arrangementOf(
  side: Side,
  was: readonly string[],
  becomes: readonly string[],
  before: readonly string[] | undefined,
): Omit<PlannedOperation, "id"> | undefined {
  const { moves, inserts, removes, edits } = diffOrdered(was, becomes);
  if (edits === 0) return undefined;
  const counts = { moves: moves.length, inserts: inserts.length, removes: removes.length };
  return {
    kind: "arrange",
    on: side,
    links: [],
    reason: reason("arrange.order", counts),
    arrangement: { was, becomes, ...counts, ...(before ? { before } : {}) },
  };
}

/** What a side cannot hold, told once for each list. */
function leftOut(context: RunContext, { leftOut: out }: Arrangement): UnmatchedItem[] {
  return (["a", "b"] as const).flatMap((letter) => {
    const { side } = sideOf(context, letter === "a" ? "b" : "a");
    const to = sideOf(context, letter).provider.displayName;
    const { copies, beyondLimit } = out[letter];
    const item = (code: "unsyncable.copies" | "unsyncable.no-room", count: number): UnmatchedItem[] =>
      count === 0
        ? []
        : [{ side, itemId: "", verdict: "unsyncable", reason: reason(code, { to, count }), attempts: 0 }];
    return [...item("unsyncable.copies", copies), ...item("unsyncable.no-room", beyondLimit.length)];
  });
}
