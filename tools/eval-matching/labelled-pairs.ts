import { fileURLToPath } from "node:url";
import { baselineScore, createItemIndex, createMatcher, type UniversalTrack } from "@syncer/core";
import { readForeign } from "./foreign-lines.ts";
import { handmadePairs } from "./handmade-pairs.ts";
import { bareTrackOf, halfOf, loadRecordings, type Recording, realTrackOf, trackOf } from "./recordings.ts";
import { baseOf, isSameSong, sharesName } from "./same-song.ts";
import { scriptPairs } from "./script-pairs.ts";
import { type Random, seededRandom } from "./seeded-random.ts";
import { dirtyPairs } from "./views-dirty.ts";
import { doubtfulPairs } from "./views-doubtful.ts";
import { exportedPairs } from "./views-exports.ts";
import { namePairs } from "./views-names.ts";
import { otherRecording } from "./views-other.ts";
import { sameRecording } from "./views-same.ts";

/** Two tracks and whether they are one recording. */
export interface JudgedPair {
  /** The failure class that the pair stands for. */
  readonly class: string;
  readonly same: boolean;
  readonly a: UniversalTrack;
  readonly b: UniversalTrack;
}

export interface LabelledPair extends JudgedPair {
  readonly half: "fit" | "report";
}

/** A source, what a service offers, and the places of the right ones (none if it is not there). */
export interface PickSet {
  readonly class: string;
  readonly source: UniversalTrack;
  readonly candidates: readonly UniversalTrack[];
  readonly right: readonly number[];
}

const seed = 20_261_122;

/** Pairs of every class, both ways, from real rows, twins, hard neighbours and the hand-made table. Always the same. */
export function labelledPairs(): readonly LabelledPair[] {
  const random = seededRandom(seed);
  const rows = loadRecordings();
  return [
    ...rows.flatMap((row) => derivedPairs(row, rows, random)),
    ...twinPairs(rows),
    ...neighbourPairs(rows),
    ...hardNegatives(),
    ...handmadePairs,
    ...scriptPairs,
    ...spoiledPairs(rows),
    ...namedPairs(rows),
    ...moreOf(rows, 4, 4, doubtfulPairs),
    ...moreOf(rows, 3, 5, exportedPairs),
  ];
}

function derivedPairs(row: Recording, rows: readonly Recording[], random: Random): readonly LabelledPair[] {
  const half = halfOf(row.artist);
  const a = trackOf(row);
  const other = rows[random.between(0, rows.length - 1)] ?? row;
  const draw = (label: boolean, views: typeof sameRecording | typeof otherRecording): LabelledPair[] => {
    const made = random.pick(views).make(a, random, trackOf(other));
    if (made === undefined) return [];
    const [left, right] = random.chance(0.5) ? [made.a, made.b] : [made.b, made.a];
    return [{ class: made.class, same: label, a: left, b: right, half }];
  };
  return [
    ...draw(true, sameRecording),
    ...draw(true, sameRecording),
    ...draw(false, otherRecording),
    ...draw(false, otherRecording),
  ];
}

/** Every second row, with a field that is damaged, empty or in the wrong place on one side. */
function spoiledPairs(rows: readonly Recording[]): readonly LabelledPair[] {
  const random = seededRandom(seed + 2);
  return rows.flatMap((row, i) => {
    const other = rows[random.between(0, rows.length - 1)] ?? row;
    const made = i % 2 === 0 ? dirtyPairs(trackOf(row), trackOf(other), random) : [];
    return made.map((pair): LabelledPair => ({ ...pair, half: halfOf(row.artist) }));
  });
}

/** Every third row whose artist has a first and a last name. */
function namedPairs(rows: readonly Recording[]): readonly LabelledPair[] {
  const random = seededRandom(seed + 3);
  return rows.flatMap((row, i) => {
    const made = i % 3 === 0 ? namePairs(trackOf(row), random) : [];
    return made.map((pair): LabelledPair => ({ ...pair, half: halfOf(row.artist) }));
  });
}

/** Pairs of every n-th row. */
function moreOf(
  rows: readonly Recording[],
  nth: number,
  stream: number,
  make: (track: UniversalTrack, random: Random, other: UniversalTrack) => readonly Omit<LabelledPair, "half">[],
): readonly LabelledPair[] {
  const random = seededRandom(seed + stream);
  return rows.flatMap((row, i) => {
    const other = rows[random.between(0, rows.length - 1)] ?? row;
    const made = i % nth === 0 ? make(trackOf(row), random, trackOf(other)) : [];
    return made.map((pair): LabelledPair => ({ ...pair, half: halfOf(row.artist) }));
  });
}

