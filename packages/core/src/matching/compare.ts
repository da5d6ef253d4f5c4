import { compareArtists } from "./compare-artists.ts";
import {
  compareAlbums,
  compareExplicit,
  compareLengths,
  compareNumbers,
  comparePositions,
  compareYears,
} from "./compare-facts.ts";
import { compareTitles, isPieceName, isTitleWithArtist } from "./compare-titles.ts";
import { compareVersions } from "./compare-versions.ts";
import { putBack } from "./misplaced-fields.ts";
import type { ResolvedPolicies } from "./policies.ts";
import type { PreparedTrack } from "./prepared-track.ts";
import { nothingCompared, type Sign, type SignName, type Signs, sign } from "./signs.ts";
import { isArtistInAlbum, isCrossed, type PutBack } from "./spilled-fields.ts";
import { isLabelledCover, isOtherRemaster, isVersionAccepted } from "./stand-ins.ts";
import type { WeightTable } from "./weights.ts";

/** How two tracks compare. It holds no titles: grades and a number only. */
export interface Comparison {
  /** The probability that both are the same recording, 0..1; exactly 0 after a veto. */
  readonly confidence: number;
  /** The sign that ended the comparison. Signs that come after it in {@link compareTracks} were left unknown. */
  readonly veto?: SignName;
  readonly signs: Signs;
}

export interface Judgement {
  readonly bias: number;
  readonly weights: WeightTable;
  readonly policies: ResolvedPolicies;
}

/** Symmetric. Vetoes come first, cheapest first, because most candidates are hopeless. */
export function compareTracks(a: PreparedTrack, b: PreparedTrack, judgement: Judgement): Comparison {
  const plain = compareReading(a, b, judgement);
  if (a.readings.length === 0 && b.readings.length === 0) return plain;
  return bestReading(a, b, plain, judgement);
}

/** Uploads write "Artist - Title" in either order, lists "Title - Album": a reading counts if the other side bears it out. */
function bestReading(a: PreparedTrack, b: PreparedTrack, plain: Comparison, judgement: Judgement): Comparison {
  const { state, grade } = plain.signs.artists;
  const isArtistKnown = state === "agree" || grade === "main";
  let best = plain;
  for (const [side, other] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const { basis, track } of side.readings) {
      if (basis === "artist" && (isArtistKnown || !isArtistTold(side, track, other))) continue;
      if (basis === "album" && compareAlbums(track, other).state !== "agree") continue;
      const read = compareReading(track, other, judgement, basis === "artist" ? sign.artists["in-title"] : undefined);
      if (read.confidence > best.confidence) best = read;
    }
  }
  return best;
}

/** The artist that a title names is the other's, or stands in the other's album if nobody is named in either field. */
function isArtistTold(side: PreparedTrack, reading: PreparedTrack, other: PreparedTrack): boolean {
  if (compareArtists(reading, other).state === "agree") return true;
  // "Ann Vale - Tide" beside the album "Tide" names no artist Tide: it has to be "Tide (Ann Vale)".
  const isAlbum = reading.artistKeys.includes(other.album);
  return side.creditsInField === 0 && !isAlbum && isArtistInAlbum(other, reading);
}

