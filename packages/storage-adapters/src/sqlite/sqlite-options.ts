import type { DatabaseSync } from "node:sqlite";
import { ConfigurationError, type ConfigurationProblem } from "@syncer/core";
import type { Kysely } from "kysely";
import { nameProblems } from "../shared/option-names.ts";
import { prefixProblems } from "../shared/table-prefix.ts";

/**
 * Where the tables are: a file of our own (made if it is not there; `":memory:"` for none), a host's open `node:sqlite`
 * database, or a host's Kysely instance on any SQLite driver. What the host brings must enforce foreign keys and stays
 * the host's to close.
 */
export type SqliteSource =
  | string
  | { readonly path: string }
  | { readonly database: DatabaseSync }
  // biome-ignore lint/suspicious/noExplicitAny: Kysely is invariant in its tables, and the host's are none of our business
  | { readonly kysely: Kysely<any> };

export interface SqliteOptions {
  /** Put before the name of each table and index; letters, digits and underscores. Default: none. */
  readonly tablePrefix?: string;
  /** How long to wait for a lock that another connection holds before giving up. Default: 10,000. */
  readonly busyTimeoutMs?: number;
}

export interface CheckedOptions {
  readonly tablePrefix: string;
  readonly busyTimeoutMs: number;
}

/** @throws {ConfigurationError} with every problem at once */
export function checkOptions(source: SqliteSource, options: SqliteOptions): CheckedOptions {
  const { tablePrefix = "", busyTimeoutMs = 10_000 } = options;
  const problems: ConfigurationProblem[] = [];
  if (!isSource(source)) {
    problems.push({
      path: "sqlite.source",
      expected: "a file path, { path }, { database } or { kysely }",
      fix: 'For example sqlite("./syncer.db").',
    });
  }
  problems.push(...nameProblems("sqlite.source", source, ["path", "database", "kysely"]));
  problems.push(...nameProblems("sqlite", options, ["tablePrefix", "busyTimeoutMs"]));
  problems.push(...prefixProblems("sqlite", tablePrefix));
  if (!Number.isSafeInteger(busyTimeoutMs) || busyTimeoutMs < 0) {
    problems.push({
      path: "sqlite.busyTimeoutMs",
      expected: "whole milliseconds, 0 or more",
      fix: "Leave it out for 10,000.",
    });
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { tablePrefix, busyTimeoutMs };
}

function isSource(source: unknown): boolean {
  if (typeof source === "string") return source !== "";
  if (typeof source !== "object" || source === null) return false;
  if ("path" in source) return typeof source.path === "string" && source.path !== "";
  return "database" in source ? isObject(source.database) : "kysely" in source && isObject(source.kysely);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
