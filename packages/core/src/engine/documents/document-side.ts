import type { AnyCollection } from "../../contract/index.ts";
import { commonFields } from "../../items/index.ts";
import { type OpenSide, type RunContext, sideOf } from "../runs/run-context.ts";

export type AnyDocuments = Extract<AnyCollection, { readonly shape: "documents" }>;

/** One side of a pair of document collections. */
export interface DocumentSide {
  readonly open: OpenSide;
  readonly collection: AnyDocuments;
  /** The fields that both sides can hold: what is compared, hashed and written. */
  readonly fields: readonly string[];
}

export interface DocumentSides {
  readonly a: DocumentSide;
  readonly b: DocumentSide;
}

export function documentSides(context: RunContext): DocumentSides {
  const a = documentsOf(context, sideOf(context, "a"));
  const b = documentsOf(context, sideOf(context, "b"));
  const fields = commonFields(a.kind, a.fields, b.fields);
  return { a: { open: context.from, collection: a, fields }, b: { open: context.to, collection: b, fields } };
}

export function isOfDocuments({ pair }: Pick<RunContext, "pair">, { provider }: OpenSide): boolean {
  const shape = provider.collections[pair.sync_type]?.shape;
  return shape === "documents" || shape === "held-documents";
}

function documentsOf({ pair }: RunContext, { provider, documents }: OpenSide): AnyDocuments {
  const collection = documents ?? provider.collections[pair.sync_type];
  // Validated when the pair was made; a provider that lost the collection since is refused there too.
  if (collection?.shape !== "documents") throw new TypeError(`${provider.name} has no such documents`);
  return collection;
}
