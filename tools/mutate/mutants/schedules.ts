import { mutantArea } from "../mutant.ts";

const schedules = "packages/core/src/engine/schedules";
const due = "packages/core/src/jobs/due-schedules.ts";

/** Mistakes in when a schedule is due, and in how what is due gets its place. */
export const area = mutantArea(
  "schedules",
  {
    file: `${schedules}/schedule-times.ts`,
    tests: [
      "packages/core/test/engine/schedules/schedule-times.test.ts",
      "packages/core/test/engine/schedules/cron-times.test.ts",
      "packages/core/test/jobs/schedules.test.ts",
    ],
  },
  [
    {
      id: "beat-drifts",
      description: "counts an interval from the run, however late that was",
      find: "return beatMs + beats * every_ms;",
      replace: "return nowMs + every_ms;",
    },
    {
      id: "missed-run-twice",
      description: "follows at once on what was made up for late",
      find: "(nowMs + every_ms / 2 - beatMs)",
      replace: "(nowMs + 1 - beatMs)",
    },
    {
      id: "jitter-each-time",
      description: "puts an interval off by its share again and again",
      find: "last_run_at === null ? next_run_at + laterMs : next_run_at",
      replace: "next_run_at + laterMs",
    },
    {
      id: "jitter-forgotten",
      description: "has all schedules of one time due in one second",
      find: 'readCron(cron, time_zone ?? "UTC", nowMs).next(nowMs - laterMs) + laterMs',
      replace: 'readCron(cron, time_zone ?? "UTC", nowMs).next(nowMs)',
    },
    {
      id: "jitter-skips-times",
      description: "misses a time that came during its own share of the jitter",
      find: ".next(nowMs - laterMs) + laterMs",
      replace: ".next(nowMs) + laterMs",
    },
    {
      id: "claim-unguarded",
      description: "moves on what another process has moved on",
      find: 'where: { id, next_run_at, enabled: true }, must: "exist"',
      replace: 'where: { id }, must: "exist"',
    },
    {
      id: "hours-twice",
      description: "runs an hour that was named twice in the night that has it twice",
      file: `${schedules}/cron-times.ts`,
      find: 'fixedTimeRule: "no-wildcard", ',
      replace: "",
    },
    {
      id: "zone-ignored",
      description: "takes all times for those of the server",
      file: `${schedules}/cron-times.ts`,
      find: "timezone: timeZone, ",
      replace: "",
    },
    {
      id: "full-tenant-in-the-way",
      description: "lets a tenant without room hold up the others",
      file: due,
      find: "if (!(error instanceof QueueFullError)) throw error;",
      replace: "throw error;",
    },
    {
      id: "first-lot-only",
      description: "leaves what is due behind the first hundred",
      file: due,
      find: "last = due.length === LOT ? due.at(-1) : undefined;",
      replace: "last = undefined;",
    },
    {
      id: "moved-one-by-one",
      description: "asks the storage once for each schedule",
      file: due,
      find: "if (await moveTogether(parts, enqueuer, left, look.now)) return left.length;",
      replace: "if (left.length === 1 && (await moveTogether(parts, enqueuer, left, look.now))) return left.length;",
    },
  ],
);
