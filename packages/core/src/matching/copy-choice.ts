import type { Candidate } from "./best-match.ts";
import type { Comparison } from "./compare.ts";
import { compareAlbums, comparePositions } from "./compare-facts.ts";
import type { ResolvedPolicies } from "./policies.ts";
import type { PreparedTrack } from "./prepared-track.ts";

/** What told two copies of one recording apart. */
export type CopyCriterion =
  | "playable"
  | "version"
  | "isrc"
  | "upc"
  | "album"
  | "explicit"
  | "track-number"
  | "track-count"
  | "year"
  | "remaster"
  | "release-type"
  | "song-over-video"
  | "confidence"
  | "service-order"
  | "id";

export interface Copy<P extends object = PreparedTrack, C = Comparison> {
  readonly candidate: Candidate<P>;
  readonly comparison: C;
}

/** Higher is better. */
type Rating<P extends object, C> = (source: P, copy: Copy<P, C>) => number;

/** In the order in which they decide. */
export type CopyCriteria<P extends object = PreparedTrack, C = Comparison> = readonly (readonly [
  CopyCriterion,
  Rating<P, C>,
])[];

// Playable comes first although it tells nothing of the recording: a copy that the user cannot play is of no use.
const allCriteria: CopyCriteria = [
  ["playable", (_, { candidate }) => ((candidate.playable ?? candidate.prepared.playable) === false ? 0 : 1)],
  // Only where a policy lets a live take or a cover stand for the recording: the recording itself comes first.
  ["version", (_, { comparison }) => (isStandIn(comparison) ? 0 : 1)],
  ["isrc", (source, { candidate }) => rate(source.isrc, candidate.prepared.isrc)],
  ["album", (source, { candidate }) => (compareAlbums(source, candidate.prepared).state === "agree" ? 1 : 0)],
  ["explicit", (_, { comparison }) => agreement(comparison.signs.explicit.state)],
  ["track-number", (source, { candidate }) => (isSamePosition(source, candidate.prepared) ? 1 : 0)],
  ["remaster", (source, { candidate }) => rate(source.version.remasterYear, candidate.prepared.version.remasterYear)],
  ["release-type", (_, { candidate }) => (candidate.prepared.compilation ? 0 : 1)],
  ["song-over-video", (source, { candidate }) => (candidate.prepared.video === source.video ? 1 : 0)],
  // Rounded, so that a hair of difference does not overrule the service's own order.
  ["confidence", (_, { comparison }) => Math.round(comparison.confidence * 20)],
  ["service-order", (_, { candidate }) => -(candidate.rank ?? Number.MAX_SAFE_INTEGER)],
];

/** The criteria as the policies want them. */
export function copyCriteria({ remaster, compilation, accepted }: ResolvedPolicies): CopyCriteria {
  const wanted = allCriteria.filter(
    ([name]) => !(name === "release-type" && compilation === "any") && !(name === "version" && accepted.size === 0),
  );
  if (remaster !== "prefer-equal") return wanted;
  const isRemaster = ([name]: CopyCriteria[number]): boolean => name === "remaster";
  const first = wanted.findIndex(([name]) => name === "isrc");
  return [
    ...wanted.slice(0, first),
    ...wanted.filter(isRemaster),
    ...wanted.slice(first).filter((criterion) => !isRemaster(criterion)),
  ];
}

function isStandIn({ signs }: Comparison): boolean {
  return signs.version.state === "disagree" || signs.artists.state === "disagree";
}

function rate(wanted: string | number | undefined, found: string | number | undefined): number {
  return wanted !== undefined && wanted === found ? 1 : 0;
}

/** Agreement before what is not known, and that before a difference. */
export function agreement(state: "agree" | "disagree" | "unknown"): number {
  return state === "agree" ? 2 : state === "unknown" ? 1 : 0;
}

function isSamePosition(source: PreparedTrack, copy: PreparedTrack): boolean {
  return comparePositions(source, copy, compareAlbums(source, copy)).state === "agree";
}

/** A total order on copies of one recording: the one to take comes first. */
export function copyOrder<P extends object, C>(
  criteria: CopyCriteria<P, C>,
  source: P,
  x: Copy<P, C>,
  y: Copy<P, C>,
): number {
  for (const [, rating] of criteria) {
    const difference = rating(source, y) - rating(source, x);
    if (difference !== 0) return difference;
  }
  return byId(x.candidate.id, y.candidate.id);
}

/** The first criterion in which the taken copy beats the next one; `undefined` if there is only one copy. */
export function decidingCriterion<P extends object, C>(
  criteria: CopyCriteria<P, C>,
  source: P,
  sorted: readonly Copy<P, C>[],
): CopyCriterion | undefined {
  const [taken, next] = sorted;
  if (taken === undefined || next === undefined) return undefined;
  return criteria.find(([, rating]) => rating(source, taken) !== rating(source, next))?.[0] ?? "id";
}

/** Shorter first, then by code unit: numeric ids come in numeric order, and no locale has a say. */
export function byId(x: string, y: string): number {
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0);
}
