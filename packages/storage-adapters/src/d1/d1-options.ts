import { ConfigurationError, type ConfigurationProblem } from "@syncer/core";
import { nameProblems } from "../shared/option-names.ts";
import { prefixProblems } from "../shared/table-prefix.ts";

/** What is needed of a D1 binding (`env.DB`); the types of Cloudflare's packages fit. */
export interface D1Binding {
  prepare(sql: string): D1PreparedQuery;
  batch(statements: D1PreparedQuery[]): Promise<D1QueryResult[]>;
}

export interface D1PreparedQuery {
  bind(...values: unknown[]): D1PreparedQuery;
  raw(): Promise<unknown[][]>;
}

export interface D1QueryResult {
  readonly results: unknown[];
}

export interface D1Options {
  /** Put before the name of each table and index; letters, digits and underscores. Default: none. */
  readonly tablePrefix?: string;
}

/** @throws {ConfigurationError} with every problem at once */
export function checkOptions(database: D1Binding, options: D1Options): { readonly tablePrefix: string } {
  const { tablePrefix = "" } = options;
  const problems: ConfigurationProblem[] = [...nameProblems("d1", options, ["tablePrefix"])];
  if (!isBinding(database)) {
    problems.push({
      path: "d1.database",
      expected: "a D1 binding with prepare() and batch()",
      fix: "For example d1(env.DB), with DB among the d1_databases of your wrangler configuration.",
    });
  }
  problems.push(...prefixProblems("d1", tablePrefix));
  if (/^(_cf_|sqlite_)/i.test(tablePrefix)) {
    problems.push({
      path: "d1.tablePrefix",
      expected: 'no prefix that begins with "_cf_" or "sqlite_", which D1 and SQLite keep for themselves',
      fix: 'For example "syncer_".',
    });
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { tablePrefix };
}

function isBinding(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  // A binding may be a proxy of the runtime's, which has its methods only when asked for them.
  const { prepare, batch } = value as Record<string, unknown>;
  return typeof prepare === "function" && typeof batch === "function";
}
