import { isDeepStrictEqual } from "node:util";
import type { Outcome } from "./story.ts";

/** How long a job may be with a dead process: its lock, and until somebody looks. */
const LOCK_AND_LOOK_MS = 60_000;

/** What is not as it should be after a story. */
export function problemsOf(
  outcome: Outcome,
  expected: Record<string, readonly string[]>,
  { jobs }: { readonly jobs: number },
): string[] {
  const problems: string[] = [];
  const need = (isSo: boolean, text: string) => {
    if (!isSo) problems.push(text);
  };
  const different = Object.keys(expected).filter(
    (userId) => !isDeepStrictEqual(expected[userId], outcome.libraries[userId]),
  );
  need(
    different.length === 0,
    `${different.length} libraries are not what one process made of them: ${different.slice(0, 5)}`,
  );
  const done = (outcome.jobs.succeeded ?? 0) + (outcome.jobs.partial ?? 0);
  need(done === jobs, `${done} of ${jobs} jobs were done: ${JSON.stringify(outcome.jobs)}`);
  for (const [service, { fullest, limit }] of Object.entries(outcome.requests)) {
    need(fullest <= limit, `${service} had ${fullest} requests in a window that holds ${limit}`);
  }
  need(outcome.refused === 0, `${outcome.refused} requests were refused for coming too fast`);
  const { connections, stored, asked } = outcome.refreshes;
  need(
    connections === stored && stored === asked,
    `${connections} connections were refreshed ${stored} times by ${asked} requests`,
  );
  for (const [round, { slowestMs, meanMs }] of outcome.waits.entries()) {
    // The last round has no trouble. In the others a job may have been in the hands of a process that was killed.
    const mostMs = 2 * meanMs + (round === outcome.waits.length - 1 ? 0 : LOCK_AND_LOOK_MS);
    need(slowestMs <= mostMs, `in round ${round} the slowest waited ${slowestMs} ms, and ${mostMs} are the most`);
  }
  need(outcome.openWork.intents === 0 && outcome.openWork.jobs === 0, `left open: ${JSON.stringify(outcome.openWork)}`);
  need(
    outcome.exitCodes.every((code) => code === 0),
    `processes ended with ${outcome.exitCodes}`,
  );
  return problems;
}
