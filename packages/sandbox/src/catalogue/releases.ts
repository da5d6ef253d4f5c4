import type { Dice } from "../seeded.ts";
import { derivedUpc } from "./codes.ts";
import type { DisagreementRates } from "./disagreements.ts";
import type { ALBUM_TYPES } from "./tracks.ts";

/*
 * What albums have beside their names. All of it is derived: the source has no albums. One release has one key on both
 * services, which is all that they have in common; what each shows of it may differ by seed.
 */

export type AlbumType = (typeof ALBUM_TYPES)[number];

/** Names one release on both services. */
export function releaseKey(artist: string, year: number, name: string): string {
  return JSON.stringify([artist, year, name.toLowerCase()]);
}

/** How many tracks a release has: of one artist, year and kind, always the same number. */
export function trackCountOf(artist: string, year: number, type: AlbumType, dice: Dice): number {
  return type === "single" ? 1 : 8 + dice.roll("album-size", `${artist}:${year}:${type}`, 8);
}

/** Spotify's code of a release, absent where a label has delivered none. */
export function spotifyUpc(key: string, rates: DisagreementRates, dice: Dice): string | undefined {
  return dice.happens("upc-missing", key, rates.upcMissing) ? undefined : derivedUpc(key);
}

/** Deezer's code: the same, or that of another delivery; with 13 digits at times, which stand for the same number. */
export function deezerUpc(key: string, rates: DisagreementRates, dice: Dice): string {
  const upc = derivedUpc(dice.happens("upc-differs", key, rates.upcDiffers) ? `another delivery of ${key}` : key);
  return dice.happens("upc-padded", key, rates.upcPadded) ? `0${upc}` : upc;
}

/** As many as at Spotify, but for bonus tracks of editions and, by seed, one that only one of them counts. */
export function deezerTrackCount(
  count: number,
  title: string,
  key: string,
  rates: DisagreementRates,
  dice: Dice,
): number {
  const bonus = title.endsWith("(Deluxe Edition)") ? 4 : 0;
  const oneMore = count > 1 && dice.happens("track-count-differs", key, rates.trackCountDiffers) ? 1 : 0;
  return count + bonus + oneMore;
}

/** Deezer has a kind between single and album, and its own word for compilations. */
export function deezerRecordType(type: AlbumType, key: string, rates: DisagreementRates, dice: Dice): DeezerRecordType {
  if (type === "compilation") return "compile";
  return type === "single" && dice.happens("single-is-ep", key, rates.singleIsEp) ? "ep" : type;
}

export type DeezerRecordType = "single" | "ep" | "album" | "compile";
