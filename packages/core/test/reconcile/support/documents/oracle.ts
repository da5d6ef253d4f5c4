/**
 * Says what two services must hold after a run, from the semantics of documents alone: what each side's user did since
 * both last agreed, and what the policy makes of it. It knows no links, states or tables.
 */

export type Content = readonly number[] | undefined;
export type Side = "a" | "b";

export interface Facts {
  readonly a: Content;
  readonly b: Content;
  /** What both held when they were last in step; `undefined`: they never were. */
  readonly agreed: Content;
  /** Both sides were seen to have it and to differ. */
  readonly met: boolean;
  readonly policy: string;
  readonly source: Side;
  /** Who changed or deleted later, if the services tell and it is not the same moment. */
  readonly later: Side | undefined;
  /** A person has decided this conflict, and nothing has changed since it was recorded. */
  readonly decided: Side | undefined;
}

export interface Expected {
  readonly a: Content;
  readonly b: Content;
  readonly rule: DocumentRule;
}

export type DocumentRule =
  | "what one side changed reaches the other"
  | "what one side deleted leaves the other"
  | "what both changed ends as the policy says"
  | "a deletion against an edit ends as the policy says"
  | "what is in step, or nowhere, stays so"
  | "what is not known is not touched"
  | "mirror makes B what A is, and never writes A";

export function expectTwoWay(facts: Facts): Expected {
  const { a, b, agreed, met } = facts;
  if (equal(a, b)) return { a, b, rule: "what is in step, or nowhere, stays so" };
  const all = (content: Content, rule: DocumentRule): Expected => ({ a: content, b: content, rule });
  const someoneDeleted = a === undefined || b === undefined;
  const rule = someoneDeleted
    ? "a deletion against an edit ends as the policy says"
    : "what both changed ends as the policy says";
  if (agreed === undefined) {
    return someoneDeleted && !met ? all(a ?? b, "what one side changed reaches the other") : settle(facts, rule);
  }
  if (equal(a, agreed))
    return all(
      b,
      b === undefined ? "what one side deleted leaves the other" : "what one side changed reaches the other",
    );
  if (equal(b, agreed))
    return all(
      a,
      a === undefined ? "what one side deleted leaves the other" : "what one side changed reaches the other",
    );
  return settle(facts, rule);
}

function settle(facts: Facts, rule: DocumentRule): Expected {
  const { a, b, policy, source, later, decided } = facts;
  const all = (content: Content): Expected => ({ a: content, b: content, rule });
  const of = (side: Side) => all(side === "a" ? a : b);
  if (decided) return of(decided);
  const target = source === "a" ? "b" : "a";
  const deleter: Side | undefined = a === undefined ? "a" : b === undefined ? "b" : undefined;
  const editor: Side = deleter === "a" ? "b" : "a";
  switch (policy) {
    case "source-wins":
    case "overwrite":
      return of(source);
    case "target-wins":
      return of(target);
    case "newest-wins":
      if (deleter) return of(later === deleter ? deleter : editor);
      return of(later ?? source);
    case "merge":
      return deleter ? of(editor) : all(merged(facts));
    default:
      return { a, b, rule };
  }
}

function merged({ a, b, agreed, source }: Facts): Content {
  return a?.map((mine, field) => {
    const theirs = b?.[field] ?? mine;
    const changed = {
      a: agreed === undefined || mine !== agreed[field],
      b: agreed === undefined || theirs !== agreed[field],
    };
    if (changed.a !== changed.b) return changed.a ? mine : theirs;
    return source === "a" ? mine : theirs;
  });
}

/** @param managed whether B's note is one that this pair has made or matched */
export function expectMirror({ a, b }: Facts, managed: boolean): Expected {
  const rule = "mirror makes B what A is, and never writes A";
  return { a, b: a === undefined && !managed ? b : a, rule };
}

export function equal(left: Content, right: Content): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left.every((value, field) => value === right[field]);
}
