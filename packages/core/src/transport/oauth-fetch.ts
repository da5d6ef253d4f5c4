import { type AnyProvider, ServiceError } from "../contract/index.ts";
import type { Clock, LogEvent } from "../ports/index.ts";
import type { SendOnce, WireResult } from "./send-once.ts";
import { DEFAULT_TIMEOUT_MS } from "./session-client.ts";
import type { RequestMeter } from "./types.ts";

/** Statuses whose `Response` may not have a body (Fetch standard, "null body status"). */
const NULL_BODY = new Set([101, 103, 204, 205, 304]);

export interface OAuthFetchParts {
  readonly provider: AnyProvider;
  readonly sendOnce: SendOnce;
  readonly userAgent: string;
  readonly clock: Clock;
  readonly log: (event: Omit<LogEvent, "atMs">) => void;
  readonly signal: AbortSignal | undefined;
  readonly meter: RequestMeter | undefined;
}

/**
 * A `fetch` for a provider's OAuth endpoints. Reads the whole answer before it resolves, so the time-out covers it.
 * Never repeats: codes and rotating refresh tokens are good for one use.
 *
 * Outside the governor, because services count their token endpoints apart, and a refresh that waits behind the
 * requests that wait for it would never come.
 */
export function createOAuthFetch(parts: OAuthFetchParts): typeof fetch {
  const { provider, sendOnce, userAgent, clock, log, meter } = parts;
  const timeoutMs = provider.transport.timeoutMs ?? DEFAULT_TIMEOUT_MS;

  return async (input, init) => {
    const request = new Request(input, init);
    const route = endpointName(provider, request.url);
    const headers = new Headers(request.headers);
    if (!headers.has("user-agent")) headers.set("user-agent", userAgent);
    const body = request.body === null ? undefined : await request.text();
    const signal = AbortSignal.any([request.signal, ...(parts.signal ? [parts.signal] : [])]);
    const sentAtMs = clock.now();
    meter?.count("token", 1);
    const result = await sendOnce({ method: request.method, url: request.url, headers, body, timeoutMs }, signal);
    log({
      level: "debug",
      event: "http.request",
      service: provider.name,
      method: request.method,
      route,
      durationMs: clock.now() - sentAtMs,
      attempt: 1,
      ...(result.kind === "answer" ? { status: result.status } : { code: result.how }),
    });
    return responseOf(provider.name, route, timeoutMs, result);
  };
}

function responseOf(service: string, route: string, timeoutMs: number, result: WireResult): Response {
  const failure = { kind: "unavailable" } as const;
  if (result.kind === "answer" && result.status >= 200) {
    const { status, headers, text } = result;
    // The body is decoded already; what the headers say of its coding and length is no longer so.
    const kept = new Headers(headers);
    kept.delete("content-encoding");
    kept.delete("content-length");
    return new Response(NULL_BODY.has(status) ? null : text, { status, headers: kept });
  }
  if (result.kind === "lost" && result.how === "timed-out") {
    const params = { service, route, timeoutMs };
    throw new ServiceError(service, failure, "service.timed-out", params, { cause: result.cause });
  }
  const options = result.kind === "lost" ? { cause: result.cause } : {};
  throw new ServiceError(service, failure, "service.unreachable", { service, route }, options);
}

/** Which endpoint it is, by name: OAuth URLs carry secrets in their queries. */
function endpointName({ authorization }: AnyProvider, url: string): string {
  if (authorization.kind !== "oauth2") return "oauth";
  const { origin, pathname } = new URL(url);
  for (const [name, endpoint] of Object.entries(authorization.endpoints)) {
    const known = new URL(endpoint);
    if (known.origin === origin && known.pathname === pathname) return `oauth:${name}`;
  }
  return "oauth";
}
