import { type AnyProvider, type ListedEntry, mappingOf } from "../../contract/index.ts";
import { itemKinds, type UniversalTrack } from "../../items/index.ts";
import {
  type BestMatch,
  type Candidate,
  type Comparison,
  createTrackIndex,
  type Matcher,
  type PreparedTrack,
} from "../../matching/index.ts";
import type { MatchedBy } from "../plans/plan.ts";
import type { Allowed } from "./overruled-seekers.ts";

/** A counterpart, or the best candidate for one. */
export interface Found {
  readonly toId: string;
  readonly by: MatchedBy;
  readonly verdict: BestMatch["verdict"];
  readonly confidence: number;
  readonly comparison?: Comparison;
  readonly candidate: UniversalTrack;
}

/** Equal in everything that is known of both: the matcher's highest verdict without its work. */
const CERTAIN = 0.999;
/** Services round and trim lengths by up to this on the same audio. */
const SAME_LENGTH_MS = 2_000;

/** What the side that is written holds and no link knows yet. Looking into it costs no request. */
export interface HeldLibrary {
  /** The one that has the same key and is equal in words; several such copies are for the matcher to choose from. */
  byEquality(item: UniversalTrack, allowed?: Allowed): Found | undefined;
  byKey(item: UniversalTrack, prepared: PreparedTrack, allowed?: Allowed): Found | undefined;
  byMatch(prepared: PreparedTrack, allowed?: Allowed): Found | undefined;
  /** Items that may be what something on the other side is, too unsure to be written, and too likely to be pruned. */
  readonly doubtful: ReadonlySet<string>;
}

/** What the side that is written holds already: by natural key, and by what the matcher makes of it. */
export function heldLibrary(
  provider: AnyProvider,
  matcher: Matcher,
  held: readonly ListedEntry<unknown>[],
): HeldLibrary {
  const toTrack = mappingOf(provider, "track");
  const tracks = new Map<string, UniversalTrack>();
  const byNaturalKey = new Map<string, string[]>();
  for (const entry of held) {
    if (entry.state !== "listed") continue;
    const track = toTrack(entry.native);
    tracks.set(entry.id, track);
    for (const { scheme, value } of itemKinds.track.naturalKeys(track)) {
      const key = `${scheme}:${value}`;
      const ids = byNaturalKey.get(key);
      if (ids) ids.push(entry.id);
      else byNaturalKey.set(key, [entry.id]);
    }
  }
  const index = createTrackIndex(matcher);
  const doubtful = new Set<string>();
  let indexed = false;
  const verdictOn = (prepared: PreparedTrack, candidates: readonly Candidate[], by: MatchedBy): Found | undefined => {
    const best = matcher.best(prepared, candidates);
    if (best.verdict === "uncertain" && best.match) doubtful.add(best.match.id);
    return best.verdict === "matched" ? foundAmong(best, by, (id) => tracks.get(id)) : undefined;
  };
  return {
    doubtful,
    byEquality(item: UniversalTrack, allowed?: Allowed): Found | undefined {
      for (const { scheme, value } of itemKinds.track.naturalKeys(item)) {
        const [id, another] = among(byNaturalKey.get(`${scheme}:${value}`) ?? [], allowed);
        const candidate = id !== undefined && another === undefined ? tracks.get(id) : undefined;
        if (id !== undefined && candidate && equalInWords(item, candidate)) {
          return { toId: id, by: "held-key", verdict: "matched", confidence: CERTAIN, candidate };
        }
      }
      return undefined;
    },
    byKey(item: UniversalTrack, prepared: PreparedTrack, allowed?: Allowed): Found | undefined {
      for (const { scheme, value } of itemKinds.track.naturalKeys(item)) {
        const ids = byNaturalKey.get(`${scheme}:${value}`);
        if (!ids) continue;
        const candidates = among(ids, allowed).flatMap((id) => {
          const track = tracks.get(id);
          return track ? [{ id, prepared: matcher.prepare(track) }] : [];
        });
        const found = verdictOn(prepared, candidates, "held-key");
        if (found) return found;
      }
      return undefined;
    },
    byMatch(prepared: PreparedTrack, allowed?: Allowed): Found | undefined {
      if (tracks.size === 0) return undefined;
      // Built when the first item needs it: where every item has a key, it never is.
      if (!indexed) for (const [id, track] of tracks) index.add(id, matcher.prepare(track));
      indexed = true;
      const candidates = index.candidates(prepared);
      const offered = allowed ? candidates.filter(({ id }) => allowed(id)) : candidates;
      return verdictOn(prepared, offered, "held-match");
    },
  };
}

function among(ids: readonly string[], allowed: Allowed): readonly string[] {
  return allowed ? ids.filter(allowed) : ids;
}

export function foundAmong(
  { verdict, match }: BestMatch,
  by: MatchedBy,
  trackOf: (id: string) => UniversalTrack | undefined,
): Found | undefined {
  const candidate = match && trackOf(match.id);
  if (!match || !candidate) return undefined;
  return { toId: match.id, by, verdict, confidence: match.confidence, comparison: match.comparison, candidate };
}

/** Whether two tracks of one natural key need no weighing: the same words and length. */
function equalInWords(a: UniversalTrack, b: UniversalTrack): boolean {
  return (
    a.title === b.title &&
    a.version === b.version &&
    a.artists[0] === b.artists[0] &&
    a.durationMs !== undefined &&
    b.durationMs !== undefined &&
    Math.abs(a.durationMs - b.durationMs) <= SAME_LENGTH_MS &&
    (a.explicit === undefined || b.explicit === undefined || a.explicit === b.explicit)
  );
}
