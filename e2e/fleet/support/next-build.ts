import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "esbuild";

const packages = join(import.meta.dirname, "../../../packages");

/** A text of a source that is there once, and what the next release has in its place. */
interface Change {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/**
 * What the next release may change without harm to this one: a column, a word of an enum, a table, and jobs that mean
 * something else.
 */
const changes: readonly Change[] = [
  {
    file: "core/src/ports/storage/storage-adapter.ts",
    find: "SCHEMA_VERSION = 8",
    replace: "SCHEMA_VERSION = 9",
  },
  {
    file: "core/src/ports/storage/run-tables.ts",
    find: 'trigger: oneOf("manual", "scheduled", "webhook"),',
    replace: 'trigger: oneOf("manual", "scheduled", "webhook", "whim"),\n      urgency: count(),',
  },
  {
    file: "core/src/ports/storage/schema.ts",
    find: "  /** Security-relevant acts",
    replace:
      '  whims: table({ columns: { id: id(), ...owner, ...times }, primaryKey: ["id"], indexes: [], owner: "user" }),\n  /** Security-relevant acts',
  },
  {
    file: "core/src/engine/runs/job-records.ts",
    find: "    undoes: work.undoes,\n",
    replace: "    undoes: work.undoes,\n    urgency: 5,\n",
  },
  { file: "core/src/engine/runs/job-records.ts", find: "JOB_FORMAT = 2", replace: "JOB_FORMAT = 3" },
  { file: "core/src/engine/runs/job-records.ts", find: "SYNC_FORMAT = 1", replace: "SYNC_FORMAT = 3" },
  {
    file: "core/src/jobs/claim-job.ts",
    find: "if (!isKnownFormat(job.format)) {",
    replace: "if (job.format < 1) {",
  },
  {
    file: "storage-adapters/src/shared/schema-steps.ts",
    find: "\n];\n\n/** From this version on",
    replace:
      '\n  { version: 9, newTables: ["whims"], changedTables: { sync_jobs: { urgency: 0 } } },\n];\n\n/** From this version on',
  },
];

/** Bundles these sources as the next release would have them. */
export const nextBuild: Plugin = {
  name: "next-build",
  setup(build) {
    const files = new Set(changes.map(({ file }) => join(packages, file)));
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!files.has(path)) return undefined;
      let contents = await readFile(path, "utf8");
      for (const { file, find, replace } of changes) {
        if (join(packages, file) !== path) continue;
        if (contents.split(find).length !== 2) throw new Error(`${file} does not have once: ${find}`);
        contents = contents.replace(find, () => replace);
      }
      return { contents, loader: "ts" };
    });
  },
};
