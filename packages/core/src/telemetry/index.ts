export { type MetricsMeter, observeMetrics } from "./observe-metrics.ts";
