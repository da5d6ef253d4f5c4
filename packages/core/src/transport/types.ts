import type { AnyProvider, RequestPurpose, Session } from "../contract/index.ts";

/** Where a session's access token comes from. Implemented by connections; the transport only asks. */
export interface TokenSource {
  /** A token that is good now, refreshed first if it is about to expire. */
  current(): Promise<string>;
  /**
   * A token in place of one that the service has just refused. Called at most once per request.
   * @param refused the token that was refused; if another worker has replaced it already, that one is given
   * @throws {AuthorizationError} `auth.reauthorization-required`
   */
  renew(refused: string): Promise<string>;
}

/**
 * Counts requests as they go out, repeats included. One per run and side. What it throws ends the request before it is
 * sent, so it may also enforce a bound.
 */
export interface RequestMeter {
  count(purpose: RequestPurpose, cost: number): void;
}

export interface SessionOptions {
  readonly provider: AnyProvider;
  readonly tenantId: string;
  /** Absent for requests without a user (health, public catalogue). */
  readonly connectionId?: string;
  readonly accountId?: string;
  readonly serverUrl?: string;
  /** Absent: requests go out without a token. */
  readonly tokens?: TokenSource;
  readonly grantedScopes?: readonly string[];
  readonly signal?: AbortSignal;
  readonly meter?: RequestMeter;
  /** Longest quiet that is waited out in process; a longer one is a `DeferredError`. Default 60 s. */
  readonly maxWaitMs?: number;
}

/** What opens sessions; one per engine, so that all sessions share budgets and circuits. */
export interface Transport {
  session(options: SessionOptions): Session;
  /**
   * A `fetch` for the OAuth endpoints of a provider: time-out over the body, the engine's User-Agent, counted as
   * `token`, redacted in logs, never retried. Throws `service.unreachable`, `service.timed-out` as `ServiceError`.
   */
  oauthFetch(
    provider: AnyProvider,
    options?: { readonly signal?: AbortSignal; readonly meter?: RequestMeter },
  ): typeof fetch;
  /** Remaining budget and closed circuits, for `engine.limits()`. */
  limits(provider: AnyProvider, tenantId: string, connectionId?: string): Promise<BudgetStatus>;
}

export interface BudgetStatus {
  readonly service: string;
  /** Requests that could go out at once, and when the budget is whole again. */
  readonly remaining: number;
  readonly resetAtMs: number;
  /** Set while the service has asked for quiet or its circuit is open. */
  readonly closedUntilMs?: number;
  readonly reason?: string;
}
