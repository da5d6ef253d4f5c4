export { type DocumentHabits, type IncomingWrite, plainDocumentHabits } from "./habits.ts";
export type { NativeNote } from "./native-note.ts";
export { type Note, type NoteField, noteFields, noteKind, noteSchema } from "./note.ts";
export type { Spoilt } from "./note-store.ts";
export {
  type DocumentsSnapshot,
  SyntheticDocuments,
  type SyntheticDocumentsOptions,
  syntheticDocuments,
} from "./synthetic-documents.ts";
export type { DocumentWrite } from "./write-log.ts";
