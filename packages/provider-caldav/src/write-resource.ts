import { OutcomeUnknownError } from "@syncer/core";
import { z } from "zod";
import type { ROUTES } from "./caldav-errors.ts";
import type { Calendar } from "./calendar.ts";
import { readMultistatus, SERVICE } from "./dav/index.ts";

/** One write, of one resource. */
export interface ResourceWrite {
  readonly method: "PUT" | "DELETE";
  readonly route: (typeof ROUTES)["create" | "update" | "delete"];
  readonly path: string;
  /** RFC 9110 §13.1. */
  readonly headers: Readonly<Record<string, string>>;
  /** What to put there. */
  readonly text?: string;
}

/**
 * Makes one write; exactly one request. What it was refused for is told by `classify`.
 * @returns the ETag of what is stored now, if that is what was sent (RFC 4791 §5.3.4: a server that changes it gives none)
 * @throws {OutcomeUnknownError} also for an answer that no server of calendars gives: a proxy may have taken it
 */
export async function writeResource(
  { session, urlOf }: Calendar,
  { method, route, path, headers, text }: ResourceWrite,
): Promise<string | undefined> {
  const answer = await session.http.exchange({
    method,
    base: "",
    route,
    url: urlOf(path),
    headers: { accept: "text/xml, application/xml", ...headers },
    ...(text === undefined ? {} : { text: { contentType: "text/calendar; charset=utf-8", body: text } }),
    schema: z.unknown(),
    purpose: "write",
    repeatable: false,
  });
  const isSaid = answer.status === 201 || answer.status === 204;
  const isTold = answer.body === undefined || readMultistatus(answer.body) !== undefined;
  if (!isSaid && !(isTold && [200, 207].includes(answer.status))) throw new OutcomeUnknownError(SERVICE, route);
  const etag = answer.headers.get("etag")?.trim();
  return etag && !etag.startsWith("W/") ? etag : undefined;
}
