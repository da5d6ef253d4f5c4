import { createRoute, z } from "@hono/zod-openapi";
import { type App, ok, problems, type RouteParts } from "../app.ts";
import { scheduleSchema, scheduleWire } from "../wire.ts";

const tags = ["schedules"];
const params = z.object({ pair_id: z.string().min(1).max(200) });
const one = { 200: ok(scheduleSchema, "The schedule as it is now."), ...problems };

const listRoute = createRoute({
  operationId: "listSchedules",
  ...{ method: "get", path: "/schedules", tags, summary: "The user's schedules, oldest first" },
  responses: { 200: ok(z.object({ schedules: z.array(scheduleSchema) }), "All of them."), ...problems },
});
const pauseRoute = createRoute({
  operationId: "pauseSchedule",
  ...{ method: "post", path: "/schedules/{pair_id}/pause", tags, summary: "Nothing runs by it until it is resumed" },
  ...{ request: { params }, responses: one },
});
const resumeRoute = createRoute({
  operationId: "resumeSchedule",
  ...{ method: "post", path: "/schedules/{pair_id}/resume", tags, summary: "Let it run again" },
  ...{ request: { params }, responses: one },
});
const removeRoute = createRoute({
  operationId: "removeSchedule",
  ...{ method: "delete", path: "/schedules/{pair_id}", tags, summary: "Take a pair's schedule away" },
  request: { params },
  responses: { 204: { description: "There is none now." }, ...problems },
});

/** Schedules; `POST /sync/schedule` sets them. */
export function scheduleRoutes(app: App, { engine }: RouteParts): void {
  const { schedules } = engine;
  app.openapi(listRoute, async (c) => {
    return c.json({ schedules: (await schedules.list(c.env.owner)).map(scheduleWire) }, 200);
  });
  app.openapi(pauseRoute, async (c) => {
    return c.json(scheduleWire(await schedules.pause({ ...c.env.owner, pairId: c.req.valid("param").pair_id })), 200);
  });
  app.openapi(resumeRoute, async (c) => {
    return c.json(scheduleWire(await schedules.resume({ ...c.env.owner, pairId: c.req.valid("param").pair_id })), 200);
  });
  app.openapi(removeRoute, async (c) => {
    await schedules.remove({ ...c.env.owner, pairId: c.req.valid("param").pair_id });
    return c.body(null, 204);
  });
}
