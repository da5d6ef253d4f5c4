/**
 * A process that syncs when it is told to: each line of its input is a task, and each line that it prints what became of
 * one. At the point that a task names it kills itself, as SIGKILL does: nothing is closed, released or told.
 */
import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { createInterface } from "node:readline";
import { endHere, Points } from "./support/points.ts";
import { type Rehearsal, rehearsalEngine } from "./support/rehearsal.ts";

/** One sync, and where it is to end. */
export interface Task {
  readonly rehearsal: Rehearsal;
  readonly at?: number | string;
  /** It does not end there but is stopped, and prints an empty line before, until it is let go on. */
  readonly stops?: boolean;
}

/** Longer than a lease lives. */
const SLEPT_MS = 60_000;

// Processes that are killed leave no cache of compiled code, and so each would start slowly.
flushCompileCache();
for await (const line of createInterface({ input: process.stdin })) {
  const { rehearsal, at, stops = false }: Task = JSON.parse(line);
  const time = { ...rehearsal };
  let stopped = false;
  const stopHere = () => {
    if (stopped) return;
    stopped = true;
    writeSync(1, "\n");
    process.kill(process.pid, "SIGSTOP");
    // It was asleep for longer than it knows.
    time.aheadMs = (time.aheadMs ?? 0) + SLEPT_MS;
  };
  const points = new Points(at, stops ? stopHere : endHere);
  const { sync, close } = rehearsalEngine(time, points);
  const [report] = (await sync()).pairs;
  await close();
  const { status, counts, error } = report ?? {};
  process.stdout.write(`${JSON.stringify({ status, counts, error: error?.code, points: points.passed })}\n`);
}
