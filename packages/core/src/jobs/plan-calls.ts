import { z } from "zod";
import { newHandle } from "../crypto/index.ts";
import { checkCallOptions } from "../engine/requests/call-options.ts";
import { type PairOwner, type PairRef, readPair } from "../engine/requests/pairs.ts";
import { parseOwner, parseWith } from "../engine/requests/request.ts";
import type { JobWork } from "../engine/runs/job-records.ts";
import type { PairRow } from "../engine/runs/run-context.ts";
import { type Alternative, findAlternatives } from "../engine/stored-plans/alternatives.ts";
import { type PlanRef, type PlanRow, planInfos, type StoredPlan } from "../engine/stored-plans/plan-info.ts";
import { openItems, type StoredPlanItem, withNames } from "../engine/stored-plans/shown-items.ts";
import type { PlanItemRow } from "../engine/stored-plans/store-plan.ts";
import { InvalidRequestError } from "../errors/index.ts";
import type { Statement } from "../ports/index.ts";
import type { Demand, Enqueuer } from "./enqueue.ts";
import { type JobInfo, jobInfo } from "./job-info.ts";
import type { JobParts } from "./job-parts.ts";

export type { Alternative };
export { checkCallOptions };

export interface PlanItemsQuery extends PlanRef {
  readonly section?: PlanItemRow["section"];
  /** How many at most, 1 to 500; with names 1 to 100. Default 50. */
  readonly limit?: number;
  /** The position of the last line of the page before. */
  readonly after?: number;
  /** Ask the services what the items are called. Default `false`. */
  readonly names?: boolean;
}

export interface PlanItemRef extends PlanRef {
  readonly position: number;
}

export interface ApplyPlan extends PlanRef {
  readonly confirm?: string;
}

/** Enough to decide in; what a plan rests on changes. */
const LIFE_MS = 86_400_000;
const PLANS_OF_A_PAIR = 10;

const text = z.string().min(1).max(200);
const planSchema = z.object({ planId: text });
const listSchema = z.object({ pairId: text.optional() });
const itemsSchema = z
  .object({
    section: z.enum(["write", "link", "held", "unmatched"]).optional(),
    limit: z.int().min(1).max(500).optional(),
    after: z.int().min(0).optional(),
    names: z.boolean().optional(),
  })
  .refine(({ limit, names }) => !names || (limit ?? 0) <= 100, { path: ["limit"], error: "with names, 100 at most" });
const positionSchema = z.object({ position: z.int().min(0) });
const confirmSchema = z.object({ confirm: text.optional() });

export async function createPlan(parts: JobParts, enqueuer: Enqueuer, ref: PairRef): Promise<StoredPlan> {
  const pair = await readPair(parts, ref);
  const known = await plansOf(parts, pair);
  const infos = await planInfos(parts, known);
  const underWay = infos.find(({ state }) => state === "planning");
  if (underWay) return underWay;
  const now = parts.clock.now();
  const row: PlanRow = {
    id: newHandle("plan", parts.random),
    tenant_id: pair.tenant_id,
    user_id: pair.user_id,
    pair_id: pair.id,
    pair_version: pair.version,
    hold_hash: null,
    hold_reason: null,
    confirmed: false,
    operations: 0,
    held: 0,
    unmatched: 0,
    requests: 0,
    expected_end_at: null,
    planned_at: null,
    expires_at: now + LIFE_MS,
    created_at: now,
    updated_at: now,
  };
  // What is being carried out stays, however old.
  const old = infos.filter(({ state }) => state !== "applying").slice(PLANS_OF_A_PAIR - 1);
  const statements: Statement[] = [
    { insert: "plans", rows: [row] },
    { delete: "plans", where: { id: { in: old.map(({ id }) => id) } } },
  ];
  await queue(parts, enqueuer, pair, { task: "plan", plan_id: row.id, undoes: null }, statements);
  return await getPlan(parts, { tenantId: pair.tenant_id, userId: pair.user_id, planId: row.id });
}

export async function listPlans(
  parts: JobParts,
  query: PairOwner & { readonly pairId?: string },
): Promise<StoredPlan[]> {
  const { tenantId, userId } = parseOwner(query);
  const { pairId } = parseWith(listSchema, query, "request");
  const rows = await parts.storage.select({
    table: "plans",
    where: {
      tenant_id: tenantId,
      user_id: userId,
      ...(pairId === undefined ? {} : { pair_id: pairId }),
      ...current(parts),
    },
    orderBy: ["created_at", "id"],
    descending: true,
  });
  return await planInfos(parts, rows);
}

export async function getPlan(parts: JobParts, ref: PlanRef): Promise<StoredPlan> {
  const [info] = await planInfos(parts, [await readPlan(parts, ref)]);
  if (!info) throw new InvalidRequestError("plan.unknown", { planId: ref.planId });
  return info;
}

