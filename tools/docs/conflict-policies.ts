import {
  type Action,
  type ConflictPolicy,
  conflictPolicies,
  type SideLetter,
  type Winner,
  winnerOf,
} from "@syncer/core";

type Conflict = Extract<Action, "edit/edit" | "delete/edit" | "edit/delete">;

/** The source is A here. */
const outcomes: { readonly [C in Conflict]: { readonly [W in Winner]: string } } = {
  "edit/edit": {
    a: "the target becomes the source's",
    b: "the source becomes the target's",
    fields: "merged field by field; what both changed is the source's",
    nobody: "nothing is written; open until somebody decides",
  },
  "delete/edit": {
    a: "deleted on the target too, under the guard",
    b: "made again on the source",
    fields: "merged",
    nobody: "nothing is written; open until somebody decides",
  },
  "edit/delete": {
    a: "made again on the target",
    b: "deleted on the source too, under the guard",
    fields: "merged",
    nobody: "nothing is written; open until somebody decides",
  },
};

/** What every policy makes of every conflict, asked of the code for each case of which side was later. */
export function conflictPolicyTable(): readonly string[] {
  const conflicts: readonly Conflict[] = ["edit/edit", "delete/edit", "edit/delete"];
  return [
    "| policy | edited on both | deleted on the source, edited on the target | edited on the source, deleted on the target |",
    "| --- | --- | --- | --- |",
    ...conflictPolicies.map(
      (policy) => `| \`${policy}\` | ${conflicts.map((conflict) => cell(policy, conflict)).join(" | ")} |`,
    ),
  ];
}

function cell(policy: ConflictPolicy, conflict: Conflict): string {
  const winner = (later: SideLetter | undefined) => outcomes[conflict][winnerOf(policy, conflict, "a", later)];
  const unknown = winner(undefined);
  const differing = (["a", "b"] as const)
    .filter((later) => winner(later) !== unknown)
    .map((later) => `${later === "a" ? "the source" : "the target"} changed it later: ${winner(later)}`);
  return differing.length === 0 ? unknown : `${differing.join("; ")}; else: ${unknown}`;
}
