import { Hono } from "hono";
import type { Exchange, OriginApp, RouteInfo, SandboxContext } from "../exchange.ts";
import { serveBatch } from "./batch.ts";
import { CALENDAR_LIST_ROUTES } from "./calendar-list-routes.ts";
import { CALENDAR_ROUTES } from "./calendar-routes.ts";
import { type GoogleRoute, runRoute } from "./call.ts";
import { CHANNEL_ROUTES } from "./channel-routes.ts";
import { backendError, GoogleRefusal } from "./errors.ts";
import { EVENT_ROUTES } from "./event-routes.ts";
import type { GoogleWorld } from "./world.ts";

const ROUTES: readonly GoogleRoute[] = [
  ...CALENDAR_LIST_ROUTES,
  ...CALENDAR_ROUTES,
  ...EVENT_ROUTES,
  ...CHANNEL_ROUTES,
];
const BATCH: RouteInfo = { method: "POST", path: "/batch/calendar/v3", kind: "write", parameters: [] };

/** www.googleapis.com: the Calendar API and its batches. */
export function createGoogleApiApp(world: GoogleWorld): OriginApp {
  const app = new Hono<{ Bindings: Exchange }>();
  for (const route of ROUTES) app.on(route.method, route.path, (context) => runRoute(world, route, context));
  app.post(BATCH.path, (context) => runBatch(app, context));
  app.notFound(
    () => new Response("Not Found", { status: 404, headers: { "content-type": "text/html; charset=UTF-8" } }),
  );
  app.onError(() => backendError(500));
  return {
    origin: "https://www.googleapis.com",
    service: "google-calendar",
    routes: [...ROUTES, BATCH],
    fetch: (request, exchange) => app.fetch(request, exchange),
  };
}

/** Every part runs through its route alone: token, quota, scopes, refusals. */
async function runBatch(app: Hono<{ Bindings: Exchange }>, context: SandboxContext): Promise<Response> {
  try {
    return await serveBatch(context.req.raw, context.env.body, async (request) => {
      const body = request.method === "GET" ? "" : await request.clone().text();
      return app.fetch(request, { ...context.env, url: new URL(request.url), body });
    });
  } catch (error) {
    if (error instanceof GoogleRefusal) return error.response;
    throw error;
  }
}
