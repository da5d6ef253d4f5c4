import type { ConfigurationProblem } from "@syncer/core";

/** What is wrong with a host's prefix, which becomes part of names that are written into statements. */
export function prefixProblems(adapter: string, tablePrefix: unknown): ConfigurationProblem[] {
  if (typeof tablePrefix === "string" && /^([A-Za-z_][A-Za-z0-9_]{0,62})?$/.test(tablePrefix)) return [];
  return [
    {
      path: `${adapter}.tablePrefix`,
      expected: "up to 63 letters, digits and underscores, no digit first",
      fix: 'For example "syncer_".',
    },
  ];
}
