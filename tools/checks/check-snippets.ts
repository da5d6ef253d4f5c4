import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { snippetProblems, snippetsOf } from "./snippets.ts";

/** Compiles the TypeScript of every committed Markdown file: what a reader copies must work. */
const root = join(import.meta.dirname, "../..");
const listed = execFileSync("git", ["ls-files", "-z", "*.md"], { cwd: root, encoding: "utf8" });
const snippets = listed
  .split("\0")
  .filter((file) => file && !file.startsWith(".changeset/"))
  .flatMap((file) => snippetsOf(file, readFileSync(join(root, file), "utf8")));

const config = ts.getParsedCommandLineOfConfigFile(
  join(root, "tsconfig.check.json"),
  {},
  {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (problem) => {
      throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, "\n"));
    },
  },
);
if (!config) throw new Error("tsconfig.check.json cannot be read");
// Readers' own settings decide about names that an example declares for show.
const options = { ...config.options, noUnusedLocals: false, noUnusedParameters: false };
const problems = snippetProblems(root, snippets, options);

for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? `snippets: ${snippets.length} compile` : `snippets: ${problems.length} problem(s)`);
process.exitCode = problems.length === 0 && snippets.length > 0 ? 0 : 1;
