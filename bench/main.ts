/** Every benchmark in turn, and which budgets are met: `npm run bench`, or `npm run bench -- matcher storage`. */
import { readdirSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import type { BenchRow } from "./bench-row.ts";

const parts = ["main.ts", "bench-row.ts", "stub-services.ts", "stub-notes.ts", "engine-child.ts"];
const suites = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".ts") && !parts.includes(file))
  .map((file) => file.replace(/\.ts$/, ""));
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !suites.includes(name));
if (unknown.length > 0) {
  console.error(`No such benchmark: ${unknown.join(", ")}. There are: ${suites.join(", ")}.`);
  process.exit(2);
}

console.log(`Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model}), load ${loadavg()[0]?.toFixed(1)}`);
let missed = 0;
for (const suite of asked.length > 0 ? asked : suites) {
  const { default: run } = (await import(`./${suite}.ts`)) as { default: () => Promise<BenchRow[]> };
  const rows = await run();
  console.log(`\n${suite}`);
  console.table(
    rows.map((row) => ({
      ...row,
      value: rounded(row.value),
      ...(row.ratio === undefined ? {} : { ratio: rounded(row.ratio) }),
      met: verdict(row) ?? "",
    })),
  );
  missed += rows.filter((row) => verdict(row) === "no").length;
}
console.log(missed === 0 ? "\nAll budgets are met." : `\n${missed} budget(s) missed.`);

/** Three digits tell more than the noise of a shared machine. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}

function verdict({ value, bar, better = "higher" }: BenchRow): "yes" | "no" | undefined {
  if (bar === undefined) return undefined;
  return (better === "higher" ? value >= bar : value <= bar) ? "yes" : "no";
}
