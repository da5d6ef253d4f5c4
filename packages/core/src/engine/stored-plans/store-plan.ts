import type { ItemIds, StoredItemId, TenantHasher } from "../../crypto/index.ts";
import type { Row, Statement } from "../../ports/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { itemIdsOf } from "../links/item-ids-of.ts";
import type { ContentsPlan, PairPlan, PlannedOperation, Side } from "../plans/plan.ts";
import type { UnmatchedItem } from "../reports/report.ts";
import type { JobRow } from "../runs/job-records.ts";
import type { PairRow } from "../runs/run-context.ts";
import { isWrite, operationKey, withContents } from "./operation-key.ts";

export type PlanItemRow = Row<"plan_items">;

/** How a job's row is closed once its plan is stored. */
interface PlanRecord {
  readonly increment: { readonly [K in keyof JobRow]?: number };
  readonly statements: readonly Statement[];
}

/** Rows of one batch. */
const LOT = 500;

/**
 * Writes down the items of a plan: ids and codes, no content. Nobody is shown them before the statements that are returned are
 * committed, so that what was interrupted is written anew.
 */
export async function storePlan(
  parts: EngineParts,
  pair: PairRow,
  { plan_id: planId }: Pick<JobRow, "plan_id">,
  plan: PairPlan,
): Promise<PlanRecord> {
  if (planId === null) throw new TypeError("a job that plans names its plan");
  const { storage, clock } = parts;
  await storage.write({ statements: [{ delete: "plan_items", where: { plan_id: planId } }] });
  const drafts = itemsOf(plan);
  const keeper = await Keeper.of(parts, pair, planId);
  for (let from = 0; from < drafts.length; from += LOT) {
    const rows = await keeper.rows(drafts.slice(from, from + LOT), from);
    await storage.write({ statements: [{ insert: "plan_items", rows }] });
  }
  const now = clock.now();
  const count = (section: PlanItemRow["section"]) => drafts.filter((draft) => draft.section === section).length;
  const set: Partial<Row<"plans">> = {
    pair_version: pair.version,
    hold_hash: plan.hold?.hash ?? null,
    hold_reason: plan.hold?.reasons[0] ?? null,
    operations: count("write"),
    held: count("held"),
    unmatched: count("unmatched"),
    requests: plan.estimate.requests,
    expected_end_at: plan.estimate.expectedEndMs,
    planned_at: now,
    updated_at: now,
  };
  const sent = [...Object.values(plan.requests.source), ...Object.values(plan.requests.target)];
  return {
    increment: { items_processed: drafts.length, requests: sent.reduce((sum, n) => sum + n, 0) },
    statements: [{ update: "plans", set, where: { id: planId } }],
  };
}

/** An item that is to be stored, its ids still in clear. */
interface Draft {
  readonly section: PlanItemRow["section"];
  readonly pairId: string;
  readonly operation?: PlannedOperation;
  readonly unmatched?: UnmatchedItem;
  readonly source?: string | undefined;
  readonly target?: string | undefined;
  readonly container?: string | undefined;
}

/** Writes first, in the order in which they are carried out. */
function itemsOf(plan: PairPlan): Draft[] {
  const drafts = withContents(plan).flatMap((each) => [
    ...each.operations.map((one) => ofOperation(each, one, isWrite(one) ? "write" : "link")),
    ...(each.hold?.operations ?? []).map((one) => ofOperation(each, one, "held")),
    ...each.unmatched.map((one) => ofUnmatched(each, one)),
  ]);
  const order = ["write", "held", "unmatched", "link"];
  return drafts.sort((left, right) => order.indexOf(left.section) - order.indexOf(right.section));
}

function ofOperation(plan: PairPlan, operation: PlannedOperation, section: Draft["section"]): Draft {
  const { fromId, toId } = operation;
  const ids = plan.from === "source" ? { source: fromId, target: toId } : { source: toId, target: fromId };
  return { section, pairId: plan.pairId, operation, ...ids, container: containerOf(plan) };
}

