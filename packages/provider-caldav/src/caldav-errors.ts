import type { RawAnswer, ServiceFailure } from "@syncer/core";
import { conditionsOf, readMultistatus } from "./dav/index.ts";

/** Names of requests that mean something for how their failures are read. */
export const ROUTES = {
  create: "(event) create",
  update: "(event) update",
  delete: "(event) delete",
  changes: "(calendar) changes",
} as const;

/** What was asked for, as far as its failures depend on it. */
interface Asked {
  readonly method: string;
  readonly route: string;
}

/**
 * What the answers of CalDAV servers mean. `response.ok` is no success: xandikos refuses a PUT by a 207 that holds a 412.
 * @see RFC 4918 §9, §11, §16; RFC 4791 §5.3.2.1 (preconditions of PUT), §9; RFC 6578 §3.2 (`valid-sync-token`)
 */
export function classifyCaldavAnswer({ status, body }: RawAnswer, asked: Asked): ServiceFailure | undefined {
  if (isWrite(asked) && status < 300) return innerFailure(body, asked);
  if (status < 400) return undefined;
  if (asked.route === ROUTES.changes && isTokenRefused(status)) return { kind: "token-expired" };
  return failureOf(status, conditionsOf(body), asked);
}

function isWrite({ method }: Asked): boolean {
  return method === "PUT" || method === "DELETE";
}

/**
 * RFC 6578 says 403 with `valid-sync-token`; servers say 400, 409, 410, 412, and xandikos 500. None of them says which, so all count:
 * listing anew costs little and loses nothing.
 */
function isTokenRefused(status: number): boolean {
  const means = [401, 408, 425, 429];
  return status === 500 || (status >= 400 && status < 500 && !means.includes(status));
}

function innerFailure(body: unknown, asked: Asked): ServiceFailure | undefined {
  for (const { status = 0, conditions } of readMultistatus(body)?.responses ?? []) {
    if (status >= 400) return failureOf(status, conditions, asked);
  }
  return undefined;
}

function failureOf(status: number, conditions: readonly string[], asked: Asked): ServiceFailure {
  const named = conditions.map(failureOfCondition).find((failure) => failure !== undefined);
  return (status < 500 ? named : undefined) ?? failureOfStatus(status, asked);
}

/** Preconditions that an event of ours can fail. Their names are the standard's own words, and go into reasons as they are. */
const REFUSALS: readonly string[] = [
  "max-attendees-per-instance",
  "max-date-time",
  "max-instances",
  "max-resource-size",
  "min-date-time",
  "supported-calendar-component",
  "supported-calendar-data",
  "valid-calendar-data",
  "valid-calendar-object-resource",
];

function failureOfCondition(condition: string): ServiceFailure | undefined {
  if (condition === "no-uid-conflict") return { kind: "already-there" };
  if (condition === "need-privileges") return { kind: "forbidden", reason: "need-privileges" };
  if (condition === "quota-not-exceeded" || condition === "sufficient-disk-space") return { kind: "collection-full" };
  return REFUSALS.includes(condition) ? { kind: "invalid", reason: condition } : undefined;
}

function failureOfStatus(status: number, asked: Asked): ServiceFailure {
  const isCreation = asked.route === ROUTES.create;
  switch (status) {
    case 401:
      return { kind: "unauthorized" };
    case 403:
      return { kind: "forbidden", reason: "status-403" };
    case 404:
    case 410:
      return { kind: "not-found" };
    // RFC 4918 §9.7.1: a collection that is not there. Of an event that is there, somebody else's write.
    case 409:
      return isCreation ? { kind: "not-found" } : { kind: "version-moved" };
    case 412:
      return isCreation ? { kind: "already-there" } : { kind: "version-moved" };
    case 413:
      return { kind: "invalid", reason: "max-resource-size" };
    // Locked: somebody is at it. To be read again, and decided again.
    case 423:
      return isWrite(asked) ? { kind: "version-moved" } : { kind: "unavailable" };
    case 408:
    case 425:
      return { kind: "unavailable" };
    case 429:
      return { kind: "rate-limited" };
    case 507:
      return isWrite(asked) ? { kind: "collection-full" } : { kind: "unavailable" };
    // Such requests are not known there, and will not be in a minute.
    case 501:
    case 505:
      return { kind: "invalid", reason: `status-${status}` };
    default:
      return status >= 500 ? { kind: "unavailable" } : { kind: "invalid", reason: `status-${status}` };
  }
}
