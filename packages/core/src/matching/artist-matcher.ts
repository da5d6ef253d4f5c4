import type { UniversalArtist } from "../items/index.ts";
import { type ArtistName, bonesOf, readCredit } from "./artist-names.ts";
import { type ArtistSignName, type ArtistSigns, artistSign } from "./artist-signs.ts";
import type { BestMatch, Candidate, ScoredCandidate } from "./best-match.ts";
import { byId } from "./copy-choice.ts";
import { editSimilarity, isSlip } from "./edit-similarity.ts";
import { fold, squash, unifyPunctuation } from "./fold.ts";
import type { ItemMatcher } from "./item-matcher.ts";
import type { VerdictReason } from "./match-texts.ts";
import { inLatin } from "./matcher.ts";
import { boundsOf, type MatchBounds } from "./policies.ts";
import { soundsAlike } from "./scripts.ts";

/** How two artists compare. It holds no names: grades and a number only. */
export interface ArtistComparison {
  /** The probability that both are the same artist, 0..1; exactly 0 after a veto. */
  readonly confidence: number;
  readonly veto?: ArtistSignName;
  readonly signs: ArtistSigns;
}

/** It holds user content: keep it in memory only. Its fields serve the matcher and may change; treat it as opaque. */
export interface PreparedArtist {
  /** Absent for what names nobody: "Various Artists". */
  readonly name: ArtistName | undefined;
  /** The whole name folded, without "the", "and" and spaces. */
  readonly exact: string;
  readonly followers: number | undefined;
}

/** How sure a name alone makes, if nobody else of that name was offered. Estimates: see the notes on names in the docs. */
const sureOf = { exact: 0.92, variant: 0.7, romanised: 0.6, close: 0.4, unknown: 0, different: 0 } as const;
/** Of several of one name, one that leads so far is taken to be the one that people mean. */
const leads = { times: 20, followers: 1_000, confidence: 0.85 } as const;
/** No two services differ so much in how many people follow one artist. */
const apartFrom = { times: 5_000, confidence: 0.6 } as const;
/** No real name is longer; what a longer one has more is not read. */
const longestName = 200;

export interface ArtistMatcher extends ItemMatcher<UniversalArtist, PreparedArtist, ArtistComparison> {
  /** Symmetric. What others of that name are about is not known here: see `best`. */
  compare(a: PreparedArtist, b: PreparedArtist): ArtistComparison;
}

/**
 * Finds an artist on another service by name, which is all there is. One that has the name is taken; of several, one that
 * leads by far in followers; else none, whatever the threshold.
 * @throws {ConfigurationError} an unknown strictness, a bound outside 0..1, or `uncertainFrom` above `threshold`
 */
export function createArtistMatcher(options: MatchBounds = {}): ArtistMatcher {
  const bounds = boundsOf(options);
  return {
    prepare: prepareArtist,
    compare: compareNamed,
    best: (source, candidates) => bestArtist(source, candidates, bounds),
    blockingKeys,
    romanise: inLatin,
  };
}

const little = /\b(?:the|and)\b/g;

function prepareArtist({ name, followers }: UniversalArtist): PreparedArtist {
  const text = unifyPunctuation(name.slice(0, longestName));
  const folded = fold(text);
  return {
    name: readCredit(text)?.whole,
    exact: squash(folded.replace(little, "")) || squash(folded),
    followers,
  };
}

function compareNamed(a: PreparedArtist, b: PreparedArtist): ArtistComparison {
  const signs: ArtistSigns = {
    name: compareNames(a, b),
    namesakes: artistSign.namesakes.none,
    followers: compareFollowers(a, b),
  };
  if (signs.name.state === "disagree") return { confidence: 0, veto: "name", signs };
  const sure = sureOf[signs.name.grade];
  return { confidence: signs.followers.state === "disagree" ? Math.min(sure, apartFrom.confidence) : sure, signs };
}

function compareNames(a: PreparedArtist, b: PreparedArtist): ArtistSigns["name"] {
  const grades = artistSign.name;
  if (a.name === undefined || b.name === undefined) return grades.unknown;
  if (a.exact === b.exact) return grades.exact;
  const inCommon = a.name.keys.some((key) => b.name?.keys.includes(key));
  if (a.name.scripts !== b.name.scripts)
    return inCommon || soundsAlike(a.name, b.name) ? grades.romanised : grades.different;
  if (inCommon) return grades.variant;
  const long = Math.min(a.exact.length, b.exact.length) >= 5;
  const close = long && (isSlip(a.exact, b.exact) || editSimilarity(a.exact, b.exact, -1, -1, 0.85) > 0);
  return close ? grades.close : grades.different;
}

