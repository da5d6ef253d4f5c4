import { createMatcher, type GradeOf, type SignName, type UniversalTrack, type WeightOverrides } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { weights } from "../../src/matching/weights.ts";
import { compare, confidence, matcher, track } from "./tracks.ts";

type Fields = Parameters<typeof track>[1];
const long = 240_000;
const code = "GBXYZ2400123";
const kites = (title = "Paper Kites", fields: Fields = {}): UniversalTrack =>
  track(title, { durationMs: long, ...fields });
const by = (...artists: string[]) => kites("Paper Kites", { artists });
const after = (ms: number) => kites("Paper Kites", { durationMs: long + ms });
const on = (album: string, fields: Fields = {}) => kites("Paper Kites", { album, ...fields });
const from = (releaseDate: string) => kites("Paper Kites", { releaseDate });
const coded = (fields: Fields = {}, title = "Paper Kites") => kites(title, { isrc: code, ...fields });
const plain = kites();

type Row = readonly [grade: string, a: UniversalTrack, b: UniversalTrack];

/** For each grade two tracks that come out so. */
const raises: { readonly [N in SignName]?: readonly Row[] } = {
  title: [
    ["exact", plain, plain],
    ["variant", kites("Papierdrachen (Paper Kites)"), plain],
    ["tail-one-sided", kites("Paper Kites (We Can Fly)"), plain],
    ["close", kites("Paper Kitess"), plain],
    ["romanised", kites("Кукушка", { artists: ["Мира"] }), kites("Kukushka", { artists: ["Mira"] })],
  ],
  version: [
    ["both-plain", plain, plain],
    ["same", kites("Paper Kites (Nova Remix)"), kites("Paper Kites - Nova Remix")],
    ["soft-confirmed", kites("Paper Kites - Radio Edit"), plain],
  ],
  numbers: [["same", kites("Tide, Pt. 2"), kites("Tide (Part Two)")]],
  artists: [
    ["same", plain, plain],
    ["subset", by("Ann Vale", "Bo Lund"), plain],
    ["close", by("Ann Vales"), plain],
    ["romanised", by("Мира Соколова"), by("Myra Sokolova")],
    ["in-title", kites("Ann Vale - Paper Kites", { artists: ["Melody Channel"] }), plain],
  ],
  album: [
    ["same", on("Harbour"), on("Harbour")],
    ["similar", on("Harbour Lights"), on("Harbour Light")],
  ],
  length: [["within-2s", after(2_000), plain]],
  year: [["same", from("1999"), from("1999-05-01")]],
  track: [["same", on("Harbour", { trackNumber: 4 }), on("Harbour", { trackNumber: 4 })]],
  isrc: [
    ["same", coded(), coded()],
    ["same-unsound", coded(), coded({ durationMs: long + 60_000 })],
  ],
};

const lowers: typeof raises = {
  title: [
    ["contained", kites("Paper Kites Over The Harbour"), plain],
    ["tail-different", coded({}, "Paper Kites (We Can Fly)"), coded({}, "Paper Kites (Songs Of Rain)")],
    ["different", coded({}, "Long Road"), coded()],
  ],
  version: [
    ["partial", kites("Paper Kites (Live)"), kites("Paper Kites (Live at the Dome)")],
    ["soft-unconfirmed", track("Paper Kites - Radio Edit"), track("Paper Kites")],
    ["soft-refuted", kites("Paper Kites - Radio Edit", { durationMs: long - 20_000 }), plain],
    ["context-one-sided", on("Live in Oslo"), plain],
    ["one-sided", kites("Paper Kites (Live)"), plain],
  ],
  numbers: [["one-sided", kites("Tide, Pt. 2"), kites("Tide")]],
  artists: [
    ["some", by("Ann Vale", "Mira"), by("Bo Lund", "Mira")],
    ["disjoint", coded({ artists: ["Nord Orchestra"] }), coded()],
  ],
  length: [
    ["within-15s", after(15_000), plain],
    ["within-30s", after(30_000), plain],
    ["beyond-30s", after(30_001), plain],
  ],
  year: [["different", from("1999"), from("2014")]],
  track: [["different", on("Harbour", { trackNumber: 4 }), on("Harbour", { trackNumber: 5 })]],
  album: [["different", on("Harbour"), on("Summer Hits")]],
  explicit: [["different", kites("Paper Kites", { explicit: true }), kites("Paper Kites", { explicit: false })]],
};

