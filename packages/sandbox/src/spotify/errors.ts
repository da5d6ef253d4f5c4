import { json } from "../exchange.ts";

/** The Web API's error body. */
export function spotifyError(
  status: number,
  message: string,
  headers: Record<string, string> = {},
  reason?: string,
): Response {
  return json({ error: { status, message, ...(reason === undefined ? {} : { reason }) } }, status, headers);
}

/** The token endpoint's error body, which has another shape. */
export function tokenError(status: number, error: string, description?: string): Response {
  return json({ error, ...(description === undefined ? {} : { error_description: description }) }, status);
}

/** 429 of the rolling window. */
export function tooManyRequests(retryAfterMs: number): Response {
  return spotifyError(429, "Too many requests", { "retry-after": wholeSeconds(retryAfterMs) });
}

/** 429 of development mode's day quota. */
export function quotaExceeded(retryAfterMs: number): Response {
  return spotifyError(429, "Too many requests", { "retry-after": wholeSeconds(retryAfterMs) }, "QUOTA_EXCEEDED");
}

function wholeSeconds(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1_000)));
}

/** Some refusals of Spotify are plain text. */
export function plainForbidden(text: string): Response {
  return new Response(text, { status: 403, headers: { "content-type": "text/plain; charset=utf-8" } });
}

/** An answer that a route gives by throwing, so that checks can sit in small functions. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly response: Response;
  constructor(response: Response) {
    super("The emulated service refuses the request.");
    this.response = response;
  }
}

export function badRequest(message: string): Refusal {
  return new Refusal(spotifyError(400, message));
}

export function notFound(): Refusal {
  return new Refusal(spotifyError(404, "Resource not found"));
}

export function forbidden(message = "Forbidden"): Refusal {
  return new Refusal(spotifyError(403, message));
}
