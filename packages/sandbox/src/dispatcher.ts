import type { WaitingClock } from "./clock.ts";
import type { Exchange, OriginApp } from "./exchange.ts";
import type { FaultBook } from "./faults/fault-book.ts";
import { strike } from "./faults/strike.ts";
import { RouteTable } from "./route-table.ts";
import type { RequestRecord, StatsBook } from "./stats.ts";

/** Finds the service for a request and takes it through latency, faults and counters. */
export interface Dispatcher {
  readonly origins: readonly string[];
  /** Serves a request to a real address; rejects if no emulated service lives there. */
  serveReal(request: Request): Promise<Response>;
  /**
   * Serves a request whose path begins with a host name, such as `/api.spotify.com/v1/me`. Links in the answer keep
   * that form, so that they can be followed.
   *
   * @returns `undefined` if the first segment names no emulated host
   */
  servePrefixed(request: Request, publicBase: string): Promise<Response> | undefined;
}

export interface DispatcherParts {
  readonly clock: WaitingClock;
  readonly faults: FaultBook;
  readonly stats: StatsBook;
  readonly settings: { readonly latencyMs: number };
  apps(): readonly OriginApp[];
}

export function createDispatcher(parts: DispatcherParts): Dispatcher {
  const tables = new WeakMap<OriginApp, RouteTable>();
  const tableOf = (app: OriginApp): RouteTable => {
    const table = tables.get(app) ?? new RouteTable(app);
    tables.set(app, table);
    return table;
  };
  const appAt = (origin: string): OriginApp | undefined => parts.apps().find((app) => app.origin === origin);
  const serve = (app: OriginApp, request: Request, url: URL, base: Exchange["base"]): Promise<Response> =>
    serveRequest(parts, app, tableOf(app), request, url, base);
  return {
    origins: parts.apps().map(({ origin }) => origin),
    serveReal: async (request) => {
      const url = new URL(request.url);
      const app = appAt(url.origin);
      if (app === undefined) throw new TypeError(`The sandbox emulates no service at ${url.origin}.`);
      return serve(app, request, url, (origin) => origin);
    },
    servePrefixed: (request, publicBase) => {
      const asked = new URL(request.url);
      const [, host = "", rest = "/"] = /^\/([^/]+)(\/.*)?$/.exec(asked.pathname) ?? [];
      const app = appAt(`https://${host}`);
      if (app === undefined) return undefined;
      const url = new URL(`${app.origin}${rest}${asked.search}`);
      return serve(app, request, url, (origin) => `${publicBase}/${new URL(origin).host}`);
    },
  };
}

async function serveRequest(
  parts: DispatcherParts,
  app: OriginApp,
  table: RouteTable,
  request: Request,
  url: URL,
  base: Exchange["base"],
): Promise<Response> {
  const { clock, faults, stats, settings } = parts;
  const { method, signal } = request;
  const { service } = app;
  const body = method === "GET" || method === "HEAD" ? "" : await request.text();
  if (settings.latencyMs > 0) await clock.sleep(settings.latencyMs, signal);
  const info = table.find(method, url.pathname);
  const route = info === undefined ? `${method} (unknown route)` : `${method} ${info.path}`;
  for (const parameter of parametersOf(url, request, body)) {
    if (info !== undefined && !info.parameters.includes(parameter))
      stats.noteUnknownParameter({ service, route, parameter });
  }
  const notes = { rateLimited: false };
  const answer = async (
    change: { url?: URL; body?: string; listing?: Exchange["listing"] } = {},
  ): Promise<Response> => {
    const target = change.url ?? url;
    const sentBody = change.body ?? body;
    const init = { method, headers: request.headers, ...(sentBody === "" ? {} : { body: sentBody }) };
    const caller = request.headers.get("x-forwarded-for") ?? "local";
    const exchange: Exchange = { url: target, body: sentBody, base, caller, listing: change.listing, notes };
    return app.fetch(new Request(target, init), exchange);
  };
  const fault = faults.take(service, method, url.pathname);
  const kind = typeof info?.kind === "function" ? info.kind(url) : (info?.kind ?? "unknown");
  const record: Omit<RequestRecord, "status"> = { at: clock.now(), service, route, kind };
  try {
    const publicUrl = new URL(`${base(app.origin)}${url.pathname}${url.search}`);
    const struck = { service, request: { method, url, body }, publicUrl, signal, clock, answer };
    const response = await (fault === undefined ? answer() : strike(fault, struck));
    const faultLimits = fault?.type === "too-many" || (fault?.type === "deezer-error" && fault.code === 4);
    const rateLimited = notes.rateLimited || faultLimits;
    stats.count({ ...record, status: response.status }, { fault: fault !== undefined, rateLimited });
    if (signal.aborted) throw signal.reason;
    return response;
  } catch (error) {
    if (fault !== undefined) stats.count({ ...record, status: 0 }, { fault: true, rateLimited: false });
    throw error;
  }
}

/** Names in the query, and in a form body. */
function parametersOf(url: URL, request: Request, body: string): Iterable<string> {
  const names = new Set(url.searchParams.keys());
  const isForm = (request.headers.get("content-type") ?? "").startsWith("application/x-www-form-urlencoded");
  if (body !== "" && isForm) for (const name of new URLSearchParams(body).keys()) names.add(name);
  return names;
}
