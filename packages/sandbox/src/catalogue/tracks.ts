import type { DeezerRecordType } from "./releases.ts";

/** The countries in which the sandbox's users live; licences differ between them. */
export const COUNTRIES = ["SE", "DE", "FR", "PL", "US"] as const;
export type Country = (typeof COUNTRIES)[number];

/** Derived kinds of album, in the shares in which tracks are put on them. */
export const ALBUM_TYPES = ["single", "single", "album", "album", "album", "compilation"] as const;

/** What kind of other recording a decoy is; `undefined` on the tracks of the extract. */
export type DecoyKind =
  | "karaoke"
  | "tribute"
  | "cover"
  | "live"
  | "remix"
  | "instrumental"
  | "sped-up"
  /** A reissue of another real song whose ISRC was delivered wrongly. */
  | "wrong-code";

/** What both services' views of a track have in common. */
interface TrackFacts {
  readonly id: string;
  readonly title: string;
  /** ISRC as this service writes it, if it has one. */
  readonly isrc: string | undefined;
  readonly explicit: boolean;
  readonly year: number;
  /** The recording of the extract that this track stands for or was derived from. */
  readonly recordingKey: string;
  readonly decoy: DecoyKind | undefined;
  /** Orders search results together with the text: 0 to 1,000,000. Derived. */
  readonly rank: number;
}

export interface NamedRef {
  readonly id: string;
  readonly name: string;
}

export interface SpotifyAlbum {
  readonly id: string;
  readonly name: string;
  readonly albumType: "album" | "single" | "compilation";
  readonly year: number;
  readonly totalTracks: number;
  readonly upc: string | undefined;
  /** The same release has the same key on both services. */
  readonly releaseKey: string;
  readonly artists: readonly NamedRef[];
}

export interface SpotifyTrack extends TrackFacts {
  readonly artists: readonly [NamedRef, ...NamedRef[]];
  readonly album: SpotifyAlbum;
  readonly durationMs: number;
  readonly discNumber: number;
  readonly trackNumber: number;
  /** Countries where it cannot be played. */
  readonly missingIn: ReadonlySet<Country>;
}

export interface DeezerAlbum {
  readonly id: number;
  readonly title: string;
  readonly year: number;
  readonly artist: DeezerArtist;
  readonly recordType: DeezerRecordType;
  readonly trackCount: number;
  /** As Deezer writes it. */
  readonly upc: string;
  readonly releaseKey: string;
}

export interface DeezerArtist {
  readonly id: number;
  readonly name: string;
}

export interface DeezerTrack extends TrackFacts {
  readonly titleShort: string;
  readonly titleVersion: string;
  /** All artists; lists show only the first. */
  readonly contributors: readonly [DeezerArtist, ...DeezerArtist[]];
  readonly album: DeezerAlbum;
  /** Whole seconds. */
  readonly duration: number;
  readonly trackPosition: number;
  readonly readable: boolean;
  /** Id of the track that replaced this one. */
  readonly alternativeId: string | undefined;
}
