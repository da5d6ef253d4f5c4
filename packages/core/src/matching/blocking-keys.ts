import { bonesOf } from "./artist-names.ts";
import type { PreparedTrack } from "./prepared-track.ts";
import { skeleton } from "./scripts.ts";

const mostArtistKeys = 4;
const mostTitles = 4;
const bucketMs = 8_000;

/**
 * Keys under which an index can find this track again as another service shows it: by code; by each title with each
 * artist; by title; by consonants (other romanisation, typing errors); by artist with the length (other script).
 * Most telling first. Keys are made of user content: keep them in memory only.
 */
export function blockingKeysOf(track: PreparedTrack): readonly string[] {
  const titles = [...new Set([track.title, track.titleRoman, track.title + track.titleTail, ...track.titleAliases])]
    .filter((title) => title !== "")
    .slice(0, mostTitles);
  const artists = mainKeysOf(track);
  const main = track.credits[0]?.whole;
  const bones = main === undefined ? "" : bonesOf(main);
  const titleBones = skeleton(track.titleRoman || track.title).slice(0, 6);
  return [
    ...new Set([
      ...(track.isrc === undefined ? [] : [`i:${track.isrc}`]),
      ...titles.flatMap((title) => artists.map((artist) => `b:${title}|${artist}`)),
      ...titles.map((title) => `t:${title}`),
      ...(track.readings.length === 0 ? [] : track.readings.map((reading) => `t:${reading.track.title}`)),
      ...(bones === "" || titleBones.length < 2 ? [] : [`c:${titleBones}|${bones}`]),
      ...artists.map((artist) => `p:${track.title.slice(0, 4)}|${artist}`),
      ...lengthKeys(track, artists[0]),
    ]),
  ];
}

/** Names near the front of the list, parts of a joined string included. */
function mainKeysOf(track: PreparedTrack): readonly string[] {
  return track.artistKeys.slice(0, mostArtistKeys);
}

/** Two grids half a bucket apart, so that lengths within half a bucket share one cell of at least one grid. */
function lengthKeys(track: PreparedTrack, artist: string | undefined): readonly string[] {
  if (track.durationMs === undefined || artist === undefined) return [];
  const cell = Math.floor(track.durationMs / bucketMs);
  const shifted = Math.floor((track.durationMs + bucketMs / 2) / bucketMs);
  return [`l:${cell}|${artist}`, `m:${shifted}|${artist}`];
}
