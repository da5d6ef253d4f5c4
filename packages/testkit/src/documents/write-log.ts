import type { Note } from "./note.ts";

/** One change of a document, as the service itself saw it. Holds content: for tests, in memory only. */
export interface DocumentWrite {
  /** Counts the writes of the service, from 1. */
  readonly turn: number;
  /** By the given clock, not by the service's own. */
  readonly atMs: number;
  readonly by: "user" | "sync";
  readonly kind: "create" | "update" | "delete";
  readonly id: string;
  /** Absent for what the user does. */
  readonly operationId?: string;
  readonly before?: Note;
  readonly after?: Note;
}
