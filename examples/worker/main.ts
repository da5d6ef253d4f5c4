import { engineFromEnvironment } from "@syncer/example-express/engine";

/** How often it looks for schedules that are due. */
const POLL_MS = Number(process.env.POLL_MS ?? 5_000);

const engine = engineFromEnvironment(process.env);
await engine.migrate();
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());
process.once("SIGINT", () => stopping.abort());

console.log("Worker ready.");
while (!stopping.signal.aborted) {
  for (const { pairId, status, counts } of await engine.schedules.runDue({ signal: stopping.signal })) {
    console.log(JSON.stringify({ pairId, status, counts }));
  }
  await pause(POLL_MS, stopping.signal);
}
await engine.stop({ graceMs: 10_000 });
console.log("Worker stopped.");

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
