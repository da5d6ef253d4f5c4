import { Hono } from "hono";
import { consentPage, errorPage } from "../consent-page.ts";
import { type Exchange, formOf, type OriginApp, type RouteInfo, type SandboxContext } from "../exchange.ts";
import { isRegisteredRedirectUri, isSecureRedirectUri, SPOTIFY_SCOPES, type SpotifyClient } from "./clients.ts";
import { exchangeToken } from "./token-endpoint.ts";
import type { SpotifyWorld } from "./world.ts";

const AUTHORIZE_PARAMETERS = [
  "client_id",
  "response_type",
  "redirect_uri",
  "scope",
  "state",
  "code_challenge",
  "code_challenge_method",
  "show_dialog",
  "user",
  "decision",
];
const TOKEN_PARAMETERS = [
  "grant_type",
  "code",
  "redirect_uri",
  "client_id",
  "client_secret",
  "code_verifier",
  "refresh_token",
  "scope",
];

const ROUTES: readonly RouteInfo[] = [
  { method: "GET", path: "/authorize", kind: "sign-in", parameters: AUTHORIZE_PARAMETERS },
  { method: "POST", path: "/authorize", kind: "sign-in", parameters: AUTHORIZE_PARAMETERS },
  { method: "POST", path: "/api/token", kind: "token", parameters: TOKEN_PARAMETERS },
];

const SESSION_COOKIE = "sandbox_spotify_user";

/** accounts.spotify.com: the consent page and the token endpoint. */
export function createSpotifyAccountsApp(world: SpotifyWorld): OriginApp {
  const app = new Hono<{ Bindings: Exchange }>();
  app.get("/authorize", (context) => showConsent(world, context));
  app.post("/authorize", (context) => decide(world, context));
  app.post("/api/token", (context) => exchangeToken(world, context));
  app.get("/api/token", () => new Response("", { status: 405 }));
  app.notFound(() => errorPage("Page not found", 404));
  return {
    origin: "https://accounts.spotify.com",
    service: "spotify",
    routes: ROUTES,
    fetch: (request, exchange) => app.fetch(request, exchange),
  };
}

interface AuthorizeRequest {
  readonly client: SpotifyClient;
  readonly redirectUri: string;
  readonly state: string | null;
  readonly scopes: readonly string[];
  readonly codeChallenge: string | undefined;
}

/** Faults of client or redirect URI end in a page, because there is nobody to be trusted with a redirect; others redirect. */
function readAuthorizeRequest(world: SpotifyWorld, query: URLSearchParams): AuthorizeRequest | Response {
  const client = world.clients.get(query.get("client_id") ?? "");
  if (client === undefined) return errorPage("INVALID_CLIENT: Invalid client");
  const redirectUri = query.get("redirect_uri") ?? "";
  if (redirectUri === "") return errorPage("INVALID_CLIENT: No redirect URI");
  if (!isSecureRedirectUri(redirectUri)) return errorPage("INVALID_CLIENT: Insecure redirect URI");
  if (!isRegisteredRedirectUri(redirectUri, client.redirectUris)) {
    return errorPage("INVALID_CLIENT: Invalid redirect URI");
  }
  const state = query.get("state");
  if (query.get("response_type") !== "code") {
    return redirectBack(redirectUri, { error: "unsupported_response_type" }, state);
  }
  const scopes = (query.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
  if (!scopes.every((scope) => SPOTIFY_SCOPES.has(scope)))
    return redirectBack(redirectUri, { error: "invalid_scope" }, state);
  const codeChallenge = query.get("code_challenge") ?? undefined;
  if (codeChallenge !== undefined && query.get("code_challenge_method") !== "S256") {
    return errorPage("code_challenge_method must be S256");
  }
  if (codeChallenge !== undefined && !/^[A-Za-z0-9_-]{43}$/.test(codeChallenge)) {
    return errorPage("code_challenge must be the base64url form of a SHA-256 hash");
  }
  return { client, redirectUri, state, scopes, codeChallenge };
}

function showConsent(world: SpotifyWorld, context: SandboxContext): Response {
  const query = context.env.url.searchParams;
  const request = readAuthorizeRequest(world, query);
  if (request instanceof Response) return request;
  const signedIn = new RegExp(`${SESSION_COOKIE}=([^;]+)`).exec(context.req.header("cookie") ?? "")?.[1];
  const before = world.grants.consents.get(`${request.client.id} ${signedIn}`);
  const consented = before !== undefined && request.scopes.every((scope) => before.has(scope));
  if (signedIn !== undefined && consented && query.get("show_dialog") !== "true")
    return grantCode(world, request, signedIn);
  return consentPage({
    service: "Spotify",
    appName: request.client.name,
    permissions: request.scopes.length === 0 ? ["your public profile"] : request.scopes,
    accounts: [...world.users.values()].map(({ id, displayName }) => ({ id, name: displayName ?? id })),
  });
}

function decide(world: SpotifyWorld, context: SandboxContext): Response {
  const request = readAuthorizeRequest(world, context.env.url.searchParams);
  if (request instanceof Response) return request;
  const form = formOf(context);
  if (form.get("decision") !== "allow")
    return redirectBack(request.redirectUri, { error: "access_denied" }, request.state);
  const userId = form.get("user") ?? "";
  if (!world.users.has(userId)) return errorPage("Unknown account");
  world.grants.consents.set(
    `${request.client.id} ${userId}`,
    new Set([...(world.grants.consents.get(`${request.client.id} ${userId}`) ?? []), ...request.scopes]),
  );
  return grantCode(world, request, userId);
}

function grantCode(world: SpotifyWorld, request: AuthorizeRequest, userId: string): Response {
  const code = world.grants.issueCode({
    clientId: request.client.id,
    userId,
    redirectUri: request.redirectUri,
    scopes: request.scopes,
    codeChallenge: request.codeChallenge,
    issuedAt: world.clock.now(),
    used: false,
  });
  const response = redirectBack(request.redirectUri, { code }, request.state);
  response.headers.set("set-cookie", `${SESSION_COOKIE}=${userId}; Path=/; HttpOnly; SameSite=Lax`);
  return response;
}

function redirectBack(redirectUri: string, answer: Record<string, string>, state: string | null): Response {
  const target = new URL(redirectUri);
  for (const [name, value] of Object.entries(answer)) target.searchParams.set(name, value);
  if (state !== null) target.searchParams.set("state", state);
  return new Response(null, { status: 302, headers: { location: target.href } });
}
