import type { PairPlan, PairReport, RequestCounts } from "@syncer/core";
import { type Stage, USER } from "./stage.ts";

export const REQUEST = {
  userId: USER.userId,
  pairs: [{ source: "spotify", target: "deezer", mode: "sync-from" }],
  type: "favorites",
} as const;

/** What one phase cost. Requests include repeats; `serviceMs` is clock time, `realMs` what you waited. */
export interface Phase {
  readonly name: string;
  readonly requests: { readonly spotify: RequestCounts; readonly deezer: RequestCounts };
  readonly planned: number;
  readonly applied: number;
  readonly unmatched: number;
  readonly serviceMs: number;
  readonly realMs: number;
}

/** Runs something and says how long it took on both clocks. */
export async function timed<T>({ clock }: Pick<Stage, "clock">, work: () => Promise<T>) {
  const serviceStart = clock.now();
  const realStart = performance.now();
  const result = await work();
  const realMs = Math.round(performance.now() - realStart);
  return { result, serviceMs: Math.round(clock.now() - serviceStart), realMs };
}

export function planPhase(
  name: string,
  plan: PairPlan,
  time: { readonly serviceMs: number; readonly realMs: number },
): Phase {
  return {
    name,
    requests: { spotify: plan.requests.source, deezer: plan.requests.target },
    planned: plan.operations.length,
    applied: 0,
    unmatched: plan.unmatched.length,
    serviceMs: time.serviceMs,
    realMs: time.realMs,
  };
}

export function runPhase(
  name: string,
  report: PairReport,
  time: { readonly serviceMs: number; readonly realMs: number },
): Phase {
  const { added, removed, linked } = report.counts;
  return {
    name,
    requests: { spotify: report.requests.source, deezer: report.requests.target },
    planned: report.items.length,
    applied: added + removed + linked,
    unmatched: report.unmatched.length,
    serviceMs: time.serviceMs,
    realMs: time.realMs,
  };
}

export function totalOf(counts: RequestCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** The one report of a request with one pair. @throws what the run failed with */
export function only(reports: readonly PairReport[]): PairReport {
  const [report] = reports;
  if (!report) throw new Error("the report has no pair");
  if (report.error) throw report.error;
  return report;
}
