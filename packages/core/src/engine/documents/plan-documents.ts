import type { Statement } from "../../ports/index.ts";
import { type Decision, guard, otherThan, type Reconciliation, type SideLetter } from "../../reconcile/index.ts";
import { ItemIdBook } from "../links/item-id-book.ts";
import { recoveredOutcomes } from "../links/recovered.ts";
import type { PairPlan } from "../plans/plan.ts";
import { planHash } from "../plans/plan-hash.ts";
import { basisOf, planHead, withHold } from "../plans/plan-parts.ts";
import { requestsOf } from "../reports/build-reports.ts";
import type { ItemOutcome } from "../reports/report.ts";
import { assertSameAccounts } from "../runs/open-sides.ts";
import { assertRunning, isTwoWay, type RunContext } from "../runs/run-context.ts";
import { buildWorld } from "./build-world.ts";
import { readOpenConflicts } from "./conflict-records.ts";
import { decideDocuments } from "./decide-documents.ts";
import { readDocumentLinks } from "./document-links.ts";
import { documentOperations, type RestatedDecision, type Restatement } from "./document-operations.ts";
import { type DocumentSide, documentSides } from "./document-side.ts";
import { type DocumentWorld, type InScope, Presences, seenOn } from "./document-world.ts";
import { closeEndedConflicts } from "./ended-conflicts.ts";
import { estimateDocuments } from "./estimate-documents.ts";
import { readBothCollections } from "./read-both.ts";
import { type DocumentReading, getDocument } from "./read-documents.ts";
import { type RecentDocuments, readRecentDocuments } from "./recent-documents.ts";
import { readOpenDocumentIntents, recoverDocuments } from "./recover-documents.ts";
import { scopeByRules } from "./scope-by-rules.ts";
import { unmatchedDocuments } from "./unmatched-documents.ts";

type Restated = NonNullable<PlanDocumentsOptions["restated"]>;

export interface PlanDocumentsOptions {
  /** Records what recovery found; absent in a dry run. */
  readonly commit?: (statements: readonly Statement[]) => Promise<void>;
  /** Absent: the pair is about all of both collections. */
  readonly inScope?: InScope;
  /** A document in step that is to be written in another form all the same: by side and stored key. */
  readonly restated?: (side: SideLetter, id: string) => Restatement | undefined;
}

/** Reads both collections, decides and guards. Writes nothing to any service. */
export async function planDocuments(context: RunContext, options: PlanDocumentsOptions): Promise<PairPlan> {
  const { pair, parts } = context;
  const { restated = () => undefined } = options;
  const now = parts.clock.now();
  const read = await readAndRecover(context, options, false);
  await assertSameAccounts(context);
  const { recent } = read;
  let { world, moves } = read;
  let decided = await decideAndGuard(context, world, recent, restated);
  if (decided.verdict.reasons.includes("mass-change")) {
    // A service that showed everything changed is asked once more before a person is.
    ({ world, moves } = await readAndRecover(context, options, true));
    decided = await decideAndGuard(context, world, recent, restated);
  }
  const ended = read.undecided > 0 ? [] : closeEndedConflicts(context, world);
  if (ended.length > 0) await options.commit?.(ended);
  const { reconciled, verdict } = decided;
  const heldKeys = new Set(verdict.held.flatMap(({ keys }) => keys));
  const moved = moves.filter(({ key }) => {
    const link = world.stored.links.get(key);
    return link !== undefined && world.inScope(link.aId, link.bId);
  });
  const { waiting = [], free = [] } = Object.groupBy(moved, ({ key }) => (heldKeys.has(key) ? "waiting" : "free"));
  const released = await documentOperations({ context, world, moves: free, recent }, verdict.released);
  const held = await documentOperations({ context, world, moves: waiting, recent }, verdict.held);
  const { operations, hold } = withHold(pair, released.operations, held.operations, verdict.reasons);
  const { a, b } = world.readings;
  return {
    ...planHead(context),
    basis: { from: basisOf(a), to: basisOf(b) },
    operations,
    ...(hold ? { hold } : {}),
    ...(released.resting.length > 0 ? { resting: released.resting } : {}),
    recovered: await recoveredOutcomes(context, read.recovered),
    unmatched: unmatchedDocuments(context, world),
    quiet: a.extent === "unchanged" && b.extent === "unchanged" && operations.length === 0 && !hold,
    readAgain: reconciled.readAgain || reconciled.waiting > 0 || read.undecided > 0,
    requests: requestsOf(context),
    estimate: estimateDocuments(context, world.sides, operations),
    hash: planHash(pair, operations),
    plannedAtMs: now,
    ...(read.rebuild ? { rebuild: true } : {}),
  };
}

