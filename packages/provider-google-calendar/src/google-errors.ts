import type { RawAnswer, ServiceFailure } from "@syncer/core";
import { z } from "zod";

const bodySchema = z.object({
  error: z.object({
    errors: z.array(z.object({ reason: z.string().nullish(), location: z.string().nullish() })).nullish(),
    details: z.array(z.object({ reason: z.string().nullish() })).nullish(),
  }),
});

/** What was asked for, as far as its failures depend on it. */
interface Asked {
  readonly method: string;
  readonly route: string;
}

/** Routes that mean something for how their failures are read. */
export const ROUTES = {
  events: "/calendars/{calendarId}/events",
  event: "/calendars/{calendarId}/events/{eventId}",
} as const;

/**
 * What the Calendar API's answers mean. Bodies are JSON, or the HTML of what stands before the API.
 * @see Calendar API, "Handle API errors" and "Usage limits"
 */
export function classifyGoogleAnswer({ status, body }: RawAnswer, asked: Asked): ServiceFailure | undefined {
  if (status < 400) return undefined;
  const { reasons, locations } = readBody(body);
  switch (status) {
    case 400:
      return classifyInvalid(reasons, locations, asked);
    case 401:
      return reasons.has("webhookurlunauthorized") ? refused("webhook-url-unauthorized") : { kind: "unauthorized" };
    case 403:
      return classifyForbidden(reasons);
    case 404:
      return { kind: "not-found" };
    case 409:
      return asked.route === ROUTES.events ? { kind: "already-there" } : { kind: "version-moved" };
    // Of a list: what its token goes on from is no longer known. Of an event: it is deleted.
    case 410:
      return isList(asked) ? { kind: "token-expired" } : { kind: "not-found" };
    case 412:
      return { kind: "version-moved" };
    case 429:
      return { kind: "rate-limited" };
    case 408:
      return { kind: "unavailable" };
    default:
      return status >= 500 ? { kind: "unavailable" } : refused(`status-${status}`);
  }
}

function isList({ method, route }: Asked): boolean {
  return method === "GET" && route === ROUTES.events;
}

function refused(reason: string): ServiceFailure {
  return { kind: "invalid", reason };
}

/** Reasons of 400 that callers tell apart, by Google's names in lower case. */
const INVALID: Readonly<Record<string, string>> = {
  timerangeempty: "time-range-empty",
  eventtyperestriction: "event-type-restriction",
  participantisneitherorganizernorattendee: "neither-organizer-nor-attendee",
  webhookurlnothttps: "webhook-url-not-https",
  channelidnotunique: "channel-id-not-unique",
  pushnotsupportedforrequestedresource: "push-not-supported",
};

function classifyInvalid(reasons: ReadonlySet<string>, locations: ReadonlySet<string>, asked: Asked): ServiceFailure {
  if (isList(asked) && locations.has("syncToken")) return { kind: "token-expired" };
  const known = [...reasons].map((reason) => INVALID[reason]).find((code) => code !== undefined);
  return refused(known ?? "bad-request");
}

const TOO_FAST: readonly string[] = ["ratelimitexceeded", "userratelimitexceeded", "rate_limit_exceeded"];
/** The general limits of use, which the console does not show, and what a project may use in a day. */
const USED_UP: readonly string[] = ["quotaexceeded", "dailylimitexceeded", "calendarusagelimitsexceeded"];
const NO_SCOPE: readonly string[] = ["insufficientpermissions", "access_token_scope_insufficient"];
const NO_API: readonly string[] = ["accessnotconfigured", "service_disabled"];

/** 403 says seven things, and only its reason tells which. */
function classifyForbidden(reasons: ReadonlySet<string>): ServiceFailure {
  const is = (names: readonly string[]) => names.some((name) => reasons.has(name));
  if (is(USED_UP)) return { kind: "rate-limited", quota: true };
  if (is(TOO_FAST)) return { kind: "rate-limited" };
  if (is(NO_SCOPE)) return { kind: "missing-scope" };
  if (is(NO_API)) return { kind: "outage", reason: "api-not-enabled" };
  // These are about one event; others of the same calendar can be written.
  if (is(["forbiddenfornonorganizer"])) return refused("not-organizer");
  if (is(["cannotchangeorganizer"])) return refused("cannot-change-organizer");
  if (is(["requiredaccesslevel"])) return { kind: "forbidden", reason: "read-only" };
  return { kind: "forbidden", reason: "forbidden" };
}

/** Newer answers have their reasons in capitals and elsewhere. */
function readBody(body: unknown): { readonly reasons: ReadonlySet<string>; readonly locations: ReadonlySet<string> } {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return { reasons: new Set(), locations: new Set() };
  const { errors, details } = parsed.data.error;
  const reasons = [...(errors ?? []), ...(details ?? [])].flatMap(({ reason }) => reason?.toLowerCase() ?? []);
  return { reasons: new Set(reasons), locations: new Set((errors ?? []).flatMap(({ location }) => location ?? [])) };
}
