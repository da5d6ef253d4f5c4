import { json } from "../exchange.ts";

/** One reason inside Google's error body. */
export interface GoogleErrorDetail {
  /** `global`, `usageLimits`, `calendar`, `push`. */
  readonly domain?: string;
  readonly reason: string;
  readonly message: string;
  readonly location?: string;
  readonly locationType?: "header" | "parameter";
}

/** The API's error body. */
export function googleError(
  status: number,
  { domain = "global", ...detail }: GoogleErrorDetail,
  more: { readonly headers?: Record<string, string>; readonly fields?: Record<string, unknown> } = {},
): Response {
  const { message } = detail;
  const body = { error: { errors: [{ domain, ...detail }], code: status, message, ...more.fields } };
  return json(body, status, more.headers);
}

/** The OAuth endpoints' error body, which has another shape (RFC 6749 §5.2). */
export function oauthError(status: number, error: string, description: string): Response {
  return json({ error, error_description: description }, status);
}

/** What a server fault looks like from outside. */
export function backendError(status: number, headers: Record<string, string> = {}): Response {
  return googleError(status, { reason: "backendError", message: "Backend Error" }, { headers });
}

/** Too many requests in a window. Google uses 403 and 429 with the same meaning. */
export function rateLimitExceeded(
  reason: "rateLimitExceeded" | "userRateLimitExceeded",
  status: number,
  headers: Record<string, string> = {},
): Response {
  const message = reason === "rateLimitExceeded" ? "Rate Limit Exceeded" : "User Rate Limit Exceeded";
  return googleError(status, { domain: "usageLimits", reason, message }, { headers });
}

/** An answer that a route gives by throwing, so that checks can sit in small functions. */
export class GoogleRefusal extends Error {
  override readonly name = "GoogleRefusal";
  readonly response: Response;
  readonly reason: string;
  constructor(response: Response, reason = "unnamed") {
    super(`The emulated service refuses the request: ${reason}.`);
    this.response = response;
    this.reason = reason;
  }
}

export function refusal(status: number, detail: GoogleErrorDetail): GoogleRefusal {
  return new GoogleRefusal(googleError(status, detail), detail.reason);
}

/** 400: a field or parameter that Google does not take. */
export function invalid(message: string, parameter?: string): GoogleRefusal {
  if (parameter === undefined) return refusal(400, { reason: "invalid", message });
  return refusal(400, { reason: "invalidParameter", message, location: parameter, locationType: "parameter" });
}

export function required(message: string): GoogleRefusal {
  return refusal(400, { reason: "required", message });
}

export function notFound(): GoogleRefusal {
  return refusal(404, { reason: "notFound", message: "Not Found" });
}

export function invalidCredentials(): GoogleRefusal {
  const detail = { reason: "authError", message: "Invalid Credentials", location: "Authorization" } as const;
  const fields = { status: "UNAUTHENTICATED" };
  return new GoogleRefusal(googleError(401, { ...detail, locationType: "header" }, { fields }));
}

/** 403 of a token whose scopes do not suffice. */
export function insufficientPermissions(method: string): GoogleRefusal {
  const info = {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    domain: "googleapis.com",
    metadata: { service: "calendar-json.googleapis.com", method: `calendar.v3.${method}` },
  };
  const message = "Request had insufficient authentication scopes.";
  const headers = { "www-authenticate": 'Bearer realm="https://accounts.google.com/", error="insufficient_scope"' };
  const fields = { status: "PERMISSION_DENIED", details: [info] };
  return new GoogleRefusal(googleError(403, { reason: "insufficientPermissions", message }, { headers, fields }));
}

/** 412 of a stale `If-Match`. */
export function conditionNotMet(): GoogleRefusal {
  return refusal(412, {
    reason: "conditionNotMet",
    message: "Precondition Failed",
    location: "If-Match",
    locationType: "header",
  });
}

/** 403 of a calendar that the user may see but not change. */
export function accessLevelNeeded(level: "writer" | "owner"): GoogleRefusal {
  const message = `You need to have ${level} access to this calendar.`;
  return refusal(403, { domain: "calendar", reason: "requiredAccessLevel", message });
}
