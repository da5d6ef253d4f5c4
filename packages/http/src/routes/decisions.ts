import { createRoute, z } from "@hono/zod-openapi";
import type { ConflictInfo, ConflictSide, MatchOverride, OverrideInfo } from "@syncer/core";
import { type App, body, isoTime, isoTimeOrNull, ok, problems, type RouteParts, timeSchema } from "../app.ts";
import { nextCursor, pageOf, pageQuery, readCursor } from "../paging.ts";

const handle = z.string().min(1).max(200);
const itemId = z.string().min(1).max(500);
const KINDS = ["track", "album", "artist"] as const;
const itemKind = z.enum(KINDS).default("track");
const ofTwo = { service_a: handle, id_a: itemId, service_b: handle, id_b: itemId };
const ofOne = { service: handle, id: itemId, to: handle };

const decisionSchema = z
  .discriminatedUnion("verdict", [
    z.strictObject({ verdict: z.literal("same"), item_kind: itemKind, ...ofTwo, alongside: z.boolean().optional() }),
    z.strictObject({ verdict: z.literal("different"), item_kind: itemKind, ...ofTwo }),
    z.strictObject({ verdict: z.literal("none"), item_kind: itemKind, ...ofOne }),
  ])
  .openapi("Decision", { description: "This is that; this is not that; there is none over there." });

const overrideSchema = z
  .object({
    override_id: z.string(),
    verdict: z.enum(["same", "different", "none"]),
    item_kind: z.enum(KINDS),
    items: z.array(z.object({ service: z.string(), id: z.string().nullable() })).openapi({
      description: "The two items; of `none`, the item and the service that has none for it.",
    }),
    created_at: timeSchema,
  })
  .openapi("Override");

const sideSchema = z.object({
  item_id: z.string().nullable(),
  deleted: z.boolean(),
  modified_at: timeSchema.nullable(),
});
const conflictSchema = z
  .object({
    id: z.string(),
    pair_id: z.string(),
    job_id: z.string(),
    kind: z.string(),
    state: z.enum(["open", "resolved"]),
    policy: z.string(),
    decision: z.enum(["source", "target"]).nullable().openapi({ description: "The pair's next run does it." }),
    resolution: z.string().nullable(),
    source: sideSchema,
    target: sideSchema,
    found_at: timeSchema,
    resolved_at: timeSchema.nullable(),
  })
  .openapi("Conflict");

const tags = ["decisions"];
const params = z.object({ id: handle });
const listOverridesRoute = createRoute({
  operationId: "listOverrides",
  ...{ method: "get", path: "/overrides", tags, summary: "What the user decided about matches, oldest first" },
  request: { query: z.object(pageQuery) },
  responses: {
    200: ok(
      z.object({ overrides: z.array(overrideSchema), next_cursor: nextCursor }).openapi("OverridePage"),
      "A page.",
    ),
    ...problems,
  },
});
const setOverrideRoute = createRoute({
  operationId: "setOverride",
  ...{ method: "post", path: "/overrides", tags, summary: "Decide about a match; the next runs do what follows" },
  request: { body: body(decisionSchema) },
  responses: {
    201: ok(
      z.object({ override: overrideSchema, replaced: z.array(overrideSchema) }).openapi("OverrideSet"),
      "Decided; `replaced` could not stand beside it.",
    ),
    ...problems,
  },
});
const removeOverrideRoute = createRoute({
  operationId: "removeOverride",
  ...{ method: "delete", path: "/overrides/{id}", tags, summary: "Take a decision back: the matcher decides again" },
  request: { params },
  responses: { 204: { description: "It is taken back." }, ...problems },
});
const listConflictsRoute = createRoute({
  operationId: "listConflicts",
  ...{
    method: "get",
    path: "/conflicts",
    tags,
    summary: "Items that both sides changed, in the order of their finding",
  },
  request: {
    query: z.object({
      ...pageQuery,
      state: z.enum(["open", "resolved"]).default("open"),
      pair_id: handle.optional(),
    }),
  },
  responses: {
    200: ok(
      z.object({ conflicts: z.array(conflictSchema), next_cursor: nextCursor }).openapi("ConflictPage"),
      "A page.",
    ),
    ...problems,
  },
});
const resolveRoute = createRoute({
  operationId: "decideConflict",
  ...{ method: "post", path: "/conflicts/{id}/decide", tags, summary: "Let one side win, at the pair's next run" },
  request: { params, body: body(z.strictObject({ winner: z.enum(["source", "target"]) })) },
  responses: { 200: ok(conflictSchema, "The conflict as it is now."), ...problems },
});

