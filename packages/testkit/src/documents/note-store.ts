import type { Clock } from "@syncer/core";
import { longestLagMs } from "../synthetic/lag.ts";
import { refill } from "../synthetic/refill.ts";
import { type Moment, Timeline, type TimelineSnapshot } from "../synthetic/timeline.ts";
import type { DocumentHabits } from "./habits.ts";
import { emptyNote, type Note, noteFields, pickFields } from "./note.ts";
import type { DocumentWrite } from "./write-log.ts";

/** A note as it stands, or that it is gone. */
export type Standing = Kept | Gone;

export interface Kept {
  readonly state: "kept";
  readonly note: Note;
  readonly version: string;
  readonly modifiedAtMs: number;
  readonly marker?: string;
}

interface Gone {
  readonly state: "gone";
  readonly deletedAtMs: number;
  /** What lies in the bin. */
  readonly last: Kept;
}

/** How a note is in a bad way; see `SyntheticDocuments.spoil`. */
export type Spoilt = "unreadable" | "nameless" | "garbled" | "foreign";

export interface NoteStoreSnapshot {
  readonly notes: TimelineSnapshot<Standing>;
  readonly numbers: number;
  readonly spoilt: ReadonlyMap<string, Spoilt>;
  readonly made: ReadonlyMap<string, string>;
  /** Grows after the snapshot; only so many of it are part of it. */
  readonly log: readonly DocumentWrite[];
  readonly logged: number;
  readonly forgotten: number;
}

export interface Author {
  readonly by: "user" | "sync";
  readonly operationId?: string;
}

const theUser: Author = { by: "user" };

/** The notes themselves, and how they change; knows nothing of requests. */
export class NoteStore {
  readonly #notes = new Timeline<Standing>();
  readonly #name: string;
  readonly #clock: Clock;
  readonly #habits: () => DocumentHabits;
  readonly spoilt = new Map<string, Spoilt>();
  /** Ids of what operations made, by operation id. */
  readonly made = new Map<string, string>();
  /** How many deleted notes are no longer known. */
  forgotten = 0;
  #log: DocumentWrite[] = [];
  #numbers = 0;

  constructor(name: string, clock: Clock, habits: () => DocumentHabits) {
    this.#name = name;
    this.#clock = clock;
    this.#habits = habits;
  }

  get log(): readonly DocumentWrite[] {
    return this.#log;
  }

  get revision(): number {
    return this.#notes.turn;
  }

  /** As it is now; `undefined` if it never was there, or is forgotten. */
  standing(id: string): Standing | undefined {
    return this.#notes.latest(id)?.value;
  }

  kept(id: string): Kept | undefined {
    const standing = this.standing(id);
    return standing?.state === "kept" ? standing : undefined;
  }

  asOf(id: string, atMs: number): Standing | undefined {
    return this.#notes.asOf(id, atMs)?.value;
  }

  all(atMs?: number): readonly Moment<Standing>[] {
    return this.#notes.all(atMs);
  }

  isFull(): boolean {
    const { maxItems } = this.#habits();
    return maxItems !== undefined && this.all().filter(({ value }) => value.state === "kept").length >= maxItems;
  }

  /** @throws {RangeError} there is no room */
  create(fields: Note, author: Author = theUser, id = this.#freshId()): string {
    if (this.isFull()) throw new RangeError(`${this.#name} holds no more documents`);
    const note = this.#written({ ...emptyNote, ...(this.#habits().uids === "own" ? this.#ownUid() : {}) }, fields);
    this.#keep(id, note, author, "create");
    return id;
  }

  update(id: string, fields: Note, author: Author = theUser): void {
    const kept = this.#present(id);
    this.#keep(id, this.#written(kept.note, fields), author, "update");
  }

  delete(id: string, author: Author = theUser): void {
    const last = this.#present(id);
    this.#write(id, { state: "gone", deletedAtMs: this.serviceTimeMs(), last });
    this.#record({ ...author, kind: "delete", id, before: last.note });
  }

