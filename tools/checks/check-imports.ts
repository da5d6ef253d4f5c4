import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import {
  coreProblems,
  cyclesAmong,
  dependencyProblems,
  nodeOnlyProblems,
  reachableFrom,
  sourceFiles,
} from "./imports.ts";

/** The layout tells the architecture, and this holds it to that: `npm run lint` runs it. */
const root = join(import.meta.dirname, "../..");
const problems: string[] = [];
const read = (file: string) => readFileSync(file, "utf8");

const packages = readdirSync(join(root, "packages")).map((name) => `packages/${name}`);
const providerNames = packages.flatMap((folder) => /^packages\/provider-(.+)$/.exec(folder)?.[1] ?? []);

for (const folder of packages) {
  const files = sourceFiles(join(root, folder, "src"));
  for (const file of files) problems.push(...dependencyProblems(root, folder, file, read(file), false));
  const tests = join(root, folder, "test");
  if (existsSync(tests)) {
    for (const file of sourceFiles(tests)) problems.push(...dependencyProblems(root, folder, file, read(file), true));
  }
  for (const cycle of cyclesAmong(new Map(files.map((file) => [file, read(file)])))) {
    problems.push(`import cycle: ${cycle.map((file) => relative(root, file)).join(" → ")}`);
  }
  if (["packages/core", "packages/calendar"].includes(folder) || folder.startsWith("packages/provider-")) {
    for (const file of files) problems.push(...nodeOnlyProblems(relative(root, file), read(file)));
  }
}

// The adapter for D1 runs in workers, with all that it shares.
for (const file of reachableFrom(join(root, "packages/storage-adapters/src/d1/index.ts"), read)) {
  problems.push(...nodeOnlyProblems(relative(root, file), read(file)));
}

for (const file of sourceFiles(join(root, "packages/core/src"))) {
  const text = read(file);
  problems.push(...coreProblems(root, file, text));
  // Comments may tell where a quirk was seen; code must not know any service.
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  for (const name of providerNames) {
    if (new RegExp(`\\b${name}\\b`, "i").test(code))
      problems.push(`${relative(root, file)}: names the service ${name}`);
  }
}

for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? "imports: fine" : `imports: ${problems.length} problem(s)`);
process.exit(problems.length === 0 ? 0 : 1);
