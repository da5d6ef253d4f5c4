import { createRoute, z } from "@hono/zod-openapi";
import { type Alternative, describeMatch, type ShownSide, type StoredPlan, type StoredPlanItem } from "@syncer/core";
import { type App, body, isoTime, isoTimeOrNull, ok, problems, type RouteParts, timeSchema } from "../app.ts";
import { nextCursor, pageQuery, pageUpTo, readPlace } from "../paging.ts";
import { jobSchema, jobWire } from "../wire.ts";

const planSchema = z
  .object({
    id: z.string(),
    pair_id: z.string(),
    sync_type: z.string(),
    state: z.enum(["planning", "ready", "failed", "applying", "applied", "stale"]),
    job_id: z.string().nullable().openapi({ description: "The job that makes it or, later, carries it out." }),
    error_code: z.string().nullable(),
    hold: z
      .object({ hash: z.string(), reason: z.string().nullable(), confirmed: z.boolean() })
      .nullable()
      .openapi({ description: "What a guard keeps back: `apply` takes its hash as `confirm`." }),
    counts: z.object({ operations: z.int(), held: z.int(), unmatched: z.int() }),
    estimate: z.object({ requests: z.int(), expected_end: timeSchema }).nullable(),
    planned_at: timeSchema.nullable(),
    created_at: timeSchema,
    expires_at: timeSchema,
  })
  .openapi("StoredPlan");

const itemSchema = z
  .object({
    id: z.string(),
    title: z.string().nullable().openapi({ description: "`null`: not asked for, or not to be had now." }),
    artists: z.array(z.string()),
    album: z.string().nullable(),
    duration_ms: z.number().nullable(),
  })
  .openapi("ShownItem", { description: "As its service shows it now; nothing of it is stored." });

const SECTIONS = ["write", "held", "unmatched", "link"] as const;
const lineSchema = z
  .object({
    position: z.int(),
    section: z.enum(SECTIONS),
    kind: z.string().nullable(),
    verdict: z.string().nullable(),
    side: z.enum(["source", "target"]).nullable(),
    source: itemSchema.nullable(),
    target: itemSchema.nullable(),
    container_id: z.string().nullable(),
    reason: z.string(),
    matched_by: z.string().nullable(),
    confidence: z.number().nullable(),
    explanation: z.string().nullable().openapi({ description: "Why both are taken for the same, in words." }),
  })
  .openapi("PlanLine");
const alternativeSchema = z
  .object({ item: itemSchema, confidence: z.number().nullable(), explanation: z.string().nullable() })
  .openapi("Alternative");

const tags = ["plans"];
const params = z.object({ id: z.string().min(1).max(200) });
const handle = z.string().min(1).max(200);
const one = { 200: ok(planSchema, "The plan as it stands."), ...problems };

const createPlanRoute = createRoute({
  operationId: "createPlan",
  ...{ method: "post", path: "/plans", tags, summary: "Find out what a sync of a pair would do" },
  request: { body: body(z.strictObject({ pair_id: handle })) },
  responses: { 202: ok(planSchema, "A worker makes it; see its state."), ...problems },
});
const listRoute = createRoute({
  operationId: "listPlans",
  ...{ method: "get", path: "/plans", tags, summary: "The user's plans, youngest first" },
  request: { query: z.object({ pair_id: handle.optional() }) },
  responses: { 200: ok(z.object({ plans: z.array(planSchema) }), "All of them."), ...problems },
});
const getRoute = createRoute({
  operationId: "getPlan",
  ...{ method: "get", path: "/plans/{id}", tags, summary: "One plan" },
  ...{ request: { params }, responses: one },
});
const linesRoute = createRoute({
  operationId: "listPlanItems",
  ...{ method: "get", path: "/plans/{id}/items", tags, summary: "What a plan would do, line by line" },
  request: {
    params,
    query: z.object({
      ...pageQuery,
      section: z.enum(SECTIONS).optional(),
      names: z
        .enum(["true", "false"])
        .default("false")
        .openapi({ description: "Ask the services what the items of this page are called: a request for each." }),
    }),
  },
  responses: {
    200: ok(z.object({ items: z.array(lineSchema), next_cursor: nextCursor }).openapi("PlanItemPage"), "A page."),
    ...problems,
  },
});
const alternativesRoute = createRoute({
  operationId: "listAlternatives",
  ...{
    method: "get",
    path: "/plans/{id}/items/{position}/alternatives",
    tags,
    summary: "What else a line could be at the other service, the likeliest first",
  },
  request: { params: params.extend({ position: z.coerce.number().int().min(0) }) },
  responses: { 200: ok(z.object({ alternatives: z.array(alternativeSchema) }), "Found just now."), ...problems },
});
const applyRoute = createRoute({
  operationId: "applyPlan",
  ...{ method: "post", path: "/plans/{id}/apply", tags, summary: "Do what the plan says, and nothing else" },
  request: {
    params,
    body: body(
      z.strictObject({ confirm: handle.optional().openapi({ description: "`hold.hash`: what is held, too." }) }),
    ),
  },
  responses: { 202: ok(jobSchema, "Queued."), ...problems },
});
const forgetRoute = createRoute({
  operationId: "forgetPlan",
  ...{ method: "delete", path: "/plans/{id}", tags, summary: "Forget a plan. Nothing happens at the services" },
  request: { params },
  responses: { 204: { description: "It is forgotten." }, ...problems },
});

