import {
  DeferredError,
  MalformedAnswerError,
  OutcomeUnknownError,
  ServiceError,
  type ServiceFailure,
} from "@syncer/core";
import { z } from "zod";
import type { CallKind } from "../synthetic/faults.ts";
import { toUniversalNote } from "./native-note.ts";
import type { NoteService } from "./note-service.ts";

/** How each failure looks on the wire, beside a body `{ "error": … }` that repeats it. */
const statuses: Readonly<Record<ServiceFailure["kind"], number>> = {
  "rate-limited": 429,
  unauthorized: 401,
  "reauthorization-required": 401,
  "missing-scope": 403,
  forbidden: 403,
  "not-found": 404,
  invalid: 422,
  "already-there": 409,
  "version-moved": 412,
  "collection-full": 409,
  "token-expired": 410,
  unavailable: 503,
  outage: 403,
};

const writtenSchema = z.object({ operationId: z.string(), fields: z.record(z.string(), z.unknown()) });

/** What a request comes to: which call it is, the ids that it names, and what it does. */
interface Call {
  readonly kind: CallKind;
  readonly ids: readonly string[];
  effect(): unknown;
}

/**
 * The service over HTTP: a `fetch` that reaches nothing but it.
 *
 * | request | |
 * | --- | --- |
 * | `GET /notes?size=&token=` | a page of rows |
 * | `GET /notes?size=&since=&token=` | a page of what changed since |
 * | `GET /notes/{id}` | one row, or 404 |
 * | `POST /notes`, `PATCH /notes/{id}` | `{ operationId, fields }`; answers with the row |
 * | `DELETE /notes/{id}?operationId=` | 204 |
 * | `GET /state`, `GET /accounts/{id}`, `GET /health` | |
 *
 * `PATCH` and `DELETE` heed `If-Match`. An answer that is lost is a `fetch` that rejects.
 */
export function httpNotes(service: NoteService): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const call = await callOf(service, request);
    if (!call) return Response.json({ error: { kind: "not-found" } }, { status: 404 });
    try {
      const answer = await service.calls.make(call.kind, call.ids, request.signal, () => call.effect());
      return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer);
    } catch (error) {
      return responseTo(error, service.clock.now());
    }
  };
}

async function callOf(service: NoteService, request: Request): Promise<Call | undefined> {
  const { pathname, searchParams } = new URL(request.url);
  const [, place, segment] = pathname.split("/");
  const id = segment === undefined ? undefined : decodeURIComponent(segment);
  if (place === "notes" && id === undefined) {
    return request.method === "POST" ? creation(service, await written(request)) : listing(service, searchParams);
  }
  if (place === "notes" && id !== undefined) return ofNote(service, request, id);
  if (place === "state") return { kind: "probe", ids: [], effect: () => service.probe() };
  if (place === "accounts" && id !== undefined) {
    return { kind: "profile", ids: [], effect: () => ({ id: service.habits.account ?? id }) };
  }
  return place === "health" ? { kind: "health", ids: [], effect: () => ({ well: true }) } : undefined;
}

function listing(service: NoteService, query: URLSearchParams): Call {
  const token = query.get("token") ?? undefined;
  const since = query.get("since") ?? undefined;
  const request = {
    size: Number(query.get("size")),
    ...(token === undefined ? {} : { token }),
    ...(since === undefined ? {} : { since }),
  };
  return { kind: "list", ids: [], effect: () => service.page(request) };
}

async function ofNote(service: NoteService, request: Request, id: string): Promise<Call | undefined> {
  const ifVersion = request.headers.get("if-match") ?? undefined;
  const condition = ifVersion === undefined ? {} : { ifVersion };
  switch (request.method) {
    case "GET":
      return { kind: "get", ids: [id], effect: () => service.get(id) };
    case "PATCH": {
      const update = { id, ...(await written(request)), ...condition };
      return { kind: "update", ids: [id], effect: () => service.update(update) };
    }
    case "DELETE": {
      const operationId = new URL(request.url).searchParams.get("operationId") ?? "";
      return { kind: "delete", ids: [id], effect: () => service.delete({ id, operationId, ...condition }) };
    }
    default:
      return undefined;
  }
}

function creation(service: NoteService, call: Awaited<ReturnType<typeof written>>): Call {
  return { kind: "create", ids: [call.operationId], effect: () => service.create(call) };
}

async function written(request: Request) {
  const { operationId, fields } = writtenSchema.parse(await request.json());
  return { operationId, fields: toUniversalNote({ key: "", ...fields }) };
}

/** @throws what is no answer but the want of one */
function responseTo(error: unknown, nowMs: number): Response {
  if (error instanceof ServiceError) return refusal(error.failure);
  if (error instanceof DeferredError) return refusal({ kind: "rate-limited", retryAfterMs: error.untilMs - nowMs });
  const malformed = error instanceof OutcomeUnknownError ? error.cause : error;
  if (malformed instanceof MalformedAnswerError) return new Response("<html>Sign in to the network</html>");
  if (error instanceof OutcomeUnknownError) throw new TypeError("fetch failed");
  throw error;
}

function refusal(failure: ServiceFailure): Response {
  const waitMs = failure.kind === "rate-limited" ? failure.retryAfterMs : undefined;
  const headers: Record<string, string> =
    waitMs === undefined ? {} : { "retry-after": String(Math.ceil(waitMs / 1_000)) };
  return Response.json({ error: failure }, { status: statuses[failure.kind], headers });
}