/** Real rows that share a code or a service's id. Lengths only where both are real; the rest is each row's own. */
function twinPairs(rows: readonly Recording[]): readonly LabelledPair[] {
  const groups = Map.groupBy(
    rows.filter((row) => row.recording !== undefined),
    (row) => row.recording,
  );
  return [...groups.values()].flatMap((group) =>
    group.slice(1).map((row, i) => ({
      class: "twin",
      same: true,
      a: bareTrackOf(group[i] ?? row),
      b: bareTrackOf(row),
      half: halfOf(row.artist),
    })),
  );
}

/** Rows of other recordings that come up as candidates of each other: same artist and a similar title, or same title. */
function neighbourPairs(rows: readonly Recording[]): readonly LabelledPair[] {
  const matcher = createMatcher();
  const index = createItemIndex(matcher);
  const tracks = rows.map((row) => realTrackOf(row));
  const prepared = tracks.map((track) => matcher.prepare(track));
  prepared.forEach((track, i) => {
    index.add(String(i), track);
  });
  return rows.flatMap((row, i) => {
    const self = prepared[i];
    const a = tracks[i];
    if (self === undefined || a === undefined) return [];
    return index.candidates(self).flatMap(({ id }): LabelledPair[] => {
      const at = Number(id);
      const other = rows[at];
      const b = tracks[at];
      if (at <= i || other === undefined || b === undefined || !isOther(row, other)) return [];
      return [{ class: "neighbour", same: false, a, b, half: halfOf(row.artist) }];
    });
  });
}

/** What the matcher itself found most alike of different recordings; see mine.ts. Halves by the first side's artist. */
function hardNegatives(): readonly LabelledPair[] {
  const file = fileURLToPath(new URL("./data/hard-negatives.jsonl", import.meta.url));
  return readForeign([file]).pairs.map((pair) => ({ ...pair, half: halfOf(pair.a.artists[0] ?? "") }));
}

/** Certain only where the titles or the artists have little in common by a measure that is not the matcher's. */
function isOther(row: Recording, other: Recording): boolean {
  if (row.recording !== undefined && row.recording === other.recording) return false;
  const title = (text: string): UniversalTrack => ({ title: text, artists: [], externalIds: {} });
  const named = (name: string): UniversalTrack => ({ title: "", artists: [name], externalIds: {} });
  const empty = baselineScore(title(""), title("x"));
  const titlesAlike = (baselineScore(title(row.title), title(other.title)) - empty) / 0.45;
  const artistsAlike = (baselineScore(named(row.artist), named(other.artist)) - (1 - 0.4)) / 0.4;
  const sameBase = baseOf(row.title) === baseOf(other.title);
  return artistsAlike < 0.4 && !sharesName(row.artist, other.artist) ? true : titlesAlike < 0.6 && !sameBase;
}

/** Sources with what a search would offer: every row of all rows that the index finds, the right ones among them. */
export function pickSets(half: "fit" | "report" = "report", sample = 600): readonly PickSet[] {
  const random = seededRandom(seed + 1);
  const matcher = createMatcher();
  const index = createItemIndex(matcher);
  const rows = loadRecordings();
  const made = rows.map((row) => random.pick(sameRecording).make(trackOf(row), random, trackOf(row)));
  const shown = rows.map((row, i) => made[i]?.b ?? trackOf(row));
  shown.forEach((track, i) => {
    index.add(String(i), matcher.prepare(track));
  });
  const places = rows.map((_, i) => i).filter((i) => halfOf(rows[i]?.artist ?? "") === half);
  return places.slice(0, sample).map((i): PickSet => {
    const row = rows[i];
    const source = made[i]?.a ?? trackOf(row ?? { title: "", artist: "" });
    const isRight = (at: number): boolean =>
      at === i || (row?.recording !== undefined && rows[at]?.recording === row.recording) || isSameSong(row, rows[at]);
    const offered = index.candidates(matcher.prepare(source)).map(({ id }) => Number(id));
    const all = [...new Set([...offered, i])];
    return {
      class: made[i]?.class ?? "fields",
      source,
      candidates: all.flatMap((at) => shown[at] ?? []),
      right: all.flatMap((at, place) => (isRight(at) ? [place] : [])),
    };
  });
}

export function withoutRight(set: PickSet): PickSet {
  return { ...set, candidates: set.candidates.filter((_, i) => !set.right.includes(i)), right: [] };
}
