import type { Recording } from "./recordings.ts";

/** The title without tails and punctuation. */
export const baseOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/ - .*| ?[([].*/, "")
    .replace(/[^\p{L}\p{N}]/gu, "");

export function sharesName(a: string, b: string): boolean {
  const names = (artist: string): string[] =>
    artist
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word.length > 2);
  return names(a).some((name) => names(b).includes(name));
}

const versioned = /mix|edit|live|version|acoustic|unplugged|akustik|akustyczn/i;

/** Rows that nobody linked, but with the same title by the same artist and no version named; either may be right. */
export function isSameSong(row: Recording | undefined, other: Recording | undefined): boolean {
  if (row === undefined || other === undefined || versioned.test(row.title + other.title)) return false;
  return baseOf(row.title) === baseOf(other.title) && sharesName(row.artist, other.artist);
}
