import { createRoute, z } from "@hono/zod-openapi";
import type { ConnectionInfo } from "@syncer/core";
import { type App, isoTime, isoTimeOrNull, type Owner, ok, problems, type RouteParts, timeSchema } from "../app.ts";
import { HttpProblem } from "../problems.ts";

const healthSchema = z
  .object({ status: z.enum(["healthy", "degraded", "unhealthy", "unknown"]), checked_at: timeSchema.nullable() })
  .openapi("ServiceHealth", { description: "As the last check found it; asking does not ask the service." });

const serviceSchema = z
  .object({
    name: z.string().openapi({ example: "spotify" }),
    display_name: z.string(),
    category: z.string().openapi({ example: "music" }),
    sign_in: z.enum(["oauth2", "basic", "none"]).openapi({ description: "How a user connects it." }),
    capabilities: z.array(
      z.object({ sync_type: z.string(), read: z.boolean(), write: z.boolean(), watch: z.boolean() }),
    ),
    health: healthSchema,
  })
  .openapi("Service");

const connectedSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    display_name: z.string(),
    category: z.string(),
    account_name: z.string().nullable().openapi({ description: "As it is shown at the service." }),
    last_sync: timeSchema.nullable(),
    enabled: z.boolean(),
    created_at: timeSchema,
    state: z.enum(["active", "paused", "needs-reauthorization"]),
    state_reason: z.string().nullable(),
    expires_at: timeSchema
      .nullable()
      .openapi({ description: "When the service ends the authorization whatever is done." }),
    health: healthSchema,
  })
  .openapi("ConnectedService");

export const nameParam = z.object({ name: z.string().min(1).max(200).openapi({ description: "Of the service." }) });
const connectionQuery = z.object({
  connection_id: z.string().min(1).max(200).optional().openapi({ description: "Which, where there are several." }),
});

const tags = ["services"];
const listRoute = createRoute({
  operationId: "listServices",
  ...{ method: "get", path: "/services", tags, summary: "The services that can be connected" },
  responses: { 200: ok(z.object({ services: z.array(serviceSchema) }), "All of them."), ...problems },
});
const connectedRoute = createRoute({
  operationId: "listConnectedServices",
  ...{ method: "get", path: "/services/connected", tags, summary: "The user's connected services, oldest first" },
  responses: { 200: ok(z.object({ services: z.array(connectedSchema) }), "All of them."), ...problems },
});
const healthRoute = createRoute({
  operationId: "getServiceHealth",
  ...{ method: "get", path: "/services/{name}/health", tags, summary: "How a service was at its last check" },
  request: { params: nameParam },
  responses: { 200: ok(healthSchema, "How it was."), ...problems },
});
const limitsRoute = createRoute({
  operationId: "getServiceLimits",
  ...{
    method: "get",
    path: "/services/{name}/limits",
    tags,
    summary: "What is left of the requests a service permits",
  },
  request: { params: nameParam, query: connectionQuery },
  responses: {
    200: ok(
      z
        .object({
          remaining: z.number(),
          reset_at: timeSchema,
          closed_until: timeSchema.nullable(),
          reason: z.string().nullable(),
        })
        .openapi("Limits"),
      "What is left.",
    ),
    ...problems,
  },
});
const patchRoute = createRoute({
  operationId: "changeService",
  ...{ method: "patch", path: "/services/{name}", tags, summary: "Switch a connected service off or on" },
  request: {
    params: nameParam,
    query: connectionQuery,
    body: { content: { "application/json": { schema: z.strictObject({ enabled: z.boolean() }) } }, required: true },
  },
  responses: { 200: ok(connectedSchema, "As it is now."), ...problems },
});
const disconnectRoute = createRoute({
  operationId: "disconnectService",
  ...{ method: "delete", path: "/services/{name}", tags, summary: "Disconnect a service, with its pairs" },
  request: { params: nameParam, query: connectionQuery },
  responses: {
    200: ok(
      z.object({
        message: z.string(),
        revocation: z.enum(["revoked", "unsupported", "failed", "nothing-to-revoke"]),
        removed_pairs: z.int(),
      }),
      "It is gone.",
    ),
    ...problems,
  },
});

