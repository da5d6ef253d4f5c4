/**
 * A process of the fleet: does what is queued until SIGTERM, as a host's worker does, and prints what it hears of its
 * engine, a line each.
 */
import { fleetEngine, requestOf } from "./support/fleet-engine.ts";
import type { FleetSetting } from "./support/setting.ts";

const setting: FleetSetting = JSON.parse(process.env.FLEET_SETTING ?? "{}");
const { engine, clock } = fleetEngine(setting);
const say = (line: object) => process.stdout.write(`${JSON.stringify({ ...line, atMs: clock.now() })}\n`);

engine.on((event) => {
  if (event.type === "run.finished" || event.type.startsWith("job.")) say({ ...event });
});
process.once("SIGTERM", async () => {
  await engine.stop();
  say({ type: "stopped" });
});
if (setting.first) {
  await engine.migrate();
  for (const userId of setting.first.enqueue) await engine.enqueue(requestOf(userId), { lane: "automatic" });
}
await engine.start({ workers: setting.workers, onError: (error) => say({ type: "crashed", error: String(error) }) });
say({ type: "ready" });