/** Plans that are looked at before they are carried out. */
export function planRoutes(app: App, { engine }: RouteParts): void {
  const { plans } = engine;

  app.openapi(createPlanRoute, async (c) => {
    return c.json(planWire(await plans.create({ ...c.env.owner, pairId: c.req.valid("json").pair_id })), 202);
  });

  app.openapi(listRoute, async (c) => {
    const { pair_id } = c.req.valid("query");
    const found = await plans.list({ ...c.env.owner, ...(pair_id === undefined ? {} : { pairId: pair_id }) });
    return c.json({ plans: found.map(planWire) }, 200);
  });

  app.openapi(getRoute, async (c) => {
    return c.json(planWire(await plans.get({ ...c.env.owner, planId: c.req.valid("param").id })), 200);
  });

  app.openapi(linesRoute, async (c) => {
    const { limit, cursor, section, names } = c.req.valid("query");
    const after = readPlace(cursor);
    const query = {
      ...{ ...c.env.owner, planId: c.req.valid("param").id, names: names === "true", limit },
      ...(section === undefined ? {} : { section }),
      ...(after === undefined ? {} : { after }),
    };
    const found = await plans.items(query, { signal: c.req.raw.signal });
    return c.json(
      { items: found.map(lineWire), next_cursor: pageUpTo(found.at(-1)?.position, found.length, limit) },
      200,
    );
  });

  app.openapi(alternativesRoute, async (c) => {
    const { id, position } = c.req.valid("param");
    const found = await plans.alternatives({ ...c.env.owner, planId: id, position }, { signal: c.req.raw.signal });
    return c.json({ alternatives: found.map(alternativeWire) }, 200);
  });

  app.openapi(applyRoute, async (c) => {
    const { confirm } = c.req.valid("json");
    const ref = { ...c.env.owner, planId: c.req.valid("param").id };
    return c.json(jobWire(await plans.apply({ ...ref, ...(confirm === undefined ? {} : { confirm }) })), 202);
  });

  app.openapi(forgetRoute, async (c) => {
    await plans.forget({ ...c.env.owner, planId: c.req.valid("param").id });
    return c.body(null, 204);
  });
}

function planWire(plan: StoredPlan): z.infer<typeof planSchema> {
  const { hold, estimate } = plan;
  return {
    id: plan.id,
    pair_id: plan.pairId,
    sync_type: plan.type,
    state: plan.state,
    job_id: plan.jobId ?? null,
    error_code: plan.errorCode ?? null,
    hold: hold ? { hash: hold.hash, reason: hold.reason ?? null, confirmed: hold.confirmed } : null,
    counts: { ...plan.counts },
    estimate: estimate ? { requests: estimate.requests, expected_end: isoTime(estimate.expectedEndMs) } : null,
    planned_at: isoTimeOrNull(plan.plannedAtMs),
    created_at: isoTime(plan.createdAtMs),
    expires_at: isoTime(plan.expiresAtMs),
  };
}

function lineWire(line: StoredPlanItem): z.infer<typeof lineSchema> {
  return {
    position: line.position,
    section: line.section,
    kind: line.kind ?? null,
    verdict: line.verdict ?? null,
    side: line.side ?? null,
    source: line.source ? itemWire(line.source) : null,
    target: line.target ? itemWire(line.target) : null,
    container_id: line.containerId ?? null,
    reason: line.reason,
    matched_by: line.matchedBy ?? null,
    confidence: line.confidence ?? null,
    explanation: line.comparison ? describeMatch(line.comparison) : null,
  };
}

function alternativeWire({ id, item, confidence, comparison }: Alternative): z.infer<typeof alternativeSchema> {
  const explanation = comparison ? describeMatch(comparison) : null;
  return { item: itemWire({ id, item }), confidence: confidence ?? null, explanation };
}

/** What items of any kind have in common, for people to look at: tracks have titles, containers and albums names. */
function itemWire({ id, item = {} }: ShownSide): z.infer<typeof itemSchema> {
  const { title, name, artists, album, durationMs } = item as {
    readonly title?: unknown;
    readonly name?: unknown;
    readonly artists?: unknown;
    readonly album?: unknown;
    readonly durationMs?: unknown;
  };
  const called = title ?? name;
  return {
    id,
    title: typeof called === "string" ? called : null,
    artists: Array.isArray(artists) ? artists.filter((artist) => typeof artist === "string") : [],
    album: typeof album === "string" ? album : null,
    duration_ms: typeof durationMs === "number" ? durationMs : null,
  };
}
