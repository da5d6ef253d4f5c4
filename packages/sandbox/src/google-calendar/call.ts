import type { Exchange, RouteInfo, SandboxContext } from "../exchange.ts";
import type { ListingFault } from "../faults/fault.ts";
import { calendarScope, type GoogleClient } from "./clients.ts";
import {
  GoogleRefusal,
  googleError,
  insufficientPermissions,
  invalidCredentials,
  rateLimitExceeded,
  refusal,
} from "./errors.ts";
import { selectFields } from "./fields.ts";
import type { GoogleUser, GoogleWorld } from "./world.ts";

/** Query parameters that every method of Google's APIs knows. */
export const STANDARD_PARAMETERS = [
  "alt",
  "fields",
  "key",
  "access_token",
  "oauth_token",
  "prettyPrint",
  "quotaUser",
  "userIp",
];

/** One authorized request to the Calendar API. */
export interface GoogleCall {
  readonly world: GoogleWorld;
  readonly client: GoogleClient;
  readonly user: GoogleUser;
  readonly scopes: ReadonlySet<string>;
  /** Name of the method in the API's description, such as `Events.List`. */
  readonly operation: string;
  readonly query: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Headers;
  readonly body: string;
  readonly now: number;
  readonly listing: ListingFault | undefined;
}

export interface GoogleRoute extends RouteInfo {
  readonly operation: string;
  /** Short names; one of these must have been granted. */
  readonly scopes: readonly string[];
  /** Quota units. Default 1. */
  readonly cost?: number;
  handle(call: GoogleCall): Response;
}

/** Runs a route: token, project, quota and scopes come before the route's own checks. */
export async function runRoute(world: GoogleWorld, route: GoogleRoute, context: SandboxContext): Promise<Response> {
  try {
    const call = authorize(world, route, context);
    admit(call, route.cost ?? 1, context.env.notes);
    if (!route.scopes.some((scope) => call.scopes.has(calendarScope(scope))))
      throw insufficientPermissions(route.operation);
    return await selectFields(route.handle(call), call.query.get("fields"));
  } catch (error) {
    if (error instanceof GoogleRefusal) return error.response;
    throw error;
  }
}

function authorize(world: GoogleWorld, route: GoogleRoute, context: SandboxContext): GoogleCall {
  const query = context.env.url.searchParams;
  const header = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  const text = header ?? query.get("access_token") ?? query.get("oauth_token");
  if (text === null) throw loginRequired();
  const token = world.grants.accessTokens.get(text);
  const now = world.clock.now();
  const client = world.clients.get(token?.grant.clientId ?? "");
  const user = world.users.get(token?.grant.email ?? "");
  if (token === undefined || client === undefined || user === undefined) throw invalidCredentials();
  if (token.grant.revoked || token.expiresAt <= now) throw invalidCredentials();
  return {
    world,
    client,
    user,
    scopes: token.scopes,
    operation: route.operation,
    query,
    params: context.req.param(),
    headers: context.req.raw.headers,
    body: context.env.body,
    now,
    listing: context.env.listing,
  };
}

function loginRequired(): GoogleRefusal {
  const detail = { reason: "required", message: "Login Required.", location: "Authorization" } as const;
  const fields = { status: "UNAUTHENTICATED" };
  return new GoogleRefusal(googleError(401, { ...detail, locationType: "header" }, { fields }));
}

function admit({ world, client, user, query, now }: GoogleCall, units: number, notes: Exchange["notes"]): void {
  const { settings, quota } = world;
  if (!settings.apiEnabled) {
    const message = `Google Calendar API has not been used in project ${client.project} before or it is disabled.`;
    throw refusal(403, { domain: "usageLimits", reason: "accessNotConfigured", message });
  }
  if (settings.rateLimits === false) return;
  const keys = { user: query.get("quotaUser") ?? user.email, project: client.project };
  const full = quota.admit(now, units, keys, settings.rateLimits);
  notes.rateLimited = full !== undefined;
  if (full === undefined) return;
  const reason = full === "user" && settings.rateLimitStatus === 403 ? "userRateLimitExceeded" : "rateLimitExceeded";
  throw new GoogleRefusal(rateLimitExceeded(reason, settings.rateLimitStatus));
}

/** Counts an event or calendar that is made against the general limits of use, which the console does not show. */
export function spendCreation({ settings }: GoogleWorld): void {
  if (settings.creationsLeft === false) return;
  if (settings.creationsLeft <= 0)
    throw refusal(403, {
      domain: "usageLimits",
      reason: "quotaExceeded",
      message: "Calendar usage limits exceeded.",
    });
  settings.creationsLeft -= 1;
}

/** The JSON object of the body. */
export function bodyOf(call: GoogleCall): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = call.body === "" ? {} : JSON.parse(call.body);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch {
    throw refusal(400, { reason: "parseError", message: "Parse Error" });
  }
  throw refusal(400, { reason: "parseError", message: "Parse Error" });
}

/** A JSON answer with its etag, or 304 if the caller has it already. */
export function tagged(call: GoogleCall, etag: string, body: Record<string, unknown>): Response {
  if (call.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers: { etag } });
  return Response.json(body, { headers: { etag, "content-type": "application/json; charset=UTF-8" } });
}
