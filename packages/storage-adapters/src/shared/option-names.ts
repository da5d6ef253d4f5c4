import type { ConfigurationProblem } from "@syncer/core";

/** Names that are never heard of would be misspelled ones, or belong into the other argument. */
export function nameProblems(path: string, given: unknown, known: readonly string[]): ConfigurationProblem[] {
  if (typeof given !== "object" || given === null) return [];
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: `${path}.${name}`,
      expected: `no option of this name here, but ${known.join(", ")}`,
      fix: "Check the spelling, or remove it.",
    }));
}
