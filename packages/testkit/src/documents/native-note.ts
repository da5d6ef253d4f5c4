import type { UnsyncableReason } from "@syncer/core";
import type { Note, NoteField } from "./note.ts";

/** A note in the synthetic service's own words, which are not those of the item kind. */
export interface NativeNote {
  readonly key: string;
  readonly heading?: string;
  readonly text?: string;
  readonly checked?: boolean | null;
  readonly labels?: readonly string[];
  readonly rows?: readonly string[];
  readonly global?: string;
  /** Written by some other application, in a way that nobody understands. */
  readonly garbled?: true;
}

/** What the service answers about one note. */
export interface NativeState {
  readonly note: NativeNote;
  readonly version?: string;
  readonly modifiedAtMs?: number;
  readonly marker?: string;
}

/** One row of the service's listing. */
export type NativeRow =
  | ({ readonly row: "note"; readonly id: string } & NativeState)
  | { readonly row: "deleted"; readonly id: string; readonly deletedAtMs?: number }
  | { readonly row: "unreadable"; readonly id?: string }
  | { readonly row: "foreign"; readonly id: string; readonly reason: UnsyncableReason };

type NativeField = Exclude<keyof NativeNote, "key" | "garbled">;

const nativeNames = {
  title: "heading",
  body: "text",
  done: "checked",
  tags: "labels",
  lines: "rows",
  uid: "global",
} as const satisfies Record<NoteField, NativeField>;

/** The note as the service shows it; `fields` are those that it can hold. Frozen: nobody but the service changes it. */
export function toNative(key: string, note: Note, fields: readonly NoteField[], garbled: boolean): NativeNote {
  const shown: [string, unknown][] = [["key", key]];
  for (const field of fields) {
    const value = note[field];
    if (value !== undefined) shown.push([nativeNames[field], value]);
  }
  if (garbled) shown.push(["garbled", true]);
  return Object.freeze(Object.fromEntries(shown) as unknown as NativeNote);
}

/**
 * The note in the words of the item kind.
 * @throws {TypeError} it is garbled
 */
export function toUniversalNote(native: NativeNote): Note {
  if (native.garbled) throw new TypeError("a note that cannot be understood");
  const note: Record<string, unknown> = {};
  for (const [field, name] of Object.entries(nativeNames)) {
    const value = native[name];
    if (value !== undefined) note[field] = Array.isArray(value) ? [...value] : value;
  }
  return note;
}

/** Fields of the item kind in the service's words, as a request carries them. */
export function toNativeFields(note: Note): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(nativeNames).flatMap(([field, name]) => {
      const value = note[field as NoteField];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
