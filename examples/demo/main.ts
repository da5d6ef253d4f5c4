import { parseArgs } from "node:util";
import type { PairPlan, PairReport } from "@syncer/core";
import { type Phase, planPhase, REQUEST, runPhase, timed } from "./phases.ts";
import { createPrinter } from "./print.ts";
import { connect, furnish, type Stage, setStage, USER } from "./stage.ts";

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, size: { type: "string", default: "1000" } },
});
const size = Number(values.size);
if (!Number.isInteger(size) || size < 1 || size > 3_000) {
  console.error("--size takes a whole number from 1 to 3000");
  process.exit(2);
}

const printer = createPrinter({ quiet: values.json });
const startedAt = performance.now();
const stage = await setStage(printer.onEvent);
try {
  await perform(stage);
} finally {
  await stage.strike();
}

async function perform(stage: Stage): Promise<void> {
  const { engine, sandbox } = stage;
  const phases: Phase[] = [];
  printer.opening(stage);

  const names = { spotify: await connect(stage, "spotify"), deezer: await connect(stage, "deezer") };
  printer.signedIn(names, furnish(sandbox, size));

  const planning = await timed(stage, () => engine.plan(REQUEST));
  const plan = planning.result.pairs[0];
  if (!plan?.ok) throw plan?.error ?? new Error("the plan has no pair");
  phases.push(planPhase("plan", plan, planning));
  printer.plan(plan);

  const applying = await timed(stage, () => engine.apply(planning.result));
  const report = only(applying.result.pairs);
  phases.push(runPhase("apply", report, applying));
  printer.report(plan, report);

  phases.push(await syncAgain(stage, "quiet", "Again, with nothing changed"));
  const saved = sandbox.control.spotify.favourites(USER.spotify);
  sandbox.control.spotify.removeFavourites(USER.spotify, saved.slice(5, 8));
  sandbox.control.spotify.seedFavourites(USER.spotify, newcomers(stage, saved, 5));
  phases.push(await syncAgain(stage, "changed", "Five recordings added and three removed at Spotify, then again"));

  const elapsedMs = Math.round(performance.now() - startedAt);
  const rssBytes = process.memoryUsage().rss;
  if (values.json) {
    console.log(
      JSON.stringify(
        summary(plan, report, phases, { elapsedMs, rssBytes, databaseBytes: await stage.databaseBytes() }),
        undefined,
        2,
      ),
    );
  } else printer.closing(phases, { elapsedMs, rssBytes, file: stage.file, databaseBytes: await stage.databaseBytes() });
}

async function syncAgain(stage: Stage, name: string, heading: string): Promise<Phase> {
  const { result, ...time } = await timed(stage, () => stage.engine.sync(REQUEST));
  const phase = runPhase(name, only(result.pairs), time);
  printer.again(heading, phase);
  return phase;
}

/** Recordings that the user has not saved yet. */
function newcomers({ sandbox }: Stage, saved: readonly string[], count: number): string[] {
  const known = new Set(saved);
  return sandbox.catalogue.spotify.originals
    .map(({ id }) => id)
    .filter((id) => !known.has(id))
    .slice(0, count);
}

function only(reports: readonly PairReport[]): PairReport {
  const [report] = reports;
  if (!report) throw new Error("the report has no pair");
  if (report.error) throw report.error;
  return report;
}

function summary(
  plan: PairPlan,
  report: PairReport,
  phases: readonly Phase[],
  totals: { readonly elapsedMs: number; readonly rssBytes: number; readonly databaseBytes: number },
) {
  const unmatched = (verdict: string) => plan.unmatched.filter((item) => item.verdict === verdict).length;
  return {
    phases,
    planned: plan.operations.length,
    applied: report.counts.added + report.counts.linked,
    unmatched: {
      uncertain: unmatched("uncertain"),
      notFound: unmatched("not-found"),
      unplayable: unmatched("unplayable"),
    },
    status: report.status,
    ...totals,
  };
}
