/** A worker process: does what is queued in the database until it is told to end, or killed. */
import { demoEngine } from "./engine.ts";

const engine = demoEngine(JSON.parse(process.env.DEMO_SETTING ?? "{}"));
process.once("SIGTERM", () => engine.stop());
await engine.start();
