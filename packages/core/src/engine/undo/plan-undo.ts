import { containerName, readContainerPairs } from "../containers/container-pairs.ts";
import type { ContainerSides } from "../containers/containers-shape.ts";
import { storedLinks } from "../containers/plan-containers.ts";
import type { ContentsPlan, PairPlan } from "../plans/plan.ts";
import { inContainers, requestsOf } from "../reports/build-reports.ts";
import type { ItemOutcome } from "../reports/report.ts";
import { assertSameAccounts } from "../runs/open-sides.ts";
import { assertRunning, type RunContext } from "../runs/run-context.ts";
import { type Journal, readJournals } from "./journal.ts";
import { UndoneContents } from "./undo-contents.ts";
import { undoDocuments } from "./undo-documents.ts";
import { type UndoneRun, undoItems } from "./undo-items.ts";
import { asLeft, asWritten, undoPlanOf } from "./undo-plan-parts.ts";

const NOTHING_WRITTEN: Journal = {
  written: [],
  open: [],
  later: { source: new Set(), target: new Set() },
};

/** What is to be done to take a run back, for references. */
export async function planUndoItems(context: RunContext, run: UndoneRun): Promise<PairPlan> {
  const journal = await journalOf(context, run);
  return undoPlanOf(context, run, await undoItems(context, run, asWritten(context, journal)), asLeft(context, journal));
}

/** The same for documents that hold nothing. */
export async function planUndoDocuments(context: RunContext, run: UndoneRun): Promise<PairPlan> {
  const journal = await journalOf(context, run);
  const steps = await undoDocuments(context, run, asWritten(context, journal), async () => undefined);
  return undoPlanOf(context, run, steps, asLeft(context, journal));
}

async function journalOf(context: RunContext, run: UndoneRun): Promise<Journal> {
  await assertSameAccounts(context);
  const journals = await readJournals(context, run.jobId, [context.pair.id]);
  return journals.get(context.pair.id) ?? NOTHING_WRITTEN;
}

/** What is to be done for containers: lists are put back, and what the run made goes again. */
export async function planUndoContainers(
  context: RunContext,
  sides: ContainerSides,
  run: UndoneRun,
): Promise<PairPlan> {
  await assertSameAccounts(context);
  const stored = await readContainerPairs(context.parts.storage, context.pair);
  const children = new Map([...stored.values()].map((child) => [child.id, child]));
  const journals = await readJournals(context, run.jobId, [context.pair.id, ...children.keys()]);
  await sides.a.look(context.from.session);
  await sides.b.look(context.to.session);
  const own = journals.get(context.pair.id) ?? NOTHING_WRITTEN;
  const lists = new UndoneContents(context, sides, run, stored, journals);
  const steps = await undoDocuments(context, run, asWritten(context, own), (item) => lists.isAsMade(item));
  const plan = undoPlanOf(context, run, steps, asLeft(context, own));
  const links = new Map((await storedLinks(context)).map((link) => [containerName(link), link]));
  const contents: ContentsPlan[] = [];
  const lost: ItemOutcome[] = [];
  for (const [pairId, journal] of journals) {
    const child = children.get(pairId);
    if (!child) continue;
    assertRunning(context);
    const link = links.get(child.container);
    // One that was deleted since says nothing of the others.
    const planned = link && (await lists.plan(child, link, journal, steps.operations));
    if (planned) contents.push(planned);
    else lost.push(...(await lists.lost(child, journal)));
  }
  return {
    ...plan,
    notUndone: [
      ...(plan.notUndone ?? []),
      ...lost,
      ...contents.flatMap((each) => inContainers(each.notUndone ?? [], each)),
    ],
    contents,
    quiet: plan.quiet && contents.every(({ quiet }) => quiet),
    requests: requestsOf(context),
  };
}
