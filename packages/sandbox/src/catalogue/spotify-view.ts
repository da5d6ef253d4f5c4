import type { Dice } from "../seeded.ts";
import { derivedIsrc, unnormalisedIsrc } from "./codes.ts";
import { type Decoy, decoysOf } from "./decoys.ts";
import type { DisagreementRates } from "./disagreements.ts";
import type { Recording } from "./recordings.ts";
import { releaseKey, spotifyUpc, trackCountOf } from "./releases.ts";
import { titleStem } from "./titles.ts";
import { ALBUM_TYPES, COUNTRIES, type Country, type NamedRef, type SpotifyAlbum, type SpotifyTrack } from "./tracks.ts";

const EVERYWHERE: ReadonlySet<Country> = new Set();

/** What Spotify's catalogue holds: the rows of the extract as they are, less the withheld ones, and decoys. */
export function buildSpotifyTracks(
  recordings: readonly Recording[],
  rates: DisagreementRates,
  dice: Dice,
): SpotifyTrack[] {
  const siblings = Map.groupBy(recordings, (recording) => recording.group);
  return recordings.flatMap((recording) => {
    const withheld = isWithheldFromSpotify(recording, siblings.get(recording.group)?.length ?? 1, rates, dice);
    const original = toSpotifyTrack(recording, siblings.get(recording.group) ?? [recording], rates, dice);
    const decoyRate = withheld ? rates.decoysInstead : rates.decoysBeside;
    const decoys = decoysOf(recording, "spotify", decoyRate, dice).map((decoy) =>
      toDecoyTrack(original, decoy, rates, dice),
    );
    return withheld ? decoys : [original, ...decoys];
  });
}

/** Only recordings with one release that Deezer has can be Deezer's alone. */
function isWithheldFromSpotify(recording: Recording, releases: number, rates: DisagreementRates, dice: Dice): boolean {
  return (
    releases === 1 &&
    recording.deezerId !== undefined &&
    dice.happens("missing-at-spotify", recording.group, rates.missingAtSpotify) &&
    !dice.happens("missing-at-deezer", recording.group, rates.missingAtDeezer)
  );
}

function toSpotifyTrack(
  recording: Recording,
  releases: readonly Recording[],
  rates: DisagreementRates,
  dice: Dice,
): SpotifyTrack {
  const key = recording.spotifyId;
  const artists = recording.artists.map((name) => spotifyArtist(dice, name));
  const [main = spotifyArtist(dice, ""), ...others] = artists;
  const isrc =
    recording.isrc !== undefined && dice.happens("isrc-unnormalised", key, rates.isrcUnnormalised)
      ? unnormalisedIsrc(recording.isrc)
      : recording.isrc;
  const album = albumOf(recording, main, rates, dice);
  return {
    id: recording.spotifyId,
    title: recording.title,
    isrc,
    explicit: dice.happens("explicit", recording.group, rates.explicit),
    year: recording.year,
    recordingKey: key,
    decoy: undefined,
    rank: 300_000 + dice.roll("spotify-rank", key, 700_000),
    artists: [main, ...others],
    album,
    durationMs: recording.durationMs,
    discNumber: 1,
    trackNumber: 1 + dice.roll("track-number", recording.group, album.totalTracks),
    missingIn: restrictedCountries(recording, releases, rates, dice),
  };
}

function spotifyArtist(dice: Dice, name: string): NamedRef {
  return { id: dice.base62("spotify-artist", name), name };
}

/** Derived: the source has no albums. Tracks of one artist and year share an album of that kind. */
function albumOf(recording: Recording, artist: NamedRef, rates: DisagreementRates, dice: Dice): SpotifyAlbum {
  const albumType = dice.pick("album-type", recording.group, ALBUM_TYPES);
  const key = albumType === "single" ? recording.spotifyId : `${artist.name}:${recording.year}:${albumType}`;
  const name = albumType === "compilation" ? `The Best of ${artist.name}` : titleStem(recording.title);
  const release = releaseKey(artist.name, recording.year, name);
  return {
    id: dice.base62("spotify-album", `${key}:${name}`),
    name,
    albumType,
    year: recording.year,
    totalTracks: trackCountOf(artist.name, recording.year, albumType, dice),
    upc: spotifyUpc(release, rates, dice),
    releaseKey: release,
    artists: [artist],
  };
}

/** Of several releases of one recording, all but the first may lack a licence somewhere: reading them there relinks. */
function restrictedCountries(
  recording: Recording,
  releases: readonly Recording[],
  rates: DisagreementRates,
  dice: Dice,
): ReadonlySet<Country> {
  const isLaterRelease = releases.indexOf(recording) > 0;
  const rate = isLaterRelease ? rates.relinkedInCountry : releases.length > 1 ? 0 : rates.unplayableInCountry;
  const missing = COUNTRIES.filter((country) => dice.happens(`licence-${country}`, recording.spotifyId, rate));
  return missing.length === 0 ? EVERYWHERE : new Set(missing);
}

function toDecoyTrack(original: SpotifyTrack, decoy: Decoy, rates: DisagreementRates, dice: Dice): SpotifyTrack {
  const artists = decoy.artistNames?.map((name) => spotifyArtist(dice, name)) ?? original.artists;
  const [main = original.artists[0], ...others] = artists;
  const release = releaseKey(main.name, decoy.year, decoy.albumName);
  return {
    ...original,
    id: dice.base62("spotify-decoy", decoy.key),
    title: decoy.spotifyTitle,
    // The first decoy of a recording carries the recording's own code: that is how other songs come to stand beside
    // the right one in an ISRC search.
    isrc: decoy.ordinal === 0 ? original.isrc : derivedIsrc(dice, "spotify-decoy", decoy.key, decoy.year),
    explicit: false,
    year: decoy.year,
    decoy: decoy.kind,
    rank: decoy.rank,
    artists: [main, ...others],
    album: {
      id: dice.base62("spotify-decoy-album", decoy.key),
      name: decoy.albumName,
      albumType: "album",
      year: decoy.year,
      totalTracks: 12,
      upc: spotifyUpc(release, rates, dice),
      releaseKey: release,
      artists: [main],
    },
    durationMs: original.durationMs + decoy.secondsLonger * 1_000,
    trackNumber: 1 + dice.roll("decoy-track-number", decoy.key, 12),
    missingIn: EVERYWHERE,
  };
}
