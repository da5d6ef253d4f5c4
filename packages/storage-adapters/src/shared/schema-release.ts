import { SCHEMA_VERSION, type TableShape, tableShapes } from "@syncer/core";
import { type SchemaStep, schemaSteps } from "./schema-steps.ts";

/** A release as its schema sees it. There is one in use, and tests invent those that may follow. */
export interface SchemaRelease {
  readonly version: number;
  readonly tables: ReadonlyMap<string, TableShape>;
  readonly steps: readonly SchemaStep[];
}

export const thisRelease: SchemaRelease = { version: SCHEMA_VERSION, tables: tableShapes, steps: schemaSteps };

/** What a database says of its tables: their version, and the oldest one whose code may go on using them. */
export interface StoredVersion {
  readonly version: number;
  readonly oldest: number;
}

/** Until then new columns had no default in the database, so inserts of older code were refused. */
const LAST_BREAKING = 6;

/** The oldest version whose code may go on using the tables as this release has them. */
export function oldestWorking({ version, steps }: SchemaRelease): number {
  const breaking = steps.filter((step) => step.breaksOlder).map((step) => step.version);
  return Math.min(version, Math.max(LAST_BREAKING, ...breaking));
}
