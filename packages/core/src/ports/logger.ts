/**
 * One log event: a stable code and our own handles, names of services, route templates, counts, times and codes.
 * Never content, never a URL, never a secret; the type has no place for free text.
 */
export interface LogEvent {
  readonly level: "debug" | "info" | "warn" | "error";
  /** For example `run.finished`, `http.request`, `token.refreshed`. */
  readonly event: string;
  readonly atMs: number;
  readonly tenantId?: string;
  readonly service?: string;
  readonly connectionId?: string;
  readonly pairId?: string;
  readonly jobId?: string;
  readonly method?: string;
  /** A route template such as `/tracks/{id}`. */
  readonly route?: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly attempt?: number;
  /** An error or reason code. */
  readonly code?: string;
  readonly counts?: Readonly<Record<string, number>>;
}

/** Where log events go. A logger that throws harms nothing. */
export type Logger = (event: LogEvent) => void;

export const silentLogger: Logger = () => {};
