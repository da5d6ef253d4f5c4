import { type ErrorCatalogue, type ErrorCode, type ErrorParams, errorTexts } from "./error-texts.ts";

/** Holds across two installed copies of this package, where `instanceof` does not. */
const brand = Symbol.for("@syncer/error");

/**
 * What helps: waiting, the user connecting again, a different request or configuration, somebody who runs the
 * application, or only a bug report.
 */
export type Remedy = "retry" | "reconnect" | "change-request" | "operate" | "report";

/**
 * Base of everything this SDK throws on purpose. Decide on `code`, `remedy` or the class; never parse `message`.
 *
 * `params` hold handles, names of services, numbers and codes only, so an error may be logged and stored whole.
 */
export class SyncerError<C extends ErrorCode = ErrorCode> extends Error {
  readonly [brand] = true;
  override readonly name: string = "SyncerError";
  readonly code: C;
  readonly params: ErrorParams<C>;
  readonly remedy: Remedy;

  constructor(code: C, params: ErrorParams<C>, remedy: Remedy, options?: ErrorOptions) {
    super(textOf(code, params), options);
    this.code = code;
    this.params = params;
    this.remedy = remedy;
  }

  static is(value: unknown): value is SyncerError {
    return typeof value === "object" && value !== null && brand in value;
  }
}

function textOf<C extends ErrorCode>(code: C, params: ErrorParams<C>, catalogue?: ErrorCatalogue): string {
  const text = (catalogue?.[code] ?? errorTexts[code]) as (params: ErrorParams<C>) => string;
  return text(params);
}

/** The error's text from another catalogue; codes that it lacks keep their English text. */
export function describeError(error: SyncerError, catalogue?: ErrorCatalogue): string {
  return textOf(error.code, error.params as ErrorParams<ErrorCode>, catalogue);
}
