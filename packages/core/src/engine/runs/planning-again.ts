import { joinReports } from "../reports/build-reports.ts";
import type { PairReport } from "../reports/report.ts";
import type { RunOptions } from "./run-pair.ts";

/** How often a run plans again when what it planned has moved before it was carried out. */
const REPLANS = 3;

/** Plans and applies, again if need be. One job from the caller's point of view: one report, and one undoing. */
export async function planningAgain(
  run: (again: Pick<RunOptions, "continues">) => Promise<PairReport>,
): Promise<PairReport> {
  let report = await run({});
  for (let replans = 0; replans < REPLANS && movedMeanwhile(report); replans++) {
    report = joinReports(report, await run(report.jobId === undefined ? {} : { continues: report.jobId }));
  }
  return report;
}

function movedMeanwhile({ items }: PairReport): boolean {
  return items.some(({ kind, reason }) => kind === "refused" && reason?.code === "refused.precondition-moved");
}
