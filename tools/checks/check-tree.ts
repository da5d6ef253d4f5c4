import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { linkProblems, textProblems } from "./tree.ts";

/** Looks at every committed text: the repository is complete in itself and tells nothing of the machines it was made on. */
const root = join(import.meta.dirname, "../..");
const files = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
const places = new Set(files.flatMap((file) => [file, ...parents(file)]));
const problems: string[] = [];

for (const file of files) {
  const content = readFileSync(join(root, file));
  if (content.includes(0)) continue;
  const text = content.toString("utf8");
  problems.push(...textProblems(file, text));
  if (file.endsWith(".md")) problems.push(...linkProblems(file, text, (path) => places.has(path)));
}

for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? `tree: ${files.length} files are fine` : `tree: ${problems.length} problem(s)`);
process.exitCode = problems.length === 0 ? 0 : 1;

function parents(file: string): string[] {
  const parent = dirname(file);
  return parent === "." ? ["."] : [parent, ...parents(parent)];
}
