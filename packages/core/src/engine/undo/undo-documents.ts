import { readDocumentLinks } from "../documents/document-links.ts";
import type { PlannedOperation } from "../plans/plan.ts";
import { operationId } from "../plans/plan-hash.ts";
import { type Reason, reason } from "../plans/reasons.ts";
import type { ItemOutcome } from "../reports/report.ts";
import type { RunContext } from "../runs/run-context.ts";
import type { Journal, WrittenItem } from "./journal.ts";
import { idsOf, refusedItem, type UndoneRun, type UndoSteps } from "./undo-items.ts";

/**
 * Documents that a run has made go again, where they are still what it made. What it changed or deleted cannot come back: no
 * content is kept.
 * @param isAsMade whether what a document holds is still only what that run has put there
 */
export async function undoDocuments(
  context: RunContext,
  run: UndoneRun,
  { written, later }: Pick<Journal, "written" | "later">,
  isAsMade: (item: WrittenItem) => Promise<Reason | undefined>,
): Promise<UndoSteps> {
  const { parts, pair, from } = context;
  const { links } = await readDocumentLinks(parts.storage, pair.id, from.side, parts.clock.now());
  const hasher = await parts.hashes.forTenant(pair.tenant_id);
  const operations: PlannedOperation[] = [];
  const notUndone: ItemOutcome[] = [];
  const made = new Set(written.flatMap(({ kind, side, linkKey }) => (kind === "create" ? [`${side} ${linkKey}`] : [])));
  for (const item of written) {
    // What a creation could not carry was written right after it, and goes with what was made.
    if (item.kind === "update" && made.has(`${item.side} ${item.linkKey}`)) continue;
    const link = links.get(item.linkKey);
    const here = item.side === from.side ? link?.aId : link?.bId;
    const isMade = item.kind === "create" && !run.isUndo;
    const why = !isMade
      ? reason("undo.no-content", {})
      : later[item.side].has(item.key)
        ? reason("undo.later-run", {})
        : link?.state !== "linked" || here !== item.key
          ? reason("undo.changed-since", {})
          : await isAsMade(item);
    if (why || !link) {
      notUndone.push(refusedItem(context, item, why ?? reason("undo.changed-since", {})));
      continue;
    }
    const { base, key, generation } = link;
    const ids = idsOf(context, item);
    const operation = {
      kind: "delete" as const,
      on: item.side,
      ...ids,
      links: [{ key, generation, state: "linked" as const, ...ids }],
      reason: reason("undo.created", {}),
      document: { ...(base.a ? { from: base.a } : {}), ...(base.b ? { to: base.b } : {}) },
      undoes: run.jobId,
    };
    operations.push({ id: operationId(hasher, pair.id, operation), ...operation });
  }
  return { operations, notUndone };
}
