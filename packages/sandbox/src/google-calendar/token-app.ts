import { Hono } from "hono";
import { type Exchange, formOf, json, type OriginApp, type RouteInfo, type SandboxContext } from "../exchange.ts";
import type { GoogleClient } from "./clients.ts";
import { oauthError } from "./errors.ts";
import type { GoogleGrant } from "./grants.ts";
import type { GoogleWorld } from "./world.ts";

const ACCESS_TOKEN_MS = 3_600_000;
const CODE_MS = 600_000;
const DAY_MS = 86_400_000;
const UNUSED_REFRESH_TOKEN_MS = 183 * DAY_MS;
const TESTING_REFRESH_TOKEN_MS = 7 * DAY_MS;

const CREDENTIALS = ["client_id", "client_secret", "grant_type"];
const ROUTES: readonly RouteInfo[] = [
  {
    method: "POST",
    path: "/token",
    kind: "token",
    parameters: [...CREDENTIALS, "code", "redirect_uri", "code_verifier", "refresh_token", "scope"],
  },
  { method: "POST", path: "/revoke", kind: "token", parameters: ["token"] },
  { method: "GET", path: "/tokeninfo", kind: "token", parameters: ["access_token"] },
  { method: "POST", path: "/tokeninfo", kind: "token", parameters: ["access_token"] },
];

/** oauth2.googleapis.com: tokens. */
export function createGoogleTokenApp(world: GoogleWorld): OriginApp {
  const app = new Hono<{ Bindings: Exchange }>();
  app.post("/token", (context) => exchangeToken(world, context));
  app.post("/revoke", (context) => revoke(world, context));
  app.get("/tokeninfo", (context) => tokenInfo(world, context));
  app.post("/tokeninfo", (context) => tokenInfo(world, context));
  app.notFound(() => new Response("Not Found", { status: 404, headers: { "content-type": "text/html" } }));
  return {
    origin: "https://oauth2.googleapis.com",
    service: "google-calendar",
    routes: ROUTES,
    fetch: (request, exchange) => app.fetch(request, exchange),
  };
}

async function exchangeToken(world: GoogleWorld, context: SandboxContext): Promise<Response> {
  const form = formOf(context);
  const client = authenticate(world, context.req.header("authorization"), form);
  if (client instanceof Response) return client;
  switch (form.get("grant_type")) {
    case "authorization_code":
      return exchangeCode(world, client, form);
    case "refresh_token":
      return refresh(world, client, form);
    case null:
      return oauthError(400, "invalid_request", "Required parameter is missing: grant_type");
    default:
      return oauthError(400, "unsupported_grant_type", "Invalid grant_type");
  }
}

function authenticate(world: GoogleWorld, header: string | undefined, form: URLSearchParams): GoogleClient | Response {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  const [id, secret] =
    basic === undefined ? [form.get("client_id"), form.get("client_secret")] : atob(basic).split(":").map(unescapeForm);
  if (id === null || id === undefined)
    return oauthError(400, "invalid_request", "Could not determine client ID from request.");
  const client = world.clients.get(id);
  if (client === undefined) return oauthError(401, "invalid_client", "The OAuth client was not found.");
  if (secret === null || secret === undefined) return oauthError(400, "invalid_request", "client_secret is missing.");
  if (secret !== client.secret) return oauthError(401, "invalid_client", "The provided client secret is invalid.");
  return client;
}

function unescapeForm(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}

async function exchangeCode(world: GoogleWorld, client: GoogleClient, form: URLSearchParams): Promise<Response> {
  const { grants, clock } = world;
  if (form.get("code") === null) return oauthError(400, "invalid_request", "Missing required parameter: code");
  const code = grants.codes.get(form.get("code") ?? "");
  if (code === undefined || code.grant.clientId !== client.id)
    return oauthError(400, "invalid_grant", "Malformed auth code.");
  const dead = code.used || code.grant.revoked || clock.now() - code.issuedAt > CODE_MS;
  if (dead) return oauthError(400, "invalid_grant", "Bad Request");
  if (form.get("redirect_uri") !== code.redirectUri) return oauthError(400, "redirect_uri_mismatch", "Bad Request");
  if (code.codeChallenge !== undefined) {
    const verifier = form.get("code_verifier");
    if (verifier === null) return oauthError(400, "invalid_grant", "Missing code verifier.");
    const proof = code.codeChallengeMethod === "S256" ? await s256(verifier) : verifier;
    if (proof !== code.codeChallenge) return oauthError(400, "invalid_grant", "Invalid code verifier.");
  }
  code.used = true;
  const refreshToken = code.refreshTokenDue
    ? grants.issueRefreshToken(code.grant, code.scopes, clock.now())
    : undefined;
  return tokenAnswer(world, code, refreshToken);
}

