import type { WaitingClock } from "../clock.ts";
import { deezerError } from "../deezer/errors.ts";
import { json, type ServiceName } from "../exchange.ts";
import { backendError, oauthError, rateLimitExceeded } from "../google-calendar/errors.ts";
import { spotifyError, tokenError } from "../spotify/errors.ts";
import { cutBody, editJson, slowBody } from "./body-edits.ts";
import type { Fault, ListingFault } from "./fault.ts";
import { shortenBatch } from "./half-batch.ts";

/** The connection broke; a server drops the socket, a fetch rejects as the platform's own does. */
export class ConnectionLost extends TypeError {
  override readonly name = "ConnectionLost";
  constructor() {
    super("fetch failed");
  }
}

/** A request on its way through a fault. */
export interface Struck {
  readonly service: ServiceName;
  readonly request: { readonly method: string; readonly url: URL; readonly body: string };
  /** The request's address as the caller wrote it. */
  readonly publicUrl: URL;
  readonly signal: AbortSignal;
  readonly clock: WaitingClock;
  /** Lets the service answer, as the request stands or with a changed request or listing. */
  answer(change?: { readonly url?: URL; readonly body?: string; readonly listing?: ListingFault }): Promise<Response>;
}

/** Answers a request the way the fault wants it. */
export async function strike(fault: Fault, struck: Struck): Promise<Response> {
  const { service, clock, signal } = struck;
  if ("applied" in fault && fault.applied === true) await struck.answer();
  switch (fault.type) {
    case "too-many":
      return tooMany(fault, service, clock.now());
    case "status":
      return anyStatus(fault, service);
    case "deezer-error":
      return deezerError(fault.code, fault.message);
    case "invalid-grant":
      return invalidGrant(service, fault.description);
    case "time-out":
      return neverAnswer(fault.afterMs, clock, signal);
    case "disconnect":
      throw new ConnectionLost();
    case "cut-body":
      return cutBody(await struck.answer());
    case "truncated-json":
      return truncated(await struck.answer());
    case "empty-body":
      return new Response("", { status: (await struck.answer()).status });
    case "html":
      return htmlPage(fault.status ?? 200);
    case "without-items":
      return editJson(await struck.answer(), (page) => {
        delete page.items;
        delete page.data;
      });
    case "error-object":
      return errorObject(service);
    case "slow-body":
      return slowBody(await struck.answer(), fault.chunks ?? 4, () => clock.sleep(fault.pauseMs, signal));
    case "delay":
      await clock.sleep(fault.ms, signal);
      return struck.answer();
    case "empty-listing":
      return struck.answer({ listing: { keep: 0, total: "shown" } });
    case "partial-listing":
      return struck.answer({ listing: { keep: fault.keep ?? 0.5, total: fault.total ?? "shown" } });
    case "looping-page":
      return editJson(await struck.answer(), (page) => {
        if (service !== "google-calendar") page.next = struck.publicUrl.href;
        else page.nextPageToken = struck.request.url.searchParams.get("pageToken") ?? page.nextPageToken;
      });
    case "half-batch": {
      await struck.answer(shortenBatch(struck.request, fault.apply));
      return strike(fault.answer ?? { type: "status", status: 500 }, struck);
    }
  }
}

function tooMany(fault: Extract<Fault, { type: "too-many" }>, service: ServiceName, now: number): Response {
  const status = fault.status ?? 429;
  const message = status === 429 ? "Too many requests" : "Service unavailable";
  const headers = fault.retryAfter === undefined ? {} : { "retry-after": retryAfter(fault.retryAfter, now) };
  if (service === "spotify") return spotifyError(status, message, headers, fault.reason);
  if (service === "google-calendar") return rateLimitExceeded("rateLimitExceeded", status, headers);
  return new Response(message, { status, headers });
}

function retryAfter(value: number | { readonly dateInSeconds: number } | string, now: number): string {
  return typeof value === "object" ? new Date(now + value.dateInSeconds * 1_000).toUTCString() : String(value);
}

function anyStatus(fault: Extract<Fault, { type: "status" }>, service: ServiceName): Response {
  const { status, body, contentType, headers = {} } = fault;
  if (body === undefined && service === "spotify") return spotifyError(status, "Server error", headers);
  if (body === undefined && service === "google-calendar" && status >= 400) return backendError(status, headers);
  const text = typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body);
  const type = contentType ?? (typeof body === "string" ? "text/plain" : "application/json");
  const nullBody = status === 204 || status === 304;
  return new Response(nullBody ? null : text, { status, headers: { "content-type": type, ...headers } });
}

function invalidGrant(service: ServiceName, description = "Refresh token revoked"): Response {
  if (service === "spotify") return tokenError(400, "invalid_grant", description);
  if (service === "google-calendar") return oauthError(400, "invalid_grant", description);
  return new Response("wrong code", { headers: { "content-type": "text/html; charset=utf-8" } });
}

function errorObject(service: ServiceName): Response {
  if (service === "deezer") return deezerError(700);
  const error =
    service === "spotify" ? { status: 500, message: "Server error" } : { code: 500, message: "Backend Error" };
  return json({ error });
}

async function neverAnswer(afterMs: number | undefined, clock: WaitingClock, signal: AbortSignal): Promise<never> {
  if (afterMs !== undefined) {
    await clock.sleep(afterMs, signal);
    throw new ConnectionLost();
  }
  return new Promise((_, reject) => {
    const giveUp = (): void => reject(signal.reason);
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
  });
}

async function truncated(response: Response): Promise<Response> {
  const text = await response.text();
  const headers = new Headers(response.headers);
  return new Response(text.slice(0, Math.floor(text.length / 2)), { status: response.status, headers });
}

function htmlPage(status: number): Response {
  const page = "<!doctype html><html><body><h1>We'll be right back</h1></body></html>";
  return new Response(page, { status, headers: { "content-type": "text/html; charset=utf-8" } });
}
