import type { ServiceName } from "../exchange.ts";

/**
 * What goes wrong. Plain data, so that it can be sent to the server as JSON. "Applied" says whether the request took
 * effect before things went wrong; it defaults to `false`.
 */
export type Fault =
  /** Refused for coming too fast or for maintenance. Without `retryAfter` there is no such header. */
  | {
      readonly type: "too-many";
      /** Default 429. */
      readonly status?: 429 | 503;
      /** Seconds as a number, an HTTP date that many seconds ahead, or any text. */
      readonly retryAfter?: number | { readonly dateInSeconds: number } | string;
      readonly reason?: "QUOTA_EXCEEDED";
    }
  /** Any status with any body: 5xx, 403 in plain text, 404 on a container, HTML in a 200 … */
  | {
      readonly type: "status";
      readonly status: number;
      /** Text as it is, anything else as JSON. Default: the service's own error form. */
      readonly body?: unknown;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly applied?: boolean;
    }
  /** A Deezer error inside a 200. */
  | { readonly type: "deezer-error"; readonly code: number; readonly message?: string; readonly applied?: boolean }
  /** The token endpoint's `invalid_grant` (Spotify), or `wrong code` (Deezer). */
  | { readonly type: "invalid-grant"; readonly description?: string }
  /** No answer until the caller gives up, or, with `afterMs` of clock time, until the connection breaks. */
  | { readonly type: "time-out"; readonly applied?: boolean; readonly afterMs?: number }
  /** The connection breaks before an answer. */
  | { readonly type: "disconnect"; readonly applied?: boolean }
  /** The connection breaks in the middle of the body. */
  | { readonly type: "cut-body" }
  /** A 200 whose JSON ends too early, though the connection closes in good order. */
  | { readonly type: "truncated-json" }
  | { readonly type: "empty-body" }
  | { readonly type: "html"; readonly status?: number }
  /** A 200 whose listing has no `items` or `data`. */
  | { readonly type: "without-items" }
  /** A 200 with an error object in the service's form. */
  | { readonly type: "error-object" }
  /** The body comes in `chunks` pieces (default 4) with `pauseMs` of clock time before each. */
  | { readonly type: "slow-body"; readonly pauseMs: number; readonly chunks?: number }
  /** The answer waits for `ms` of clock time. */
  | { readonly type: "delay"; readonly ms: number }
  /** A listing that lies: nothing there, total 0. */
  | { readonly type: "empty-listing" }
  /** A listing that leaves out entries: about `keep` (default 0.5) of them are shown. `total` counts what is shown unless `full`. */
  | { readonly type: "partial-listing"; readonly keep?: number; readonly total?: "shown" | "full" }
  /** `next` leads back to the page that it stands on. */
  | { readonly type: "looping-page" }
  /** Only the first `apply` entries of a batch take effect, then `answer` goes out (default: 500). */
  | { readonly type: "half-batch"; readonly apply: number; readonly answer?: Fault };

/** The kinds of fault by name. */
export const FAULT_TYPES = [
  "too-many",
  "status",
  "deezer-error",
  "invalid-grant",
  "time-out",
  "disconnect",
  "cut-body",
  "truncated-json",
  "empty-body",
  "html",
  "without-items",
  "error-object",
  "slow-body",
  "delay",
  "empty-listing",
  "partial-listing",
  "looping-page",
  "half-batch",
] as const satisfies readonly Fault["type"][];

/** When a fault strikes. */
export interface FaultRule {
  readonly service: ServiceName;
  /** Default: every method. */
  readonly method?: string;
  /** Path in the service's own form; `*` or `:name` stand for one segment, `**` for any rest. Default: every path. */
  readonly path?: string;
  /** How many matching requests pass unharmed first. Default 0. */
  readonly after?: number;
  /** How many requests it strikes, then it is spent. Default 1; `null`: all until cleared. */
  readonly times?: number | null;
  readonly fault: Fault;
}

/** What a listing fault tells the service's app. */
export interface ListingFault {
  /** Share of the entries that is shown. */
  readonly keep: number;
  readonly total: "shown" | "full";
}