function compareReading(
  a: PreparedTrack,
  b: PreparedTrack,
  judgement: Judgement,
  artistsKnown?: Sign<"artists">,
): Comparison {
  const { policies } = judgement;
  const sameCode = a.isrc !== undefined && a.isrc === b.isrc;
  const fields = fieldsOf(a, b);
  const { back } = fields;
  let { title } = fields;
  if (title.state === "disagree" && !sameCode) return vetoed({ ...nothingCompared, title }, "title");
  const artists = fields.artists ?? artistsKnown ?? artistsOf(a, b);
  if (artists.grade === "unknown" && isNamedAlike(a, b, title, back)) title = sign.title.contained;
  // Services credit a performer here and a composer there; only an equal code can stand in for a common name.
  const coverTaken = artists.grade === "disjoint" && policies.cover === "accept-labelled" && isLabelledCover(a, b);
  if (artists.grade === "disjoint" && !coverTaken && !(sameCode && title.state === "agree")) {
    return vetoed({ ...nothingCompared, title, artists }, "artists");
  }
  const numbers = back?.numbers ?? compareNumbers(a, b);
  if (numbers.grade === "different") return vetoed({ ...nothingCompared, title, artists, numbers }, "numbers");
  const length = compareLengths(a, b);
  const version = confirmSoft(versionsOf(a, b, back), length, sameCode);
  const versionTaken = version.state === "disagree" && isVersionAccepted(a, b, policies.accepted);
  if (version.grade === "different" && !versionTaken) {
    return vetoed({ ...nothingCompared, title, artists, numbers, version, length }, "version");
  }
  if (policies.remaster === "require-equal" && isOtherRemaster(a, b)) {
    const other = sign.version.different;
    return vetoed({ ...nothingCompared, title, artists, numbers, version: other, length }, "version");
  }
  const explicit = compareExplicit(a, b);
  if (explicit.grade === "different" && policies.explicit === "require-equal") {
    return vetoed({ ...nothingCompared, title, artists, numbers, version, length, explicit }, "explicit");
  }
  const album = albumsOf(a, b, back, numbers);
  const signs: Signs = {
    title,
    version,
    numbers,
    artists,
    album,
    length,
    year: compareYears(a, b),
    track: comparePositions(a, b, album),
    isrc: compareCodes(a, b, title, artists, version, length),
    explicit: policies.explicit === "any" ? sign.explicit.unknown : explicit,
  };
  const allowed = coverTaken || versionTaken ? allowance(signs, judgement, coverTaken, versionTaken) : 0;
  return { confidence: probabilityOf(signs, judgement, allowed), signs };
}

interface Fields {
  readonly title: Sign<"title">;
  /** If the title told them. */
  readonly artists?: Sign<"artists">;
  readonly back?: PutBack;
}

/** The titles, with whatever else stands in their fields. */
function fieldsOf(a: PreparedTrack, b: PreparedTrack): Fields {
  const plain = compareTitles(a, b);
  const isUpload = plain.state !== "agree" && plain.grade !== "other-script" && isTitleWithArtist(a, b);
  const title = isUpload ? sign.title.variant : plain;
  const told = isUpload ? { artists: sign.artists["in-title"] } : {};
  const back = isMisplaced(a, b, title) ? putBack(a, b) : undefined;
  if (back === undefined) return { title, ...told };
  const isBetter = title.state !== "agree" || (title.grade === "tail-one-sided" && back.title.state === "agree");
  const artists = back.artists === undefined ? told : { artists: back.artists };
  return { title: isBetter ? back.title : title, back, ...artists };
}

/** A first part is often sold without its number; a later one is another piece of the same album, which then tells nothing. */
function albumsOf(
  a: PreparedTrack,
  b: PreparedTrack,
  back: PutBack | undefined,
  numbers: Sign<"numbers">,
): Sign<"album"> {
  const album = back?.album ?? compareAlbums(a, b);
  const isLaterPart = numbers.grade === "one-sided" && [...a.parts, ...b.parts].some((part) => part > 1);
  return isLaterPart && album.state === "agree" ? sign.album.unknown : album;
}

function artistsOf(a: PreparedTrack, b: PreparedTrack): Sign<"artists"> {
  return isArtistInAlbum(a, b) || isArtistInAlbum(b, a) || isCrossed(a, b)
    ? sign.artists["in-title"]
    : compareArtists(a, b);
}

/**
 * "Ann Vale - Paper Kites" beside a "Paper Kites" by nobody knows whom, or two works called "Intro": only the album can
 * say that it is the same one.
 */
function isNamedAlike(a: PreparedTrack, b: PreparedTrack, title: Sign<"title">, back: PutBack | undefined): boolean {
  const isDashed = title.grade === "variant" && back === undefined && a.readings.length + b.readings.length > 0;
  const isPiece = title.state === "agree" && isPieceName(a);
  return (isDashed || isPiece) && (back?.album ?? compareAlbums(a, b)).state !== "agree";
}

