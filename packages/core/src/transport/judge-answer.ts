import type { z } from "zod";
import { type AnyProvider, MalformedAnswerError, type RawAnswer, type ServiceFailure } from "../contract/index.ts";
import { type ParsedBody, parseBody } from "./parse-body.ts";

/** What an answer says, before its schema. */
export type Verdict =
  | { readonly kind: "fine"; readonly answer: RawAnswer }
  | { readonly kind: "failure"; readonly failure: ServiceFailure; readonly answer: RawAnswer }
  /** Cut off on the way: it says nothing. */
  | { readonly kind: "cut-off" }
  | { readonly kind: "malformed"; readonly problem: string };

/**
 * Judges an answer in the order: redirect, the provider's `classify` (also on 2xx, because some services fail inside
 * 200), statuses that the provider left to us, then forms of bodies that cannot be an answer.
 */
export function judgeAnswer(
  provider: AnyProvider,
  request: {
    readonly method: string;
    readonly route: string;
    readonly acceptsMarkup: boolean;
    readonly acceptsRedirects: boolean;
  },
  answer: { readonly status: number; readonly headers: Headers; readonly text: string },
): Verdict {
  const { status, headers } = answer;
  // Status 0 is how browsers hide a redirect that is not followed.
  const isRedirect = status >= 300 && status < 400 && status !== 304;
  if (isRedirect && request.acceptsRedirects) return { kind: "fine", answer: { status, headers, body: undefined } };
  if (status === 0 || isRedirect) {
    return { kind: "malformed", problem: `a redirect (status ${status}), which is not followed.` };
  }
  const body = parseBody(answer.text);
  const raw = { status, headers, body: body.value };
  let failure: ServiceFailure | undefined;
  try {
    failure = provider.transport.classify(raw, { method: request.method, route: request.route });
  } catch {
    return { kind: "malformed", problem: "the provider's classify could not read it." };
  }
  failure ??= failureOfStatus(status);
  if (failure) return { kind: "failure", failure, answer: raw };
  return judgeForm(body, request.acceptsMarkup) ?? { kind: "fine", answer: raw };
}

function judgeForm(body: ParsedBody, acceptsMarkup: boolean): Verdict | undefined {
  if (body.kind === "broken-json") return { kind: "cut-off" };
  if (body.kind === "markup" && !acceptsMarkup) {
    return { kind: "malformed", problem: "a page of HTML or XML where JSON is expected." };
  }
  return undefined;
}

/** For statuses that a provider's `classify` says nothing about: an error status is never a success. */
function failureOfStatus(status: number): ServiceFailure | undefined {
  if (status < 400) return undefined;
  switch (status) {
    case 401:
      return { kind: "unauthorized" };
    case 404:
    case 410:
      return { kind: "not-found" };
    case 408:
    case 425:
      return { kind: "unavailable" };
    case 403:
      return { kind: "forbidden", reason: "status-403" };
    case 429:
      return { kind: "rate-limited" };
    default:
      return status >= 500 ? { kind: "unavailable" } : { kind: "invalid", reason: `status-${status}` };
  }
}

/**
 * The body as the request's schema has it.
 * @throws {MalformedAnswerError} names places and kinds of mismatch, never a value
 */
export function readBody<T>(service: string, route: string, schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 5).map((issue) => `${placeOf(issue.path)} ${kindOf(issue)}`);
  throw new MalformedAnswerError(service, route, issues.join("; "));
}

/** Keys that are not plain words of an API are masked: some answers use what users typed as keys. */
function placeOf(path: readonly PropertyKey[]): string {
  const parts = path.map((part) => (/^[A-Za-z_$][\w$-]{0,40}$|^\d+$/.test(String(part)) ? String(part) : "*"));
  return parts.length > 0 ? parts.join(".") : "(root)";
}

function kindOf(issue: z.core.$ZodIssue): string {
  return issue.code === "invalid_type" ? `is not of type ${issue.expected}` : `is refused (${issue.code})`;
}
