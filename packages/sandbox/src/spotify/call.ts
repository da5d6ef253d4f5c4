import type { Country } from "../catalogue/tracks.ts";
import type { Exchange, RequestKind, RouteInfo, SandboxContext } from "../exchange.ts";
import type { ListingFault } from "../faults/fault.ts";
import type { SpotifyClient, SpotifyRegime } from "./clients.ts";
import {
  badRequest,
  forbidden,
  plainForbidden,
  quotaExceeded,
  Refusal,
  spotifyError,
  tooManyRequests,
} from "./errors.ts";
import type { SpotifyUser, SpotifyWorld } from "./world.ts";

/** One authorized request to the Web API. */
export interface SpotifyCall {
  readonly world: SpotifyWorld;
  readonly client: SpotifyClient;
  readonly regime: SpotifyRegime;
  readonly scopes: ReadonlySet<string>;
  /** `undefined`: the token stands for the app itself. */
  readonly signedIn: SpotifyUser | undefined;
  readonly query: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
  readonly body: string;
  readonly now: number;
  /** The Web API's address as the caller can reach it, ending in `/v1`. */
  readonly base: string;
  readonly listing: ListingFault | undefined;
}

export interface SpotifyRoute extends RouteInfo {
  readonly kind: RequestKind | ((url: URL) => RequestKind);
  /** One of these must have been granted; none: every token will do. */
  readonly scopes?: readonly string[];
  /** New development-mode apps get 403 `Forbidden`. */
  readonly goneInDevelopment?: true;
  handle(call: SpotifyCall): Response;
}

const API_ORIGIN = "https://api.spotify.com";
const DAY_MS = 86_400_000;

/** Runs a route: token, limits, app state, regime and scopes come before the route's own checks. */
export function runRoute(world: SpotifyWorld, route: SpotifyRoute, context: SandboxContext): Response {
  try {
    const call = authorize(world, context);
    admit(world, call, context.env.notes);
    if (route.goneInDevelopment === true && call.regime === "DEV") throw forbidden();
    if (route.scopes !== undefined && !route.scopes.some((scope) => call.scopes.has(scope))) {
      throw forbidden("Insufficient client scope");
    }
    return route.handle(call);
  } catch (error) {
    if (error instanceof Refusal) return error.response;
    throw error;
  }
}

function authorize(world: SpotifyWorld, context: SandboxContext): SpotifyCall {
  const header = context.req.header("authorization");
  if (header === undefined || header === "") throw new Refusal(spotifyError(401, "No token provided"));
  const [, text] = /^Bearer (.+)$/i.exec(header) ?? [];
  if (text === undefined) throw new Refusal(spotifyError(400, "Only valid bearer authentication supported"));
  const token = world.grants.accessTokens.get(text);
  if (token === undefined || token.grant.revoked) throw new Refusal(spotifyError(401, "Invalid access token"));
  if (world.clock.now() >= token.expiresAt) throw new Refusal(spotifyError(401, "The access token expired"));
  const client = world.clients.get(token.grant.clientId);
  if (client === undefined) throw new Refusal(spotifyError(401, "Invalid access token"));
  return {
    world,
    client,
    regime: client.regime,
    scopes: new Set(token.grant.scopes),
    signedIn: world.users.get(token.grant.userId ?? ""),
    query: context.env.url.searchParams,
    params: context.req.param(),
    body: context.env.body,
    now: world.clock.now(),
    base: `${context.env.base(API_ORIGIN)}/v1`,
    listing: context.env.listing,
  };
}

function admit(world: SpotifyWorld, call: SpotifyCall, notes: Exchange["notes"]): void {
  const { settings } = world;
  if (settings.rateLimit !== false) {
    const waitMs = world.window(`client ${call.client.id}`).admit(call.now, settings.rateLimit);
    notes.rateLimited = waitMs !== undefined;
    if (waitMs !== undefined) throw new Refusal(tooManyRequests(waitMs));
  }
  if (settings.dayQuota !== false && call.regime !== "EQM") {
    const quota = { requests: settings.dayQuota, perMs: DAY_MS };
    const waitMs = world.window(`developer ${call.client.developer}`).admit(call.now, quota);
    notes.rateLimited = waitMs !== undefined;
    if (waitMs !== undefined) throw new Refusal(quotaExceeded(waitMs));
  }
  if (settings.premiumLapsed && call.regime !== "EQM") {
    throw new Refusal(plainForbidden("Active premium subscription required for the owner of the app."));
  }
  if (call.signedIn?.registered === false && call.regime !== "EQM") {
    throw new Refusal(
      plainForbidden("Check settings on developer.spotify.com/dashboard, the user may not be registered."),
    );
  }
}

/** The user behind the token; an app's own token has none. */
export function userOf(call: SpotifyCall): SpotifyUser {
  if (call.signedIn === undefined) throw new Refusal(spotifyError(401, "Unauthorized."));
  return call.signedIn;
}

/** The country that licences are looked up for: `market=`, else the user's own; `undefined` if neither is known. */
export function marketOf(call: SpotifyCall): Country | undefined {
  const market = call.query.get("market");
  if (market !== null && market !== "from_token" && !/^[A-Z]{2}$/.test(market)) throw badRequest("Invalid market code");
  return (market === null || market === "from_token" ? call.signedIn?.country : market) as Country | undefined;
}

/** A whole number from the query, checked against its bounds. */
export function wholeNumber(
  call: SpotifyCall,
  name: string,
  bounds: { default: number; min: number; max: number },
): number {
  const text = call.query.get(name);
  if (text === null) return bounds.default;
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || value < bounds.min || value > bounds.max) throw badRequest(`Invalid ${name}`);
  return value;
}

/** The JSON object of the body; an array stands for itself, because old routes take one. */
export function jsonBody(call: SpotifyCall): Readonly<Record<string, unknown>> | readonly unknown[] {
  if (call.body === "") return {};
  try {
    const parsed: unknown = JSON.parse(call.body);
    if (typeof parsed === "object" && parsed !== null) return parsed as Record<string, unknown> | unknown[];
  } catch {
    throw badRequest("Error parsing JSON.");
  }
  throw badRequest("Error parsing JSON.");
}

/** The body as an object; arrays have no fields. */
export function jsonFields(call: SpotifyCall): Readonly<Record<string, unknown>> {
  const body = jsonBody(call);
  return Array.isArray(body) ? {} : (body as Record<string, unknown>);
}
