import type { z } from "zod";

/** What a request is for. Reports count requests by purpose; identity and token requests are counted apart. */
export type RequestPurpose = "identity" | "probe" | "read" | "lookup" | "search" | "write" | "health" | "token";

/** One request as a provider describes it. Everything user-given is data: encoded by the transport, never concatenated. */
export interface HttpRequest<T> {
  /** The last three: WebDAV and CalDAV (RFC 4918, RFC 3253, RFC 4791). */
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "PROPFIND" | "REPORT" | "MKCALENDAR";
  /** Scheme, host and fixed prefix, for example `https://api.spotify.com/v1`. Comes from the provider, never from an answer. */
  readonly base: string;
  /** Path template, for example `/tracks/{id}`. It names the request in logs, metrics and errors. */
  readonly route: string;
  /** Values of the template's placeholders; each becomes one encoded path segment. */
  readonly path?: Readonly<Record<string, string>>;
  /** A list is a parameter that stands there several times. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** A body of another type than a form or JSON. */
  readonly text?: { readonly contentType: string; readonly body: string };
  /**
   * An address that the service itself gave (a WebDAV href), in place of `base`, `path` and `query`; `route` only names the request
   * then. For providers whose `transport.addresses` says which addresses are taken.
   */
  readonly url?: URL;
  /** `answer`: a redirect is handed back with its `location`, and not followed. Default: it is a malformed answer. */
  readonly redirects?: "answer";
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

/** Which addresses requests may go to where users name them. */
export interface AddressRules {
  /**
   * Looks a name up. Give it wherever the platform can: a public name may point to a private address. All of its
   * addresses must be public. To be safe from a name that changes its answer, connect to the address that was checked.
   */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
  /** For self-hosted servers that the operator (not the user) has chosen. Schemes, ports and credentials still count. */
  readonly allowPrivate?: boolean;
  /** Default: `https` only. */
  readonly schemes?: readonly ("https" | "http")[];
  /** Default: any. */
  readonly ports?: readonly number[];
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
