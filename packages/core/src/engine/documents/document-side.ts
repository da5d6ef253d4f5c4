import type { AnyCollection } from "../../contract/index.ts";
import { commonFields, type RulesInForce } from "../../items/index.ts";
import { parseWith } from "../requests/request.ts";
import { type OpenSide, type RunContext, sideOf } from "../runs/run-context.ts";
import { inSharedForm } from "./shared-form.ts";

export type AnyDocuments = Extract<AnyCollection, { readonly shape: "documents" }>;

/** One side of a pair of document collections. */
export interface DocumentSide {
  readonly open: OpenSide;
  /** Its documents in the form that both sides share. */
  readonly collection: AnyDocuments;
  /** In the form in which the service shows them. */
  readonly own: AnyDocuments;
  /** The fields that both sides can hold: what is compared, hashed and written. */
  readonly fields: readonly string[];
  /** What a listing says of the scope holds for a day. */
  readonly movesWithTime: boolean;
}

export interface DocumentSides {
  /** What the pair was asked to leave out, and to change on the way. */
  readonly rules: RulesInForce;
  readonly a: DocumentSide;
  readonly b: DocumentSide;
}

export function documentSides(context: RunContext): DocumentSides {
  const a = documentsOf(context, sideOf(context, "a"));
  const b = documentsOf(context, sideOf(context, "b"));
  const rules = rulesInForce(context, a);
  const own = new Set(Object.keys(rules.own ?? {}));
  const fields = commonFields(a.kind, a.fields, b.fields).filter((field) => !own.has(field));
  const sideIn = (open: OpenSide, collection: AnyDocuments): DocumentSide => ({
    open,
    collection: inSharedForm(collection, { side: open.side, rules, fields }),
    own: collection,
    fields,
    movesWithTime: rules.movesWithTime ?? false,
  });
  return { rules, a: sideIn(context.from, a), b: sideIn(context.to, b) };
}

/** @throws {InvalidRequestError} `request.invalid`: a version of before has stored rules that this one does not take */
function rulesInForce({ typed }: RunContext, { kind }: AnyDocuments): RulesInForce {
  if (!kind.rules) return {};
  return kind.rules.inForce(parseWith(kind.rules.schema, typed.rules, "pair.options.rules"));
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
