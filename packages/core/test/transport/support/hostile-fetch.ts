import type { Clock } from "../../../src/ports/index.ts";

/** A request as the service sees it. */
export interface SeenRequest {
  readonly atMs: number;
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string | undefined;
}

export type Step = (request: SeenRequest, signal: AbortSignal | undefined) => Response | Promise<Response>;

/**
 * A `fetch` that answers request after request by a script; the last step stays. It takes no more notice of signals
 * than its steps do, which is the worst that a platform may do.
 */
export function scriptedFetch(clock: Clock, ...steps: [Step, ...Step[]]) {
  const seen: SeenRequest[] = [];
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request: SeenRequest = {
      atMs: clock.now(),
      method: init?.method ?? "GET",
      url: new URL(String(input)),
      headers: new Headers(init?.headers),
      body: init?.body === undefined || init.body === null ? undefined : String(init.body),
    };
    seen.push(request);
    if (init?.redirect !== "manual") throw new Error("Redirects would be followed.");
    const step = steps[Math.min(seen.length, steps.length) - 1]!;
    return step(request, init?.signal ?? undefined);
  };
  return { fetch, seen };
}

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Step =>
  () =>
    new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });

export const text =
  (body: string, status = 200, headers: Record<string, string> = {}): Step =>
  () =>
    new Response(body, { status, headers: { "content-type": "text/plain", ...headers } });

export const html = (status = 200): Step =>
  text("<!doctype html><title>Sign in to the Wi-Fi</title>", status, { "content-type": "text/html" });

export const empty =
  (status = 204, headers: Record<string, string> = {}): Step =>
  () =>
    new Response(null, { status, headers });

/** The connection is refused, with the platform's way of quoting everything. */
export const refused =
  (code = "ECONNREFUSED"): Step =>
  ({ url, body }) => {
    const cause = Object.assign(new Error(`connect ${code} ${url.href} ${body ?? ""}`), { code });
    throw new TypeError(`fetch failed: ${url.href}`, { cause });
  };

/** Headers and half of the body come, then the connection is cut. */
export const cut =
  (half: string): Step =>
  () => {
    let sent = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent) return controller.error(Object.assign(new TypeError("terminated"), { code: "UND_ERR_SOCKET" }));
        sent = true;
        controller.enqueue(new TextEncoder().encode(half));
      },
    });
    return new Response(body, { headers: { "content-type": "application/json" } });
  };

/** Headers and half of the body come, then nothing. */
export const stalled =
  (half: string): Step =>
  () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(half)),
    });
    return new Response(body, { headers: { "content-type": "application/json" } });
  };

/** No answer, ever. */
export const silent: Step = () => new Promise<Response>(() => {});

/** Answers after a while of the clock's time. */
export const after =
  (clock: Clock, ms: number, step: Step): Step =>
  async (request, signal) => {
    await clock.sleep(ms);
    return step(request, signal);
  };
