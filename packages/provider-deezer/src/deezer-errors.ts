import type { RawAnswer, ServiceFailure } from "@syncer/core";
import { z } from "zod";

const errorSchema = z.object({
  error: z.object({
    type: z.string().catch(""),
    message: z.string().catch(""),
    code: z.coerce.number().optional().catch(undefined),
  }),
});

interface DeezerError {
  readonly type: string;
  readonly message: string;
  readonly code?: number | undefined;
}

/**
 * What Deezer's answers mean. Nearly every failure comes with status 200 and an `error` object; a write that is refused
 * without a reason answers `false`. So the body is judged first, whatever the status.
 * @see Deezer for Developers, "Errors"; messages as recorded from the live service up to 2026
 */
export function classifyDeezerAnswer(
  answer: RawAnswer,
  request?: { readonly route: string },
): ServiceFailure | undefined {
  const { status, body } = answer;
  const parsed = errorSchema.safeParse(body);
  if (parsed.success) return classifyError(parsed.data.error, request?.route ?? "");
  if (body === false) return { kind: "invalid", reason: "refused" };
  if (status < 400) return undefined;
  if (status >= 500 || status === 408) return { kind: "unavailable" };
  switch (status) {
    case 401:
      return { kind: "unauthorized" };
    // Without an error object, 403 is how Deezer's edge rarely answers a flood of requests.
    case 403:
    case 429:
      return { kind: "rate-limited" };
    case 404:
      return { kind: "not-found" };
    default:
      return { kind: "invalid", reason: `status-${status}` };
  }
}

function classifyError(error: DeezerError, route: string): ServiceFailure {
  switch (error.code ?? codeByWords(error)) {
    case 4: // QUOTA
    case 700: // SERVICE_BUSY
      return { kind: "rate-limited" };
    case 50: // APPLICATION_ERROR: the app id has been disabled
      return { kind: "outage", reason: "application-disabled" };
    case 100: // ITEMS_LIMIT_EXCEEDED
      return { kind: "collection-full" };
    case 200: // PERMISSION
      return classifyPermission(error.message, route);
    case 300: // TOKEN_INVALID
      return { kind: "unauthorized" };
    case 500: // PARAMETER
      return /already exist/i.test(error.message)
        ? { kind: "already-there" }
        : { kind: "invalid", reason: "parameter" };
    case 501: // PARAMETER_MISSING
      return { kind: "invalid", reason: "parameter-missing" };
    case 600: // QUERY_INVALID
      return { kind: "invalid", reason: "query" };
    case 800: // DATA_NOT_FOUND
      return { kind: "not-found" };
    case 901: // INDIVIDUAL_ACCOUNT_NOT_ALLOWED
      return { kind: "forbidden", reason: "account-type" };
    default:
      return error.code === undefined
        ? { kind: "invalid", reason: "unknown-error" }
        : { kind: "invalid", reason: `code-${error.code}` };
  }
}

/**
 * One code for four things: no (living) token, somebody else's private profile, somebody else's playlist, a permission that was not
 * given. Where a message about one playlist names no permission, it is taken for somebody else's: permissions are compared before.
 */
function classifyPermission(message: string, route: string): ServiceFailure {
  if (/private/i.test(message)) return { kind: "forbidden", reason: "private-profile" };
  if (/active access token|current user|invalid.*token|token.*(expired|invalid)/i.test(message)) {
    return { kind: "unauthorized" };
  }
  if (/grant|manage_library|delete_library|basic_access/i.test(message)) return { kind: "missing-scope" };
  if (route.startsWith("/playlist/")) return { kind: "forbidden", reason: "not-own-playlist" };
  return { kind: "missing-scope" };
}

/** Some errors carry no code. */
function codeByWords({ type, message }: DeezerError): number | undefined {
  if (/quota/i.test(message)) return 4;
  if (/busy/i.test(message)) return 700;
  if (/application error/i.test(message)) return 50;
  if (type === "OAuthException") return /invalid.*token|token.*(expired|invalid)/i.test(message) ? 300 : 200;
  const codes: Readonly<Record<string, number>> = {
    DataException: 800,
    ParameterException: 500,
    MissingParameterException: 501,
    InvalidQueryException: 600,
    IndividualAccountChangedNotAllowedException: 901,
  };
  return codes[type];
}
