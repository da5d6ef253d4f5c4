/**
 * How fast the matcher compares and prepares, beside edit distance on the titles alone and two general fuzzy libraries:
 * `npx node --conditions=@syncer/source bench/matcher.ts`. One thread, in seconds of the processor, because others may
 * use the machine too; the best of several rounds. Every ratio is against fastest-levenshtein in the same run.
 */
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Candidate, createItemIndex, createMatcher, type UniversalTrack } from "@syncer/core";
import { CmpStr } from "cmpstr";
import { distance } from "fastest-levenshtein";
import { token_set_ratio } from "fuzzball";
import { loadRecordings, trackOf } from "../tools/eval-matching/recordings.ts";
import type { BenchRow } from "./bench-row.ts";

const rounds = 7;
const candidatesPerTrack = 20;
const librarySize = 10_000;

/** Calls per second of the fastest round. */
function ratePerSecond(calls: number, work: () => unknown): number {
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    const startedAt = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(startedAt);
    best = Math.max(best, (calls * 1_000_000) / Math.max(1, user + system));
  }
  return Math.round(best);
}

/** What a search would offer: half from the index (same artist, same title …), half any tracks. */
function candidatesOf(tracks: readonly UniversalTrack[]): readonly (readonly [source: number, candidate: number])[] {
  const matcher = createMatcher();
  const index = createItemIndex(matcher);
  const prepared = tracks.map((track) => matcher.prepare(track));
  prepared.forEach((track, i) => {
    index.add(String(i), track);
  });
  return prepared.flatMap((track, i) => {
    const near = index.candidates(track).slice(0, candidatesPerTrack / 2);
    const far = Array.from(
      { length: candidatesPerTrack - near.length },
      (_, k) => (i * 7_919 + k * 104_729) % tracks.length,
    );
    return [...near.map(({ id }) => [i, Number(id)] as const), ...far.map((k) => [i, k] as const)];
  });
}