  /** Back from the bin, as it was when it went there. */
  undelete(id: string): void {
    const standing = this.standing(id);
    if (standing?.state !== "gone") throw new RangeError(`${this.#name} has no ${id} in its bin`);
    this.#keep(id, standing.last.note, theUser, "create", standing.last.marker);
  }

  duplicate(id: string): string {
    const { note, marker } = this.#present(id);
    const copy = this.#freshId();
    this.#keep(copy, note, theUser, "create", marker);
    return copy;
  }

  forgetDeleted(): void {
    for (const { key, value } of this.all()) {
      if (value.state === "kept") continue;
      this.#notes.forget(key);
      this.forgotten++;
    }
    for (const [operationId, id] of this.made) if (!this.standing(id)) this.made.delete(operationId);
  }

  forgetLog(): void {
    this.#log = [];
  }

  snapshot(): NoteStoreSnapshot {
    return {
      notes: this.#notes.snapshot(),
      numbers: this.#numbers,
      spoilt: new Map(this.spoilt),
      made: new Map(this.made),
      log: this.#log,
      logged: this.#log.length,
      forgotten: this.forgotten,
    };
  }

  restore({ notes, numbers, spoilt, made, log, logged, forgotten }: NoteStoreSnapshot): void {
    this.#notes.restore(notes);
    this.#numbers = numbers;
    refill(this.spoilt, spoilt);
    refill(this.made, made);
    this.#log = log.slice(0, logged);
    this.forgotten = forgotten;
  }

  #present(id: string): Kept {
    const kept = this.kept(id);
    if (!kept) throw new RangeError(`${this.#name} has no document ${id}`);
    return kept;
  }

  #keep(id: string, note: Note, author: Author, kind: "create" | "update", copied?: string): void {
    const before = this.kept(id);
    // What a user edits or copies keeps our marker, as private properties do.
    const marker = author.operationId ?? before?.marker ?? copied;
    this.#write(id, {
      state: "kept",
      note,
      version: `"${this.revision + 1}"`,
      modifiedAtMs: this.serviceTimeMs(),
      ...(marker === undefined ? {} : { marker }),
    });
    this.#record({ ...author, kind, id, ...(before ? { before: before.note } : {}), after: note });
  }

  /** What the service makes of what is written to it. */
  #written(before: Note, fields: Note): Note {
    const { normalise, fields: held = noteFields, uids } = this.#habits();
    const { uid, ...others } = normalise(fields);
    const taken = uid === undefined || uids === "own" ? others : { ...others, uid };
    return frozen({ ...before, ...pickFields(taken, held) });
  }

  #ownUid(): Note {
    return { uid: `${this.#name}-uid-${this.revision + 1}` };
  }

  #freshId(): string {
    const number = ++this.#numbers;
    return this.#habits().ids === "opaque"
      ? `${this.#name}-${number}`
      : `jo.doe@${this.#name}.example/Notes/Letter to Anna #${number}?.md`;
  }

  #write(id: string, standing: Standing): void {
    this.#notes.write(id, standing, this.#clock.now(), longestLagMs(this.#habits().lag));
  }

  #record(write: Omit<DocumentWrite, "turn" | "atMs">): void {
    this.#log.push({ turn: this.revision, atMs: this.#clock.now(), ...write });
  }

  /** What the service's own clock says. */
  serviceTimeMs(): number {
    const { times } = this.#habits();
    if (times === "none") return this.#clock.now();
    return Math.floor((this.#clock.now() + times.offsetMs) / times.resolutionMs) * times.resolutionMs;
  }
}

/** A copy that nobody can change, whatever its writer does with what was given. */
function frozen(note: Note): Note {
  const { tags, lines } = note;
  return Object.freeze({
    ...note,
    ...(tags ? { tags: Object.freeze([...tags]) } : {}),
    ...(lines ? { lines: Object.freeze([...lines]) } : {}),
  });
}
