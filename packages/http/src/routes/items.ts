import { createRoute, z } from "@hono/zod-openapi";
import type { SyncType } from "@syncer/core";
import { type App, isoTime, isoTimeOrNull, ok, problems, type RouteParts, timeSchema } from "../app.ts";
import { connectionOf, nameParam } from "./services.ts";

const connection_id = z.string().min(1).max(200).optional();
const explanationSchema = z
  .object({
    pair_id: z.string(),
    side: z.enum(["source", "target"]),
    state: z.string(),
    reason: z.string().nullable(),
    counterpart: z
      .string()
      .nullable()
      .openapi({ description: "Its id, or the keyed hash of it where ids are sealed." }),
    confidence: z.number().nullable(),
    matched_by: z.string().nullable(),
    attempts: z.int(),
    next_attempt: timeSchema.nullable(),
    decided_at: timeSchema,
    last_outcome: z.object({ kind: z.string(), outcome: z.string(), reason: z.string().nullable() }).nullable(),
  })
  .openapi("Explanation");
const containerSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    access: z.enum(["write", "read", "busy"]),
    primary: z.boolean(),
    time_zone: z.string().nullable(),
  })
  .openapi("Container", { description: "As its service shows it now; nothing of it is stored." });

const tags = ["services"];
const explainRoute = createRoute({
  operationId: "explainItem",
  ...{ method: "get", path: "/services/{name}/explain", tags, summary: "Why an item is, or is not, synced" },
  request: { params: nameParam, query: z.object({ external_id: z.string().min(1).max(2_000), connection_id }) },
  responses: {
    200: ok(z.object({ explanations: z.array(explanationSchema) }), "One for each pair that knows the item."),
    ...problems,
  },
});
const containersRoute = createRoute({
  operationId: "listContainers",
  ...{
    method: "get",
    path: "/services/{name}/containers",
    tags,
    summary: "The calendars, or other containers, whose documents can be synced",
  },
  request: { params: nameParam, query: z.object({ sync_type: z.string().min(1).max(100), connection_id }) },
  responses: { 200: ok(z.object({ containers: z.array(containerSchema) }), "In the service's order."), ...problems },
});

/** What is known of single items, and where documents are. */
export function itemRoutes(app: App, { engine }: RouteParts): void {
  app.openapi(explainRoute, async (c) => {
    const { external_id: externalId, connection_id: id } = c.req.valid("query");
    const connection = await connectionOf({ engine }, c.env.owner, c.req.valid("param").name, id);
    const found = await engine.explain({ ...c.env.owner, connectionId: connection.id, externalId });
    const explanations = found.map((one) => ({
      pair_id: one.pairId,
      side: one.side,
      state: one.state,
      reason: one.reason ?? null,
      counterpart: one.counterpart ?? null,
      confidence: one.confidence ?? null,
      matched_by: one.matchedBy ?? null,
      attempts: one.attempts,
      next_attempt: isoTimeOrNull(one.nextAttemptMs),
      decided_at: isoTime(one.decidedAtMs),
      last_outcome: one.lastOutcome ? { ...one.lastOutcome, reason: one.lastOutcome.reason ?? null } : null,
    }));
    return c.json({ explanations }, 200);
  });

  app.openapi(containersRoute, async (c) => {
    const { sync_type, connection_id: id } = c.req.valid("query");
    const connection = await connectionOf({ engine }, c.env.owner, c.req.valid("param").name, id);
    const request = { ...c.env.owner, connectionId: connection.id, type: sync_type as SyncType };
    const found = await engine.containers(request, { signal: c.req.raw.signal });
    const containers = found.map(({ id, name, access, primary, timeZone }) => ({
      ...{ id, name, access },
      primary: primary ?? false,
      time_zone: timeZone ?? null,
    }));
    return c.json({ containers }, 200);
  });
}
