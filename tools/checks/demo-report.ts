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
  bothWays: z.strictObject({ added: count, removed: count, inStep: z.boolean() }),
  massDelete: z.strictObject({
    cleared: count,
    reasons: z.array(z.string()),
    held: count,
    removedWhileHeld: count,
    removed: count,
    status: z.string(),
  }),
  crash: z.strictObject({
    planned: count,
    grown: count,
    doneAtDeath: count,
    unanswered: count,
    signal: z.string(),
    status: z.string(),
    calls: count,
    callsNeeded: count,
    missing: count,
    leftOver: count,
  }),
  conflict: z.strictObject({
    shown: z.strictObject({ phone: z.string(), paper: z.string() }),
    reason: z.string(),
    kind: z.string(),
    writtenUndecided: count,
    decision: z.string(),
    resolution: z.string(),
    open: count,
    agreed: z.boolean(),
  }),
  playlist: z.strictObject({
    tracks: z.strictObject({ spotify: count, deezer: count }),
    left: z.string(),
    moved: z.strictObject({ writes: count, moves: count, copiesKept: z.boolean() }),
    promised: z.boolean(),
    undone: z.strictObject({ status: z.string(), back: z.boolean(), laterWrites: count }),
  }),
  calendars: z.strictObject({
    events: count,
    first: z.strictObject({ status: z.string(), added: count }),
    quiet: z.strictObject({ source: count, target: count }),
    moved: z.strictObject({ added: count, updated: count, start: z.string(), isSeries: z.boolean() }),
    guests: z.strictObject({ before: count, after: count }),
    busy: z.array(z.string()),
    mails: count,
  }),
  override: z.strictObject({
    title: z.string(),
    confidence: z.number(),
    candidate: z.string(),
    added: count,
    matchedBy: z.string(),
  }),
  elapsedMs: count,
  rssBytes: count,
  databaseBytes: count,
});

export type DemoReport = z.infer<typeof demoReportSchema>;

/** Half a minute on an idle machine; a busy one is allowed two. */
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
  expectScenes(report, expect);
  expectCalendars(report, expect);
  expect(report.elapsedMs < LONGEST_MS, `it took ${report.elapsedMs} ms`);
  return problems;
}

/** The scenes in which both sides are written. */
function expectScenes(
  { bothWays, massDelete, crash, conflict, playlist, override }: DemoReport,
  expect: (holds: boolean, what: string) => void,
): void {
  expect(bothWays.added === 5 && bothWays.removed === 2 && bothWays.inStep, "the two sides are not in step");
  const { held, removed, removedWhileHeld, reasons } = massDelete;
  expect(reasons.includes("mass-removal") && held > 0, "the mass delete was not held");
  expect(removedWhileHeld === 0, `${removedWhileHeld} were removed while that was held`);
  expect(removed === held && massDelete.status === "succeeded", `${held} removals were confirmed, ${removed} made`);
  const { planned, grown, doneAtDeath, calls, callsNeeded, missing, leftOver, signal, status } = crash;
  expect(signal === "SIGKILL" && doneAtDeath > 0 && doneAtDeath < planned, "the worker was not killed in the middle");
  expect(status === "succeeded" && missing === 0, `the job ended ${status}, with ${missing} missing`);
  expect(
    grown === planned && calls === callsNeeded,
    `${grown} added in ${calls} calls, not ${planned} in ${callsNeeded}`,
  );
  expect(leftOver === 0, `after the crash ${leftOver} things were left to do`);
  expect(conflict.shown.phone !== conflict.shown.paper && conflict.kind === "edit-edit", "there was no conflict");
  expect(conflict.writtenUndecided === 0, "a conflict was written that nobody had decided");
  const decided = conflict.resolution === conflict.decision && conflict.open === 0 && conflict.agreed;
  expect(decided, "the decision on a conflict was not carried out");
  const { tracks, moved, promised, undone } = playlist;
  expect(
    tracks.spotify === tracks.deezer + 1 && playlist.left !== "",
    "the copy that Deezer cannot hold is not told of",
  );
  expect(moved.writes === 1 && moved.moves === 1 && moved.copiesKept, "one move was not one call");
  expect(promised && undone.status === "succeeded" && undone.back, "the move was not undone, or not promised to be");
  expect(undone.laterWrites === 0, `after the undoing ${undone.laterWrites} calls wrote again`);
  expect(override.added === 1 && override.matchedBy === "override", "what a person said of a match was not done");
}

function total(counts: DemoReport["phases"][number]["requests"]["spotify"]): number {
  return Object.values(counts).reduce((sum, each) => sum + each, 0);
}

function writes({ requests: { spotify, deezer } }: DemoReport["phases"][number]): number {
  return (spotify.write ?? 0) + (deezer.write ?? 0);
}

function expectCalendars({ calendars }: DemoReport, expect: (holds: boolean, what: string) => void): void {
  const { events, first, quiet, moved, guests, busy, mails } = calendars;
  expect(
    first.status === "succeeded" && first.added === events,
    `${events} events, of which ${first.added} were copied`,
  );
  expect(quiet.source <= 1 && quiet.target <= 1, `a quiet run asked ${quiet.source} + ${quiet.target} times`);
  expect(moved.updated === 1 && moved.added === 0 && moved.start === "14:00", "a moved day did not come over as one");
  expect(moved.isSeries && guests.after === guests.before && guests.before > 0, "the series or its guests were lost");
  expect(busy.length > 0 && busy.every((title) => title === "Busy"), "the calendar of busy times says more than that");
  expect(mails === 0, `${mails} mails would have been sent`);
}
