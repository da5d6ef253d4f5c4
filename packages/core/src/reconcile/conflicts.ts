import type { ConflictAction } from "./decision-table.ts";

export const conflictPolicies = ["skip", "overwrite", "merge", "newest-wins", "source-wins", "target-wins"] as const;
export type ConflictPolicy = (typeof conflictPolicies)[number];

export type SideLetter = "a" | "b";

/**
 * What becomes of an item that both sides changed. `a`, `b`: the other side becomes what that one is, or loses it.
 * `fields`: both become the merge of both. `nobody`: left as it is and recorded, until a person decides.
 */
export type Winner = SideLetter | "fields" | "nobody";

type Rule = "nobody" | "source" | "target" | "later" | "later deletion, else the edit" | "fields" | "the edit";

/** The policies, as data: what wins where both edited, and where one side deleted what the other edited. */
const rules: { readonly [P in ConflictPolicy]: { readonly edits: Rule; readonly deletion: Rule } } = {
  skip: { edits: "nobody", deletion: "nobody" },
  "source-wins": { edits: "source", deletion: "source" },
  "target-wins": { edits: "target", deletion: "target" },
  // The outcome of `source-wins`; it is only written down as an overwrite and not as a conflict.
  overwrite: { edits: "source", deletion: "source" },
  "newest-wins": { edits: "later", deletion: "later deletion, else the edit" },
  merge: { edits: "fields", deletion: "the edit" },
};

/**
 * Who wins.
 * @param source which side is the pair's source
 * @param later the side that changed or deleted the item later by the services' own clocks; `undefined` if they tie, or
 * if one of the times is not known
 */
export function winnerOf(
  policy: ConflictPolicy,
  conflict: ConflictAction,
  source: SideLetter,
  later: SideLetter | undefined,
): Winner {
  const rule = conflict === "edit/edit" ? rules[policy].edits : rules[policy].deletion;
  const deleter: SideLetter | undefined =
    conflict === "delete/edit" ? "a" : conflict === "edit/delete" ? "b" : undefined;
  switch (rule) {
    case "nobody":
    case "fields":
      return rule;
    case "source":
      return source;
    case "target":
      return otherThan(source);
    case "later":
      return later ?? source;
    case "later deletion, else the edit":
      return deleter !== undefined && later === deleter ? deleter : otherThan(deleter ?? "a");
    case "the edit":
      return otherThan(deleter ?? "a");
  }
}

export function otherThan(side: SideLetter): SideLetter {
  return side === "a" ? "b" : "a";
}
