/**
 * How the matcher does on labelled data: `npm run eval:matching -- [file.jsonl …] [options]`, see README.md. Without a
 * file it judges the half of our own set that no weight was fitted on.
 *
 * Exits with 1 if a `--floor` is not reached, with 2 if the input or an option is wrong.
 */
import { runEvaluation } from "./run-evaluation.ts";

process.exitCode = runEvaluation(process.argv.slice(2), {
  print: (line) => console.log(line),
  complain: (line) => console.error(line),
});
