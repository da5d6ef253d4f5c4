import { Hono } from "hono";
import { consentPage, errorPage } from "../consent-page.ts";
import { type Exchange, formOf, type OriginApp, type RouteInfo, type SandboxContext } from "../exchange.ts";
import { canonicalScope, GOOGLE_SCOPES, type GoogleClient, isRegisteredRedirect } from "./clients.ts";
import type { GoogleWorld } from "./world.ts";

const PATH = "/o/oauth2/v2/auth";
const PARAMETERS = [
  "client_id",
  "response_type",
  "redirect_uri",
  "scope",
  "state",
  "access_type",
  "prompt",
  "include_granted_scopes",
  "enable_granular_consent",
  "login_hint",
  "hd",
  "nonce",
  "code_challenge",
  "code_challenge_method",
  "user",
  "decision",
];

const ROUTES: readonly RouteInfo[] = ["GET", "POST"].map((method) => ({
  method,
  path: PATH,
  kind: "sign-in",
  parameters: PARAMETERS,
}));

const SESSION_COOKIE = "sandbox_google_user";

/** accounts.google.com: the consent page. */
export function createGoogleAccountsApp(world: GoogleWorld): OriginApp {
  const app = new Hono<{ Bindings: Exchange }>();
  app.get(PATH, (context) => showConsent(world, context));
  app.post(PATH, (context) => decide(world, context));
  app.notFound(() => errorPage("The requested URL was not found on this server.", 404));
  return {
    origin: "https://accounts.google.com",
    service: "google-calendar",
    routes: ROUTES,
    fetch: (request, exchange) => app.fetch(request, exchange),
  };
}

interface AuthorizeRequest {
  readonly client: GoogleClient;
  readonly redirectUri: string;
  readonly state: string | null;
  readonly scopes: readonly string[];
  readonly offline: boolean;
  readonly prompt: ReadonlySet<string>;
  readonly includeGranted: boolean;
  readonly codeChallenge: string | undefined;
  readonly codeChallengeMethod: "S256" | "plain";
}

/** Google shows every fault of the request on a page; only the user's own refusal goes back to the app. */
function readRequest(world: GoogleWorld, query: URLSearchParams): AuthorizeRequest | Response {
  const client = world.clients.get(query.get("client_id") ?? "");
  if (client === undefined) return errorPage("Error 401: invalid_client. The OAuth client was not found.", 401);
  const redirectUri = query.get("redirect_uri");
  if (redirectUri === null) return errorPage("Error 400: invalid_request. Missing required parameter: redirect_uri");
  if (!isRegisteredRedirect(redirectUri, client.redirectUris)) return errorPage("Error 400: redirect_uri_mismatch");
  if (query.get("response_type") !== "code")
    return errorPage("Error 400: unsupported_response_type. Only code is emulated.");
  const scopes = (query.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
  if (scopes.length === 0) return errorPage("Error 400: invalid_request. Missing required parameter: scope");
  const unknown = scopes.find((scope) => !GOOGLE_SCOPES.has(canonicalScope(scope)));
  if (unknown !== undefined)
    return errorPage(`Error 400: invalid_scope. Some requested scopes were invalid: ${unknown}`);
  const accessType = query.get("access_type") ?? "online";
  if (accessType !== "online" && accessType !== "offline")
    return errorPage("Error 400: invalid_request. Invalid parameter value for access_type");
  const prompt = new Set((query.get("prompt") ?? "").split(" ").filter((word) => word !== ""));
  if (![...prompt].every((word) => ["none", "consent", "select_account"].includes(word)))
    return errorPage("Error 400: invalid_request. Invalid parameter value for prompt");
  const codeChallenge = query.get("code_challenge") ?? undefined;
  const method = query.get("code_challenge_method") ?? "plain";
  if (method !== "S256" && method !== "plain")
    return errorPage("Error 400: invalid_request. Invalid parameter value for code_challenge_method");
  if (codeChallenge !== undefined && !/^[A-Za-z0-9\-._~]{43,128}$/.test(codeChallenge))
    return errorPage("Error 400: invalid_request. Invalid parameter value for code_challenge");
  return {
    client,
    redirectUri,
    state: query.get("state"),
    scopes: scopes.map(canonicalScope),
    offline: accessType === "offline",
    prompt,
    includeGranted: query.get("include_granted_scopes") === "true",
    codeChallenge,
    codeChallengeMethod: method,
  };
}

function showConsent(world: GoogleWorld, context: SandboxContext): Response {
  const request = readRequest(world, context.env.url.searchParams);
  if (request instanceof Response) return request;
  const signedIn = new RegExp(`${SESSION_COOKIE}=([^;]+)`).exec(context.req.header("cookie") ?? "")?.[1];
  const email = signedIn === undefined ? undefined : decodeURIComponent(signedIn);
  const before = email === undefined ? undefined : world.grants.find(request.client.id, email);
  const consented = before !== undefined && request.scopes.every((scope) => before.scopes.has(scope));
  if (email !== undefined && consented && !request.prompt.has("consent") && !request.prompt.has("select_account"))
    return grantCode(world, request, email, request.scopes);
  if (request.prompt.has("none")) return redirectBack(request, { error: "interaction_required" });
  return consentPage({
    service: "Google",
    appName: request.client.name,
    permissions: request.scopes,
    accounts: [...world.users.values()].map((user) => ({ id: user.email, name: user.email })),
  });
}

/** The user's click. Which scopes the user unticks is set by the control surface. */
function decide(world: GoogleWorld, context: SandboxContext): Response {
  const request = readRequest(world, context.env.url.searchParams);
  if (request instanceof Response) return request;
  const form = formOf(context);
  if (form.get("decision") !== "allow") return redirectBack(request, { error: "access_denied" });
  const user = world.users.get(form.get("user") ?? "");
  if (user === undefined) return errorPage("Unknown account");
  return grantCode(
    world,
    request,
    user.email,
    request.scopes.filter((scope) => !user.untickedScopes.has(scope)),
  );
}

/** A refresh token is due on the first offline consent, and again whenever consent is asked for anew. */
function grantCode(world: GoogleWorld, request: AuthorizeRequest, email: string, allowed: readonly string[]): Response {
  const { grants, clock } = world;
  const first = ![...grants.refreshTokens.values()].some(
    ({ grant }) => grant.clientId === request.client.id && grant.email === email && !grant.revoked,
  );
  const before = grants.find(request.client.id, email)?.scopes ?? new Set<string>();
  const grant = grants.extend(request.client.id, email, allowed);
  const scopes = new Set(request.includeGranted ? [...before, ...allowed] : allowed);
  const code = grants.issueCode({
    grant,
    scopes,
    redirectUri: request.redirectUri,
    codeChallenge: request.codeChallenge,
    codeChallengeMethod: request.codeChallengeMethod,
    offline: request.offline,
    refreshTokenDue: request.offline && (first || request.prompt.has("consent")),
    issuedAt: clock.now(),
    used: false,
  });
  const response = redirectBack(request, { code, scope: [...scopes].join(" "), authuser: "0", prompt: "consent" });
  const session = `${SESSION_COOKIE}=${encodeURIComponent(email)}; Path=/; HttpOnly; SameSite=Lax`;
  response.headers.set("set-cookie", session);
  return response;
}

function redirectBack({ redirectUri, state }: AuthorizeRequest, answer: Record<string, string>): Response {
  const target = new URL(redirectUri);
  if (state !== null) target.searchParams.set("state", state);
  for (const [name, value] of Object.entries(answer)) target.searchParams.set(name, value);
  return new Response(null, { status: 302, headers: { location: target.href } });
}
