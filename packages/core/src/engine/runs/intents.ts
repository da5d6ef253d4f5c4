import type { WriteOutcome } from "../../contract/index.ts";
import { newHandle } from "../../crypto/index.ts";
import type { Row, Statement } from "../../ports/index.ts";
import { undoneRecords } from "../links/link-records.ts";
import { unsettleCursors, writeLinks } from "../links/links.ts";
import type { DocumentChange, PlannedOperation, Side } from "../plans/plan.ts";
import { type OpenSide, openSideOf, type RunContext } from "./run-context.ts";

/** One remote call in the journal, before it is made. */
export interface Intent {
  readonly row: Row<"intents">;
  readonly items: readonly Row<"intent_items">[];
  readonly statements: readonly Statement[];
}

/**
 * Writes down what is about to be done. Links that do not exist yet are written as pending in the same batch: should
 * the process die now, the next run knows the counterpart without looking it up again.
 */
export async function openIntent(
  context: RunContext,
  side: Side,
  kind: Row<"intents">["kind"],
  operations: readonly PlannedOperation[],
  fencing: number,
): Promise<Intent> {
  const { parts, pair, jobId } = context;
  const written = openSideOf(context, side);
  const other = written === context.to ? context.from : context.to;
  const idOn = (operation: PlannedOperation, open: OpenSide) =>
    open === context.from ? operation.fromId : operation.toId;
  const now = parts.clock.now();
  const id = newHandle("int", parts.random);
  const row: Row<"intents"> = {
    id,
    pair_id: pair.id,
    tenant_id: pair.tenant_id,
    job_id: jobId,
    side,
    kind,
    state: "prepared",
    items: operations.length,
    fencing,
    undo: operations.some(({ undoes }) => undoes !== undefined),
    created_at: now,
    updated_at: now,
  };
  const owner = { tenant_id: pair.tenant_id, intent_id: id };
  const writtenIds = await written.ids.seal(
    operations.map((operation) => idOn(operation, written) ?? ""),
    { table: "intent_items", column: "written_sealed", owner },
  );
  const counterparts = await other.ids.seal(
    operations.map((operation) => idOn(operation, other) ?? ""),
    { table: "intent_items", column: "counterpart_sealed", owner },
  );
  const items = operations.map(
    (operation, position): Row<"intent_items"> => ({
      intent_id: id,
      position,
      tenant_id: pair.tenant_id,
      operation_id: operation.id,
      link_key: operation.links[0]?.key ?? "",
      written_id: writtenIds[position]?.key ?? "",
      written_sealed: writtenIds[position]?.sealed ?? null,
      counterpart_id: idOn(operation, other) === undefined ? null : (counterparts[position]?.key ?? null),
      counterpart_sealed: idOn(operation, other) === undefined ? null : (counterparts[position]?.sealed ?? null),
      meant_fields: operation.document?.meant ?? null,
      outcome: null,
      reason: null,
      matched_by: operation.match?.by ?? null,
      confidence: operation.match?.confidence ?? null,
    }),
  );
  return {
    row,
    items,
    statements: [
      { insert: "intents", rows: [row] },
      // A call that moves what is there writes no item.
      ...(items.length > 0 ? [{ insert: "intent_items" as const, rows: items }] : []),
      unsettleCursors(pair.id),
      ...(await takenBack(context, operations)),
      ...(kind === "add" || kind === "create" ? await pendingLinks(context, operations) : []),
    ],
  };
}

/**
 * What is taken back is known as that before the call is made: should the process die on the way, nobody takes it for a
 * user's wish. Where the call is not made after all, the next run finds the item as it was and lifts the state.
 */
async function takenBack(context: RunContext, operations: readonly PlannedOperation[]): Promise<Statement[]> {
  return await writeLinks(
    context,
    operations.flatMap((each) => undoneRecords(context, each)),
  );
}

/** Remembers the counterparts of additions that have no link yet. */
export async function pendingLinks(context: RunContext, operations: readonly PlannedOperation[]): Promise<Statement[]> {
  const fresh = operations.filter(
    ({ links, undoes }) => undoes === undefined && links.every(({ state }) => state === undefined),
  );
  return await writeLinks(
    context,
    fresh.flatMap(({ links, fromId, toId, match, document }) =>
      links.map(({ key, generation, ...own }, index) => ({
        key,
        ...(fromId === undefined ? {} : { fromId }),
        ...(toId === undefined ? {} : { toId }),
        ...(own.fromId === undefined ? {} : { fromId: own.fromId }),
        ...(own.toId === undefined ? {} : { toId: own.toId }),
        state: "pending" as const,
        reason: "add.pending",
        alias: index > 0,
        generation,
        attempts: 0,
        ...(match ? { matchedBy: match.by, confidence: match.confidence } : {}),
        ...(document ? { document: { ...basesOf(document), turns: 0 } } : {}),
      })),
    ),
  );
}

function basesOf({ from, to }: DocumentChange): Pick<DocumentChange, "from" | "to"> {
  return { ...(from ? { from } : {}), ...(to ? { to } : {}) };
}

/** What became of the call, item by item. */
export function closeIntent(
  { parts }: RunContext,
  intent: Intent,
  state: Row<"intents">["state"],
  outcomes: readonly WriteOutcome[],
): Statement[] {
  const set = { state, updated_at: parts.clock.now() };
  const items = intent.items.flatMap((item, index) => {
    const outcome = outcomes[index];
    return outcome ? [{ ...item, outcome: outcome.result, reason: outcome.reason ?? null }] : [];
  });
  return [
    { update: "intents", set, where: { id: intent.row.id } },
    ...(items.length > 0 ? [{ insert: "intent_items" as const, rows: items, onConflict: "replace" as const }] : []),
  ];
}
