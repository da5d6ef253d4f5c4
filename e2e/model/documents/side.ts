import type { DocumentWrite, Note, SyntheticDocuments } from "@syncer/testkit";
import { type Form, type Forms, type Place, serialOf } from "./notes.ts";

/** One change at a service, and what it meant for the note. */
export interface Change {
  readonly place: Place;
  readonly serial: number;
  readonly write: DocumentWrite;
}

/** What was there up to a moment. */
interface Former {
  readonly untilMs: number;
  readonly form: Form | undefined;
}

/** A note on one side, with as much of its past as something may rest on. */
interface Track {
  /** Ids that are there, the youngest last: more than one is a double. */
  ids: readonly string[];
  form: Form | undefined;
  note: Note | undefined;
  former: Former[];
  /** When it was last changed or deleted, by whomever. */
  changedMs: number;
  /** The one that was deleted last. */
  binned: string | undefined;
  /** As it was before its user last edited it. */
  before: Note | undefined;
}

const MOST_FORMER = 12;

/** What a service holds, told by serial numbers. */
export class Side {
  readonly place: Place;
  readonly documents: SyntheticDocuments;
  readonly #forms: Forms;
  readonly #tracks = new Map<number, Track>();
  readonly #serials = new Map<string, number>();
  #read = 0;

  constructor(place: Place, documents: SyntheticDocuments, forms: Forms) {
    this.place = place;
    this.documents = documents;
    this.#forms = forms;
  }

  /** Catches up with what has happened since it was last called. */
  absorb(told: (change: Change) => void): void {
    const { log } = this.documents;
    for (let write = log[this.#read]; write; write = log[this.#read]) {
      this.#read++;
      const serial = this.#take(write);
      told({ place: this.place, serial, write });
    }
  }

  form(serial: number): Form | undefined {
    return this.#tracks.get(serial)?.form;
  }

  note(serial: number): Note | undefined {
    return this.#tracks.get(serial)?.note;
  }

  /** How many documents stand for the note. */
  count(serial: number): number {
    return this.#tracks.get(serial)?.ids.length ?? 0;
  }

  id(serial: number): string | undefined {
    return this.#tracks.get(serial)?.ids.at(-1);
  }

  serialOf(id: string): number | undefined {
    return this.#serials.get(id);
  }

  /** In the order of their numbers. */
  serials(): readonly number[] {
    return [...this.#tracks]
      .filter(([, { ids }]) => ids.length > 0)
      .map(([serial]) => serial)
      .sort((x, y) => x - y);
  }

  /** When it was last changed or deleted. */
  changedMs(serial: number): number {
    return this.#tracks.get(serial)?.changedMs ?? Number.NEGATIVE_INFINITY;
  }

  /** Deleted and not there: with its last id. */
  binned(serial: number): string | undefined {
    const track = this.#tracks.get(serial);
    return track && track.ids.length === 0 ? track.binned : undefined;
  }

  before(serial: number): Note | undefined {
    return this.#tracks.get(serial)?.before;
  }

  /** Everything that the note was at any time since then, the present first. */
  formsSince(serial: number, sinceMs: number): readonly (Form | undefined)[] {
    const track = this.#tracks.get(serial);
    if (!track) return [undefined];
    const former = track.former.filter(({ untilMs }) => untilMs >= sinceMs).map(({ form }) => form);
    return [track.form, ...former.reverse()];
  }

  #take({ kind, id, after, before, by, atMs }: DocumentWrite): number {
    const serial = this.#serials.get(id) ?? serialOf(after ?? before ?? {});
    this.#serials.set(id, serial);
    const track = this.#trackOf(serial);
    track.former.push({ untilMs: atMs, form: track.form });
    if (track.former.length > MOST_FORMER) track.former.shift();
    const others = track.ids.filter((each) => each !== id);
    track.ids = kind === "delete" ? others : [...others, id];
    if (kind === "delete") track.binned = id;
    if (by === "user" && kind === "update") track.before = before;
    track.changedMs = atMs;
    const [shown] = track.ids.slice(-1);
    track.note = kind === "delete" ? (shown === undefined ? undefined : this.documents.get(shown)) : after;
    track.form = track.note && this.#forms.of(track.note);
    return serial;
  }

  #trackOf(serial: number): Track {
    const known = this.#tracks.get(serial);
    if (known) return known;
    const track: Track = {
      ids: [],
      form: undefined,
      note: undefined,
      former: [],
      changedMs: Number.NEGATIVE_INFINITY,
      binned: undefined,
      before: undefined,
    };
    this.#tracks.set(serial, track);
    return track;
  }
}
