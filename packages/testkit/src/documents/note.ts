import { type DocumentKind, defineDocumentKind } from "@syncer/core";
import { z } from "zod";

/** A note as any service can show it: one field of each shape that documents have. Absent means unknown. */
export interface Note {
  /** The key under which notes of equal content are taken for the same. */
  readonly title?: string;
  readonly body?: string;
  readonly done?: boolean | null;
  /** In no order, each once. */
  readonly tags?: readonly string[];
  /** In order, possibly repeated. */
  readonly lines?: readonly string[];
  /** A name that the note has on every service. */
  readonly uid?: string;
}

export type NoteField = keyof Note;

export const noteFields: readonly NoteField[] = ["title", "body", "done", "tags", "lines", "uid"];

export const noteSchema: z.ZodType<Note> = z.strictObject({
  title: z.string().exactOptional(),
  body: z.string().exactOptional(),
  done: z.boolean().nullable().exactOptional(),
  tags: z.array(z.string()).exactOptional(),
  lines: z.array(z.string()).exactOptional(),
  uid: z.string().exactOptional(),
});

/** The item kind of synthetic documents. */
export const noteKind: DocumentKind<Note> = defineDocumentKind<Note>({
  name: "note",
  schema: noteSchema,
  fields: { title: "value", body: "value", done: "value", tags: "set", lines: "list", uid: "identity" },
  globalId: ({ uid }) => uid || undefined,
  matchKey: ({ title }) => title || undefined,
});

/** What a service holds in a field that nobody has filled in. A `uid` is not made up. */
export const emptyNote: Note = { title: "", body: "", done: null, tags: [], lines: [] };

/** Only these fields of a note. */
export function pickFields(note: Note, fields: readonly NoteField[]): Note {
  return Object.fromEntries(Object.entries(note).filter(([field]) => fields.some((wanted) => wanted === field)));
}
