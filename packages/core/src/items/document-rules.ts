import type { z } from "zod";

/** `margin`: where time alone has moved it: what is linked stays in step, and nothing new is made. */
export type DocumentScope = "in" | "margin" | "out";

/**
 * What one pair was asked to leave out of its documents, and to change on the way. All of it pure. The engine compares, merges and
 * remembers documents in the form that both sides can share, and gives each side its own form back when it writes.
 */
export interface RulesInForce<TItem extends object = object> {
  /**
   * Whether a document is one that the pair is about. What leaves is no deletion: it stays on both sides as it is, and its link
   * too. Two linked documents are in step as long as one of them is not `out`. Absent: all are `in`.
   */
  scopeOf?(item: TItem, nowMs: number): DocumentScope;
  /** Time alone brings documents into scope, so that all are listed once a day, whatever deltas tell. */
  readonly movesWithTime?: boolean;
  /** Fields that are each side's own: neither compared nor copied. A copy is made with these values, as far as its service has them. */
  readonly own?: Partial<TItem>;
  /** The form of a side's document that both sides share. */
  shared?(item: TItem, side: "source" | "target"): TItem;
  /**
   * What is sent to a side for fields in the shared form.
   * @param before the side's document as it is; absent for a copy that is made
   */
  written?(fields: Partial<TItem>, side: "source" | "target", before: TItem | undefined): Partial<TItem>;
}

/** The rules that a request may give for documents of a kind (`options.rules`). */
export interface DocumentRules<TItem extends object = object> {
  /** Plain JSON; `{}` is no rule. Its messages are shown to the developer who wrote the request. */
  readonly schema: z.ZodType<object>;
  /** @param rules what the schema has let through */
  inForce(rules: object): RulesInForce<TItem>;
}

/** Keeps the type of the rules between the schema and what they mean. */
export function defineDocumentRules<TItem extends object, TRules extends object>(
  schema: z.ZodType<TRules>,
  inForce: (rules: TRules) => RulesInForce<TItem>,
): DocumentRules<TItem> {
  return { schema, inForce: (rules) => inForce(schema.parse(rules)) };
}
