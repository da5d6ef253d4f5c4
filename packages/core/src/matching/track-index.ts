import type { Candidate } from "./best-match.ts";
import type { Matcher } from "./matcher.ts";
import type { PreparedTrack } from "./prepared-track.ts";

const mostCandidates = 60;
/** A key that this many tracks share ("Intro") tells nothing; only its first tracks are looked at. */
const mostPerKey = 24;

/** Finds what may be the same recording in a library without walking through it. Holds user content: memory only. */
export interface TrackIndex {
  readonly size: number;
  /** Adding an id again replaces nothing: add each track once. */
  add(id: string, prepared: PreparedTrack): void;
  /** At most 60 tracks that share a key with this one, most telling keys first; empty if there is none. */
  candidates(prepared: PreparedTrack): Candidate[];
}

export function createTrackIndex(matcher: Pick<Matcher, "blockingKeys">): TrackIndex {
  const tracks: Candidate[] = [];
  const places = new Map<string, number[]>();
  return {
    get size() {
      return tracks.length;
    },
    add(id, prepared) {
      const place = tracks.push({ id, prepared }) - 1;
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
      return [...found].flatMap((place) => tracks[place] ?? []);
    },
  };
}