/** The rows are chosen for hard titles, half of them with tails; of the catalogue that they come from a fifth has some. */
function libraryMix(tracks: readonly UniversalTrack[]): readonly UniversalTrack[] {
  return tracks.filter(({ title }, i) => i % 4 === 0 || !/ - |[([]/.test(title));
}

export default async function run(): Promise<BenchRow[]> {
  const matcher = createMatcher();
  const tracks = loadRecordings().map(trackOf);
  const prepared = tracks.map((track) => matcher.prepare(track));
  const pairs = candidatesOf(tracks).map(([source, candidate]) => {
    const [a, b, preparedA, preparedB] = [tracks[source], tracks[candidate], prepared[source], prepared[candidate]];
    if (!(a && b && preparedA && preparedB)) throw new RangeError("a pair names no track");
    return { titleA: a.title, titleB: b.title, a: preparedA, b: preparedB };
  });
  let sum = 0;
  const prepareAll = (some: readonly UniversalTrack[]): number =>
    ratePerSecond(some.length * 4, () => {
      for (let i = 0; i < 4; i++) for (const track of some) sum += matcher.prepare(track).title.length;
    });
  const preparedHard = prepareAll(tracks);
  const preparedMixed = prepareAll(libraryMix(tracks));
  const overPairs = (judge: (pair: (typeof pairs)[number]) => number, share = 1): number => {
    const some = pairs.slice(0, Math.floor(pairs.length * share));
    return ratePerSecond(some.length, () => {
      for (const pair of some) sum += judge(pair);
    });
  };
  const alike = prepared.map((track) => ({ titleA: "", titleB: "", a: track, b: track }));

  const levenshtein = overPairs(({ titleA, titleB }) => distance(titleA, titleB));
  const compared = overPairs(({ a, b }) => matcher.compare(a, b).confidence);
  const comparedFully = ratePerSecond(alike.length * 10, () => {
    for (let i = 0; i < 10; i++) for (const { a, b } of alike) sum += matcher.compare(a, b).confidence;
  });
  const fuzz = overPairs(({ titleA, titleB }) => token_set_ratio(titleA, titleB), 0.1);
  const cmp = CmpStr.create().setMetric("levenshtein");
  const general = overPairs(({ titleA, titleB }) => Number(cmp.compare(titleA, titleB)), 0.1);
  if (Number.isNaN(sum)) throw new RangeError("a score is not a number");
  const libraryMs = libraryOf(tracks);
  const bytes = bytesPerTrack(libraryMix(tracks));
  const ratio = (rate: number): number => Number((rate / levenshtein).toFixed(2));
  return [
    {
      name: "matcher: prepared comparisons, mixed candidates",
      value: compared,
      unit: "/s",
      bar: 300_000,
      ratio: ratio(compared),
    },
    {
      name: "matcher: prepared comparisons, no early out",
      value: comparedFully,
      unit: "/s",
      bar: 300_000,
      ratio: ratio(comparedFully),
    },
    { name: "fastest-levenshtein on titles alone (baseline)", value: levenshtein, unit: "/s", ratio: 1 },
    { name: "fuzzball token_set_ratio on titles alone", value: fuzz, unit: "/s", ratio: ratio(fuzz) },
    { name: "cmpstr levenshtein on titles alone", value: general, unit: "/s", ratio: ratio(general) },
    {
      name: "matcher: tracks prepared, mixed as a library is",
      value: preparedMixed,
      unit: "/s",
      bar: 60_000,
      ratio: ratio(preparedMixed),
    },
    {
      name: "matcher: tracks prepared, half with title tails",
      value: preparedHard,
      unit: "/s",
      ratio: ratio(preparedHard),
    },
    { name: "matcher: memory of a prepared track", value: bytes, unit: "bytes", bar: 1_200, better: "lower" },
    {
      name: `matcher: library of ${librarySize} prepared, indexed and matched`,
      value: libraryMs,
      unit: "ms",
      bar: 5_000,
      better: "lower",
    },
  ];
}

/** As many tracks as the working size, all with different titles. */
function libraryFrom(tracks: readonly UniversalTrack[]): readonly UniversalTrack[] {
  return Array.from({ length: librarySize }, (_, i): UniversalTrack => {
    const track = tracks[i % tracks.length] ?? { title: "", artists: [], externalIds: {} };
    const copy = Math.floor(i / tracks.length);
    return copy === 0 ? track : { ...track, title: `${track.title} ${String.fromCharCode(96 + copy).repeat(4)}` };
  });
}

/** What the heap holds more after a full collection; the tracks themselves were there before. */
function bytesPerTrack(tracks: readonly UniversalTrack[]): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new TypeError("no garbage collector to call");
  const library = libraryFrom(tracks);
  const matcher = createMatcher();
  collect();
  const before = process.memoryUsage().heapUsed;
  const prepared = library.map((track) => matcher.prepare(track));
  collect();
  const after = process.memoryUsage().heapUsed;
  return Math.round((after - before) / prepared.length);
}

/** A library of the working size against another, end to end: prepare both, index one, find candidates, and judge twenty for each. */
function libraryOf(tracks: readonly UniversalTrack[]): number {
  const library = libraryFrom(tracks);
  const startedAt = performance.now();
  const matcher = createMatcher();
  const index = createItemIndex(matcher);
  const all = library.map((track, i): Candidate => ({ id: String(i), prepared: matcher.prepare(track) }));
  for (const { id, prepared } of all) index.add(id, prepared);
  library.forEach((track, i) => {
    const prepared = matcher.prepare(track);
    const near = index.candidates(prepared).slice(0, candidatesPerTrack);
    const start = (i * 7_919) % (librarySize - candidatesPerTrack);
    matcher.best(prepared, [...near, ...all.slice(start, start + candidatesPerTrack - near.length)]);
  });
  return Math.round(performance.now() - startedAt);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const { name, value, unit, bar, ratio } of await run()) {
    const figure = `${value.toLocaleString("en")} ${unit}`.padStart(16);
    console.log(
      `${name.padEnd(58)}${figure}${ratio === undefined ? "" : `  ×${ratio}`}${bar === undefined ? "" : `  (bar ${bar.toLocaleString("en")})`}`,
    );
  }
}
