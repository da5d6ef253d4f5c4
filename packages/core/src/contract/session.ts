import type { HttpClient } from "./http.ts";

/** A connection in use: what a provider's functions receive. Everything they do goes through it. */
export interface Session {
  readonly service: string;
  readonly tenantId: string;
  /** Our own handle; absent for requests that belong to no user (health). */
  readonly connectionId?: string;
  /**
   * The account's id at the service, as `profile` returned it. Transient: never log it.
   * Absent while the profile itself is being fetched, and for health checks.
   */
  readonly accountId?: string;
  /** Of a connection to a server that its user named: where it is. Transient: never log it. */
  readonly serverUrl?: string;
  readonly http: HttpClient;
  readonly grantedScopes: ReadonlySet<string>;
  /** Aborts when the run is cancelled or stops; hand it to whatever waits. */
  readonly signal: AbortSignal;
}
