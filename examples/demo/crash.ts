import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { JobInfo, JobStatus } from "@syncer/core";
import { newcomers, saved, TWO_WAY } from "./both-ways.ts";
import { only } from "./phases.ts";
import { type Stage, USER } from "./stage.ts";

/** Deezer takes so many recordings in one call. */
const PER_CALL = 50;
const CALLS = 3;
/** Real time; nothing here takes a tenth of it. */
const PATIENCE_MS = 30_000;

export interface Crash {
  /** What was to be added at Deezer, as a plan says before anything happens, and by how much Deezer grew. */
  readonly planned: number;
  readonly grown: number;
  /** Additions that had reached Deezer when the first worker was killed, and those of them whose answer never came. */
  readonly doneAtDeath: number;
  readonly unanswered: number;
  readonly signal: string;
  /** How the job ended in the second worker's hands. */
  readonly status: JobStatus;
  /** Calls to Deezer that add, of both workers; as many as it takes without a crash. */
  readonly calls: number;
  readonly callsNeeded: number;
  /** Of what was planned, how many Deezer lacks in the end. */
  readonly missing: number;
  /** What a further run finds to do. */
  readonly leftOver: number;
}

/**
 * A worker process is killed (SIGKILL) right after Deezer has done what it asked for and before it has heard so. Another
 * one, on the same database file, takes the job up.
 */
export async function killAndResume(stage: Stage): Promise<Crash> {
  const { engine, sandbox } = stage;
  const { control } = sandbox;
  const fresh = newcomers(stage, PER_CALL * CALLS);
  control.spotify.seedFavourites(
    USER.spotify,
    fresh.map(({ spotify }) => spotify),
  );
  const [plan] = (await engine.plan(TWO_WAY)).pairs;
  const planned = plan?.ok ? plan.operations.flatMap(({ kind, toId }) => (kind === "add" && toId ? [toId] : [])) : [];
  const before = saved(stage).deezer.size;
  const writesBefore = control.stats().deezer.byKind.write;
  // The second call takes effect, and its answer never arrives.
  control.fault({
    service: "deezer",
    method: "POST",
    path: "/user/me/tracks",
    after: 1,
    fault: { type: "time-out", applied: true },
  });
  const [job] = await engine.enqueue(TWO_WAY);
  if (!job) throw new Error("nothing was queued");

  const first = startWorker(stage);
  const signal = await whenDone(first, job, () => saved(stage).deezer.size >= before + 2 * PER_CALL, "SIGKILL");
  const doneAtDeath = saved(stage).deezer.size - before;

  const look = () => engine.jobs.get({ userId: USER.userId, jobId: job.id });
  await whenDone(startWorker(stage), job, async () => (await look()).finishedAtMs !== undefined, "SIGTERM");
  const { status } = await look();

  const calls = control.stats().deezer.byKind.write - writesBefore;
  const again = only((await engine.sync(TWO_WAY)).pairs);
  const { deezer } = saved(stage);
  return {
    planned: planned.length,
    grown: deezer.size - before,
    doneAtDeath,
    unanswered: PER_CALL,
    signal,
    status,
    calls,
    callsNeeded: Math.ceil(planned.length / PER_CALL),
    missing: planned.filter((id) => !deezer.has(id)).length,
    leftOver: again.items.length,
  };
}

function startWorker({ setting }: Stage): ChildProcess {
  const file = fileURLToPath(new URL("./worker.ts", import.meta.url));
  const env = { ...process.env, DEMO_SETTING: JSON.stringify(setting) };
  return spawn(process.execPath, ["--conditions=@syncer/source", file], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** Waits until something holds, and ends the worker in this way; in any other way if it does not come to hold. */
async function whenDone(
  worker: ChildProcess,
  job: JobInfo,
  holds: () => boolean | Promise<boolean>,
  signal: "SIGKILL" | "SIGTERM",
): Promise<string> {
  const ended = once(worker, "exit");
  try {
    for (const begun = performance.now(); !(await holds()); ) {
      if (worker.exitCode !== null) throw new Error(`the worker ended by itself with ${worker.exitCode}`);
      if (performance.now() - begun > PATIENCE_MS) throw new Error(`the worker did not get on with ${job.id}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    worker.kill(signal);
    const [, by] = await ended;
    return String(by ?? signal);
  } finally {
    worker.kill("SIGKILL");
  }
}
