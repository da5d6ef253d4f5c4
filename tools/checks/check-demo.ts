import { readFileSync } from "node:fs";
import { demoProblems, demoReportSchema } from "./demo-report.ts";

/** Holds the demo to its promises: `npm run demo -- --json > file`, then `npm run check:demo -- file`. */
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("Name the file with the demo's report.");
const report = demoReportSchema.parse(JSON.parse(readFileSync(file, "utf8")));
const problems = demoProblems(report);

for (const problem of problems) console.error(`demo: ${problem}`);
for (const { name, planned, applied, requests, realMs } of report.phases) {
  console.log(`demo: ${name}: planned ${planned}, applied ${applied}, ${JSON.stringify(requests)}, ${realMs} ms`);
}
process.exitCode = problems.length === 0 ? 0 : 1;