async function s256(verifier: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  const text = btoa(String.fromCharCode(...hash));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function refresh(world: GoogleWorld, client: GoogleClient, form: URLSearchParams): Response {
  const { grants, clock, settings } = world;
  const text = form.get("refresh_token");
  if (text === null) return oauthError(400, "invalid_request", "Missing required parameter: refresh_token");
  const token = grants.refreshTokens.get(text);
  if (token === undefined) return oauthError(400, "invalid_grant", "Bad Request");
  if (token.grant.clientId !== client.id) return oauthError(401, "unauthorized_client", "Unauthorized");
  const now = clock.now();
  const unused = now - token.usedAt >= UNUSED_REFRESH_TOKEN_MS;
  const testEnded = settings.publishingStatus === "testing" && now - token.issuedAt >= TESTING_REFRESH_TOKEN_MS;
  if (token.revoked || token.grant.revoked || unused || testEnded)
    return oauthError(400, "invalid_grant", "Token has been expired or revoked.");
  token.usedAt = now;
  if (!settings.rotateRefreshTokens) return tokenAnswer(world, { ...token, offline: true }, undefined);
  token.revoked = true;
  return tokenAnswer(world, { ...token, offline: true }, grants.issueRefreshToken(token.grant, token.scopes, now));
}

interface Granted {
  readonly grant: GoogleGrant;
  readonly scopes: ReadonlySet<string>;
  readonly offline: boolean;
}

/** `scope` names what was granted, which may be less than what was asked for. */
function tokenAnswer(world: GoogleWorld, granted: Granted, refreshToken: string | undefined): Response {
  const { grants, clock, settings } = world;
  const { grant, scopes, offline } = granted;
  const testing = settings.publishingStatus === "testing" && refreshToken !== undefined;
  const body = {
    access_token: grants.issueAccessToken({ grant, scopes, offline, expiresAt: clock.now() + ACCESS_TOKEN_MS }),
    expires_in: ACCESS_TOKEN_MS / 1_000 - 1,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    ...(testing ? { refresh_token_expires_in: TESTING_REFRESH_TOKEN_MS / 1_000 } : {}),
    scope: [...scopes].join(" "),
    token_type: "Bearer",
  };
  return json(body, 200, { "cache-control": "no-cache, no-store, max-age=0, must-revalidate", pragma: "no-cache" });
}

/** Revoking one token of either kind ends everything that the user has allowed the app. */
function revoke({ grants, clock }: GoogleWorld, context: SandboxContext): Response {
  const text = formOf(context).get("token") ?? context.env.url.searchParams.get("token");
  if (text === null) return oauthError(400, "invalid_request", "Bad Request");
  const access = grants.accessTokens.get(text);
  const live = access !== undefined && access.expiresAt > clock.now() ? access : grants.refreshTokens.get(text);
  if (live === undefined || live.grant.revoked) return oauthError(400, "invalid_token", "Token expired or revoked");
  live.grant.revoked = true;
  return json({});
}

function tokenInfo(world: GoogleWorld, context: SandboxContext): Response {
  const now = world.clock.now();
  const bearer = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  const named = context.env.url.searchParams.get("access_token") ?? formOf(context).get("access_token");
  const token = world.grants.accessTokens.get(named ?? bearer ?? "");
  const user = world.users.get(token?.grant.email ?? "");
  if (token === undefined || user === undefined || token.grant.revoked || token.expiresAt <= now)
    return oauthError(400, "invalid_token", "Invalid Value");
  const identity = [...token.scopes].some((scope) => scope.endsWith("userinfo.email"));
  return json({
    azp: token.grant.clientId,
    aud: token.grant.clientId,
    ...(token.scopes.has("openid") ? { sub: user.sub } : {}),
    scope: [...token.scopes].join(" "),
    exp: String(Math.floor(token.expiresAt / 1_000)),
    expires_in: String(Math.floor((token.expiresAt - now) / 1_000)),
    ...(identity ? { email: user.email, email_verified: "true" } : {}),
    access_type: token.offline ? "offline" : "online",
  });
}
