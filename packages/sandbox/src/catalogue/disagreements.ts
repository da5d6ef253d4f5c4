/**
 * How the two services' catalogues disagree about the same recordings: one table of rates, drawn by seed. Nothing here
 * knows how anybody matches tracks; it only says what the services hold.
 *
 * Every rate names its origin. "measured": counted on real answers of the services or on community-kept links between
 * them. "assumed": nothing better is known, the figure is chosen to make the case common enough to be met in a test.
 */
export interface DisagreementRates {
  /** Deezer's copy of the recording carries another ISRC. Measured: 21 to 22 % of linked entries. */
  readonly isrcDiffers: number;
  /** An ISRC lookup at Deezer gives another song that wrongly carries the code. Measured: 2.7 % of pairs with equal ISRC. */
  readonly isrcOnWrongSong: number;
  /** The recording cannot be had at Deezer at all. Measured: 1 of 43 searched tracks; comes on top of rows without a Deezer id. */
  readonly missingAtDeezer: number;
  /** The recording cannot be had at Spotify (only Deezer lists it). Assumed equal to `missingAtDeezer`. */
  readonly missingAtSpotify: number;
  /** A search brings other recordings of the song beside the right one. Measured: 14 of 43 ISRC searches. */
  readonly decoysBeside: number;
  /** Other recordings of the song are all that a search brings, of the recordings that are missing. Assumed. */
  readonly decoysInstead: number;
  /** Deezer's title drops a remaster remark that Spotify's has. Assumed. */
  readonly remasterOmitted: number;
  /** Deezer names the guests in the title although Spotify lists them as artists only. Assumed. */
  readonly guestsInTitle: number;
  /** Deezer's main artist is another one of the same set. Assumed. */
  readonly artistOrderDiffers: number;
  /** Whole seconds that Deezer's length is off, by how often. Measured bound: services differ by up to 2 s; the shares are assumed. */
  readonly secondsOff: readonly (readonly [seconds: number, share: number])[];
  /** Deezer's copy sits on another edition, compilation or reissue. Assumed. */
  readonly albumDiffers: number;
  /** The explicit flag differs. Assumed. */
  readonly explicitDiffers: number;
  /** Recordings marked explicit at all. Assumed. */
  readonly explicit: number;
  /** Deezer has replaced the id: the old one is unreadable and names an `alternative`. Assumed. */
  readonly redelivered: number;
  /** Deezer lists the track as not readable and offers nothing instead. Assumed. */
  readonly unreadable: number;
  /** Spotify's track is not playable in one of the sandbox's countries. Assumed. */
  readonly unplayableInCountry: number;
  /** Of several Spotify releases of one recording, one is not licensed in a country, so that reading it relinks. Assumed. */
  readonly relinkedInCountry: number;
  /** Spotify writes the ISRC in lower case or with hyphens. Seen in the wild; the rate is assumed. */
  readonly isrcUnnormalised: number;
  /** Spotify knows no UPC of a release. Assumed. */
  readonly upcMissing: number;
  /** Deezer's release carries another UPC: a delivery of its own, another region. Assumed equal to `isrcDiffers`. */
  readonly upcDiffers: number;
  /** Deezer writes the UPC with 13 digits. Seen in the wild; the rate is assumed. */
  readonly upcPadded: number;
  /** Deezer counts one track more. Assumed. */
  readonly trackCountDiffers: number;
  /** Deezer calls an EP what Spotify calls a single. Documented difference; the rate is assumed. */
  readonly singleIsEp: number;
  /** A service lists another act of the same name. Assumed. */
  readonly namesakes: number;
  /** Of those, how many have followers in numbers that compare. Assumed. */
  readonly namesakesKnown: number;
}

export const DISAGREEMENT_RATES: DisagreementRates = {
  isrcDiffers: 0.215,
  isrcOnWrongSong: 0.027,
  missingAtDeezer: 0.023,
  missingAtSpotify: 0.023,
  decoysBeside: 0.326,
  decoysInstead: 0.6,
  remasterOmitted: 0.15,
  guestsInTitle: 0.4,
  artistOrderDiffers: 0.1,
  secondsOff: [
    [0, 0.6],
    [1, 0.15],
    [-1, 0.15],
    [2, 0.05],
    [-2, 0.05],
  ],
  albumDiffers: 0.3,
  explicitDiffers: 0.015,
  explicit: 0.09,
  redelivered: 0.02,
  unreadable: 0.005,
  unplayableInCountry: 0.01,
  relinkedInCountry: 0.3,
  isrcUnnormalised: 0.005,
  upcMissing: 0.02,
  upcDiffers: 0.215,
  upcPadded: 0.1,
  trackCountDiffers: 0.08,
  singleIsEp: 0.3,
  namesakes: 0.08,
  namesakesKnown: 0.3,
};
