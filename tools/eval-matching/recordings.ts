import { readFileSync } from "node:fs";
import type { UniversalTrack } from "@syncer/core";
import { hashOf } from "./seeded-random.ts";

/** A row of data/recordings.jsonl. */
export interface Recording {
  readonly title: string;
  readonly artist: string;
  readonly year?: number;
  readonly isrc?: string;
  readonly durationMs?: number;
  /** Shared by rows that are one recording. */
  readonly recording?: number;
}

/** Two rows carry the code and id of another song; they are kept as they are, but are no twins. */
const wrongLinks = new Set(["DEL942100016", "DEUM71501571"]);

export function loadRecordings(): readonly Recording[] {
  return readFileSync(new URL("./data/recordings.jsonl", import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line): Recording => JSON.parse(line))
    .map((row) => (wrongLinks.has(row.isrc ?? "") ? withoutLink(row) : row));
}

function withoutLink({ recording: _, ...row }: Recording): Recording {
  return row;
}

/** Fitted on one half, reported on the other; all of an artist is in the same half. */
export function halfOf(artist: string): "fit" | "report" {
  const main = artist.toLowerCase().split(/ ?[,&] | feat\.? | x /)[0] ?? artist;
  return hashOf(main) % 2 === 0 ? "fit" : "report";
}

const albumWords =
  "Harbour Lantern Meadow Copper Orchard Winter Signal Paper Velvet Northern Quiet Amber Tidal Glass Hollow".split(" ");

/**
 * The row as its service shows it. Length where the row has none, album, position and flag are stand-ins, drawn from a
 * hash of the row so that they never change.
 */
export function trackOf(row: Recording): UniversalTrack {
  const hash = hashOf(`${row.title}|${row.artist}`);
  const word = (shift: number): string => albumWords[(hash >>> shift) % albumWords.length] ?? "";
  return {
    title: row.title,
    artists: row.artist.split(/, ?/),
    album: `${word(3)} ${word(11)}`,
    durationMs: row.durationMs ?? 150_000 + (hash % 150_000),
    ...(row.isrc ? { isrc: row.isrc } : {}),
    ...(row.year ? { releaseDate: String(row.year) } : {}),
    explicit: hash % 7 === 0,
    trackNumber: 1 + (hash % 14),
    externalIds: {},
  };
}

/** What the row itself says, but for code and length. */
export function bareTrackOf(row: Recording): UniversalTrack {
  return {
    title: row.title,
    artists: [row.artist],
    ...(row.year ? { releaseDate: String(row.year) } : {}),
    externalIds: {},
  };
}

/** With the real length, where there is one. */
export function realTrackOf(row: Recording): UniversalTrack {
  return row.durationMs ? { ...bareTrackOf(row), durationMs: row.durationMs } : bareTrackOf(row);
}
