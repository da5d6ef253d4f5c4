/**
 * Looks in the real recordings for pairs that the matcher finds most alike although they are different recordings, and
 * prints them as lines of data/hard-negatives.jsonl: `npm run -s eval:matching:mine > tools/eval-matching/data/hard-negatives.jsonl`.
 * Read what it finds: rows without a shared code may still be one recording, and belong in `reallySame` then.
 */
import { createItemIndex, createMatcher } from "@syncer/core";
import { loadRecordings, type Recording, realTrackOf } from "./recordings.ts";
import { isSameSong } from "./same-song.ts";

const mostPairs = 240;
const mostPerRow = 3;

/** Read by hand: marked as versions, but the same recording, or nobody can tell from the row. Codes, `a+b`. */
const reallySame = new Set([
  "USQX91500448+USUS11202574",
  "GBA7H1244642+Itchycoo Park - 2012 Remaster|Small Faces",
  "NLZ541300467+NLZ541300555",
  "DEA621400286+DEA621400324",
  "AUNV01400153+AUNV01400450",
  "DEZ921200553+SEBMA0065010",
  "GB6CM1300100+GBUM71507634",
]);
/** Read by hand: nothing in the titles tells them apart, but they are: new recordings, another language. */
const reallyOther = new Set([
  "GBKCF1000129+NLZ541900065",
  "IT00D0206423+UKWLG2200052",
  "UKWLG2200052+USUS10410043",
  "DEA622100158+DEA622100161",
  "DEA622100161+DEK890500100",
]);

interface Found {
  readonly a: Recording;
  readonly b: Recording;
  readonly confidence: number;
}

const rows = loadRecordings();
const matcher = createMatcher();
const index = createItemIndex(matcher);
const prepared = rows.map((row) => matcher.prepare(realTrackOf(row)));
prepared.forEach((track, i) => {
  index.add(String(i), track);
});

const used = new Map<Recording, number>();
const found = rows
  .flatMap((a, i): readonly Found[] => {
    const own = prepared[i];
    if (own === undefined) return [];
    return index.candidates(own).flatMap(({ id, prepared: other }): readonly Found[] => {
      const b = rows[Number(id)];
      if (b === undefined || Number(id) <= i || !areApart(a, b)) return [];
      const { confidence } = matcher.compare(own, other);
      return [{ a, b, confidence }];
    });
  })
  .sort((x, y) => y.confidence - x.confidence || keyOf(x).localeCompare(keyOf(y)))
  .filter(({ a, b }) => {
    const most = Math.max(used.get(a) ?? 0, used.get(b) ?? 0);
    if (most >= mostPerRow) return false;
    for (const row of [a, b]) used.set(row, (used.get(row) ?? 0) + 1);
    return true;
  })
  .slice(0, mostPairs);

for (const { a, b } of found)
  console.log(JSON.stringify({ a: shownOf(a), b: shownOf(b), same: false, class: "hard neighbour" }));
console.error(
  `${found.length} pairs, ${found.filter(({ confidence }) => confidence >= 0.8).length} of them at or above 0.8`,
);

/** Different by the data, and by the titles: equal titles of one artist are one recording unless something marks them. */
function areApart(a: Recording, b: Recording): boolean {
  if (a.recording !== undefined && a.recording === b.recording) return false;
  const key = keyOf({ a, b });
  if (reallyOther.has(key)) return true;
  return !reallySame.has(key) && !isSameSong(a, b);
}

function shownOf({ recording: _, ...row }: Recording): object {
  return row;
}

function keyOf({ a, b }: { a: Recording; b: Recording }): string {
  return [a, b]
    .map(({ title, artist, isrc }) => isrc ?? `${title}|${artist}`)
    .sort()
    .join("+");
}
