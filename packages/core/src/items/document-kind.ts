import type { z } from "zod";
import type { DocumentRules } from "./document-rules.ts";

/**
 * How a field of a document is put into canonical form, compared and merged.
 *
 * - `value`: one thing; the later form replaces the earlier
 * - `set`: elements in no order, each once (attendees, categories); merges as base + additions − removals
 * - `map`: an object of things by name (the changed days of a series, by their original start); merges name by name, and what one
 *   side changed while the other took it away stays
 * - `patches`: a map whose entries hold fields of this kind (what is special of one instance of a series). Of an entry, fields that the
 *   other side cannot hold, or that are each side's own, are neither compared nor written, and stay where they are
 * - `list`: elements in order, possibly repeated; merged as a whole
 * - `identity`: a name of the item (a UID); written when it is created, never compared and never changed
 * - `shown`: for filters and for people to look at (who is invited); never compared, never written
 */
export type FieldShape = "value" | "set" | "map" | "patches" | "list" | "identity" | "shown";

/**
 * A kind of document: something that a user owns and may edit. Its items are plain objects of the listed fields.
 * Absent means unknown, never empty: a field that a service does not show is never written over the other side's.
 * An empty value is `null`, `""` or `[]`.
 */
export interface DocumentKind<TItem extends object = object> {
  /** Lower case and hyphens: `event`, `note`. */
  readonly name: string;
  readonly schema: z.ZodType<TItem>;
  readonly fields: { readonly [K in keyof TItem & string]-?: FieldShape };
  /** Values that say nothing, beside `null`, `""`, `[]` and `{}`: nothing is lost where another service has no place for them. */
  readonly blank?: Partial<Readonly<Record<string, unknown>>>;
  /** The fields that give the names in `patches` their meaning: where they become others, what only one side has of an entry goes with it. */
  readonly patchesRestOn?: readonly string[];
  /** A name that the same thing has on every service (an iCalendar UID), where there is one. */
  globalId?(item: TItem): string | undefined;
  /**
   * A key under which two items of equal content are taken for the same, for example title and start. Items without
   * one are matched by their global id only.
   */
  matchKey?(item: TItem): string | undefined;
  /** What a request may ask to leave out, and to change on the way. Absent: nothing. */
  readonly rules?: DocumentRules<TItem>;
}

/** Keeps the literal names of the fields. */
export function defineDocumentKind<TItem extends object>(kind: DocumentKind<TItem>): DocumentKind<TItem> {
  return kind;
}
