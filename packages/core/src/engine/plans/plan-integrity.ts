import { z } from "zod";
import { InvalidRequestError } from "../../errors/index.ts";
import type { EngineParts } from "../engine-parts.ts";
import { draftPair } from "../requests/pairs.ts";
import { resolveRequest } from "../requests/request.ts";
import type { PairRow } from "../runs/run-context.ts";
import type { PairPlan, PlannedOperation } from "./plan.ts";
import { operationId, planHash } from "./plan-hash.ts";

type Owner = { readonly tenantId: string; readonly userId: string };

const operations = z.array(
  z.object({
    id: z.string(),
    kind: z.string(),
    on: z.enum(["source", "target"]).optional(),
    fromId: z.string().optional(),
    toId: z.string().optional(),
    links: z.array(z.object({ key: z.string(), generation: z.number() })),
    reason: z.object({ code: z.string() }),
  }),
);
const basis = z.object({ rows: z.number(), fingerprint: z.string().optional(), listedAtMs: z.number() });
const pairPlan = z.object({
  ok: z.literal(true),
  pairId: z.string(),
  pairVersion: z.number(),
  request: z.object({ sourceConnectionId: z.string(), targetConnectionId: z.string() }),
  basis: z.object({ from: basis, to: basis }),
  operations,
  hold: z.object({ hash: z.string(), operations }).optional(),
  unmatched: z.array(z.object({ itemId: z.string(), reason: z.object({ code: z.string() }) })),
  hash: z.string(),
  plannedAtMs: z.number(),
});
const plan = z.object({
  pairs: z.array(z.union([pairPlan, z.object({ ok: z.literal(false), error: z.instanceof(Error) })])),
});

/** @throws {InvalidRequestError} `plan.altered`: it has not the form of a plan */
export function checkPlanForm(value: unknown): void {
  if (!plan.safeParse(value).success) throw new InvalidRequestError("plan.altered", {});
}

/**
 * The pair that a plan is to be carried out for, once it is known to be the one that was made.
 * @throws {InvalidRequestError} as {@link pairOfPlan} and {@link assertUnaltered}
 */
export async function pairToApply(parts: EngineParts, owner: Owner, planned: PairPlan): Promise<PairRow> {
  const pair = await pairOfPlan(parts, owner, planned);
  await assertUnaltered(parts, pair, planned);
  return pair;
}

/**
 * The pair that a plan was made for, as stored or, if the plan's request changes it or made it, as it will be stored.
 * @throws {InvalidRequestError} `plan.stale`, `plan.altered`, and what is wrong with its request by now
 */
async function pairOfPlan(parts: EngineParts, owner: Owner, planned: PairPlan): Promise<PairRow> {
  const { tenantId, userId } = owner;
  const [stored] = await parts.storage.select({
    table: "sync_pairs",
    where: { id: planned.pairId, tenant_id: tenantId, user_id: userId },
  });
  const stale = () => new InvalidRequestError("plan.stale", { pairId: planned.pairId });
  if (stored?.version === planned.pairVersion) return stored;
  if ((stored?.version ?? 0) + 1 !== planned.pairVersion) throw stale();
  const { sourceConnectionId, targetConnectionId, containers = {}, mode, type, options } = planned.request;
  const side = (connectionId: string, container: string | undefined) => ({
    connectionId,
    ...(container === undefined ? {} : { container }),
  });
  const source = side(sourceConnectionId, containers.source);
  const pairs = [{ source, target: side(targetConnectionId, containers.target), mode }];
  const [resolved] = await resolveRequest(parts, { tenantId, userId, type, pairs, options });
  if (!resolved) throw new InvalidRequestError("request.no-pair", {});
  const draft = await draftPair(parts, resolved);
  if (draft.id !== planned.pairId) throw new InvalidRequestError("plan.altered", {});
  if (draft.version !== planned.pairVersion) throw stale();
  return draft;
}

/**
 * Checks that a plan is the one that was made, for the pair as it is now.
 * @throws {InvalidRequestError} `plan.altered`, `plan.stale`
 */
export async function assertUnaltered(parts: EngineParts, pair: PairRow, planned: PairPlan): Promise<void> {
  if (planned.pairVersion !== pair.version) throw new InvalidRequestError("plan.stale", { pairId: pair.id });
  const hasher = await parts.hashes.forTenant(pair.tenant_id);
  const genuine = (each: PlannedOperation) => each.id === operationId(hasher, pair.id, each);
  const held = planned.hold?.operations ?? [];
  const intact =
    planned.operations.every(genuine) &&
    held.every(genuine) &&
    planned.hash === planHash(pair, planned.operations) &&
    (planned.hold === undefined || planned.hold.hash === planHash(pair, held));
  if (!intact) throw new InvalidRequestError("plan.altered", {});
}
