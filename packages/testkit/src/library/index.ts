export { type LibraryHabits, plainLibraryHabits } from "./habits.ts";
export type { LibrarySnapshot, LibraryWrite, Takedown, WriteLoss } from "./library-service.ts";
export { inventedRecordings, type Recording } from "./recording.ts";
export { SyntheticLibrary, type SyntheticLibraryOptions, syntheticLibrary } from "./synthetic-library.ts";
