import { parseArgs } from "node:util";
import type { PairPlan, PairReport } from "@syncer/core";
import { clearAQuarter, newcomers, syncBothWays } from "./both-ways.ts";
import { syncCalendars } from "./calendars.ts";
import { decideAConflict } from "./conflict.ts";
import { killAndResume } from "./crash.ts";
import { only, type Phase, planPhase, REQUEST, runPhase, timed } from "./phases.ts";
import { overrideAMatch, syncAPlaylist } from "./playlists.ts";
import { createPrinter } from "./print.ts";
import { createScenePrinter } from "./print-scenes.ts";
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
  const added = newcomers(stage, 5).map(({ spotify }) => spotify);
  sandbox.control.spotify.seedFavourites(USER.spotify, added);
  phases.push(await syncAgain(stage, "changed", "Five recordings added and three removed at Spotify, then again"));

  const scenes = await performScenes(stage, plan);

  const elapsedMs = Math.round(performance.now() - startedAt);
  const rssBytes = process.memoryUsage().rss;
  if (values.json) {
    console.log(
      JSON.stringify(
        summary(plan, report, phases, scenes, { elapsedMs, rssBytes, databaseBytes: await stage.databaseBytes() }),
        undefined,
        2,
      ),
    );
  } else printer.closing(phases, { elapsedMs, rssBytes, file: stage.file, databaseBytes: await stage.databaseBytes() });
}

type Scenes = Awaited<ReturnType<typeof performScenes>>;

async function performScenes(stage: Stage, plan: PairPlan) {
  const print = createScenePrinter({ quiet: values.json });
  const bothWays = await syncBothWays(stage);
  print.bothWays(bothWays);
  const massDelete = await clearAQuarter(stage);
  print.massDelete(massDelete);
  const crash = await killAndResume(stage);
  print.crash(crash);
  const conflict = await decideAConflict(stage);
  print.conflict(conflict);
  const playlist = await syncAPlaylist(stage);
  print.playlist(playlist);
  const override = await overrideAMatch(stage, plan);
  if (override) print.override(override);
  const calendars = await syncCalendars(stage);
  print.calendars(calendars);
  return { bothWays, massDelete, crash, conflict, playlist, override, calendars };
}

async function syncAgain(stage: Stage, name: string, heading: string): Promise<Phase> {
  const { result, ...time } = await timed(stage, () => stage.engine.sync(REQUEST));
  const phase = runPhase(name, only(result.pairs), time);
  printer.again(heading, phase);
  return phase;
}

function summary(
  plan: PairPlan,
  report: PairReport,
  phases: readonly Phase[],
  scenes: Scenes,
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
    ...scenes,
    ...totals,
  };
}
