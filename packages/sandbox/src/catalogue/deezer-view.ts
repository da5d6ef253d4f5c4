import type { Dice } from "../seeded.ts";
import { derivedIsrc } from "./codes.ts";
import { type Decoy, decoysOf } from "./decoys.ts";
import type { DisagreementRates } from "./disagreements.ts";
import type { Recording } from "./recordings.ts";
import { deezerRecordType, deezerTrackCount, deezerUpc, releaseKey, trackCountOf } from "./releases.ts";
import { type DeezerTitle, namesGuests, titleStem, toDeezerTitle } from "./titles.ts";
import { ALBUM_TYPES, type DeezerAlbum, type DeezerArtist, type DeezerTrack } from "./tracks.ts";

/** Ids of derived tracks start above every id that Deezer has given out so far (about 3.9 thousand million). */
const FIRST_DERIVED_ID = 5_000_000_000;

/** Under this id Deezer puts what has no one artist. */
const variousArtists: DeezerArtist = { id: 5080, name: "Various Artists" };

/** Deezer's catalogue, and which of its ids hold which recording. */
export interface DeezerView {
  readonly tracks: readonly DeezerTrack[];
  /** Group of a recording → the Deezer ids that hold that very recording, the one to prefer first. */
  readonly copies: ReadonlyMap<string, readonly string[]>;
}

/** What Deezer's catalogue holds of the same recordings. */
export function buildDeezerView(recordings: readonly Recording[], rates: DisagreementRates, dice: Dice): DeezerView {
  const tracks = new Map<string, DeezerTrack>();
  const copies = new Map<string, string[]>();
  const add = (track: DeezerTrack): void => {
    tracks.set(track.id, track);
  };
  for (const recording of recordings) {
    const missing = recording.deezerId === undefined || isMissingAtDeezer(recording, rates, dice);
    const decoyRate = missing ? rates.decoysInstead : rates.decoysBeside;
    const original = toDeezerTrack(recording, recording.deezerId ?? "", rates, dice);
    for (const decoy of decoysOf(recording, "deezer", decoyRate, dice)) add(toDecoyTrack(original, decoy, rates, dice));
    if (missing || tracks.has(original.id)) continue;
    const releases = redeliver(original, rates, dice);
    releases.forEach(add);
    copies.set(recording.group, [...(copies.get(recording.group) ?? []), ...releases.map((track) => track.id)]);
  }
  for (const track of wrongCodeTracks(recordings, tracks, rates, dice)) {
    add(track);
    copies.get(track.recordingKey)?.push(track.id);
  }
  return { tracks: [...tracks.values()], copies };
}

function isMissingAtDeezer(recording: Recording, rates: DisagreementRates, dice: Dice): boolean {
  return dice.happens("missing-at-deezer", recording.group, rates.missingAtDeezer);
}

function toDeezerTrack(recording: Recording, id: string, rates: DisagreementRates, dice: Dice): DeezerTrack {
  const key = recording.group;
  const names: readonly string[] = dice.happens("artist-order", key, rates.artistOrderDiffers)
    ? recording.artists.toReversed()
    : recording.artists;
  const [main = recording.artists[0], ...guests] = names;
  const title = deezerTitle(recording, guests, rates, dice);
  const explicit = dice.happens("explicit", key, rates.explicit);
  const ownCode = recording.isrc === undefined || dice.happens("isrc-differs", key, rates.isrcDiffers);
  return {
    id,
    ...title,
    isrc: ownCode ? derivedIsrc(dice, "deezer-isrc", key, recording.year) : recording.isrc,
    explicit: dice.happens("explicit-differs", key, rates.explicitDiffers) ? !explicit : explicit,
    year: recording.year,
    recordingKey: key,
    decoy: undefined,
    rank: 200_000 + dice.roll("deezer-rank", key, 750_000),
    contributors: [deezerArtist(dice, main), ...guests.map((name) => deezerArtist(dice, name))],
    album: releaseOf(recording, deezerArtist(dice, main), rates, dice),
    duration: Math.max(1, Math.round(recording.durationMs / 1_000) + secondsOff(key, rates, dice)),
    trackPosition: 1 + dice.roll("track-number", key, 14),
    readable: !dice.happens("unreadable", key, rates.unreadable),
    alternativeId: undefined,
  };
}

function deezerTitle(
  recording: Recording,
  guests: readonly string[],
  rates: DisagreementRates,
  dice: Dice,
): DeezerTitle {
  const key = recording.group;
  const nameGuests =
    guests.length > 0 && !namesGuests(recording.title) && dice.happens("guests-in-title", key, rates.guestsInTitle);
  return toDeezerTitle(
    recording.title,
    nameGuests ? guests : [],
    dice.happens("remaster-omitted", key, rates.remasterOmitted),
  );
}

