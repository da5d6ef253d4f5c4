import type { PairReport } from "../engine/reports/report.ts";
import type { PairRow } from "../engine/runs/run-context.ts";
import type { RunOptions } from "../engine/runs/run-pair.ts";
import type { UnderWay } from "../engine/runs/under-way.ts";
import type { Maintenance } from "../engine/upkeep/maintenance.ts";
import type { ScheduleActions } from "../engine/upkeep/schedules.ts";
import type { Enqueuer } from "./enqueue.ts";
import type { JobParts } from "./job-parts.ts";

/** What schedules have an engine do when they are due. */
export function scheduleActions(
  parts: JobParts,
  given: {
    readonly underWay: UnderWay;
    readonly enqueuer: Enqueuer;
    readonly maintenance: Maintenance;
    readonly run: (pair: PairRow, options: RunOptions) => Promise<PairReport>;
  },
): ScheduleActions {
  const { underWay, enqueuer, maintenance, run } = given;
  return {
    async run(pair, signal) {
      underWay.assertOpen();
      return await run(pair, { signal: underWay.signal(signal), trigger: "scheduled" });
    },
    async enqueueDue() {
      underWay.assertOpen();
      const { enqueueDueSchedules } = await import("./due-schedules.ts");
      return await underWay.track(enqueueDueSchedules(parts, enqueuer));
    },
    upkeep: () => maintenance.runIfDue(),
  };
}
