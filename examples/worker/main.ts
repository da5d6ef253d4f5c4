import type { LogEvent } from "@syncer/core";
import { engineFromEnvironment } from "@syncer/example-express/engine";
import { pino } from "pino";
import { listenForHealth } from "./health.ts";

const env = process.env;
/** How late it may notice what nobody has told it of: the server on a database without a queue, above all. */
const pollMs = Number(env.POLL_MS ?? 5_000);

const log = pino({ level: env.LOG_LEVEL ?? "info" });
// An event holds codes, ids of ours, counts and times, so all of it may be logged.
const logger = ({ level, event, atMs: _, ...rest }: LogEvent) => log[level](rest, event);

const engine = engineFromEnvironment(env, { logger });
await engine.migrate();
engine.on(({ type, ...event }) => {
  if (type === "run.finished" || type.startsWith("job.")) log.info(event, type);
});
const health = await listenForHealth(engine, Number(env.HEALTH_PORT ?? 0));
log.info({ port: health.port }, "health.listening");

// Whoever asks it to end waits: the write at hand is finished, and the rest queued for the next worker.
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, async () => {
    health.stopping();
    await engine.stop({ graceMs: 10_000 });
    await health.close();
    log.info("Worker stopped.");
  });
}
await engine.start({
  workers: Number(env.WORKERS ?? 4),
  pollMs,
  // None of the SDK's own errors: a bug, which may hold anything. Where your logs may not, keep its class and stack only.
  onError: (error, jobId) =>
    log.error({ jobId, name: error instanceof Error ? error.name : typeof error }, "job.crashed"),
});
health.started();
log.info("Worker ready.");
