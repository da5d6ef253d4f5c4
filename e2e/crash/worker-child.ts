/**
 * A worker process: does what is queued until SIGTERM, as a host's worker does, and prints what it hears of its engine,
 * a line each. At the point that `CRASH_AT` names it kills itself, as SIGKILL does; at the one that `TERM_AT` names it
 * is asked to end.
 */

import { crashEngine, openQueue, type Setting } from "./support/crash-engine.ts";
import { databaseOf } from "./support/database-of.ts";
import { endHere, Points } from "./support/points.ts";
import { sharedClock } from "./support/shared-clock.ts";

const setting: Setting = JSON.parse(process.env.CRASH_SETTING ?? "{}");
const clock = sharedClock(setting);
const say = (line: object) => process.stdout.write(`${JSON.stringify({ ...line, atMs: clock.now() })}\n`);
const terminate = process.env.TERM_AT;
const points = new Points(terminate ?? process.env.CRASH_AT, () => {
  if (terminate === undefined) endHere();
  else process.kill(process.pid, "SIGTERM");
});

const engine = crashEngine(setting, points, databaseOf(setting), await openQueue(setting));
engine.on(({ type, ...event }) => {
  if (type === "run.started" || type === "run.finished" || type.startsWith("job.")) say({ type, ...event });
});
process.once("SIGTERM", async () => {
  say({ type: "terminating" });
  await engine.stop();
  say({ type: "stopped" });
});
await engine.start();
say({ type: "ready" });
