import { bothSides, type Change, type ShelvedList, type SideIndex } from "./shelf.ts";
import { isInBoth, songOf } from "./songs.ts";

/** How often each song stands somewhere. */
export type Counts = ReadonlyMap<number, number>;

export function countsOf(list: Pick<ShelvedList, "entries"> | undefined): Counts {
  return tally(songsIn(list));
}

/** The songs of a list in their order, copies as often as they stand there. */
export function songsIn(list: Pick<ShelvedList, "entries"> | undefined): readonly number[] {
  return list?.entries.flatMap(({ kind, id }) => (kind === "song" && id !== null ? [songOf(id)] : [])) ?? [];
}

/** Those that both services have. */
export function sharedIn(list: Pick<ShelvedList, "entries"> | undefined): readonly number[] {
  return songsIn(list).filter(isInBoth);
}

export function tally(songs: readonly number[]): Counts {
  const counts = new Map<number, number>();
  for (const song of songs) counts.set(song, (counts.get(song) ?? 0) + 1);
  return counts;
}

/** What people did to one song of one list on one side, since everything was last in step. */
export interface Deeds {
  put: number;
  taken: number;
}

type Removed = readonly { readonly song: number; readonly atMs: number }[];

/** What both sides held when a run last left them in step. */
export interface Agreed {
  readonly songs: readonly [readonly number[], readonly number[]];
}

/**
 * What the oracle knows of one list on both sides. `agreed` is told as long as it is certain what the pair has on record;
 * else only what is never right is judged.
 */
export class Standing {
  readonly serial: number;
  /** How often each song stood on each side when everything was last in step. */
  base: readonly [Counts, Counts] = [new Map(), new Map()];
  readonly deeds: readonly [Map<number, Deeds>, Map<number, Deeds>] = [new Map(), new Map()];
  /** Songs that people took the last copy of, on some side. */
  readonly emptied = new Set<number>();
  /** Songs that people changed while nobody could know whether a call of ours had changed them. */
  readonly entangled = new Set<number>();
  /** Sides on which people deleted it, renamed it, or showed or hid it, since everything was last in step. */
  readonly deleted = new Set<SideIndex>();
  readonly renamed = new Set<SideIndex>();
  readonly published = new Set<SideIndex>();
  /** Somebody else's, and only followed, wherever it is. */
  isFollowed = false;
  /** Sides on which we made it. */
  readonly madeByUs = new Set<SideIndex>();
  /** No run has begun since it was made. */
  isNew = true;
  /** People made one on both sides, and no run has paired them yet. */
  isTwin = false;
  /** A run that was disturbed asked for a write: what came of it nobody can know before the next run. */
  isUncertain = false;
  /** A run asked for a write and did not get to the end of it: since everything was last in step, and since this was. */
  wasCut = false;
  isCut = false;
  /** A run that was done has seen it on both sides. */
  isPaired = false;
  /** It was shared with the user somewhere, ever: what is edited elsewhere its owner's stays as it is. */
  isShared = false;
  /** Renamed or shown on both sides, and nobody has decided which counts. */
  isApart = false;
  /** What stood for it at the other service was deleted, and this one is another's, or was changed meanwhile. */
  isAlone = false;
  /** A run was taken back, and nobody has done anything to it since: it differs on purpose, and stays so. */
  isKeptApart = false;
  /** What people had made of it met a run that was taken back: what counts then nobody can tell here. */
  isUntold = false;
  agreed: Agreed | undefined;
  /** Songs that runs took from each side lately without being asked. */
  readonly removed: [Removed, Removed] = [[], []];
  /** Edits of single entries since then, by side. */
  readonly edits: [number, number] = [0, 0];
  /** When it was last changed by anybody, or asked to be. */
  changedMs = Number.NEGATIVE_INFINITY;

  constructor(serial: number) {
    this.serial = serial;
  }

  deedsTo(song: number, side: SideIndex): Readonly<Deeds> {
    return this.deeds[side].get(song) ?? { put: 0, taken: 0 };
  }

  /** Most copies that there can be anywhere: what was there, and all that anybody has put there since. */
  most(song: number): number {
    const base = Math.max(...bothSides.map((side) => this.base[side].get(song) ?? 0));
    return bothSides.reduce((sum, side) => sum + this.deedsTo(song, side).put, base);
  }

  /** People did something to it. @param edits how many entries they touched */
  heard({ shelf: { index }, before, after }: Change, atMs: number, edits: number): void {
    this.changedMs = atMs;
    this.isKeptApart = false;
    this.edits[index] += edits;
    if (!after) {
      this.deleted.add(index);
      return;
    }
    if (before && before.name !== after.name) this.renamed.add(index);
    if (before && before.isPublic !== after.isPublic) this.published.add(index);
    const [then, now] = [countsOf(before), countsOf(after)];
    for (const song of new Set([...then.keys(), ...now.keys()])) {
      const more = (now.get(song) ?? 0) - (then.get(song) ?? 0);
      if (more === 0) continue;
      const deeds = { ...this.deedsTo(song, index) };
      if (more > 0) deeds.put += more;
      else deeds.taken -= more;
      this.deeds[index].set(song, deeds);
      if (more < 0 && !now.has(song)) this.emptied.add(song);
      if (this.isUncertain) this.entangled.add(song);
    }
  }

  /**
   * A run was taken back.
   * @param isAsBefore the list is what it was before that run, and nobody has changed it since
   * @param isKeptApart and that run had made something else of it
   */
  undone(
    lists: readonly [ShelvedList | undefined, ShelvedList | undefined],
    isAsBefore: boolean,
    isKeptApart: boolean,
  ): void {
    if (isAsBefore) this.begin(lists);
    this.agreed = undefined;
    this.isKeptApart = isKeptApart;
    this.isUntold = !isAsBefore;
  }

  /** Everything is in step: what was before is over. */
  begin(lists: readonly [ShelvedList | undefined, ShelvedList | undefined]): void {
    this.base = [countsOf(lists[0]), countsOf(lists[1])];
    const [only, another] = lists.filter((list) => list !== undefined);
    this.isAlone = (this.isAlone || this.deleted.size > 0) && only !== undefined && another === undefined;
    this.isApart = another !== undefined && (only?.name !== another.name || only?.isPublic !== another.isPublic);
    for (const deeds of this.deeds) deeds.clear();
    for (const noted of [this.emptied, this.entangled, this.deleted, this.renamed, this.published]) noted.clear();
    this.isUncertain = false;
    this.isUntold = false;
    this.wasCut = false;
    this.isCut = false;
  }
}
