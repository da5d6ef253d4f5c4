import type { LibraryWrite, SyntheticLibrary } from "@syncer/testkit";
import { copiesOf, SONGS, songOf } from "./songs.ts";

/** One change of a library, and what it meant for the song. */
export interface Change {
  readonly side: Side;
  readonly song: number;
  readonly write: LibraryWrite;
  /** Entries of the song afterwards. */
  readonly entries: number;
}

interface Held {
  entries: number;
  /** When a person made it be there, last: what sync itself added it knows, however old a listing is. */
  filledMs: number;
  /** When it came not to be there, last. */
  emptiedMs: number;
  /** When a person last did something about it. */
  editedMs: number;
}

const LONG_AGO = Number.NEGATIVE_INFINITY;

/** What a library holds, told by songs, with as much of the past as a listing may still show. */
export class Side {
  readonly index: number;
  readonly library: SyntheticLibrary;
  /** Songs that the service does not do this with, ever. */
  readonly refused: { readonly add: ReadonlySet<number>; readonly remove: ReadonlySet<number> };
  readonly #songs: readonly Held[] = Array.from({ length: SONGS }, () => ({
    entries: 0,
    filledMs: LONG_AGO,
    emptiedMs: LONG_AGO,
    editedMs: LONG_AGO,
  }));
  #read = 0;
  #changedMs = LONG_AGO;
  /** What was there at any time since everything was last in step, or between then and the time before. */
  #had: ReadonlySet<number> = new Set();
  #hadSince = new Set<number>();
  /** Songs of which an entry was taken away in that time. */
  #lost: ReadonlySet<number> = new Set();
  #lostSince = new Set<number>();
  /** A process that was killed may have the right to write it until then. */
  leasedUntilMs = LONG_AGO;
  /** The service asked for quiet until then. */
  quietUntilMs = LONG_AGO;

  constructor(index: number, library: SyntheticLibrary, refused: Side["refused"]) {
    this.index = index;
    this.library = library;
    this.refused = refused;
  }

  /** Catches up with what has happened since it was last called. */
  absorb(told: (change: Change) => void): void {
    const { log } = this.library;
    for (let write = log[this.#read]; write; write = log[++this.#read]) {
      const song = songOf(write.id);
      const held = this.#held(song);
      held.entries += write.kind === "add" ? 1 : -1;
      if (write.kind === "add" && held.entries === 1) held.filledMs = write.by === "user" ? write.atMs : LONG_AGO;
      if (held.entries === 0) held.emptiedMs = write.atMs;
      if (write.by === "user") held.editedMs = write.atMs;
      this.#changedMs = write.atMs;
      if (write.kind === "add") this.#hadSince.add(song);
      else this.#lostSince.add(song);
      told({ side: this, song, write, entries: held.entries });
    }
  }

  /** What was there of late, if only for a while. */
  get hadLately(): ReadonlySet<number> {
    return new Set([...this.#had, ...this.#hadSince]);
  }

  /** Everything is in step. */
  settle(): void {
    this.#lost = this.#lostSince;
    this.#lostSince = new Set();
    this.#had = this.#hadSince;
    this.#hadSince = new Set([...this.#had].filter((song) => this.has(song)));
  }

  entries(song: number): number {
    return this.#held(song).entries;
  }

  has(song: number): boolean {
    return this.entries(song) > 0;
  }

  /** Whether nothing at all was there since then. */
  wasEmptySince(sinceMs: number): boolean {
    return this.#changedMs < sinceMs && this.#songs.every(({ entries }) => entries === 0);
  }

  /** Whether it was there at any time since then. */
  hadSince(song: number, sinceMs: number): boolean {
    return this.has(song) || this.#held(song).emptiedMs >= sinceMs;
  }

  /** Whether it was not there at any time since then, as far as that may be believed. */
  lackedSince(song: number, sinceMs: number): boolean {
    return !this.has(song) || this.#held(song).filledMs >= sinceMs;
  }

  /** Whether another recording may be there in place of one that was taken away of late. */
  hadAnother(song: number): boolean {
    return copiesOf(song, this.index) > 1 && (this.#lost.has(song) || this.#lostSince.has(song));
  }

  /** Whether a person did something about it since then. */
  editedSince(song: number, sinceMs: number): boolean {
    return this.#held(song).editedMs >= sinceMs;
  }

  /** The catalogue lacks the song, or the service does not do with it what others may. */
  isHard(song: number): boolean {
    return copiesOf(song, this.index) === 0 || this.refused.add.has(song) || this.refused.remove.has(song);
  }

  #held(song: number): Held {
    const held = this.#songs[song];
    if (!held) throw new RangeError(`there is no song ${song}`);
    return held;
  }
}
