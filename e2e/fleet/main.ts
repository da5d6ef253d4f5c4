/**
 * A fleet at work, with all that goes wrong: `npm run fleet`, or `npm run fleet -- --processes 8 --people 500`. Starts a
 * PostgreSQL server of its own. Ends with 1 if something is not as it should be.
 */
import { parseArgs } from "node:util";
import { startOwnPostgres } from "../../packages/storage-adapters/test/support/own-postgres.ts";
import { problemsOf } from "./support/problems.ts";
import { singleProcess } from "./support/single-process.ts";
import { tellStory } from "./support/story.ts";

/**
 * Processes times speed. A faster clock makes the margin for late requests shorter in real time, and more processes on the
 * same cores come later to their turns.
 */
const TURNS_IN_TIME = 24;

const { values } = parseArgs({
  options: {
    processes: { type: "string", default: "4" },
    people: { type: "string", default: "100" },
    rounds: { type: "string", default: "5" },
    kills: { type: "string", default: "8" },
    speed: { type: "string" },
    redis: { type: "string" },
  },
});
const server = await startOwnPostgres();
if (!server) throw new Error("There is no PostgreSQL here: apt-get install postgresql.");
try {
  const [people, rounds, processes] = [Number(values.people), Number(values.rounds), Number(values.processes)];
  const expected = await singleProcess(people, rounds);
  const outcome = await tellStory({
    server,
    database: "fleet",
    people,
    rounds,
    processes,
    kills: Number(values.kills),
    speed: Number(values.speed ?? TURNS_IN_TIME / processes),
    doubled: true,
    ...(values.redis ? { redis: { url: values.redis, prefix: `fleet-${process.pid}` } } : {}),
  });
  const { libraries: _, ...told } = outcome;
  console.log(JSON.stringify(told, undefined, 2));
  const problems = problemsOf(outcome, expected, { jobs: people * rounds });
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? "The fleet did what one process would have done." : "Something is wrong.");
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await server.remove();
}
