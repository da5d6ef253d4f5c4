import { OutcomeUnknownError, ServiceError, type ServiceFailure, type Session, serviceError } from "@syncer/core";
import { z } from "zod";
import { type GoogleApi, LIMITS, SERVICE } from "./google-api.ts";
import { classifyGoogleAnswer } from "./google-errors.ts";

/** One request among several; sending it twice does no harm. */
export interface BatchCall {
  readonly method: "GET" | "PATCH" | "DELETE";
  /** As in `HttpRequest`. */
  readonly route: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | boolean>>;
  readonly json?: unknown;
  /** Units of quota. */
  readonly cost: number;
}

/** What came of one of them: the answer's JSON, or why it was refused. */
export type BatchAnswer = { readonly body: unknown } | { readonly failure: ServiceFailure };

const ROUTE = "/batch/calendar/v3";

/**
 * Sends requests together, up to 50 in one (Calendar API, "Send batch requests"). The service may carry them out in any order, each
 * counts against the quota, and each has an answer of its own. Those that were not carried out for a passing reason are sent again
 * alone, at the pace of any request.
 * @returns answers in the order of the calls
 * @throws {ServiceError} for what concerns more than one call
 */
export async function sendTogether(
  api: GoogleApi,
  session: Session,
  calls: readonly BatchCall[],
): Promise<readonly BatchAnswer[]> {
  const answers: BatchAnswer[] = [];
  for (let start = 0; start < calls.length; start += LIMITS.batch) {
    const lot = calls.slice(start, start + LIMITS.batch);
    const first = lot.length > 1 ? await sendBatch(api, session, lot) : [];
    for (const [index, call] of lot.entries()) {
      const answer = first[index];
      answers.push(answer && !isPassing(answer) ? answer : await sendAlone(api, session, call));
    }
  }
  return answers;
}

/** Also a conflict: two parts of one batch that touched the same thing. */
const PASSING: readonly ServiceFailure["kind"][] = ["rate-limited", "unavailable", "unauthorized", "version-moved"];

function isPassing(answer: BatchAnswer): boolean {
  return "failure" in answer && PASSING.includes(answer.failure.kind);
}

/** Failures of one call alone. */
const OWN: readonly ServiceFailure["kind"][] = ["invalid", "not-found", "already-there", "version-moved"];

async function sendAlone(
  { base }: GoogleApi,
  session: Session,
  { method, route, path, query, json, cost }: BatchCall,
): Promise<BatchAnswer> {
  try {
    const body = await session.http.request({
      method,
      base,
      route,
      path,
      query,
      ...(json === undefined ? {} : { json }),
      cost,
      schema: z.unknown(),
      purpose: method === "GET" ? "read" : "write",
      repeatable: true,
    });
    return { body };
  } catch (error) {
    if (error instanceof ServiceError && OWN.includes(error.failure.kind)) return { failure: error.failure };
    throw error;
  }
}

async function sendBatch(
  api: GoogleApi,
  session: Session,
  calls: readonly BatchCall[],
): Promise<readonly (BatchAnswer | undefined)[]> {
  const boundary = `batch_${crypto.randomUUID()}`;
  const parts = calls.map((call, index) => partOf(api, call, index));
  const { body, headers } = await session.http.exchange({
    method: "POST",
    base: api.origin,
    route: ROUTE,
    headers: { accept: "multipart/mixed" },
    text: {
      contentType: `multipart/mixed; boundary=${boundary}`,
      body: `${parts.map((part) => `--${boundary}\r\n${part}`).join("")}--${boundary}--\r\n`,
    },
    schema: z.string(),
    purpose: calls.some(({ method }) => method !== "GET") ? "write" : "read",
    repeatable: true,
    cost: calls.reduce((sum, { cost }) => sum + cost, 0),
  });
  const told = boundaryOf(headers.get("content-type") ?? "");
  if (told === undefined) throw new OutcomeUnknownError(SERVICE, ROUTE);
  const answers = readParts(body, told);
  return calls.map(({ method, route }, index) => {
    const answer = answers.get(index);
    if (!answer) return undefined;
    const failure = classifyGoogleAnswer({ ...answer, headers: new Headers() }, { method, route });
    if (failure && !OWN.includes(failure.kind) && !PASSING.includes(failure.kind)) {
      throw serviceError(SERVICE, route, answer.status, failure);
    }
    return failure ? { failure } : { body: answer.body };
  });
}

/** JSON has no line ends of its own, so that no content can end a part. */
function partOf({ base }: GoogleApi, { method, route, path, query, json }: BatchCall, index: number): string {
  const url = new URL(
    `${base}${route.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ""))}`,
  );
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  const type = json === undefined ? [] : ["Content-Type: application/json"];
  const head = [`${method} ${url.pathname}${url.search} HTTP/1.1`, ...type, ""];
  const lines = ["Content-Type: application/http", `Content-ID: <${index}>`, "", ...head];
  return `${[...lines, json === undefined ? "" : JSON.stringify(json)].join("\r\n")}\r\n`;
}

function boundaryOf(contentType: string): string | undefined {
  return /^multipart\/mixed\s*;.*boundary="?([^";]+)"?/i.exec(contentType)?.[1];
}

interface PartAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** The answers by the numbers of their calls, which the service tells as `<response-3>`. */
function readParts(text: string, boundary: string): ReadonlyMap<number, PartAnswer> {
  const answers = new Map<number, PartAnswer>();
  for (const part of `\n${text.replaceAll("\r\n", "\n")}`.split(`\n--${boundary}`)) {
    const [partHead, rest] = cutAtBlankLine(part);
    const [head, body] = cutAtBlankLine(rest);
    const index = /^content-id:\s*<?response-(\d+)>?\s*$/im.exec(partHead)?.[1];
    const status = /^HTTP\/\d(?:\.\d)?\s+(\d{3})/i.exec(head.trim())?.[1];
    if (index === undefined || status === undefined) continue;
    answers.set(Number(index), { status: Number(status), body: parsed(body.trim()) });
  }
  return answers;
}

function cutAtBlankLine(text: string): readonly [head: string, rest: string] {
  const trimmed = text.replace(/^\s*\n/, "");
  const at = trimmed.indexOf("\n\n");
  return at === -1 ? [trimmed, ""] : [trimmed.slice(0, at), trimmed.slice(at + 2)];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === "" ? undefined : text;
  }
}
