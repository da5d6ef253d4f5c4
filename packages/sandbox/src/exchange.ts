import type { Context } from "hono";
import type { ListingFault } from "./faults/fault.ts";
import { hash32 } from "./seeded.ts";

/** What a route is for, so that costs can be told apart. */
export type RequestKind = "sign-in" | "token" | "identity" | "read" | "lookup" | "search" | "write" | "health";

/** The emulated services by name. */
export const SERVICES = ["spotify", "deezer", "google-calendar"] as const;

export type ServiceName = (typeof SERVICES)[number];

/** What the sandbox hands to a service's app beside the request. */
export interface Exchange {
  /** The request's address in the real service's form. */
  readonly url: URL;
  /** The body, read once. */
  readonly body: string;
  /** The address of this origin as the caller can reach it: the real one, or the one under the server's path prefix. */
  readonly base: (origin: string) => string;
  /** The caller's network address as far as the sandbox knows it. */
  readonly caller: string;
  /** What this listing leaves out, if a fault says so. */
  readonly listing: ListingFault | undefined;
  /** What the service's app tells the counters. */
  readonly notes: { rateLimited: boolean };
}

export type SandboxContext = Context<{ Bindings: Exchange }>;

/** One route of a service: how it is reached, what it counts as, and which parameters it knows. */
export interface RouteInfo {
  readonly method: string;
  /** Template with `:name` segments. */
  readonly path: string;
  readonly kind: RequestKind | ((url: URL) => RequestKind);
  /** Parameters of query and form that the route knows. Others are ignored, and recorded. */
  readonly parameters: readonly string[];
}

/** One emulated origin. */
export interface OriginApp {
  readonly origin: string;
  readonly service: ServiceName;
  readonly routes: readonly RouteInfo[];
  fetch(request: Request, exchange: Exchange): Response | Promise<Response>;
}

/** A JSON answer. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}

/** The fields of a form body, or nothing if the body is no form. */
export function formOf(context: SandboxContext): URLSearchParams {
  const type = context.req.header("content-type") ?? "";
  return new URLSearchParams(type.startsWith("application/x-www-form-urlencoded") ? context.env.body : "");
}

/** The entries that a listing shows, and the total that it states: all of them, unless a fault makes it lie. */
export function shownEntries<T>(
  entries: readonly T[],
  keyOf: (entry: T) => string,
  listing: ListingFault | undefined,
): { readonly shown: readonly T[]; readonly total: number } {
  if (listing === undefined) return { shown: entries, total: entries.length };
  const shown = entries.filter((entry) => hash32(keyOf(entry)) / 4_294_967_296 < listing.keep);
  return { shown, total: listing.total === "full" ? entries.length : shown.length };
}