function compareFollowers(a: PreparedArtist, b: PreparedArtist): ArtistSigns["followers"] {
  const grades = artistSign.followers;
  if (a.followers === undefined || b.followers === undefined) return grades.unknown;
  const [fewer, more] = [Math.min(a.followers, b.followers), Math.max(a.followers, b.followers)];
  return more > apartFrom.times * Math.max(1, fewer) ? grades.apart : grades.alike;
}

type Scored = { readonly candidate: Candidate<PreparedArtist>; readonly comparison: ArtistComparison };

function bestArtist(
  source: PreparedArtist,
  candidates: readonly Candidate<PreparedArtist>[],
  { threshold, uncertainFrom }: { readonly threshold: number; readonly uncertainFrom: number },
): BestMatch<ArtistComparison> {
  if (candidates.length === 0)
    return { verdict: "none", margin: 0, reason: { code: "none.no-candidates", params: {} } };
  const scored = candidates
    .map((candidate) => ({ candidate, comparison: compareNamed(source, candidate.prepared) }))
    .sort(bySureness);
  const { top, runnerUp, isOpen } = amongNamesakes(scored);
  const { confidence } = top.comparison;
  const second = runnerUp && { runnerUp: scoreOf(runnerUp) };
  const margin = Math.max(0, confidence - (runnerUp?.comparison.confidence ?? 0));
  const matched = confidence >= threshold && !isOpen;
  if (!matched && !isOpen && confidence < uncertainFrom) return noArtist(scored, top);
  const reason: VerdictReason = matched
    ? { code: "matched.above-threshold", params: { confidence } }
    : isOpen
      ? { code: "uncertain.rival", params: { confidence, rival: runnerUp?.comparison.confidence ?? 0 } }
      : { code: "uncertain.below-threshold", params: { confidence, threshold } };
  return { verdict: matched ? "matched" : "uncertain", match: scoreOf(top), ...second, margin, reason };
}

/** The surest first; of equals the one with more followers, then in the service's order. */
function bySureness(x: Scored, y: Scored): number {
  return (
    y.comparison.confidence - x.comparison.confidence ||
    (y.candidate.prepared.followers ?? -1) - (x.candidate.prepared.followers ?? -1) ||
    (x.candidate.rank ?? 0) - (y.candidate.rank ?? 0) ||
    byId(x.candidate.id, y.candidate.id)
  );
}

/** Whether the best candidate is the only one of that name, leads all others, or has to share the odds with them. */
function amongNamesakes(scored: readonly Scored[]): {
  readonly top: Scored;
  readonly runnerUp?: Scored;
  /** Nothing tells which of several it is: no threshold makes one of them the one. */
  readonly isOpen: boolean;
} {
  const [top, ...rest] = scored as [Scored, ...Scored[]];
  const named = rest.filter(({ comparison }) => comparison.signs.name.grade === top.comparison.signs.name.grade);
  const [runnerUp] = named;
  if (runnerUp === undefined || top.comparison.veto !== undefined) {
    const [next] = rest;
    return { top, isOpen: false, ...(next && next.comparison.confidence > 0 ? { runnerUp: next } : {}) };
  }
  const { namesakes } = artistSign;
  const known = top.comparison.signs.followers.state !== "disagree" && isLeading(top, named);
  const confidence = Math.min(top.comparison.confidence, known ? leads.confidence : 1 / (1 + named.length));
  const signs = { ...top.comparison.signs, namesakes: known ? namesakes.leads : namesakes.several };
  return { top: { ...top, comparison: { ...top.comparison, confidence, signs } }, runnerUp, isOpen: !known };
}

/** All tell how many follow them, and the one has {@link leads} times as many as all others together. */
function isLeading({ candidate }: Scored, others: readonly Scored[]): boolean {
  const counts = others.map((other) => other.candidate.prepared.followers);
  const { followers = 0 } = candidate.prepared;
  if (followers < leads.followers || counts.includes(undefined)) return false;
  return followers >= leads.times * counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

function noArtist(scored: readonly Scored[], top: Scored): BestMatch<ArtistComparison> {
  const params = { candidates: scored.length };
  const { veto, confidence } = top.comparison;
  return {
    verdict: "none",
    ...(confidence > 0 ? { runnerUp: scoreOf(top) } : {}),
    margin: 0,
    reason: veto
      ? { code: "none.refused", params: { ...params, veto } }
      : { code: "none.too-unlike", params: { ...params, confidence } },
  };
}

const scoreOf = ({ candidate, comparison }: Scored): ScoredCandidate<ArtistComparison> => ({
  id: candidate.id,
  confidence: comparison.confidence,
  comparison,
});

/** By every key of the name, then by its consonants for names that were romanised on one side. */
function blockingKeys({ name, exact }: PreparedArtist): readonly string[] {
  if (name === undefined) return [];
  const bones = bonesOf(name);
  return [...new Set([exact, ...name.keys].map((key) => `n:${key}`)), ...(bones === "" ? [] : [`c:${bones}`])];
}
