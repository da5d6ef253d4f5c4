import { editSimilarity } from "./edit-similarity.ts";
import type { PreparedTrack } from "./prepared-track.ts";
import { type Sign, sign } from "./signs.ts";

/** Part numbers, and the other digits of two titles; symmetric. */
export function compareNumbers(a: PreparedTrack, b: PreparedTrack): Sign<"numbers"> {
  const grades = sign.numbers;
  if (a.parts.length === 0 && b.parts.length === 0) return compareDigits(a, b);
  const partsA = a.parts.length > 0 ? a.parts : closing(a);
  const partsB = b.parts.length > 0 ? b.parts : closing(b);
  if (partsA.length === 0 || partsB.length === 0) return grades["one-sided"];
  return isSeries(partsA, partsB) || isSeries(lastOfEach(partsA), lastOfEach(partsB)) ? grades.same : grades.different;
}

const isSeries = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((part, i) => part === b[i]);

/** "Nocturne No. 2, Op. 9 No. 2" is "Nocturne, Op. 9 No. 2": the number is told twice. */
const lastOfEach = (parts: readonly number[]): readonly number[] =>
  parts.filter((part, i) => parts.lastIndexOf(part) === i);

/** A bare numeral counts when the other side is numbered: "Tide 2" beside "Tide, Pt. 2", "Tide I" beside "Tide II". */
function closing(track: PreparedTrack): readonly number[] {
  if (track.closingNumber > 0) return [track.closingNumber];
  const last = track.digits.slice(track.digits.lastIndexOf(",") + 1);
  return last !== "" && track.title.endsWith(last) ? [Number(last)] : [];
}

function compareDigits(a: PreparedTrack, b: PreparedTrack): Sign<"numbers"> {
  if (a.digits === "" || b.digits === "") return sign.numbers.none;
  return a.digits === b.digits ? sign.numbers.same : sign.numbers.different;
}

export function compareAlbums(a: PreparedTrack, b: PreparedTrack): Sign<"album"> {
  const grades = sign.album;
  if (a.album === "" || b.album === "") return grades.unknown;
  if (a.album === b.album) return grades.same;
  if (a.albumScripts !== 0 && b.albumScripts !== 0 && (a.albumScripts & b.albumScripts) === 0) return grades.unknown;
  if (isAlbumWithArtist(a, b) || isAlbumWithArtist(b, a)) return grades.similar;
  return editSimilarity(a.album, b.album, -1, -1, 0.8) > 0 ? grades.similar : grades.different;
}

/** "Tide (Ann Vale)" is the album "Tide" of Ann Vale. */
function isAlbumWithArtist(full: PreparedTrack, { album, artistKeys }: PreparedTrack): boolean {
  if (full.album.length - album.length < 2 || !full.album.startsWith(album)) return false;
  const rest = full.album.slice(album.length);
  return artistKeys.includes(rest) || full.artistKeys.includes(rest);
}

/** In absolute time: services differ by up to two seconds on the same audio. */
export function compareLengths(a: PreparedTrack, b: PreparedTrack): Sign<"length"> {
  const grades = sign.length;
  if (a.durationMs === undefined || b.durationMs === undefined) return grades.unknown;
  const apartMs = Math.abs(a.durationMs - b.durationMs);
  if (apartMs <= 2_000) return grades["within-2s"];
  if (apartMs <= 4_000) return grades["within-4s"];
  if (apartMs <= 8_000) return grades["within-8s"];
  if (apartMs <= 15_000) return grades["within-15s"];
  return apartMs <= 30_000 ? grades["within-30s"] : grades["beyond-30s"];
}

export function compareYears(a: PreparedTrack, b: PreparedTrack): Sign<"year"> {
  const grades = sign.year;
  if (a.year === undefined || b.year === undefined) return grades.unknown;
  // "57" and "1957": what both sides tell is compared.
  const [yearA, yearB] = a.year < 100 || b.year < 100 ? [a.year % 100, b.year % 100] : [a.year, b.year];
  if (yearA === yearB) return grades.same;
  return Math.abs(yearA - yearB) === 1 ? grades.near : grades.different;
}

export function comparePositions(a: PreparedTrack, b: PreparedTrack, album: Sign<"album">): Sign<"track"> {
  const grades = sign.track;
  if (album.grade !== "same" || a.trackNumber === undefined || b.trackNumber === undefined) return grades.unknown;
  const sameDisc = a.discNumber === undefined || b.discNumber === undefined || a.discNumber === b.discNumber;
  return sameDisc && a.trackNumber === b.trackNumber ? grades.same : grades.different;
}

export function compareExplicit(a: PreparedTrack, b: PreparedTrack): Sign<"explicit"> {
  if (a.explicit === undefined || b.explicit === undefined) return sign.explicit.unknown;
  return a.explicit === b.explicit ? sign.explicit.same : sign.explicit.different;
}
