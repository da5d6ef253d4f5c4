import {
  type AnyProvider,
  type HttpAnswer,
  type HttpRequest,
  MalformedAnswerError,
  ServiceError,
  type ServiceFailure,
  serviceError,
} from "../contract/index.ts";
import type { SyncerError } from "../errors/index.ts";
import type { AttemptOutcome } from "./decide-next.ts";
import { judgeAnswer, readBody } from "./judge-answer.ts";
import type { Refusal } from "./quiet-time.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { WireResult } from "./send-once.ts";

/** What one attempt came to. */
export interface AttemptReading<T> {
  readonly outcome: AttemptOutcome;
  /** Set if the outcome is `fine`. */
  readonly answer?: HttpAnswer<T>;
  /** Set for every other outcome: what is thrown if there is no further attempt. */
  readonly error?: SyncerError;
  /** Set if the answer asked for quiet. */
  readonly refusal?: Refusal;
}

export interface AttemptTimes {
  readonly sentAtMs: number;
  readonly arrivedAtMs: number;
  readonly timeoutMs: number;
}

/** Reads what came over the wire: pure, and the one place where answers become errors. */
export function readAttempt<T>(
  provider: AnyProvider,
  request: HttpRequest<T>,
  result: WireResult,
  times: AttemptTimes,
): AttemptReading<T> {
  const service = provider.name;
  const { route, method } = request;
  const malformed = (problem: string) => new MalformedAnswerError(service, route, problem);
  if (result.kind === "lost") return readLoss(service, route, result, times.timeoutMs);
  const acceptsMarkup = Object.keys(request.headers ?? {}).some((name) => name.toLowerCase() === "accept");
  const acceptsRedirects = request.redirects === "answer";
  const verdict = judgeAnswer(provider, { method, route, acceptsMarkup, acceptsRedirects }, result);
  switch (verdict.kind) {
    case "cut-off":
      return { outcome: { kind: "lost" }, error: malformed("JSON that ends too early.") };
    case "malformed":
      return { outcome: { kind: "malformed" }, error: malformed(verdict.problem) };
    case "failure": {
      const refusal = refusalOf(result, verdict.failure, times);
      const error = serviceError(service, route, result.status, verdict.failure);
      return { outcome: verdict.failure, error, ...(refusal ? { refusal } : {}) };
    }
    case "fine":
      return readAnswer(service, request, verdict.answer);
  }
}

function readAnswer<T>(service: string, request: HttpRequest<T>, answer: HttpAnswer<unknown>): AttemptReading<T> {
  const { status, headers } = answer;
  try {
    const body = readBody(service, request.route, request.schema, answer.body);
    return { outcome: { kind: "fine" }, answer: { status, headers, body } };
  } catch (error) {
    if (error instanceof MalformedAnswerError) return { outcome: { kind: "malformed" }, error };
    throw error;
  }
}

function readLoss(
  service: string,
  route: string,
  { how, cause }: Extract<WireResult, { kind: "lost" }>,
  timeoutMs: number,
): AttemptReading<never> {
  const passing: ServiceFailure = { kind: "unavailable" };
  switch (how) {
    case "too-large": {
      const error = new MalformedAnswerError(service, route, "a body that is too large to be read.", { cause });
      return { outcome: { kind: "malformed" }, error };
    }
    case "timed-out": {
      const params = { service, route, timeoutMs };
      return {
        outcome: { kind: "lost" },
        error: new ServiceError(service, passing, "service.timed-out", params, { cause }),
      };
    }
    case "unreachable": {
      const params = { service, route };
      return {
        outcome: { kind: "lost" },
        error: new ServiceError(service, passing, "service.unreachable", params, { cause }),
      };
    }
  }
}

/** A 503 that names a time asks for quiet as a 429 does (RFC 9110 §15.6.4); without one it is a passing failure. */
function refusalOf(
  { status, headers }: Extract<WireResult, { kind: "answer" }>,
  failure: ServiceFailure,
  { sentAtMs, arrivedAtMs }: AttemptTimes,
): Refusal | undefined {
  const named = retryAfterMs(headers, arrivedAtMs);
  if (failure.kind === "rate-limited") return { failure, retryAfterMs: named, sentAtMs, arrivedAtMs };
  if (failure.kind !== "unavailable" || status !== 503 || named === undefined) return undefined;
  return { failure: { kind: "rate-limited" }, retryAfterMs: named, sentAtMs, arrivedAtMs };
}