function ofUnmatched(plan: PairPlan, unmatched: UnmatchedItem): Draft {
  const container = containerOf(plan);
  return { section: "unmatched", pairId: plan.pairId, unmatched, [unmatched.side]: unmatched.itemId, container };
}

function containerOf(plan: PairPlan): string | undefined {
  const { containers } = plan as Partial<ContentsPlan>;
  return containers?.[plan.from];
}

/** Turns drafts into rows. */
class Keeper {
  readonly #pair: PairRow;
  readonly #planId: string;
  readonly #hasher: TenantHasher;
  readonly #ids: { readonly [S in Side]: ItemIds };

  private constructor(pair: PairRow, planId: string, hasher: TenantHasher, ids: { readonly [S in Side]: ItemIds }) {
    this.#pair = pair;
    this.#planId = planId;
    this.#hasher = hasher;
    this.#ids = ids;
  }

  static async of(parts: EngineParts, pair: PairRow, planId: string): Promise<Keeper> {
    return new Keeper(pair, planId, await parts.hashes.forTenant(pair.tenant_id), await idsOfPlan(parts, pair));
  }

  async rows(drafts: readonly Draft[], first: number): Promise<PlanItemRow[]> {
    const source = await this.#seal(
      "source",
      "source_sealed",
      drafts.map((draft) => draft.source),
    );
    const target = await this.#seal(
      "target",
      "target_sealed",
      drafts.map((draft) => draft.target),
    );
    const reader: Side = this.#pair.mode === "sync-to" ? "target" : "source";
    const container = await this.#seal(
      reader,
      "container_sealed",
      drafts.map((draft) => draft.container),
    );
    return drafts.map((draft, index) => ({
      plan_id: this.#planId,
      position: first + index,
      tenant_id: this.#pair.tenant_id,
      section: draft.section,
      operation_key: draft.operation ? operationKey(this.#hasher, draft.pairId, draft.operation.id) : null,
      kind: draft.operation?.kind ?? null,
      verdict: draft.unmatched?.verdict ?? null,
      side: draft.operation?.on ?? draft.unmatched?.side ?? null,
      source_id: source[index]?.key ?? null,
      source_sealed: source[index]?.sealed ?? null,
      target_id: target[index]?.key ?? null,
      target_sealed: target[index]?.sealed ?? null,
      container_id: container[index]?.key ?? null,
      container_sealed: container[index]?.sealed ?? null,
      reason: (draft.operation ?? draft.unmatched)?.reason.code ?? "",
      ...matchOf(draft),
    }));
  }

  /** In the order of `ids`; nothing for those that there are not. */
  async #seal(
    side: Side,
    column: "source_sealed" | "target_sealed" | "container_sealed",
    ids: readonly (string | undefined)[],
  ): Promise<(StoredItemId | undefined)[]> {
    const known = ids.filter((id) => id !== undefined);
    const owner = { tenant_id: this.#pair.tenant_id, plan_id: this.#planId };
    const sealed = (await this.#ids[side].seal(known, { table: "plan_items", column, owner })).values();
    return ids.map((id) => (id === undefined ? undefined : sealed.next().value));
  }
}

function matchOf({ operation, unmatched }: Draft): Pick<PlanItemRow, "matched_by" | "confidence"> {
  const match = operation?.match ?? unmatched?.match;
  return { matched_by: match?.by ?? null, confidence: match?.confidence ?? null };
}

/** How the ids of each side of a pair are stored. */
export async function idsOfPlan(parts: EngineParts, pair: PairRow): Promise<{ readonly [S in Side]: ItemIds }> {
  const of = async (connectionId: string, container: string) => {
    const ref = { tenantId: pair.tenant_id, userId: pair.user_id, connectionId };
    const provider = parts.registry.get((await parts.connections.get(ref)).service);
    return await itemIdsOf(parts, provider, pair.tenant_id, container);
  };
  return {
    source: await of(pair.source_connection_id, pair.source_container),
    target: await of(pair.target_connection_id, pair.target_container),
  };
}
