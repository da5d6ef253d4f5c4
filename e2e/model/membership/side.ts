import type { LibraryWrite, SyntheticLibrary } from "@syncer/testkit";
import { nth, SONGS, songOf } from "./songs.ts";

/** One of the two sides, whichever is read from first. */
export type SideIndex = 0 | 1;

export const bothSides: readonly SideIndex[] = [0, 1];

export function otherThan(index: SideIndex): SideIndex {
  return index === 0 ? 1 : 0;
}

/** One change of a library, and what it meant for the song. */
export interface Change {
  readonly side: Side;
  readonly song: number;
  readonly write: LibraryWrite;
}

/** What a library holds, told by songs and with as much of the past as a listing may still show. */
export class Side {
  readonly index: SideIndex;
  readonly library: SyntheticLibrary;
  /** Recordings of each song that the catalogue has. */
  readonly #copies = new Uint8Array(SONGS);
  readonly #entries = new Uint8Array(SONGS);
  readonly #filledMs = new Float64Array(SONGS).fill(Number.NEGATIVE_INFINITY);
  readonly #emptiedMs = new Float64Array(SONGS).fill(Number.NEGATIVE_INFINITY);
  /** Songs of which an entry was ever taken away. */
  readonly #left = new Set<number>();
  readonly #withdrawn = new Map<string, number>();
  #read = 0;
  /** Songs that the service does not do this with, ever. */
  readonly #refused: { readonly add: ReadonlySet<number>; readonly remove: ReadonlySet<number> };

  constructor(
    index: SideIndex,
    library: SyntheticLibrary,
    refused: { readonly add: ReadonlySet<number>; readonly remove: ReadonlySet<number> },
  ) {
    this.index = index;
    this.library = library;
    this.#refused = refused;
    for (const id of library.catalogue.keys()) this.#copies[songOf(id)] = this.copies(songOf(id)) + 1;
  }

  /** Catches up with what has happened since it was last called. */
  absorb(told: (change: Change) => void): void {
    const { log } = this.library;
    for (const write of log.slice(this.#read)) {
      this.#read++;
      const song = songOf(write.id);
      const entries = this.entries(song) + (write.kind === "add" ? 1 : -1);
      this.#entries[song] = entries;
      if (write.kind === "add" && entries === 1) this.#filledMs[song] = write.atMs;
      if (write.kind === "remove") this.#left.add(song);
      if (entries === 0) this.#emptiedMs[song] = write.atMs;
      told({ side: this, song, write });
    }
  }

  copies(song: number): number {
    return nth(this.#copies, song);
  }

  entries(song: number): number {
    return nth(this.#entries, song);
  }

  has(song: number): boolean {
    return this.entries(song) > 0;
  }

  /** Which songs it has, as it is now. */
  songs(): readonly boolean[] {
    return Array.from(this.#entries, (entries) => entries > 0);
  }

  /** Whether it was there at any time since then. */
  hadSince(song: number, sinceMs: number): boolean {
    return this.has(song) || nth(this.#emptiedMs, song) >= sinceMs;
  }

  /** Whether it was not there at any time since then. */
  lackedSince(song: number, sinceMs: number): boolean {
    return !this.has(song) || nth(this.#filledMs, song) >= sinceMs;
  }

  /** Whether another recording of the song may be there in place of one that was taken away. */
  hadAnother(song: number): boolean {
    return this.copies(song) > 1 && this.#left.has(song);
  }

  /** There is not just one recording of it, or the service does not let it come and go. */
  isOdd(song: number): boolean {
    return this.copies(song) > 1 || this.cannot(song);
  }

  /** There is something that the service does not let come or go. */
  get refusesAny(): boolean {
    return this.#refused.add.size + this.#refused.remove.size > 0;
  }

  /** The catalogue lacks it, or the service refuses to let it come or go. */
  cannot(song: number): boolean {
    return this.copies(song) === 0 || this.#refused.add.has(song) || this.#refused.remove.has(song);
  }

  /** The service withdraws a recording, or has it again. */
  withdraw(id: string, how: "vanished" | "unreadable" | "unplayable" | "not"): void {
    if (how === "not") this.library.bringBack(id);
    else this.library.takeDown(id, how);
    if (how === "not") this.#withdrawn.delete(id);
    else this.#withdrawn.set(id, songOf(id));
  }

  get withdrawnIds(): readonly string[] {
    return [...this.#withdrawn.keys()];
  }

  /** Whether a recording of the song is withdrawn. */
  isWithdrawn(song: number): boolean {
    if (this.#withdrawn.size === 0) return false;
    return [...this.#withdrawn.values()].includes(song);
  }
}
