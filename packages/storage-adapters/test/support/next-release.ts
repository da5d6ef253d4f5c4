import { SCHEMA_VERSION, type TableShape, tableShapes } from "@syncer/core";
import { type SchemaRelease, thisRelease } from "../../src/shared/schema-release.ts";
import { shapeOf } from "../../src/shared/select-program.ts";

export const LINKS: TableShape = shapeOf("links");

/** A release that may follow: new columns that have a value, a word more in an enum, an index, a table. */
export function nextRelease(breaksOlder?: true): SchemaRelease {
  const { state } = LINKS.columns;
  const widened: TableShape = {
    ...LINKS,
    columns: {
      ...LINKS.columns,
      state: { class: "enum", nullable: false, values: [...(state?.values ?? []), "asleep"] },
      naps: { class: "count", nullable: false },
      mood: { class: "enum", nullable: false, values: ["good", "bad"] },
    },
    indexes: [...LINKS.indexes, { columns: ["naps"] }],
  };
  const version = SCHEMA_VERSION + 1;
  return {
    version,
    tables: new Map([...tableShapes, ["links", widened], ["naps", { ...shapeOf("leases"), indexes: [] }]]),
    steps: [
      ...thisRelease.steps,
      {
        version,
        newTables: ["naps" as never],
        changedTables: { links: { naps: 0, mood: "good" } as object },
        ...(breaksOlder ? { breaksOlder } : {}),
      },
    ],
  };
}
