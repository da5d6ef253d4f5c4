import type { z } from "zod";

/** What a request is for. Reports count requests by purpose; identity and token requests are counted apart. */
export type RequestPurpose = "identity" | "probe" | "read" | "lookup" | "search" | "write" | "health" | "token";

/** One request as a provider describes it. Everything user-given is data: encoded by the transport, never concatenated. */
export interface HttpRequest<T> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Scheme, host and fixed prefix, for example `https://api.spotify.com/v1`. Comes from the provider, never from an answer. */
  readonly base: string;
  /** Path template, for example `/tracks/{id}`. It names the request in logs, metrics and errors. */
  readonly route: string;
  /** Values of the template's placeholders; each becomes one encoded path segment. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer's body as we use it: lenient to extra fields, strict on what is read. An empty body parses as `undefined`. */
  readonly schema: z.ZodType<T>;
  readonly purpose: RequestPurpose;
  /**
   * Whether sending it twice does no harm, so that lost answers and 5xx may be retried. Default: `true` for GET, else
   * `false`: a lost answer of a write is then `service.outcome-unknown`, and the engine looks before repeating.
   */
  readonly repeatable?: boolean;
  /** Covers the whole exchange including the body. Default: the provider's, else 30 s. */
  readonly timeoutMs?: number;
  /** Units it costs from the service's quota. Default 1. */
  readonly cost?: number;
}

export interface HttpAnswer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** The authorized HTTP client of one session: governed, retried, redacted. */
export interface HttpClient {
  /**
   * Sends the request and gives the parsed body.
   * @throws {ServiceError} the service refused or failed; decide on `failure.kind`
   * @throws {MalformedAnswerError} the body is not what `schema` says; `issues` name the paths
   * @throws {OutcomeUnknownError} a write that may not be repeated and whose answer was lost, or was malformed (the cause)
   * @throws {DeferredError} the service asked for more quiet than a run may wait
   */
  request<T>(request: HttpRequest<T>): Promise<T>;
  /** As `request`, with status and headers. */
  exchange<T>(request: HttpRequest<T>): Promise<HttpAnswer<T>>;
}

/** An answer as a provider's `classify` sees it, before any schema. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed if the body was JSON, else the text; `undefined` for an empty body. */
  readonly body: unknown;
}
