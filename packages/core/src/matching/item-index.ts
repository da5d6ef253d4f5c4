import type { Candidate } from "./best-match.ts";
import type { PreparedTrack } from "./prepared-track.ts";

const mostCandidates = 60;
/** A key that this many items share ("Intro") tells nothing; only its first items are looked at. */
const mostPerKey = 24;

/** Finds what may be the same in a library without walking through it. Holds user content: memory only. */
export interface ItemIndex<TPrepared extends object = PreparedTrack> {
  readonly size: number;
  /** Adding an id again replaces nothing: add each item once. */
  add(id: string, prepared: TPrepared): void;
  /** At most 60 items that share a key with this one, most telling keys first; empty if there is none. */
  candidates(prepared: TPrepared): Candidate<TPrepared>[];
}

export function createItemIndex<TPrepared extends object>(matcher: {
  blockingKeys(prepared: TPrepared): readonly string[];
}): ItemIndex<TPrepared> {
  const items: Candidate<TPrepared>[] = [];
  const places = new Map<string, number[]>();
  return {
    get size() {
      return items.length;
    },
    add(id, prepared) {
      const place = items.push({ id, prepared }) - 1;
      for (const key of matcher.blockingKeys(prepared)) {
        const held = places.get(key);
        if (held === undefined) places.set(key, [place]);
        else if (held.length < mostPerKey) held.push(place);
      }
    },
    candidates(prepared) {
      const found = new Set<number>();
      for (const key of matcher.blockingKeys(prepared)) {
        for (const place of places.get(key) ?? []) {
          if (found.size < mostCandidates) found.add(place);
        }
      }
      return [...found].flatMap((place) => items[place] ?? []);
    },
  };
}