export async function planItems(
  parts: JobParts,
  query: PlanItemsQuery,
  signal: AbortSignal,
): Promise<StoredPlanItem[]> {
  const { section, limit = 50, after, names } = parseWith(itemsSchema, query, "request");
  const plan = await readPlan(parts, query);
  if (plan.planned_at === null) return [];
  const pair = await pairOf(parts, plan);
  const rows = await parts.storage.select({
    table: "plan_items",
    where: { plan_id: plan.id, ...(section === undefined ? {} : { section }) },
    orderBy: ["position"],
    limit,
    ...(after === undefined ? {} : { after: [after] }),
  });
  const items = await openItems(parts, pair, rows);
  return names ? await withNames(parts, pair, items, signal) : items;
}

export async function alternatives(
  parts: JobParts,
  ref: PlanItemRef,
  signal: AbortSignal,
): Promise<readonly Alternative[]> {
  const { position } = parseWith(positionSchema, ref, "request");
  const plan = await readPlan(parts, ref);
  const pair = await pairOf(parts, plan);
  const rows = await parts.storage.select({ table: "plan_items", where: { plan_id: plan.id, position } });
  const [item] = await openItems(parts, pair, rows);
  if (!item)
    throw new InvalidRequestError("request.invalid", { path: "request.position", problem: "there is no such line" });
  return await findAlternatives(parts, pair, item, signal);
}

export async function applyPlan(parts: JobParts, enqueuer: Enqueuer, request: ApplyPlan): Promise<JobInfo> {
  const { confirm } = parseWith(confirmSchema, request, "request");
  const { state, jobId, hold, ...plan } = await getPlan(parts, request);
  const { id, pairId, tenantId, userId } = plan;
  if (state === "applying" && jobId !== undefined) return jobInfo(await jobOf(parts, jobId));
  if (state === "applied") throw new InvalidRequestError("plan.applied", { pairId });
  if (state !== "ready" && state !== "stale") throw new InvalidRequestError("plan.not-ready", { planId: id });
  if (state === "stale" || (confirm !== undefined && confirm !== hold?.hash)) {
    throw new InvalidRequestError("plan.stale", { pairId });
  }
  const pair = await readPair(parts, { tenantId, userId, pairId });
  const set = { confirmed: confirm !== undefined, updated_at: parts.clock.now() };
  const work: JobWork = { task: "apply", plan_id: id, undoes: null };
  return await queue(parts, enqueuer, pair, work, [{ update: "plans", set, where: { id } }]);
}

export async function forgetPlan(parts: JobParts, ref: PlanRef): Promise<void> {
  const { id } = await readPlan(parts, ref);
  await parts.storage.write({ statements: [{ delete: "plans", where: { id } }] });
}

/** For the pair as it was read, or not at all. */
async function queue(
  parts: JobParts,
  enqueuer: Enqueuer,
  pair: PairRow,
  work: JobWork,
  statements: readonly Statement[],
): Promise<JobInfo> {
  const guard = { table: "sync_pairs", where: { id: pair.id, version: pair.version }, must: "exist" } as const;
  const together: Demand["together"] = statements.map((statement) => ({ guard, statement }));
  const demand: Demand = { lane: "manual", trigger: "manual", dueMs: parts.clock.now(), work, together };
  const [job] = (await enqueuer.add([pair], demand)) ?? [];
  if (!job) throw new InvalidRequestError("plan.stale", { pairId: pair.id });
  return jobInfo(job);
}

async function readPlan(parts: JobParts, ref: PlanRef): Promise<PlanRow> {
  const { tenantId, userId } = parseOwner(ref);
  const { planId } = parseWith(planSchema, ref, "request");
  const where = { id: planId, tenant_id: tenantId, user_id: userId, ...current(parts) };
  const [row] = await parts.storage.select({ table: "plans", where });
  if (!row) throw new InvalidRequestError("plan.unknown", { planId: planId.slice(0, 80) });
  return row;
}

async function plansOf({ storage }: JobParts, { id }: PairRow): Promise<PlanRow[]> {
  return await storage.select({
    table: "plans",
    where: { pair_id: id },
    orderBy: ["created_at", "id"],
    descending: true,
  });
}

/** Not yet forgotten. */
function current({ clock }: JobParts) {
  return { expires_at: { gt: clock.now() } } as const;
}

function pairOf(parts: JobParts, { tenant_id, user_id, pair_id }: PlanRow): Promise<PairRow> {
  return readPair(parts, { tenantId: tenant_id, userId: user_id, pairId: pair_id });
}

async function jobOf({ storage }: JobParts, id: string) {
  const [job] = await storage.select({ table: "sync_jobs", where: { id } });
  if (!job) throw new InvalidRequestError("job.unknown", { jobId: id });
  return job;
}
