import type { Lag } from "../synthetic/lag.ts";
import { noLag } from "../synthetic/lag.ts";
import type { ListingHabits } from "../synthetic/listings.ts";
import type { Note, NoteField } from "./note.ts";

/**
 * How a synthetic service of documents behaves. All of it can be changed at any time and holds from the next call on;
 * what a provider declares of it (page size, totals, probe, deltas, preconditions, identity, fields, limit, consistency window,
 * kind of ids) was fixed when `provider()` made it. A provider older than a change so is one that does not tell the truth.
 */
export interface DocumentHabits extends ListingHabits {
  /** `etag`: another one with every write. `none`: no versions are shown, and conditional writes impossible. */
  readonly versions: "etag" | "none";
  /** Whether a write with the wrong version is refused; `none` writes whatever version is named. */
  readonly preconditions: "conditional" | "none";
  /**
   * The service's own clock: how far it is ahead of the given one, what it rounds down to, and whether listings tell what it
   * says now (they do by default). `none`: no times at all.
   */
  readonly times: { readonly offsetMs: number; readonly resolutionMs: number; readonly told?: boolean } | "none";
  /**
   * `client-id`: a creation is known again by its operation id. `marker`: the operation id is kept on the document; a
   * repeated creation makes another document. `none`: nothing is known again.
   */
  readonly identity: "client-id" | "marker" | "none";
  /**
   * With `client-id`, what a repeated creation comes to. `refused`: the operation id is the document's id, and taken.
   * `answered`: the same, answered with what is there. `answered-by-key`: the document has an id of the service's own, and the
   * operation id only is the key under which the service remembers it.
   */
  readonly repeats: "refused" | "answered" | "answered-by-key";
  /** With `client-id`: whether the id of a deleted document can be used again. */
  readonly deletedIds: "free" | "taken";
  /** `as-given`: a uid is kept as it came. `own`: the service makes its own and ignores any other. */
  readonly uids: "as-given" | "own";
  /** The fields that the service can hold; absent: all. A note that has others loses them. */
  readonly fields?: readonly NoteField[];
  /** What the service makes of what is written, by whomever. It should leave its own results as they are. */
  normalise(fields: Note): Note;
  /** Whether the service promises that what it is given reads back as it was; whether it does so is up to `normalise`. */
  readonly verbatim: boolean;
  /** `patch`: an update carries the changed fields. `replace`: it carries the whole note as it was when decided, changed. */
  readonly updates: "patch" | "replace";
  /** `exact`: the number of the last write. `hint`: the count and the outermost row. */
  readonly probe: "exact" | "hint" | "none";
  /** `told`: a listing or delta ends with a token, with which a later delta goes on. */
  readonly deltas: "told" | "none";
  /** For how long reads show the state before the last writes. */
  readonly lag: Lag;
  /** Whether listings name what was deleted. */
  readonly tombstones: "listed" | "none";
  /** Whether the service tells when something was deleted. */
  readonly deletedAt: boolean;
  /** `sensitive`: ids hold a name and an address. */
  readonly ids: "opaque" | "sensitive";
  readonly maxItems?: number;
  /** A short code if the service does not take this, ever; `undefined` if it does. */
  refuse(write: IncomingWrite): string | undefined;
  /** The place where the notes are: 404 for everything in it, or 403. */
  readonly container: "there" | "gone" | "forbidden";
  /** The id of the account behind the connection; absent: whichever is asked for. */
  readonly account?: string;
  /** Whether the provider sees that a listing leads back to where it was; if not, it lists for ever. */
  readonly noticesLoops: boolean;
  /** How long a call takes, in ms of the given clock. 0: one turn of the queue, and no timer. */
  readonly latencyMs: number;
}

/** A write as `refuse` sees it. */
export interface IncomingWrite {
  readonly kind: "create" | "update" | "delete";
  /** Absent for a creation. */
  readonly id?: string;
  /** The fields that are written. */
  readonly fields: Note;
}

/** A service without surprises: versions, conditional writes, client ids, times to the millisecond, nothing lags. */
export const plainDocumentHabits: DocumentHabits = {
  pageSize: 50,
  totals: "exact",
  order: "oldest-first",
  paging: "snapshot",
  versions: "etag",
  preconditions: "conditional",
  times: { offsetMs: 0, resolutionMs: 1 },
  identity: "client-id",
  repeats: "refused",
  deletedIds: "free",
  uids: "as-given",
  normalise: (fields) => fields,
  verbatim: false,
  updates: "patch",
  probe: "none",
  deltas: "none",
  lag: noLag,
  tombstones: "none",
  deletedAt: false,
  ids: "opaque",
  refuse: () => undefined,
  container: "there",
  noticesLoops: true,
  latencyMs: 0,
};

/** @throws {RangeError} habits that no service could have together */
export function checkDocumentHabits(habits: DocumentHabits): void {
  if (habits.preconditions === "conditional" && habits.versions === "none") {
    throw new RangeError("conditional writes need versions");
  }
  if (!(habits.pageSize >= 1)) throw new RangeError("pageSize is below 1");
  if (habits.times !== "none" && !(habits.times.resolutionMs >= 1)) throw new RangeError("resolutionMs is below 1");
}
