import { z } from "zod";

const count = z.int().nonnegative();
const requests = z.record(z.string(), count);

/** What `npm run demo -- --json` prints. Strict: a field that it no longer prints is noticed. */
export const demoReportSchema = z.strictObject({
  phases: z.array(
    z.strictObject({
      name: z.string(),
      requests: z.strictObject({ spotify: requests, deezer: requests }),
      planned: count,
      applied: count,
      unmatched: count,
      serviceMs: count,
      realMs: count,
    }),
  ),
  planned: count,
  applied: count,
  unmatched: z.strictObject({ uncertain: count, notFound: count, unplayable: count }),
  status: z.string(),
  elapsedMs: count,
  rssBytes: count,
  databaseBytes: count,
});

export type DemoReport = z.infer<typeof demoReportSchema>;

/** "Within two minutes", as the demo promises. */
const LONGEST_MS = 120_000;
/** Of 50 each: at least 1,000 recordings. */
const PAGES_OF_A_LIBRARY = 20;
/** A quiet re-sync asks each side once whether anything changed. */
const QUIET_REQUESTS = 1;

/** Where a report of the demo falls short of what the demo promises, in words. */
export function demoProblems(report: DemoReport): string[] {
  const problems: string[] = [];
  const expect = (holds: boolean, what: string) => {
    if (!holds) problems.push(what);
  };
  const phase = (name: string) => report.phases.find((each) => each.name === name);
  expect(report.phases.map(({ name }) => name).join() === "plan,apply,quiet,changed", "other phases than expected");
  const [plan, apply, quiet, changed] = ["plan", "apply", "quiet", "changed"].map(phase);
  if (!plan || !apply || !quiet || !changed) return problems;

  const unmatched = report.unmatched.uncertain + report.unmatched.notFound + report.unmatched.unplayable;
  const pages = plan.requests.spotify.read ?? 0;
  expect(pages >= PAGES_OF_A_LIBRARY, `only ${pages} pages of favourites were read`);
  // A few of a thousand favourites are copies of one recording, which is one operation.
  expect(report.planned + unmatched >= 950, `only ${report.planned + unmatched} recordings were decided on`);
  expect(unmatched > 0, "everything was matched, which real catalogues do not allow");
  expect(plan.applied === 0 && writes(plan) === 0, "planning wrote something");
  expect(report.applied === report.planned, `${report.planned} planned, ${report.applied} applied`);
  expect(report.status === "succeeded", `the first run ended as ${report.status}`);
  for (const service of ["spotify", "deezer"] as const) {
    const asked = total(quiet.requests[service]) - (quiet.requests[service].identity ?? 0);
    expect(asked <= QUIET_REQUESTS, `the quiet run asked ${service} ${asked} times`);
  }
  expect(quiet.planned === 0 && quiet.applied === 0, "the quiet run found something to do");
  expect(changed.applied > 0 && changed.applied < 20, `the changed run applied ${changed.applied}`);
  expect(report.elapsedMs < LONGEST_MS, `it took ${report.elapsedMs} ms`);
  return problems;
}

function total(counts: DemoReport["phases"][number]["requests"]["spotify"]): number {
  return Object.values(counts).reduce((sum, each) => sum + each, 0);
}

function writes({ requests: { spotify, deezer } }: DemoReport["phases"][number]): number {
  return (spotify.write ?? 0) + (deezer.write ?? 0);
}
