import { Hono } from "hono";
import { consentPage, errorPage } from "../consent-page.ts";
import { type Exchange, formOf, json, type OriginApp, type RouteInfo, type SandboxContext } from "../exchange.ts";
import { DEEZER_PERMISSIONS, type DeezerApp, type DeezerPermission, type DeezerWorld } from "./world.ts";

const AUTH_PARAMETERS = ["app_id", "redirect_uri", "perms", "state", "response_type", "user", "decision"];
const TOKEN_PARAMETERS = ["app_id", "secret", "code", "output"];
const CODE_MS = 600_000;
const SHORT_TOKEN_SECONDS = 3_600;

const ROUTES: readonly RouteInfo[] = [
  { method: "GET", path: "/oauth/auth.php", kind: "sign-in", parameters: AUTH_PARAMETERS },
  { method: "POST", path: "/oauth/auth.php", kind: "sign-in", parameters: AUTH_PARAMETERS },
  { method: "GET", path: "/oauth/access_token.php", kind: "token", parameters: TOKEN_PARAMETERS },
  { method: "POST", path: "/oauth/access_token.php", kind: "token", parameters: TOKEN_PARAMETERS },
];

/** connect.deezer.com: the consent page and the exchange of codes. */
export function createDeezerConnectApp(world: DeezerWorld): OriginApp {
  const app = new Hono<{ Bindings: Exchange }>();
  app.get("/oauth/auth.php", (context) => showConsent(world, context));
  app.post("/oauth/auth.php", (context) => decide(world, context));
  app.on(["GET", "POST"], "/oauth/access_token.php", (context) => exchangeCode(world, context));
  app.notFound(() => errorPage("Page not found", 404));
  return {
    origin: "https://connect.deezer.com",
    service: "deezer",
    routes: ROUTES,
    fetch: (request, exchange) => app.fetch(request, exchange),
  };
}

interface AuthRequest {
  readonly app: DeezerApp;
  readonly redirectUri: string;
  readonly state: string | null;
  readonly permissions: readonly DeezerPermission[];
}

function readAuthRequest(world: DeezerWorld, query: URLSearchParams): AuthRequest | Response {
  const app = world.apps.get(query.get("app_id") ?? "");
  if (app === undefined) return errorPage("Wrong app id", 200);
  if (query.get("response_type") === "token")
    return errorPage("The sandbox does not emulate the implicit variant.", 501);
  const redirectUri = query.get("redirect_uri") ?? "";
  if (!isOnAppDomain(redirectUri, app.domains)) {
    return errorPage(
      "You don't have permission to access this page: the redirect_uri does not match the app's domain.",
      200,
    );
  }
  const asked = (query.get("perms") ?? "").split(",").map((name) => name.trim());
  const permissions = DEEZER_PERMISSIONS.filter(
    (permission) => permission === "basic_access" || asked.includes(permission),
  );
  return { app, redirectUri, state: query.get("state"), permissions };
}

/** Any path and port on the app's domain will do. Address literals never match, which is Spotify's rule turned round. */
function isOnAppDomain(redirectUri: string, domains: readonly string[]): boolean {
  const url = URL.parse(redirectUri);
  if (url === null || !/^https?:$/.test(url.protocol) || /^[\d.]+$|^\[/.test(url.hostname)) return false;
  return domains.some((domain) => url.hostname === domain || url.hostname.endsWith(`.${domain}`));
}

function showConsent(world: DeezerWorld, context: SandboxContext): Response {
  const request = readAuthRequest(world, context.env.url.searchParams);
  if (request instanceof Response) return request;
  return consentPage({
    service: "Deezer",
    appName: request.app.name,
    permissions: request.permissions,
    accounts: [...world.users.values()].map(({ id, name }) => ({ id: String(id), name })),
  });
}

function decide(world: DeezerWorld, context: SandboxContext): Response {
  const request = readAuthRequest(world, context.env.url.searchParams);
  if (request instanceof Response) return request;
  const form = formOf(context);
  if (form.get("decision") !== "allow") return redirectBack(request, { error_reason: "user_denied" });
  const userId = Number(form.get("user"));
  if (!world.users.has(userId)) return errorPage("Unknown account", 200);
  const code = world.newSecret("fr");
  const issuedAt = world.clock.now();
  world.codes.set(code, { appId: request.app.id, userId, permissions: request.permissions, issuedAt, used: false });
  return redirectBack(request, { code });
}

function redirectBack(request: AuthRequest, answer: Record<string, string>): Response {
  const target = new URL(request.redirectUri);
  for (const [name, value] of Object.entries(answer)) target.searchParams.set(name, value);
  if (request.state !== null) target.searchParams.set("state", request.state);
  return new Response(null, { status: 302, headers: { location: target.href } });
}

/** Every failure is plain text that claims to be HTML, with HTTP 200. */
function refuse(text: string): Response {
  return new Response(text, { status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
}

function exchangeCode(world: DeezerWorld, context: SandboxContext): Response {
  const fields = new URLSearchParams([...context.env.url.searchParams, ...formOf(context)]);
  const app = world.apps.get(fields.get("app_id") ?? "");
  if (app === undefined || app.secret !== fields.get("secret")) return refuse("wrong app_id or secret");
  const code = world.codes.get(fields.get("code") ?? "");
  const stale = code === undefined || code.used || world.clock.now() - code.issuedAt > CODE_MS;
  if (stale || code.appId !== app.id) return refuse("wrong code");
  code.used = true;
  const expires = code.permissions.includes("offline_access") ? 0 : SHORT_TOKEN_SECONDS;
  const token = world.newSecret("fr");
  world.tokens.set(token, {
    userId: code.userId,
    appId: app.id,
    permissions: new Set(code.permissions),
    expiresAt: expires === 0 ? undefined : world.clock.now() + expires * 1_000,
    revoked: false,
  });
  return tokenAnswer(token, expires, fields.get("output"));
}

function tokenAnswer(token: string, expires: number, output: string | null): Response {
  if (output === "json") return json({ access_token: token, expires });
  if (output === "xml") {
    const xml = `<?xml version="1.0" encoding="utf-8"?><root><access_token><![CDATA[${token}]]></access_token><expires>${expires}</expires></root>`;
    return new Response(xml, { headers: { "content-type": "text/xml; charset=utf-8" } });
  }
  return refuse(`access_token=${token}&expires=${expires}`);
}