/** Derived, like Spotify's albums; equal to theirs where the seed lets the two services agree. */
function albumTitle(recording: Recording, rates: DisagreementRates, dice: Dice): string {
  const stem = titleStem(recording.title);
  const artist = recording.artists[0];
  if (!dice.happens("album-differs", recording.group, rates.albumDiffers)) {
    const kind = dice.pick("album-type", recording.group, ALBUM_TYPES);
    return kind === "compilation" ? `The Best of ${artist}` : stem;
  }
  return dice.pick("album-edition", recording.group, [
    `${stem} (Deluxe Edition)`,
    `${stem} (Remastered)`,
    `The Essential ${artist}`,
    "100 Greatest Hits",
  ]);
}

function deezerArtist(dice: Dice, name: string): DeezerArtist {
  return { id: 1_000 + dice.roll("deezer-artist", name, 200_000_000), name };
}

/** Keyed by the first artist of the recording, also where Deezer shows another one: it is the same release. */
function releaseOf(recording: Recording, artist: DeezerArtist, rates: DisagreementRates, dice: Dice): DeezerAlbum {
  const { year, group } = recording;
  const [main] = recording.artists;
  const title = albumTitle(recording, rates, dice);
  const key = releaseKey(main, year, title);
  const type = dice.pick("album-type", group, ALBUM_TYPES);
  return {
    id: albumId(dice, `${artist.name}:${year}`, title),
    title,
    year,
    artist,
    recordType: deezerRecordType(type, key, rates, dice),
    trackCount: deezerTrackCount(trackCountOf(main, year, type, dice), title, key, rates, dice),
    upc: deezerUpc(key, rates, dice),
    releaseKey: key,
  };
}

/** An album that no recording of the extract is on. */
function otherAlbum(
  key: string,
  title: string,
  year: number,
  artist: DeezerArtist,
  rates: DisagreementRates,
  dice: Dice,
): DeezerAlbum {
  const release = releaseKey(artist.name, year, title);
  return {
    id: albumId(dice, key, title),
    title,
    year,
    artist,
    recordType: "album",
    trackCount: 12,
    upc: deezerUpc(release, rates, dice),
    releaseKey: release,
  };
}

function albumId(dice: Dice, key: string, title: string): number {
  return 100_000 + dice.roll("deezer-album", `${key}:${title}`, 700_000_000);
}

function secondsOff(key: string, rates: DisagreementRates, dice: Dice): number {
  let rest = dice.fraction("seconds-off", key);
  for (const [seconds, share] of rates.secondsOff) {
    if (rest < share) return seconds;
    rest -= share;
  }
  return 0;
}

/** A replaced id stays readable by id and in libraries, but search and ISRC lookup know only its successor. */
function redeliver(original: DeezerTrack, rates: DisagreementRates, dice: Dice): DeezerTrack[] {
  if (!dice.happens("redelivered", original.recordingKey, rates.redelivered)) return [original];
  const successor = { ...original, id: derivedId(dice, `redelivered:${original.id}`), readable: true };
  return [successor, { ...original, readable: false, alternativeId: successor.id }];
}

function derivedId(dice: Dice, key: string): string {
  return String(FIRST_DERIVED_ID + dice.roll("deezer-id", key, 1_000_000_000));
}

/** Reissues of other real songs that carry a code which is not theirs; the ISRC lookup prefers them. */
function wrongCodeTracks(
  recordings: readonly Recording[],
  tracks: ReadonlyMap<string, DeezerTrack>,
  rates: DisagreementRates,
  dice: Dice,
): DeezerTrack[] {
  return recordings.flatMap((recording, index) => {
    const original = tracks.get(recording.deezerId ?? "");
    if (recording.isrc === undefined || original?.isrc !== recording.isrc) return [];
    if (recording.group !== recording.spotifyId) return [];
    if (!dice.happens("isrc-on-wrong-song", recording.group, rates.isrcOnWrongSong)) return [];
    const other = recordings[(index + 1 + dice.roll("wrong-song", recording.group, 500)) % recordings.length];
    const otherTrack = tracks.get(other?.deezerId ?? "");
    if (other === undefined || otherTrack === undefined || other.group === recording.group) return [];
    const album = otherAlbum("reissue", "100 Greatest Hits", otherTrack.year, variousArtists, rates, dice);
    const id = derivedId(dice, `wrong-code:${recording.group}`);
    return [
      { ...otherTrack, id, isrc: recording.isrc, album, decoy: "wrong-code", readable: true, alternativeId: undefined },
    ];
  });
}

function toDecoyTrack(original: DeezerTrack, decoy: Decoy, rates: DisagreementRates, dice: Dice): DeezerTrack {
  const [main = original.contributors[0], ...others] =
    decoy.artistNames?.map((name) => deezerArtist(dice, name)) ?? original.contributors;
  return {
    ...original,
    ...toDeezerTitle(decoy.spotifyTitle, [], false),
    id: derivedId(dice, `decoy:${decoy.key}`),
    isrc: derivedIsrc(dice, "deezer-decoy", decoy.key, decoy.year),
    explicit: false,
    year: decoy.year,
    decoy: decoy.kind,
    rank: decoy.rank,
    contributors: [main, ...others],
    album: otherAlbum(`decoy:${decoy.key}`, decoy.albumName, decoy.year, main, rates, dice),
    duration: Math.max(30, original.duration + decoy.secondsLonger),
    readable: true,
    alternativeId: undefined,
  };
}
