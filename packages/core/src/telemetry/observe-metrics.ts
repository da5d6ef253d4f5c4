import type { HealthStatus } from "../contract/index.ts";
import type { SyncEvent, SyncListener } from "../engine/events.ts";

type Attributes = Readonly<Record<string, string>>;
interface Observation {
  observe(value: number, attributes?: Attributes): void;
}
type Observe = (result: Observation) => void | Promise<void>;
interface Gauge {
  addCallback(callback: Observe): void;
  removeCallback(callback: Observe): void;
}
interface Described {
  readonly description?: string;
  readonly unit?: string;
  readonly advice?: { readonly explicitBucketBoundaries?: number[] };
}

/** As much of OpenTelemetry's `Meter` (`@opentelemetry/api` 1.x) as is used; `metrics.getMeter("syncer")` is one. */
export interface MetricsMeter {
  createCounter(name: string, options?: Described): { add(value: number, attributes?: Attributes): void };
  createHistogram(name: string, options?: Described): { record(value: number, attributes?: Attributes): void };
  createObservableGauge(name: string, options?: Described): Gauge;
}

/** As much of an engine as is measured. */
interface Measured {
  on(listener: SyncListener): () => void;
  readonly registry: {
    list(): readonly { readonly name: string; readonly health?: HealthStatus }[];
  };
  activeConnections(): Promise<Readonly<Record<string, number>>>;
}

/** From a tenth of a second, ten times doubled [OBS-1]. */
const DURATION_BUCKETS_S = Array.from({ length: 10 }, (_, power) => 0.1 * 2 ** power);
/** How long a count of connections is taken for the present one. */
const CONNECTIONS_MS = 60_000;
const HEALTH: Readonly<Record<HealthStatus["status"], number>> = { healthy: 1, degraded: 0.5, unhealthy: 0 };

/**
 * Measures an engine with OpenTelemetry. Costs nothing where there is no SDK, and nothing at all where it is not called. Labels are services,
 * sync types, states and actions only: as many as the installation has, however many users there are.
 *
 * | metric | labels | |
 * | --- | --- | --- |
 * | `sync_jobs_total` | `service`, `status` | runs that have ended, counted for each of their services; `dead`: jobs that were set aside |
 * | `sync_job_duration_seconds` | `service` | how long they took |
 * | `sync_items_total` | `service`, `item_type`, `action` | what was `added`, `updated`, `removed` or `refused` there, and what of it is `unmatched` |
 * | `service_health_status` | `service` | 1 healthy, 0.5 degraded, 0 unhealthy, by the last check; absent before it |
 * | `active_service_connections` | `service` | of all users, counted once a minute at most |
 *
 * @returns a function that ends it
 */
export function observeMetrics(engine: Measured, meter: MetricsMeter): () => void {
  const jobs = meter.createCounter("sync_jobs_total", {
    description: "Runs that have ended, for each of their services.",
  });
  const durations = meter.createHistogram("sync_job_duration_seconds", {
    description: "How long runs took.",
    unit: "s",
    advice: { explicitBucketBoundaries: DURATION_BUCKETS_S },
  });
  const items = meter.createCounter("sync_items_total", { description: "What was done, by service and type." });
  const health = meter.createObservableGauge("service_health_status", {
    description: "1 healthy, 0.5 degraded, 0 unhealthy, by the last check.",
  });
  const connections = meter.createObservableGauge("active_service_connections", {
    description: "Connections of all users that can be used.",
  });
  const count = (event: SyncEvent) => {
    if (event.type === "job.dead") jobs.add(1, { service: "none", status: "dead" });
    if (event.type !== "run.finished") return;
    for (const service of event.services) {
      jobs.add(1, { service, status: event.status });
      durations.record(event.durationMs / 1_000, { service });
    }
    for (const { service, action, amount } of event.items) {
      items.add(amount, { service, item_type: event.syncType, action });
    }
  };
  const observeHealth: Observe = (result) => {
    for (const { name, health: known } of engine.registry.list()) {
      if (known) result.observe(HEALTH[known.status], { service: name });
    }
  };
  const active = remembered(() => engine.activeConnections());
  const observeConnections: Observe = async (result) => {
    for (const [service, amount] of Object.entries(await active())) result.observe(amount, { service });
  };
  const off = engine.on(count);
  health.addCallback(observeHealth);
  connections.addCallback(observeConnections);
  return () => {
    off();
    health.removeCallback(observeHealth);
    connections.removeCallback(observeConnections);
  };
}

/** A count that is not taken anew for each look. One that fails is the last one that did not. */
function remembered(count: () => Promise<Readonly<Record<string, number>>>) {
  let last: Readonly<Record<string, number>> = {};
  let atMs = Number.NEGATIVE_INFINITY;
  return async () => {
    // Of the process, as the looks are: scraping is none of what an engine's clock is about.
    const now = performance.now();
    if (now - atMs < CONNECTIONS_MS) return last;
    atMs = now;
    last = await count().catch(() => last);
    return last;
  };
}
