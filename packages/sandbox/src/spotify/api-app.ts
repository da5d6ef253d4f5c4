import { Hono } from "hono";
import { type Exchange, json, type OriginApp } from "../exchange.ts";
import { runRoute, type SpotifyRoute } from "./call.ts";
import { CATALOGUE_ROUTES } from "./catalogue-routes.ts";
import { spotifyError } from "./errors.ts";
import { LIBRARY_ROUTES } from "./library-routes.ts";
import { LISTENING_ROUTES } from "./listening-routes.ts";
import { PLAYLIST_ROUTES } from "./playlist-routes.ts";
import { UNEMULATED_ROUTES } from "./unemulated-routes.ts";
import type { SpotifyWorld } from "./world.ts";

const ROUTES: readonly SpotifyRoute[] = [
  ...LIBRARY_ROUTES,
  ...CATALOGUE_ROUTES,
  ...PLAYLIST_ROUTES,
  ...LISTENING_ROUTES,
  ...UNEMULATED_ROUTES,
];

/** api.spotify.com. */
export function createSpotifyApiApp(world: SpotifyWorld): OriginApp {
  const app = new Hono<{ Bindings: Exchange }>();
  for (const route of ROUTES) app.on(route.method, route.path, (context) => runRoute(world, route, context));
  app.notFound(() => spotifyError(404, "Service not found"));
  app.onError(() => json({ error: { status: 500, message: "Server error" } }, 500));
  return {
    origin: "https://api.spotify.com",
    service: "spotify",
    routes: ROUTES,
    fetch: (request, exchange) => app.fetch(request, exchange),
  };
}