/** Records what interrupted calls have done after all, if there are any. */
export async function recoverOpenDocuments(
  context: RunContext,
  commit: (statements: readonly Statement[]) => Promise<void>,
): Promise<readonly ItemOutcome[]> {
  const open = await readOpenDocumentIntents(context, documentSides(context));
  if (open.length === 0) return [];
  const { recovered } = await readAndRecover(context, { commit }, true);
  return await recoveredOutcomes(context, recovered);
}

async function readAndRecover(context: RunContext, { commit, inScope }: PlanDocumentsOptions, full: boolean) {
  const { parts, pair, from } = context;
  const sides = documentSides(context);
  const hasher = await parts.hashes.forTenant(pair.tenant_id);
  const before = await readDocumentLinks(parts.storage, pair.id, from.side, parts.clock.now());
  const [recent, conflicts, open] = await Promise.all([
    readRecentDocuments(context, sides),
    readOpenConflicts(context),
    readOpenDocumentIntents(context, sides),
  ]);
  const asked = [...conflicts.values()].some(
    ({ decision, policy, link_key }) =>
      decision !== null || policy !== pair.conflict_policy || before.links.get(link_key)?.state !== "conflict",
  );
  const whole = full || asked || open.length > 0;
  const { readings, rebuild } = await readBothCollections(context, sides, before, { full: whole, conflicts });
  const ruled = scopeByRules(sides.rules, readings, parts.clock.now());
  const found = { hasher, sides, readings, settling: recent.settling, conflicts, inScope: inScope ?? ruled };
  const { stored, undecided, recovered, statements } = await recoverDocuments(context, before, open, found);
  if (statements.length > 0) await commit?.(statements);
  return {
    ...(await buildWorld(context, found, stored, undecided)),
    recent,
    rebuild,
    recovered,
    undecided: undecided.size,
  };
}

/** Decides, guards, and asks the services by id about what seems to be gone. */
async function decideAndGuard(context: RunContext, world: DocumentWorld, recent: RecentDocuments, restated: Restated) {
  const presences = new Presences(world);
  const reconciled = decideDocuments(context, world, presences);
  const verdict = guardDocuments(context, world, presences, reconciled.decisions, recent, restated);
  const asked = await askWhetherGone(context, world, [
    ...verdict.released,
    // Where the later of two wins, a person has to be shown who does.
    ...(context.pair.conflict_policy === "newest-wins" ? verdict.held.filter(isDeletionConflict) : []),
  ]);
  if (!asked) return { reconciled, verdict };
  const again = new Presences(asked);
  const decidedAgain = decideDocuments(context, asked, again);
  return {
    reconciled: decidedAgain,
    verdict: guardDocuments(context, asked, again, decidedAgain.decisions, recent, restated),
  };
}

/**
 * Absence from a listing is proof only together with the service's word for that id.
 * @returns the world with what was learnt, or `undefined` if it changes nothing
 */
