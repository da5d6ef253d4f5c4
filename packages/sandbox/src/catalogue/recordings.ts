import type { Dice } from "../seeded.ts";
import { splitArtistLine } from "./artist-line.ts";

/** One row of the extract of real metadata, with what had to be derived marked as such. */
export interface Recording {
  /** Spotify's id of the row; also the key that all seeded traits hang on. */
  readonly spotifyId: string;
  /** Deezer's id, absent where the source found no counterpart. */
  readonly deezerId: string | undefined;
  /** As the source gives it (12 characters, upper case), absent on about 5 % of the rows. */
  readonly isrc: string | undefined;
  readonly year: number;
  /** As shown on Spotify. */
  readonly title: string;
  /** Derived: the source joins several artists in one string. */
  readonly artists: readonly [string, ...string[]];
  readonly durationMs: number;
  /** Whether `durationMs` is a stable stand-in: the source knows the length of a third of the rows. */
  readonly durationDerived: boolean;
  /**
   * Rows of one recording (several releases of it) share this key. Derived: rows with the same Deezer id, or with the
   * same ISRC and the same title up to its first bracket or dash.
   */
  readonly group: string;
}

/**
 * Rows whose Deezer id belongs to another recording (the source puts one id on the title music of two films). They
 * count as not present at Deezer.
 */
const MISLINKED_SPOTIFY_IDS: ReadonlySet<string> = new Set(["57ZFW90qBiXxuhsPQqzDhR"]);

/** Reads the extract. Each row is `spotifyId, deezerId, isrc, year, durationMs, title, artist`, parted by tabs. */
export function readRecordings(rows: readonly string[], dice: Dice): Recording[] {
  const columns = rows.map((row) => row.split("\t"));
  const known = new Set(columns.map((row) => row[6] ?? ""));
  const groups = groupRows(columns);
  return columns.map((row, index) => {
    const [spotifyId = "", deezerId = "", isrc = "", year = "", durationMs = "", title = "", artistLine = ""] = row;
    const group = groups[index] ?? spotifyId;
    return {
      spotifyId,
      deezerId: deezerId === "" || MISLINKED_SPOTIFY_IDS.has(spotifyId) ? undefined : deezerId,
      isrc: isrc === "" ? undefined : isrc,
      year: year === "" ? 2000 : Number(year),
      title,
      artists: splitArtistLine(artistLine, known),
      durationMs: durationMs === "" ? standInDurationMs(group, dice) : Number(durationMs),
      durationDerived: durationMs === "",
      group,
    };
  });
}

/** Two to five minutes, most of them around three and a half: the mean of two draws. */
function standInDurationMs(group: string, dice: Dice): number {
  const middle = (dice.fraction("duration", group) + dice.fraction("duration-2", group)) / 2;
  return 125_000 + Math.round(middle * 175_000);
}

function groupRows(columns: readonly (readonly string[])[]): string[] {
  const byNaturalKey = new Map<string, string>();
  return columns.map(([spotifyId = "", deezerId = "", isrc = "", , , title = ""]) => {
    const usableDeezerId = MISLINKED_SPOTIFY_IDS.has(spotifyId) ? "" : deezerId;
    const stem = (title.split(/ - | \(/)[0] ?? title).toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
    const keys = [
      ...(usableDeezerId === "" ? [] : [`deezer:${usableDeezerId}`]),
      ...(isrc === "" ? [] : [`isrc:${isrc}:${stem}`]),
    ];
    const group = keys.map((key) => byNaturalKey.get(key)).find((found) => found !== undefined) ?? spotifyId;
    for (const key of keys) byNaturalKey.set(key, group);
    return group;
  });
}
