import { Hono } from "hono";
import { type Exchange, json, type OriginApp, type RouteInfo } from "../exchange.ts";
import type { GoogleWorld } from "./world.ts";

const ROUTES: readonly RouteInfo[] = [
  { method: "GET", path: "/v1/userinfo", kind: "identity", parameters: ["access_token"] },
];

/** openidconnect.googleapis.com: who the token stands for. */
export function createGoogleUserinfoApp(world: GoogleWorld): OriginApp {
  const app = new Hono<{ Bindings: Exchange }>();
  app.get("/v1/userinfo", (context) => {
    const bearer = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
    const token = world.grants.accessTokens.get(bearer ?? context.env.url.searchParams.get("access_token") ?? "");
    const user = world.users.get(token?.grant.email ?? "");
    const dead = token === undefined || token.grant.revoked || token.expiresAt <= world.clock.now();
    if (dead || user === undefined)
      return json({ error: "invalid_request", error_description: "Invalid Credentials" }, 401);
    const granted = (name: string): boolean => [...token.scopes].some((scope) => scope.endsWith(name));
    if (!["openid", "userinfo.email", "userinfo.profile"].some(granted))
      return json({ error: "insufficient_scope", error_description: "Insufficient scope" }, 403);
    return json({
      sub: user.sub,
      ...(granted("userinfo.profile") ? { name: user.displayName, given_name: user.displayName } : {}),
      ...(granted("userinfo.email") ? { email: user.email, email_verified: true } : {}),
    });
  });
  app.notFound(() => new Response("Not Found", { status: 404, headers: { "content-type": "text/html" } }));
  return {
    origin: "https://openidconnect.googleapis.com",
    service: "google-calendar",
    routes: ROUTES,
    fetch: (request, exchange) => app.fetch(request, exchange),
  };
}
