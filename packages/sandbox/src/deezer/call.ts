import { formOf, type RouteInfo, type SandboxContext } from "../exchange.ts";
import type { ListingFault } from "../faults/fault.ts";
import { DeezerRefusal, deezerError } from "./errors.ts";
import type { DeezerPermission, DeezerToken, DeezerUser, DeezerWorld } from "./world.ts";

/** One request to the API. */
export interface DeezerCall {
  readonly world: DeezerWorld;
  /** Fields of query and form together; the query wins. */
  readonly fields: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
  readonly now: number;
  /** The token's text, as given. */
  readonly tokenText: string | null;
  readonly token: DeezerToken | undefined;
  /** The API's address as the caller can reach it. */
  readonly base: string;
  readonly listing: ListingFault | undefined;
}

export interface DeezerRoute extends RouteInfo {
  /** What the token must have been granted. Routes without it are public. */
  readonly permission?: DeezerPermission;
  handle(call: DeezerCall): Response;
}

const API_ORIGIN = "https://api.deezer.com";

/** Runs a route: quota, app state, token and permission come before the route's own checks. */
export function runRoute(world: DeezerWorld, route: DeezerRoute, context: SandboxContext): Response {
  try {
    return route.handle(admit(world, context, route.permission));
  } catch (error) {
    if (error instanceof DeezerRefusal) return error.response;
    throw error;
  }
}

/** The answer to a path or method that does not exist; it costs quota like any other. */
export function refuseUnknownRoute(world: DeezerWorld, context: SandboxContext): Response {
  const limited = overQuota(world, context);
  return limited ? deezerError(4) : deezerError(600, `Unknown path components : ${context.env.url.pathname}`);
}

function overQuota(world: DeezerWorld, context: SandboxContext): boolean {
  const { rateLimit } = world.settings;
  if (rateLimit === false) return false;
  const refused = world.window(context.env.caller).admit(world.clock.now(), rateLimit) !== undefined;
  context.env.notes.rateLimited = refused;
  return refused;
}

function admit(world: DeezerWorld, context: SandboxContext, permission: DeezerPermission | undefined): DeezerCall {
  if (overQuota(world, context)) throw new DeezerRefusal(4);
  const fields = new URLSearchParams([...context.env.url.searchParams, ...formOf(context)]);
  const tokenText = fields.get("access_token");
  const token = tokenText === null || tokenText === "" ? undefined : liveToken(world, tokenText);
  if (world.settings.applicationDisabled) throw new DeezerRefusal(50);
  if (permission !== undefined) {
    if (token === undefined) throw new DeezerRefusal(200);
    if (!token.permissions.has(permission)) {
      throw new DeezerRefusal(200, `The token lacks the permission ${permission}`);
    }
  }
  return {
    world,
    fields,
    params: context.req.param(),
    now: world.clock.now(),
    tokenText,
    token,
    base: context.env.base(API_ORIGIN),
    listing: context.env.listing,
  };
}

function liveToken(world: DeezerWorld, text: string): DeezerToken {
  const token = world.tokens.get(text);
  const expired = token?.expiresAt !== undefined && world.clock.now() >= token.expiresAt;
  if (token === undefined || token.revoked || expired) throw new DeezerRefusal(300);
  return token;
}

/** The user behind the token. */
export function userOf(call: DeezerCall): DeezerUser {
  const user = call.token === undefined ? undefined : call.world.users.get(call.token.userId);
  if (user === undefined) throw new DeezerRefusal(200);
  return user;
}

/** A field that must be there. */
export function required(call: DeezerCall, name: string): string {
  const value = call.fields.get(name);
  if (value === null || value === "") throw new DeezerRefusal(501, `Missing parameters: ${name}`);
  return value;
}

/** Ids joined by commas. */
export function idList(text: string): string[] {
  const ids = text.split(",").map((id) => id.trim());
  if (!ids.every((id) => /^-?\d+$/.test(id))) throw new DeezerRefusal(500, "Wrong parameter");
  return ids;
}

/** A whole number, or the default where the text is none: Deezer is lenient here. */
export function wholeNumber(call: DeezerCall, name: string, fallback: number): number {
  const text = call.fields.get(name);
  return text !== null && /^-?\d+$/.test(text) ? Number(text) : fallback;
}