/** Services, and which of them the user has connected [API-1]. */
export function serviceRoutes(app: App, { engine }: RouteParts): void {
  const { registry, connections } = engine;

  const health = (name: string) => {
    const known = registry.list().find((service) => service.name === name)?.health;
    return { status: known?.status ?? ("unknown" as const), checked_at: isoTimeOrNull(known?.checkedAtMs) };
  };

  const shown = async (owner: Owner, info: ConnectionInfo) => {
    const { displayName, category } = registry.get(info.service);
    const name = await connections.accountName({ ...owner, connectionId: info.id });
    return {
      id: info.id,
      name: info.service,
      display_name: displayName,
      category,
      account_name: name ?? null,
      last_sync: isoTimeOrNull(info.lastSyncAtMs),
      enabled: info.enabled,
      created_at: isoTime(info.createdAtMs),
      state: info.state,
      state_reason: info.stateReason ?? null,
      expires_at: isoTimeOrNull(info.refreshExpiresAtMs),
      health: health(info.service),
    };
  };

  app.openapi(listRoute, (c) => {
    const services = registry.list().map(({ name, displayName, category, capabilities }) => ({
      name,
      display_name: displayName,
      category,
      sign_in: registry.get(name).authorization.kind,
      capabilities: capabilities.map(({ type, read, write, watch }) => ({ sync_type: type, read, write, watch })),
      health: health(name),
    }));
    return c.json({ services }, 200);
  });

  app.openapi(connectedRoute, async (c) => {
    const { owner } = c.env;
    const known = (await connections.list(owner)).filter(({ service }) => registry.has(service));
    return c.json({ services: await Promise.all(known.map((info) => shown(owner, info))) }, 200);
  });

  app.openapi(healthRoute, (c) => {
    const { name } = registry.get(c.req.valid("param").name);
    return c.json(health(name), 200);
  });

  app.openapi(limitsRoute, async (c) => {
    const { owner } = c.env;
    const { id } = await connectionOf({ engine }, owner, c.req.valid("param").name, c.req.valid("query").connection_id);
    const { remaining, resetAtMs, closedUntilMs, reason } = await engine.limits({ ...owner, connectionId: id });
    const closed = { closed_until: isoTimeOrNull(closedUntilMs), reason: reason ?? null };
    return c.json({ remaining, reset_at: isoTime(resetAtMs), ...closed }, 200);
  });

  app.openapi(patchRoute, async (c) => {
    const { owner } = c.env;
    const { id } = await connectionOf({ engine }, owner, c.req.valid("param").name, c.req.valid("query").connection_id);
    const { enabled } = c.req.valid("json");
    return c.json(await shown(owner, await connections.setEnabled({ ...owner, connectionId: id }, enabled)), 200);
  });

  app.openapi(disconnectRoute, async (c) => {
    const { owner } = c.env;
    const { name } = c.req.valid("param");
    const { id } = await connectionOf({ engine }, owner, name, c.req.valid("query").connection_id);
    const { revocation, removedPairs } = await connections.disconnect({ ...owner, connectionId: id });
    const message = `${registry.get(name).displayName} is disconnected.`;
    return c.json({ message, revocation, removed_pairs: removedPairs }, 200);
  });
}

/**
 * The user's connection to a service.
 * @throws {InvalidRequestError} `service.unknown`
 * @throws {HttpProblem} 404 `service.not-connected`; 409 `service.ambiguous`: there are several, and none was named
 */
export async function connectionOf(
  { engine }: Pick<RouteParts, "engine">,
  owner: Owner,
  service: string,
  connectionId: string | undefined,
): Promise<ConnectionInfo> {
  const { name, displayName } = engine.registry.get(service);
  const found = await engine.connections.list({ ...owner, service: name });
  const [first, ...others] = connectionId === undefined ? found : found.filter(({ id }) => id === connectionId);
  if (!first) throw new HttpProblem(404, "service.not-connected", `${displayName} is not connected.`);
  if (others.length === 0) return first;
  const detail = `There are several connections to ${displayName}. Name one as connection_id.`;
  throw new HttpProblem(409, "service.ambiguous", detail);
}