/** Worth a closer look: the titles differ, or only one side names an artist, who may stand in the title of the other. */
function isMisplaced(a: PreparedTrack, b: PreparedTrack, title: Sign<"title">): boolean {
  if (title.grade === "variant") return false;
  if (title.grade === "tail-one-sided" && (a.spill !== "" || b.spill !== "")) return true;
  return title.state !== "agree" || a.cutOff !== b.cutOff || (a.creditsInField === 0) !== (b.creditsInField === 0);
}

/** A version word that turned out to stand beside a misplaced value; what the album of one side says still counts. */
function versionsOf(a: PreparedTrack, b: PreparedTrack, back: PutBack | undefined): Sign<"version"> {
  const version = compareVersions(a, b);
  if (version.state === "agree") return back?.version?.grade === "one-sided" ? back.version : version;
  // "Paper Kites - Edit Tide" of the album "Tide": what stands beside the version word does not name it.
  const found = back ?? (a.spill === "" && b.spill === "" ? undefined : putBack(a, b));
  const isSaid = version.grade !== "context-one-sided" || found?.album !== undefined;
  return isSaid && found?.version?.state === "agree" ? found.version : version;
}

function vetoed(signs: Signs, veto: SignName): Comparison {
  return { confidence: 0, veto, signs };
}

function confirmSoft(version: Sign<"version">, length: Sign<"length">, sameCode: boolean): Sign<"version"> {
  if (version.grade !== "soft-unconfirmed") return version;
  if (length.state === "agree" || (sameCode && length.state === "unknown")) return sign.version["soft-confirmed"];
  return length.grade === "unknown" ? version : sign.version["soft-refuted"];
}

/** An equal code is near-proof only if nothing plain speaks against it: labels send wrong ones, and services pass them on. */
function compareCodes(
  a: PreparedTrack,
  b: PreparedTrack,
  title: Sign<"title">,
  artists: Sign<"artists">,
  version: Sign<"version">,
  length: Sign<"length">,
): Sign<"isrc"> {
  if (a.isrc === undefined || b.isrc === undefined) return sign.isrc.unknown;
  if (a.isrc !== b.isrc) return sign.isrc.different;
  const incomparable = title.grade === "other-script" || title.grade === "unknown";
  const sound =
    version.state !== "disagree" &&
    length.state !== "disagree" &&
    (title.state === "agree" || (incomparable && artists.state === "agree"));
  return sound ? sign.isrc.same : sign.isrc["same-unsound"];
}

/**
 * What a policy gives back of what a sign takes: an accepted version weighs as one of the same kind and excuses the
 * length, a labelled cover as a main artist in common if more than the title agrees.
 */
function allowance(signs: Signs, { weights }: Judgement, cover: boolean, version: boolean): number {
  const byVersion = weights.version.partial - weights.version[signs.version.grade];
  const byLength = signs.length.state === "disagree" ? -weights.length[signs.length.grade] : 0;
  const byArtist = weights.artists.main - weights.artists[signs.artists.grade];
  const agreesInMore = signs.length.state === "agree" || signs.album.state === "agree";
  return (version ? byVersion + byLength : 0) + (cover && agreesInMore ? byArtist : 0);
}

function probabilityOf(signs: Signs, { bias, weights }: Judgement, allowed: number): number {
  const logOdds =
    bias +
    allowed +
    weights.title[signs.title.grade] +
    weights.version[signs.version.grade] +
    weights.numbers[signs.numbers.grade] +
    weights.artists[signs.artists.grade] +
    weights.album[signs.album.grade] +
    weights.length[signs.length.grade] +
    weights.year[signs.year.grade] +
    weights.track[signs.track.grade] +
    weights.isrc[signs.isrc.grade] +
    weights.explicit[signs.explicit.grade];
  return 1 / (1 + Math.exp(-logOdds));
}
