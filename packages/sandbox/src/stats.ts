import type { RequestKind, ServiceName } from "./exchange.ts";

/** Requests of one service, told apart by what they were for. */
export interface ServiceStats {
  /** All requests, refused and faulted ones included. */
  readonly requests: number;
  readonly byKind: Readonly<Record<RequestKind, number>>;
  /** `METHOD /path/:template` → requests; what no route knows counts as `METHOD (unknown route)`. */
  readonly byRoute: Readonly<Record<string, number>>;
  readonly byStatus: Readonly<Record<string, number>>;
  /** Refusals for coming too fast: HTTP 429, or Deezer's code 4. */
  readonly rateLimited: number;
  readonly faultsServed: number;
}

/** A parameter that the service does not know: ignored as the real one does, but worth a failing test. */
export interface UnknownParameter {
  readonly service: ServiceName;
  readonly route: string;
  readonly parameter: string;
}

/** One request as it came in, without query and body, because those hold secrets and content. */
export interface RequestRecord {
  readonly at: number;
  readonly service: ServiceName;
  readonly route: string;
  readonly kind: RequestKind | "unknown";
  readonly status: number;
}

export interface SandboxStats extends Readonly<Record<ServiceName, ServiceStats>> {
  readonly unknownParameters: readonly UnknownParameter[];
}

const KINDS = ["sign-in", "token", "identity", "read", "lookup", "search", "write", "health"] as const;
const LOG_LENGTH = 10_000;

class ServiceCounter {
  requests = 0;
  rateLimited = 0;
  faultsServed = 0;
  readonly byKind = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<RequestKind, number>;
  readonly byRoute = new Map<string, number>();
  readonly byStatus = new Map<string, number>();

  view(): ServiceStats {
    const { requests, rateLimited, faultsServed } = this;
    const [byRoute, byStatus] = [Object.fromEntries(this.byRoute), Object.fromEntries(this.byStatus)];
    return { requests, byKind: { ...this.byKind }, byRoute, byStatus, rateLimited, faultsServed };
  }
}

function freshCounters(): Record<ServiceName, ServiceCounter> {
  return {
    spotify: new ServiceCounter(),
    deezer: new ServiceCounter(),
    "google-calendar": new ServiceCounter(),
  };
}

/** Counts what comes in. */
export class StatsBook {
  #counters = freshCounters();
  #unknown = new Map<string, UnknownParameter>();
  #log: RequestRecord[] = [];

  count(record: RequestRecord, facts: { readonly fault: boolean; readonly rateLimited: boolean }): void {
    const counter = this.#counters[record.service];
    counter.requests += 1;
    if (record.kind !== "unknown") counter.byKind[record.kind] += 1;
    counter.byRoute.set(record.route, (counter.byRoute.get(record.route) ?? 0) + 1);
    const status = record.status === 0 ? "no answer" : String(record.status);
    counter.byStatus.set(status, (counter.byStatus.get(status) ?? 0) + 1);
    if (facts.fault) counter.faultsServed += 1;
    if (facts.rateLimited) counter.rateLimited += 1;
    if (this.#log.length === LOG_LENGTH) this.#log.splice(0, LOG_LENGTH / 2);
    this.#log.push(record);
  }

  noteUnknownParameter(unknown: UnknownParameter): void {
    this.#unknown.set(`${unknown.service} ${unknown.route} ${unknown.parameter}`, unknown);
  }

  view(): SandboxStats {
    return {
      spotify: this.#counters.spotify.view(),
      deezer: this.#counters.deezer.view(),
      "google-calendar": this.#counters["google-calendar"].view(),
      unknownParameters: [...this.#unknown.values()],
    };
  }

  /** The latest requests, oldest first; at least the last 5,000. */
  log(): readonly RequestRecord[] {
    return [...this.#log];
  }

  clear(): void {
    this.#counters = freshCounters();
    this.#unknown.clear();
    this.#log = [];
  }
}