/** Tell nothing, or end the comparison whatever they weigh, or are held at zero. */
const saysNothing: { readonly [N in SignName]?: readonly Row[] } = {
  title: [
    ["other-script", kites("紅蓮華"), kites("Gurenge")],
    ["unknown", kites("", { artists: [] }), plain],
  ],
  numbers: [["none", plain, plain]],
  artists: [
    ["main", by("Ann Vale", "Bo Lund"), by("Ann Vale", "Mira")],
    ["other-script", by("鄧麗君"), by("Teresa Teng")],
    ["unknown", by(), plain],
  ],
  album: [["unknown", on("Harbour"), plain]],
  length: [["unknown", track("Paper Kites"), plain]],
  year: [["unknown", from("1999"), plain]],
  track: [["unknown", on("Harbour", { trackNumber: 4 }), on("Summer Hits", { trackNumber: 4 })]],
  isrc: [
    ["different", coded(), coded({ isrc: "USABC0100001" })],
    ["unknown", coded(), plain],
  ],
  explicit: [["unknown", kites("Paper Kites", { explicit: true }), plain]],
};

const rowsOf = (table: typeof raises) =>
  Object.entries(table).flatMap(([name, rows]) =>
    (rows ?? []).map(([grade, a, b]) => [`${name}.${grade}`, name as SignName, grade, a, b] as const),
  );

/** The confidence as it would be if the grade said nothing. */
function without(name: SignName, grade: string, a: UniversalTrack, b: UniversalTrack): number {
  const silent = createMatcher({ weights: { [name]: { [grade]: 0 } } as WeightOverrides });
  return silent.compare(silent.prepare(a), silent.prepare(b)).confidence;
}

describe("each grade pulls its way", () => {
  it.each(rowsOf(raises))("%s raises the confidence", (_, name, grade, a, b) => {
    expect(compare(a, b).signs[name].grade).toBe(grade);
    expect(confidence(a, b)).toBeGreaterThan(without(name, grade, a, b));
  });

  it.each(rowsOf(lowers))("%s lowers the confidence", (_, name, grade, a, b) => {
    expect(compare(a, b).signs[name].grade).toBe(grade);
    expect(confidence(a, b)).toBeLessThan(without(name, grade, a, b));
  });

  it.each(rowsOf(saysNothing))("%s says nothing", (_, name, grade, a, b) => {
    expect(compare(a, b).signs[name].grade).toBe(grade);
    expect(confidence(a, b)).toBe(without(name, grade, a, b));
  });

  it.each<readonly [string, SignName, UniversalTrack, UniversalTrack]>([
    ["title", "title", plain, kites("Long Road")],
    ["artists", "artists", plain, by("Bo Lund")],
    ["numbers", "numbers", kites("Tide, Pt. 1"), kites("Tide, Pt. 2")],
    ["version", "version", kites("Paper Kites (Nova Remix)"), kites("Paper Kites (Orbit Remix)")],
  ])("a plain difference of %s ends the comparison", (_, name, a, b) => {
    const comparison = compare(a, b);
    expect(comparison).toMatchObject({ confidence: 0, veto: name });
    expect(comparison.signs.album.state).toBe("unknown");
  });
});

describe("grades of one sign", () => {
  const logOdds = <N extends SignName>(name: N, ...grades: readonly GradeOf<N>[]) =>
    grades.map((grade) => weights[name][grade]);
  const falling = (values: readonly number[]) =>
    values.every((value, i) => i === 0 || value < (values[i - 1] ?? Number.POSITIVE_INFINITY));

  it("weigh in the order of what they say", () => {
    expect(falling(logOdds("title", "exact", "close", "similar", "contained", "different"))).toBe(true);
    expect(falling(logOdds("length", "within-2s", "within-8s", "within-15s", "within-30s", "beyond-30s"))).toBe(true);
    expect(falling(logOdds("version", "same", "soft-unconfirmed", "soft-refuted", "one-sided"))).toBe(true);
    expect(falling(logOdds("artists", "same", "close", "main", "some", "disjoint"))).toBe(true);
    expect(falling(logOdds("isrc", "same", "same-unsound", "unknown"))).toBe(true);
  });

  it("say nothing of two tracks of which nothing is known", () => {
    const nobody = track("", { artists: [] });
    expect(matcher.compare(matcher.prepare(nobody), matcher.prepare(nobody)).confidence).toBeLessThan(0.1);
  });
});