/** What people decide: about matches, and about items that both sides changed. */
export function decisionRoutes(app: App, { engine }: RouteParts): void {
  const { overrides, conflicts } = engine;

  app.openapi(listOverridesRoute, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const after = readCursor(cursor);
    const query = { ...c.env.owner, limit: limit + 1, ...(after === undefined ? {} : { after }) };
    const found = (await overrides.list(query)).map((one) => ({ ...one, id: one.overrideId }));
    const { page, next_cursor } = pageOf(found, limit);
    return c.json({ overrides: page.map((one) => overrideWire(one as never)), next_cursor }, 200);
  });

  app.openapi(setOverrideRoute, async (c) => {
    const { override, replaced } = await overrides.set({ ...c.env.owner, ...readDecision(c.req.valid("json")) });
    return c.json({ override: overrideWire(override), replaced: replaced.map(overrideWire) }, 201);
  });

  app.openapi(removeOverrideRoute, async (c) => {
    await overrides.remove({ ...c.env.owner, overrideId: c.req.valid("param").id });
    return c.body(null, 204);
  });

  app.openapi(listConflictsRoute, async (c) => {
    const { limit, cursor, state, pair_id } = c.req.valid("query");
    const after = readCursor(cursor);
    const found = await conflicts.list({
      ...{ ...c.env.owner, state, limit: limit + 1 },
      ...(after === undefined ? {} : { after }),
      ...(pair_id === undefined ? {} : { pairId: pair_id }),
    });
    const { page, next_cursor } = pageOf(found, limit);
    return c.json({ conflicts: page.map(conflictWire), next_cursor }, 200);
  });

  app.openapi(resolveRoute, async (c) => {
    const ref = { ...c.env.owner, conflictId: c.req.valid("param").id };
    await conflicts.decide({ ...ref, winner: c.req.valid("json").winner });
    return c.json(conflictWire(await conflicts.get(ref)), 200);
  });
}

function readDecision(decision: z.infer<typeof decisionSchema>): MatchOverride & { readonly alongside?: boolean } {
  const { item_kind: kind } = decision;
  if (decision.verdict === "none") {
    const { verdict, service, id, to } = decision;
    return { verdict, itemKind: kind, service, id, to };
  }
  const { verdict, service_a: serviceA, id_a: idA, service_b: serviceB, id_b: idB } = decision;
  const alongside = verdict === "same" && decision.alongside !== undefined ? { alongside: decision.alongside } : {};
  return { verdict, itemKind: kind, serviceA, idA, serviceB, idB, ...alongside };
}

function overrideWire(override: OverrideInfo): z.infer<typeof overrideSchema> {
  const items =
    override.verdict === "none"
      ? [
          { service: override.service, id: override.id },
          { service: override.to, id: null },
        ]
      : [
          { service: override.serviceA, id: override.idA },
          { service: override.serviceB, id: override.idB },
        ];
  return {
    override_id: override.overrideId,
    verdict: override.verdict,
    item_kind: override.itemKind,
    items,
    created_at: isoTime(override.createdAtMs),
  };
}

function conflictWire(conflict: ConflictInfo): z.infer<typeof conflictSchema> {
  const side = ({ itemId: id, deleted, modifiedAtMs }: ConflictSide) => ({
    item_id: id ?? null,
    deleted,
    modified_at: isoTimeOrNull(modifiedAtMs),
  });
  return {
    id: conflict.id,
    pair_id: conflict.pairId,
    job_id: conflict.jobId,
    kind: conflict.kind,
    state: conflict.state,
    policy: conflict.policy,
    decision: conflict.decision ?? null,
    resolution: conflict.resolution ?? null,
    source: side(conflict.source),
    target: side(conflict.target),
    found_at: isoTime(conflict.foundAtMs),
    resolved_at: isoTimeOrNull(conflict.resolvedAtMs),
  };
}
