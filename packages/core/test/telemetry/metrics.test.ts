import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import parsePrometheus from "parse-prometheus-text-format";
import { describe, expect, it } from "vitest";
import { observeMetrics, type SyncEvent, type SyncListener } from "../../src/index.ts";
import { Workshop } from "../jobs/support/workshop.ts";

class OnDemand extends MetricReader {
  protected override onForceFlush = async () => {};
  protected override onShutdown = async () => {};
}

interface Family {
  readonly name: string;
  readonly type: string;
  readonly metrics: readonly {
    readonly labels?: Readonly<Record<string, string>>;
    readonly value?: string;
    readonly buckets?: Readonly<Record<string, string>>;
    readonly count?: string;
  }[];
}

/** The SDK, its Prometheus exporter, and a parser of what Prometheus reads. */
function scraper() {
  const reader = new OnDemand();
  const meter = new MeterProvider({ readers: [reader] }).getMeter("syncer");
  const text = async () => new PrometheusSerializer().serialize((await reader.collect()).resourceMetrics);
  const scrape = async () => {
    const families = parsePrometheus(await text()) as Family[];
    return new Map(families.map((family) => [family.name, family]));
  };
  return { meter, scrape, text };
}

/** Labels of ours, and values, in no order. */
function valuesOf(family: Family | undefined) {
  return (family?.metrics ?? []).map(({ labels = {}, value }) => {
    const { otel_scope_name: _, ...own } = labels;
    return { ...own, value: Number(value) };
  });
}

describe("the metrics of an engine", () => {
  it("are the five of OBS-1, with their labels, as Prometheus reads them", async () => {
    const shop = await new Workshop().open("anna", "ben");
    const { engine } = await shop.worker();
    const { meter, scrape } = scraper();
    const off = observeMetrics(engine, meter);
    shop.bench.left.put("left-6");
    engine.registry.recordHealth("left", { status: "degraded", reason: "slow" }, shop.clock.now());
    await engine.enqueue(shop.request("anna"));
    await shop.clock.advance(1_000);
    const families = await scrape();
    expect(valuesOf(families.get("sync_jobs_total"))).toEqual(
      expect.arrayContaining(["left", "right"].map((service) => ({ service, status: "succeeded", value: 1 }))),
    );
    expect(valuesOf(families.get("sync_items_total"))).toEqual(
      expect.arrayContaining([
        { service: "right", item_type: "favorites", action: "added", value: 3 },
        { service: "left", item_type: "favorites", action: "unmatched", value: 1 },
      ]),
    );
    expect(valuesOf(families.get("service_health_status"))).toEqual([{ service: "left", value: 0.5 }]);
    expect(valuesOf(families.get("active_service_connections"))).toEqual(
      expect.arrayContaining(["left", "right"].map((service) => ({ service, value: 2 }))),
    );
    const durations = families.get("sync_job_duration_seconds");
    expect(durations).toMatchObject({ type: "HISTOGRAM" });
    expect(
      Object.keys(durations?.metrics[0]?.buckets ?? {})
        .map(Number)
        .filter(Number.isFinite),
    ).toEqual([...[0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2]]);
    off();
    await engine.enqueue(shop.request("ben"));
    await shop.clock.advance(1_000);
    expect(valuesOf((await scrape()).get("sync_jobs_total")).map(({ value }) => value)).toEqual([1, 1]);
    await engine.stop();
  });

  it("count a run that failed for the service that failed, and a job that was set aside", async () => {
    const { meter, scrape } = scraper();
    const listeners = new Set<SyncListener>();
    const none = { registry: { list: () => [] }, activeConnections: async () => ({}) };
    const on = (listener: SyncListener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    };
    observeMetrics({ ...none, on }, meter);
    const of = { tenantId: "t", userId: "u", pairId: "p", jobId: "j" };
    const events: SyncEvent[] = [
      {
        ...{ type: "run.finished", ...of, status: "failed", errorCode: "service.unavailable", syncType: "favorites" },
        ...{ services: ["left"], durationMs: 70, items: [] },
      },
      { type: "job.dead", ...of, errorCode: "service.unavailable" },
    ];
    for (const event of events) for (const listener of listeners) listener(event);
    expect(valuesOf((await scrape()).get("sync_jobs_total"))).toEqual([
      { service: "left", status: "failed", value: 1 },
      { service: "none", status: "dead", value: 1 },
    ]);
  });

  it("have as many labels for 10,000 users as for one, and no word of theirs", async () => {
    const { meter, scrape, text } = scraper();
    let tell: SyncListener = () => {};
    const none = { registry: { list: () => [] }, activeConnections: async () => ({ left: 10_000 }) };
    observeMetrics(
      {
        ...none,
        on: (listener) => {
          tell = listener;
          return () => {};
        },
      },
      meter,
    );
    for (let n = 0; n < 10_000; n++) {
      tell({
        ...{
          type: "run.finished",
          tenantId: `tenant-${n}`,
          userId: `user-${n}`,
          pairId: `pair-${n}`,
          jobId: `job-${n}`,
        },
        ...{ status: n % 2 ? "succeeded" : "failed", errorCode: `code-${n}`, syncType: "favorites", durationMs: n },
        services: ["left", "right"],
        items: [{ service: "right", action: "added", amount: 1 }],
      });
    }
    const families = await scrape();
    expect(families.get("sync_jobs_total")?.metrics).toHaveLength(4);
    // The parser puts histograms of several labels into one.
    expect((await text()).match(/^sync_job_duration_seconds_count\{/gm)).toHaveLength(2);
    expect(families.get("sync_items_total")?.metrics).toHaveLength(1);
    expect(JSON.stringify([...families.values()])).not.toMatch(/user-|tenant-|pair-|job-\d|code-/);
  });

  it("ask the database for connections once a minute at most, and keep the last count while it is away", async () => {
    const { meter, scrape } = scraper();
    let asked = 0;
    const activeConnections = async () => {
      asked += 1;
      if (asked > 1) throw new Error("away");
      return { left: 3 };
    };
    observeMetrics({ on: () => () => {}, registry: { list: () => [] }, activeConnections }, meter);
    for (let n = 0; n < 5; n++) {
      expect(valuesOf((await scrape()).get("active_service_connections"))).toEqual([{ service: "left", value: 3 }]);
    }
    expect(asked).toBe(1);
  });
});
