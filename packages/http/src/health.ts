import { z } from "@hono/zod-openapi";
import type { EngineHealth } from "@syncer/core";
import { type App, isoTime, type RouteParts, timeSchema } from "./app.ts";

const part = z.object({ status: z.string(), error: z.string().optional() });
const schema = z
  .object({
    status: z.enum(["healthy", "degraded", "unhealthy"]),
    timestamp: timeSchema,
    database: part,
    services: z.record(z.string(), part),
  })
  .openapi("Health", { description: "Codes only, because anybody may ask." });
const content = { "application/json": { schema } } as const;

/** The health route stands at the root, for those that look after processes and sign in nowhere. */
export function describeHealth(app: App, { settings }: Pick<RouteParts, "settings">): void {
  if (settings.healthPath === false) return;
  app.openAPIRegistry.registerPath({
    operationId: "getHealth",
    ...{ method: "get", path: settings.healthPath, tags: ["health"], summary: "Whether this host works" },
    ...{ security: [], servers: [{ url: "/" }] },
    responses: {
      200: { content, description: "It works; `degraded` where a service does not, or asked for quiet." },
      503: { content, description: "The database does not answer." },
    },
  });
}

/** @returns `undefined`: it is something else that is asked for */
export async function answerHealth(request: Request, { engine, settings }: RouteParts): Promise<Response | undefined> {
  const { healthPath } = settings;
  if (healthPath === false || (request.method !== "GET" && request.method !== "HEAD")) return undefined;
  if (new URL(request.url).pathname !== healthPath) return undefined;
  const health = await engine.health();
  const headers = {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  };
  const body = request.method === "HEAD" ? null : JSON.stringify(healthWire(health));
  return new Response(body, { status: health.status === "unhealthy" ? 503 : 200, headers });
}

function healthWire({ status, timestampMs, database, services }: EngineHealth): z.infer<typeof schema> {
  const wire = (one: { readonly status: string; readonly errorCode?: string }) => ({
    status: one.status,
    ...(one.errorCode === undefined ? {} : { error: one.errorCode }),
  });
  return {
    status,
    timestamp: isoTime(timestampMs),
    database: wire(database),
    services: Object.fromEntries(Object.entries(services).map(([name, service]) => [name, wire(service)])),
  };
}
