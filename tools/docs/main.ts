import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { conflictPolicyTable } from "./conflict-policies.ts";
import { dataPoliciesPage } from "./data-policies.ts";
import { oneWayTable, twoWayTable } from "./decision-tables.ts";
import { withBlocks } from "./made-blocks.ts";

/**
 * Documents that are made from data of the code: `npm run docs`. With `--check` nothing is written and the exit code
 * tells whether they are up to date.
 */
const root = join(import.meta.dirname, "../..");
const pages: Readonly<Record<string, (now: string) => string>> = {
  "docs/data-policies.md": dataPoliciesPage,
  "docs/two-way-sync.md": (now) =>
    withBlocks(now, {
      "two-way-table": twoWayTable(),
      "one-way-table": oneWayTable(),
      "conflict-policies": conflictPolicyTable(),
    }),
};
const isCheck = process.argv.includes("--check");

for (const [name, make] of Object.entries(pages)) {
  const file = join(root, name);
  const now = readFileSync(file, "utf8");
  const text = make(now);
  if (text === now) continue;
  if (isCheck) {
    console.error(`${name} is not what the code says: npm run docs`);
    process.exitCode = 1;
  } else writeFileSync(file, text);
}
