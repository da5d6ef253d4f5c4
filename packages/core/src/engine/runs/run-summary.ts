import type { Side } from "../plans/plan.ts";
import type { ItemOutcome, PairReport } from "../reports/report.ts";
import type { RunContext } from "./run-context.ts";

/** What a run did at one service. */
export interface DoneAtService {
  readonly service: string;
  readonly action: "added" | "updated" | "removed" | "refused" | "unmatched";
  readonly amount: number;
}

const ACTIONS = new Set<ItemOutcome["kind"]>(["added", "updated", "removed", "refused"]);

/** Names and numbers of a run, for whoever counts: no handle of a user, no item. */
export interface RunSummary {
  /** The services of both sides; fewer where the run ended before they were known. */
  readonly services: readonly string[];
  readonly durationMs: number;
  readonly items: readonly DoneAtService[];
}

export function summaryOf(report: PairReport, context: RunContext | undefined): RunSummary {
  const names: { readonly [S in Side]?: string } = context
    ? { [context.from.side]: context.from.provider.name, [context.to.side]: context.to.provider.name }
    : {};
  const amounts = new Map<string, DoneAtService>();
  const count = (side: Side | undefined, action: DoneAtService["action"]) => {
    const service = side && names[side];
    if (service === undefined) return;
    const key = `${service} ${action}`;
    amounts.set(key, { service, action, amount: (amounts.get(key)?.amount ?? 0) + 1 });
  };
  for (const { kind, on } of report.items) if (ACTIONS.has(kind)) count(on, kind as DoneAtService["action"]);
  for (const { side } of report.unmatched) count(side, "unmatched");
  const failed = (report.error?.params as { readonly service?: unknown } | undefined)?.service;
  const known = Object.values(names);
  return {
    services: known.length === 0 && typeof failed === "string" ? [failed] : known,
    durationMs: report.finishedAtMs - report.startedAtMs,
    items: [...amounts.values()],
  };
}
