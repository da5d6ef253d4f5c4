/**
 * One process that syncs once: waits while another one's lease still lives, prints what became of it, and ends. At the
 * point that `CRASH_AT` names it kills itself, as SIGKILL does: nothing is closed, released or told.
 */
import { crashEngine, REQUEST, type Setting } from "./support/crash-engine.ts";
import { endHere, Points } from "./support/points.ts";

const setting: Setting = JSON.parse(process.env.CRASH_SETTING ?? "{}");
const chosen = process.env.CRASH_AT;
const points = new Points(chosen && /^\d+$/.test(chosen) ? Number(chosen) : chosen, endHere);

const engine = crashEngine(setting, points);
let [report] = (await engine.sync(REQUEST)).pairs;
for (let waits = 0; report?.status === "busy" && waits < 100; waits++) {
  await new Promise((resolve) => setTimeout(resolve, 1_000 / setting.speed));
  [report] = (await engine.sync(REQUEST)).pairs;
}
const { status, counts, error } = report ?? {};
process.stdout.write(`${JSON.stringify({ status, counts, error: error?.code, points: points.passed })}\n`);
await engine.stop();
