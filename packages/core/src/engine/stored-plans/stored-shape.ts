import type { TenantHasher } from "../../crypto/index.ts";
import { InvalidRequestError } from "../../errors/index.ts";
import type { ContentsPlan, PairPlan, PlannedOperation } from "../plans/plan.ts";
import { planHash } from "../plans/plan-hash.ts";
import { reason } from "../plans/reasons.ts";
import { withConfirmed } from "../plans/with-confirmed.ts";
import type { ItemOutcome } from "../reports/report.ts";
import { inRanges } from "../runs/in-ranges.ts";
import type { RunContext } from "../runs/run-context.ts";
import { type ShapeOfRun, shapeOf } from "../runs/shapes.ts";
import { isWrite, operationKey, withContents } from "./operation-key.ts";
import type { PlanItemRow } from "./store-plan.ts";

/** What is stored of a plan, for carrying it out. */
interface Kept {
  readonly hasher: TenantHasher;
  /** Writes, and those that are held and may go ahead, by their keys. */
  readonly writes: ReadonlyMap<string, PlanItemRow["side"]>;
  /** Changes of links. */
  readonly links: ReadonlySet<string>;
  /** Names what is held and may go ahead. */
  readonly confirm: string | undefined;
}

const PAGE = 1_000;
const INTENTS_AT_ONCE = 200;

/**
 * A run that does what a stored plan says. It plans anew, because nothing of the content of a plan is stored, and leaves out
 * whatever is not in the stored one; what is stored and does not come out any more is reported as moved.
 * @throws {InvalidRequestError} `plan.stale`: it is gone, or the pair has been changed since
 */
export async function storedShape(context: RunContext, planId: string): Promise<ShapeOfRun> {
  const kept = await readKept(context, planId);
  const base = await shapeOf(context);
  let moved: readonly ItemOutcome[] = [];
  return {
    async plan(own, commit) {
      const full = await base.plan(own, commit);
      const plan = kept.confirm === undefined ? full : withConfirmed(own.pair, full, kept.confirm);
      const planned = onlyKept(own, plan, kept);
      moved = await movedSince(own, planned, kept);
      return planned;
    },
    recover: (own, commit) => base.recover(own, commit),
    async apply(own, lease, plan, given) {
      const result = await base.apply(own, lease, plan, given);
      return { ...result, outcomes: [...moved, ...result.outcomes] };
    },
  };
}

async function readKept({ parts, pair }: RunContext, planId: string): Promise<Kept> {
  const { storage, hashes } = parts;
  const [stored] = await storage.select({ table: "plans", where: { id: planId, pair_id: pair.id } });
  if (!stored || stored.planned_at === null || stored.pair_version !== pair.version) {
    throw new InvalidRequestError("plan.stale", { pairId: pair.id });
  }
  const writes = new Map<string, PlanItemRow["side"]>();
  const links = new Set<string>();
  for (let after: readonly [number] | undefined; ; ) {
    const rows = await storage.select({
      table: "plan_items",
      columns: ["position", "section", "operation_key", "side"],
      where: { plan_id: planId },
      orderBy: ["position"],
      limit: PAGE,
      ...(after ? { after } : {}),
    });
    for (const { section, operation_key: key, side } of rows) {
      if (key === null || (section === "held" && !stored.confirmed)) continue;
      if (section === "link") links.add(key);
      else writes.set(key, side);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) break;
    after = [last.position];
  }
  const confirm = stored.confirmed && stored.hold_hash !== null ? stored.hold_hash : undefined;
  return { hasher: await hashes.forTenant(pair.tenant_id), writes, links, confirm };
}

/** The plan with nothing in it that is not stored. What a container holds is taken as a whole, or left. */
function onlyKept({ pair }: RunContext, plan: PairPlan, kept: Kept): PairPlan {
  const isKept = (pairId: string) => (operation: PlannedOperation) => {
    const key = operationKey(kept.hasher, pairId, operation.id);
    return kept.writes.has(key) || kept.links.has(key);
  };
  const operations = plan.operations.filter(isKept(plan.pairId));
  if (operations.length === plan.operations.length && plan.contents === undefined) return plan;
  // What happens to a container itself may be what lets its contents be written: that it is hidden first.
  const left = new Set(plan.operations.filter((one) => !operations.includes(one)).flatMap(linkKeys));
  const isWhole = (each: ContentsPlan) => !left.has(each.link.key) && each.operations.every(isKept(each.pairId));
  const contents = plan.contents?.filter(isWhole);
  if (operations.length === plan.operations.length && contents?.length === plan.contents?.length) return plan;
  return {
    ...plan,
    operations,
    ...(contents ? { contents } : {}),
    hash: planHash(pair, operations),
    readAgain: true,
    quiet: false,
  };
}

function linkKeys({ links }: PlannedOperation): readonly string[] {
  return links.map(({ key }) => key);
}

/** Stored writes that are not planned any more, and that this job has not made in an attempt before. */
async function movedSince(
  context: RunContext,
  plan: PairPlan,
  { hasher, writes }: Kept,
): Promise<readonly ItemOutcome[]> {
  const missing = new Map(writes);
  for (const { pairId, operations } of withContents(plan)) {
    for (const one of operations) if (isWrite(one)) missing.delete(operationKey(hasher, pairId, one.id));
  }
  if (missing.size === 0) return [];
  for (const key of await doneBefore(context, hasher)) missing.delete(key);
  const why = reason("refused.precondition-moved", {});
  return [...missing.values()].map((side) => ({
    kind: "refused",
    reason: why,
    ...(side === null ? {} : { on: side }),
  }));
}

async function doneBefore({ parts, jobId }: RunContext, hasher: TenantHasher): Promise<readonly string[]> {
  const { storage } = parts;
  const intents = await storage.select({ table: "intents", columns: ["id", "pair_id"], where: { job_id: jobId } });
  const pairs = new Map(intents.map(({ id, pair_id }) => [id, pair_id]));
  const keys: string[] = [];
  for (const ids of inRanges([...pairs.keys()], INTENTS_AT_ONCE)) {
    const items = await storage.select({
      table: "intent_items",
      columns: ["intent_id", "operation_id"],
      where: { intent_id: { in: ids }, outcome: { in: ["written", "already-there"] } },
    });
    for (const { intent_id, operation_id } of items) {
      keys.push(operationKey(hasher, pairs.get(intent_id) ?? "", operation_id));
    }
  }
  return keys;
}
