import { DeferredError, type RequestPurpose } from "../../contract/index.ts";
import type { SyncerError } from "../../errors/index.ts";
import type { ContentsPlan, PairPlan } from "../plans/plan.ts";
import type { ApplyResult } from "../runs/ledger.ts";
import type { PairRow, RunContext } from "../runs/run-context.ts";
import type { ItemOutcome, PairReport, RequestCounts, RunStatus, SyncCounts, UnmatchedItem } from "./report.ts";

/** What became of a plan that was applied. */
export function reportOf(
  context: RunContext,
  plan: PairPlan,
  result: ApplyResult,
  run: { readonly jobId: string; readonly startedAtMs: number },
): PairReport {
  const deferredUntilMs = result.deferred?.untilMs ?? plan.deferredUntilMs;
  const { unmatched, recovered, ...held } = withContents(plan);
  const items = [...recovered, ...result.outcomes];
  return {
    pairId: plan.pairId,
    jobId: run.jobId,
    status: statusOf(plan, result, deferredUntilMs),
    counts: countOutcomes(items, unmatched),
    items,
    unmatched,
    requests: requestsOf(context),
    startedAtMs: run.startedAtMs,
    finishedAtMs: context.parts.clock.now(),
    ...held,
    ...(plan.rebuild ? { rebuild: true } : {}),
    ...(deferredUntilMs === undefined ? {} : { deferredUntilMs }),
    ...(result.error ? { error: result.error } : {}),
  };
}

/** What a plan tells of its pair and of all that its containers hold. */
function withContents({ unmatched, recovered, hold, contents = [] }: PairPlan) {
  const heldContents = contents.flatMap(({ pairId, containers, hold: own }) =>
    own ? [{ pairId, containers, hold: own }] : [],
  );
  return {
    unmatched: [...unmatched, ...contents.flatMap((each) => inContainers(each.unmatched, each))],
    recovered: [...recovered, ...contents.flatMap((each) => inContainers(each.recovered, each))],
    ...(hold ? { hold } : {}),
    ...(heldContents.length > 0 ? { heldContents } : {}),
  };
}

/** Items with what holds them. */
export function inContainers<T extends object>(items: readonly T[], { containers }: Pick<ContentsPlan, "containers">) {
  return items.map((item) => ({ ...item, containers }));
}

function statusOf(plan: PairPlan, result: ApplyResult, deferredUntilMs: number | undefined): RunStatus {
  if (deferredUntilMs !== undefined) return "deferred";
  if (plan.hold || plan.contents?.some(({ hold }) => hold)) return "held";
  if (result.error && result.outcomes.every(({ kind }) => kind === "left")) return "failed";
  return result.outcomes.some(({ kind }) => kind === "refused" || kind === "left") ? "partial" : "succeeded";
}

/** A plan that nobody applied, as a report. */
export function dryRunReport(plan: PairPlan, finishedAtMs: number): PairReport {
  const { unmatched, recovered, ...held } = withContents(plan);
  const items = [...recovered, ...(plan.left ?? [])];
  return {
    pairId: plan.pairId,
    status: "dry-run",
    counts: countOutcomes(items, unmatched),
    items,
    unmatched,
    requests: plan.requests,
    startedAtMs: plan.plannedAtMs,
    finishedAtMs,
    ...held,
    ...(plan.rebuild ? { rebuild: true } : {}),
    ...(plan.deferredUntilMs === undefined ? {} : { deferredUntilMs: plan.deferredUntilMs }),
  };
}

/** What a run that planned again tells of all its attempts: what was done stays done, what was refused was tried anew. */
export function joinReports(earlier: PairReport, later: PairReport): PairReport {
  const isDone = ({ kind }: ItemOutcome) => kind !== "refused" && kind !== "left";
  const items = [...earlier.items.filter(isDone), ...later.items];
  return {
    ...later,
    items,
    counts: countOutcomes(items, later.unmatched),
    requests: {
      source: sumRequests(earlier.requests.source, later.requests.source),
      target: sumRequests(earlier.requests.target, later.requests.target),
    },
    startedAtMs: earlier.startedAtMs,
  };
}

function sumRequests(earlier: RequestCounts, later: RequestCounts): RequestCounts {
  const sums: { [P in RequestPurpose]?: number } = { ...earlier };
  for (const [purpose, count] of Object.entries(later) as [RequestPurpose, number][]) {
    sums[purpose] = (sums[purpose] ?? 0) + count;
  }
  return sums;
}

/** A run that could not do its work. */
export function failedReport(
  run: {
    readonly pair: Pick<PairRow, "id">;
    readonly startedAtMs: number;
    readonly jobId?: string;
    readonly context?: RunContext;
  },
  finishedAtMs: number,
  error: SyncerError,
  status: "failed" | "deferred" | "busy",
): PairReport {
  return {
    pairId: run.pair.id,
    ...(run.jobId === undefined ? {} : { jobId: run.jobId }),
    status,
    counts: countOutcomes([], []),
    items: [],
    unmatched: [],
    requests: run.context ? requestsOf(run.context) : { source: {}, target: {} },
    startedAtMs: run.startedAtMs,
    finishedAtMs,
    error,
    ...(error instanceof DeferredError ? { deferredUntilMs: error.untilMs } : {}),
  };
}

/** Requests so far, by the pair's own sides. */
export function requestsOf({ from, to }: RunContext): PairReport["requests"] {
  const of = (side: "source" | "target") => (from.side === side ? from : to).tally.snapshot();
  return { source: of("source"), target: of("target") };
}

function countOutcomes(items: readonly ItemOutcome[], unmatched: readonly UnmatchedItem[]): SyncCounts {
  const count = (kind: ItemOutcome["kind"]) => items.filter((item) => item.kind === kind).length;
  const missing = (...verdicts: readonly UnmatchedItem["verdict"][]) =>
    unmatched.filter(({ verdict }) => verdicts.includes(verdict)).length;
  return {
    added: count("added"),
    updated: count("updated"),
    removed: count("removed"),
    linked: count("linked") + count("already-there"),
    refused: count("refused"),
    left: count("left"),
    conflicts: count("conflict"),
    uncertain: missing("uncertain", "ambiguous"),
    notFound: missing("not-found", "unplayable", "failed"),
    unsyncable: missing("unsyncable", "by-override"),
  };
}
