import { engineFromEnvironment } from "@syncer/example-express/engine";

/** How late it may notice what the server has queued: the two share a database and nothing else. */
const pollMs = Number(process.env.POLL_MS ?? 5_000);

const engine = engineFromEnvironment(process.env);
await engine.migrate();
engine.on((event) => {
  if (event.type === "run.finished" || event.type.startsWith("job.")) console.log(JSON.stringify(event));
});
// Whoever asks it to end waits: the write at hand is finished, and the rest queued for the next worker.
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, async () => {
    await engine.stop({ graceMs: 10_000 });
    console.log("Worker stopped.");
  });
}
await engine.start({ workers: 4, pollMs, onError: (error, jobId) => console.error(jobId, error) });
console.log("Worker ready.");