async function askWhetherGone(
  context: RunContext,
  world: DocumentWorld,
  decisions: readonly Decision[],
): Promise<DocumentWorld | undefined> {
  const book = new ItemIdBook(context);
  const asked = decisions.filter(restsOnAbsence);
  await book.openLinks(asked.flatMap(({ keys }) => keys));
  const notGone = { a: new Set(world.notGone.a), b: new Set(world.notGone.b) };
  const gone = new Set<"a" | "b">();
  let learnt = false;
  const lacking = asked.flatMap((decision) => lackingSides(decision).map((side) => ({ decision, side })));
  for (const { decision, side } of lacking) {
    const stored = side === "a" ? decision.aId : decision.bId;
    const reading: DocumentReading = world.readings[side];
    if (stored === undefined || reading.seen.has(stored) || reading.deleted.has(stored)) continue;
    assertRunning(context);
    const answer = await getDocument(world.sides[side], book.id(side, stored));
    if (answer && "gone" in answer) {
      gone.add(side);
      reading.deleted.set(stored, answer.deletedAtMs);
      learnt ||= answer.deletedAtMs !== undefined;
    } else {
      notGone[side].add(stored);
      learnt = true;
    }
  }
  for (const side of gone) await assertContainerThere(world.sides[side]);
  return learnt ? { ...world, notGone } : undefined;
}

/**
 * Where the place itself has gone, every id in it is gone too, and nobody has deleted any.
 * @throws {ServiceError} what the service says of the place
 */
async function assertContainerThere({ collection, open }: DocumentSide): Promise<void> {
  for await (const _ of collection.read.list(open.session, {})) return;
}

function restsOnAbsence(decision: Decision): boolean {
  const { action, keys } = decision;
  if (keys.length === 0) return false;
  return isDeletionConflict(decision) || ["remove", "detach", "suppress", "drop", "create"].includes(action);
}

function isDeletionConflict({ conflict }: Decision): boolean {
  return conflict !== undefined && conflict.kind !== "edit/edit";
}

/** The sides whose absence a decision rests on. A creation rests on the absence of what it makes. */
function lackingSides({ action, on, conflict }: Decision): readonly ("a" | "b")[] {
  if (conflict && conflict.kind !== "edit/edit") return [conflict.kind === "delete/edit" ? "a" : "b"];
  if (action === "drop") return ["a", "b"];
  if (action === "remove" && on !== undefined) return [otherThan(on)];
  if (action === "create" && on !== undefined) return [on];
  return [action === "detach" ? "a" : "b"];
}

/** Documents that both sides hold as they agreed, and that are to be written on one of them: in another form, or to their end. */
function restatementsOf(
  context: RunContext,
  world: DocumentWorld,
  presences: Presences,
  decided: Reconciliation["decisions"],
  restated: Restated,
): RestatedDecision[] {
  const taken = new Set(decided.flatMap(({ keys }) => keys));
  const written = isTwoWay(context) ? (["a", "b"] as const) : (["b"] as const);
  return [...world.stored.links.values()].flatMap(({ key, state, aId, bId }) => {
    if (state !== "linked" || taken.has(key) || aId === undefined || bId === undefined) return [];
    if (presences.of("a", aId) !== "present" || presences.of("b", bId) !== "present") return [];
    if (!world.inScope(aId, bId)) return [];
    for (const on of written) {
      const id = on === "a" ? aId : bId;
      const isUnfinished = seenOn(world, on, id)?.unfinished;
      const restates = isUnfinished ? ({ rest: true } as const) : restated(on, id);
      if (restates) return [{ action: "update", on, keys: [key], aId, bId, restates }];
    }
    return [];
  });
}

function guardDocuments(
  context: RunContext,
  world: DocumentWorld,
  presences: Presences,
  decided: Reconciliation["decisions"],
  { removedLately }: RecentDocuments,
  restated: Restated,
) {
  let links = 0;
  for (const { state, aId, bId } of world.stored.links.values())
    if ((state === "linked" || state === "conflict") && world.inScope(aId, bId)) links++;
  const emptied = ({ extent, rows }: DocumentReading) => extent === "full" && rows === 0 && links > 0;
  const restatements = restatementsOf(context, world, presences, decided, restated);
  const restatedOn = (side: SideLetter) => restatements.filter(({ on }) => on === side).length;
  return guard({
    decisions: [...decided, ...restatements],
    links,
    removedLately,
    emptySide: emptied(world.readings.a) || emptied(world.readings.b),
    // What is written in another form on one side counts as changed on the other, from where changes come.
    changed: { a: presences.changed("a") + restatedOn("b"), b: presences.changed("b") + restatedOn("a") },
    confirmFirst: context.pair.delete_free || (context.pair.prune && !context.pair.pruned_once),
  });
}
