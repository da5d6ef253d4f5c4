import { z } from "@hono/zod-openapi";
import { SyncerError } from "@syncer/core";

/** An error as RFC 9457 has it, with a code to decide on. `error` repeats `detail` for clients of the first version. */
export const problemSchema = z
  .object({
    type: z.string().openapi({ description: "`about:blank`: `code` tells which problem it is." }),
    title: z.string(),
    status: z.int(),
    code: z.string().openapi({ description: "Stable; decide on this.", example: "pair.unknown" }),
    detail: z.string().openapi({ description: "For people: what is wrong, where, and what to do." }),
    error: z.string().openapi({ description: "As `detail`." }),
    remedy: z.enum(["retry", "reconnect", "change-request", "operate", "report"]),
    errors: z
      .array(z.object({ path: z.string(), problem: z.string() }))
      .optional()
      .openapi({ description: "Each field that is not as it must be." }),
  })
  .openapi("Problem");

export type Problem = z.infer<typeof problemSchema>;

/** A problem that the HTTP layer itself finds. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly status: number;
  readonly code: string;
  readonly errors: Problem["errors"];
  constructor(status: number, code: string, detail: string, errors?: Problem["errors"]) {
    super(detail);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}

/** What is not there, or not for this user, which is the same to them. */
const CODES: Readonly<Record<string, number>> = {
  "service.not-connected": 404,
  "service.ambiguous": 409,
  "service.url-refused": 400,
  "service.id-refused": 400,
  "auth.state-foreign": 403,
  "auth.scope-missing": 409,
  "auth.reauthorization-required": 409,
  "auth.wrong-account": 409,
  "connection.off": 409,
  "request.key-reused": 422,
  "request.under-way": 409,
  "pair.paused": 409,
  "pair.busy": 409,
  "plan.stale": 409,
  "plan.applied": 409,
  "plan.not-ready": 409,
  "plan.held": 409,
  "plan.vetoed": 409,
  "conflict.resolved": 409,
  "job.not-dead": 409,
  "job.direct": 409,
  "undo.unfinished": 409,
  "undo.expired": 409,
  "engine.stopped": 503,
  "storage.conflict": 409,
};

/**
 * | remedy | status |
 * | --- | --- |
 * | `change-request`, `reconnect` | 400, but for codes that say more (404, 403, 409) |
 * | `retry`, `operate` | 503: the service, the database or the queue, not the client |
 * | `report` | 500 |
 */
function statusOf(error: SyncerError): number {
  const { code, remedy } = error;
  const known = CODES[code];
  if (known !== undefined) return known;
  if (code.endsWith(".unknown") && remedy === "change-request") return 404;
  // A service's failure is none of the client's request, whatever helps against it.
  if (code.startsWith("service.")) return remedy === "reconnect" ? 409 : 502;
  if (remedy === "report") return 500;
  return remedy === "retry" || remedy === "operate" ? 503 : 400;
}

/** How an error is told. Errors of others are a 500 that says nothing of them. */
export function toProblem(error: unknown): { readonly problem: Problem; readonly retryAtMs?: number } {
  if (error instanceof HttpProblem) {
    const { status, code, message, errors } = error;
    const remedy = status >= 500 ? "retry" : "change-request";
    return { problem: { ...problemOf(status, code, message, remedy), ...(errors ? { errors } : {}) } };
  }
  if (SyncerError.is(error)) {
    const { code, message, remedy } = error;
    const problem = problemOf(statusOf(error), code, message, remedy);
    const { untilMs } = error.params as { readonly untilMs?: number };
    return untilMs === undefined ? { problem } : { problem, retryAtMs: untilMs };
  }
  return { problem: problemOf(500, "http.unexpected", "Something went wrong here. It has been noted.", "report") };
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not signed in",
  403: "Forbidden",
  404: "Not found",
  409: "Conflict",
  405: "Method not allowed",
  413: "Too long",
  415: "Unsupported media type",
  422: "Not to be processed",
  429: "Too many",
  502: "The service failed",
  503: "Not available",
};

function problemOf(status: number, code: string, detail: string, remedy: Problem["remedy"]): Problem {
  return { type: "about:blank", title: TITLES[status] ?? "Error", status, code, detail, error: detail, remedy };
}
