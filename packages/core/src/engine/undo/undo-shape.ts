import { InvalidRequestError } from "../../errors/index.ts";
import { joined, notReached } from "../containers/apply-containers.ts";
import { containerName, readContainerPairs } from "../containers/container-pairs.ts";
import { type ContainerSides, opened } from "../containers/containers-shape.ts";
import { bind, storedLinks } from "../containers/plan-containers.ts";
import { applyContents } from "../contents/apply-contents.ts";
import { applyDocuments } from "../documents/apply-documents.ts";
import type { ContentsPlan, PairPlan } from "../plans/plan.ts";
import type { Lease } from "../runs/lease.ts";
import type { ApplyResult } from "../runs/ledger.ts";
import { assertRunning, type RunContext } from "../runs/run-context.ts";
import { type ShapeOfRun, shapeName, shapeOf } from "../runs/shapes.ts";
import { planUndoContainers, planUndoDocuments, planUndoItems } from "./plan-undo.ts";
import type { UndoneRun } from "./undo-items.ts";
import { untilShown } from "./until-shown.ts";

/** A run that takes another one back, for collections of whichever shape. */
export async function undoShape(context: RunContext, jobId: string): Promise<ShapeOfRun> {
  if (shapeName(context) === "log") throw new InvalidRequestError("undo.of-plays", { jobId });
  const { run, isEmpty } = await readRun(context, jobId);
  const base = await shapeOf(context);
  return {
    async plan(own, commit) {
      await untilShown(own, jobId);
      if (commit) await base.recover(own, commit);
      const plan = await planUndo(own, run);
      const found = plan.operations.length + (plan.notUndone ?? []).length + (plan.contents ?? []).length;
      if (!isEmpty && found === 0) throw new InvalidRequestError("undo.expired", { jobId });
      return plan;
    },
    recover: (own, commit) => base.recover(own, commit),
    async apply(own, lease, plan, given) {
      const result = await applyUndo(own, base, lease, plan, given);
      return { ...result, outcomes: [...(plan.notUndone ?? []), ...result.outcomes] };
    },
  };
}

async function readRun({ parts, pair }: RunContext, jobId: string) {
  const [job] = await parts.storage.select({ table: "sync_jobs", where: { id: jobId, pair_id: pair.id } });
  if (!job) throw new InvalidRequestError("job.unknown", { jobId });
  const run: UndoneRun = { jobId, isUndo: job.undoes !== null };
  return { run, isEmpty: job.items_added + job.items_updated + job.items_deleted === 0 };
}

async function planUndo(context: RunContext, run: UndoneRun): Promise<PairPlan> {
  const shape = shapeName(context);
  if (shape === "containers") return await planUndoContainers(...opened(context), run);
  return shape === "membership" ? await planUndoItems(context, run) : await planUndoDocuments(context, run);
}

async function applyUndo(
  context: RunContext,
  base: ShapeOfRun,
  lease: Lease,
  plan: PairPlan,
  given: boolean,
): Promise<ApplyResult> {
  if (shapeName(context) !== "containers") return await base.apply(context, lease, plan, given);
  const [own, sides] = opened(context);
  const results = await applyLists(own, sides, lease, plan.contents ?? []);
  const isGoingOn = results.every(({ deferred, error }) => !deferred && !error);
  results.push(isGoingOn ? await applyDocuments(own, lease, plan, { given }) : notReached({ ...plan, containers: {} }));
  return joined(results);
}

/** Lists first: a container that goes as a whole goes last, when all else has been put back. */
async function applyLists(
  context: RunContext,
  sides: ContainerSides,
  lease: Lease,
  contents: readonly ContentsPlan[],
): Promise<ApplyResult[]> {
  const links = new Map((await storedLinks(context)).map((link) => [containerName(link), link]));
  const stored = await readContainerPairs(context.parts.storage, context.pair);
  const results: ApplyResult[] = [];
  for (const plan of contents) {
    assertRunning(context);
    const link = links.get(containerName(plan.link));
    const child = stored.get(containerName(plan.link));
    const isGoingOn = results.every(({ deferred, error }) => !deferred && !error);
    if (!link || !child || !isGoingOn) {
      results.push(notReached(plan));
      continue;
    }
    const bound = bind(context, sides, link, child);
    const targets = {
      from: { contents: bound.contents.a, containerId: link.aId },
      to: { contents: bound.contents.b, containerId: link.bId },
    };
    results.push(await applyContents(bound.context, lease, plan, targets, new Set()));
  }
  return results;
}
