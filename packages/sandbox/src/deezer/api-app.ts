import { Hono } from "hono";
import { type Exchange, json, type OriginApp } from "../exchange.ts";
import { type DeezerRoute, refuseUnknownRoute, runRoute } from "./call.ts";
import { CATALOGUE_ROUTES } from "./catalogue-routes.ts";
import { LIBRARY_ROUTES } from "./library-routes.ts";
import { PLAYLIST_ROUTES } from "./playlist-routes.ts";
import { SAVED_ROUTES } from "./saved-routes.ts";
import type { DeezerWorld } from "./world.ts";

const ROUTES: readonly DeezerRoute[] = [...LIBRARY_ROUTES, ...CATALOGUE_ROUTES, ...SAVED_ROUTES, ...PLAYLIST_ROUTES];

/** api.deezer.com. */
export function createDeezerApiApp(world: DeezerWorld): OriginApp {
  const app = new Hono<{ Bindings: Exchange }>();
  for (const route of ROUTES) app.on(route.method, route.path, (context) => runRoute(world, route, context));
  app.notFound((context) => refuseUnknownRoute(world, context));
  app.onError(() => json({ error: { type: "Exception", message: "Internal error" } }, 500));
  return {
    origin: "https://api.deezer.com",
    service: "deezer",
    routes: ROUTES,
    fetch: (request, exchange) => app.fetch(request, exchange),
  };
}
