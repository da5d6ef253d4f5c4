import type { GradeOf, SignName, UniversalTrack } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { compare, confidence, track } from "./tracks.ts";

type Fields = Parameters<typeof track>[1];
type Case<N extends SignName> = readonly [grade: GradeOf<N>, what: string, a: UniversalTrack, b: UniversalTrack];

const long = 240_000;
const kites = (title = "Paper Kites", fields: Fields = {}) => track(title, { durationMs: long, ...fields });
const plain = kites();
const by = (...artists: string[]) => kites("Paper Kites", { artists });
const on = (album: string, fields: Fields = {}) => kites("Paper Kites", { album, ...fields });

/** What one sign makes of two tracks, from either side. */
function rules<N extends SignName>(name: N, cases: readonly Case<N>[]): void {
  it.each(cases)(`${name} is %s for %s`, (grade, _, a, b) => {
    expect(compare(a, b).signs[name].grade).toBe(grade);
    expect(compare(b, a).signs[name].grade).toBe(grade);
  });
}

describe("rules of the signs", () => {
  rules("length", [
    ["within-2s", "2 s", plain, kites("Paper Kites", { durationMs: long + 2_000 })],
    ["within-4s", "a hair more", plain, kites("Paper Kites", { durationMs: long + 2_001 })],
    ["within-4s", "4 s", plain, kites("Paper Kites", { durationMs: long + 4_000 })],
    ["within-8s", "a hair more", plain, kites("Paper Kites", { durationMs: long + 4_001 })],
    ["within-8s", "8 s", plain, kites("Paper Kites", { durationMs: long + 8_000 })],
    ["within-15s", "a hair more", plain, kites("Paper Kites", { durationMs: long + 8_001 })],
    ["within-15s", "15 s", plain, kites("Paper Kites", { durationMs: long + 15_000 })],
    ["within-30s", "a hair more", plain, kites("Paper Kites", { durationMs: long + 15_001 })],
    ["within-30s", "30 s", plain, kites("Paper Kites", { durationMs: long + 30_000 })],
    ["unknown", "a length of 0", plain, kites("Paper Kites", { durationMs: 0 })],
  ]);

  rules("numbers", [
    ["one-sided", "a part beside none", kites("Tide, Pt. 2"), kites("Tide")],
    ["same", "a bare I beside part one", kites("Tide I"), kites("Tide, Part 1")],
    ["different", "a bare I beside part two", kites("Tide I"), kites("Tide, Part 2")],
    ["same", "a bare digit beside a part", kites("Tide 2"), kites("Tide, Pt. 2")],
    ["different", "parts that begin alike", kites("Tide, Parts 1 & 2"), kites("Tide, Parts 1 & 3")],
    ["different", "one part more", kites("Tide, Parts 1 & 2"), kites("Tide, Part 1")],
    ["none", "digits on one side", kites("Interlude 1"), kites("Interlude")],
    ["none", "a roman letter that begins a title", kites("V for Velvet"), kites("V for Velvet")],
    ["none", "a marker without a number", kites("Part of Me"), kites("Part of Me")],
  ]);

  rules("version", [
    ["partial", "a live take and an album that says so", on("Live in Oslo"), kites("Paper Kites (Live)")],
    ["context-one-sided", "a live album on one side", on("Live in Oslo"), on("Harbour")],
    ["partial", "kinds of a live take", kites("Paper Kites (Unplugged Live)"), kites("Paper Kites (Live)")],
    [
      "one-sided",
      "words that a hyphen joins, whatever the album",
      on("Harbour"),
      kites("Paper Kites (Re-recorded)", { album: "Harbour" }),
    ],
    ["different", "other kinds", kites("Paper Kites (Live)"), kites("Paper Kites (Demo)")],
    [
      "one-sided",
      "remixes that each name somebody else too",
      kites("Paper Kites (Nova & Orbit Remix)"),
      kites("Paper Kites (Nova & Quasar Remix)"),
    ],
    [
      "partial",
      "a remix named more closely",
      kites("Paper Kites (Nova Remix)"),
      kites("Paper Kites (Nova Dawn Remix)"),
    ],
    ["same", "a genitive", kites("Paper Kites (Nova's Remix)"), kites("Paper Kites (Nova Remix)")],
    ["soft-unconfirmed", "mono without a length", track("Paper Kites (Mono)"), track("Paper Kites")],
    ["soft-confirmed", "mono of equal length", kites("Paper Kites (Mono)"), plain],
    ["same", "mono on both sides", kites("Paper Kites (Mono)"), kites("Paper Kites - Mono")],
    ["both-plain", "live as a verb", kites("Live and Let Go"), kites("Live and Let Go")],
  ]);

  rules("artists", [
    ["same", "names in another order", by("Ann Vale", "Bo Lund"), by("Bo Lund", "Ann Vale")],
    ["subset", "the main artist named second", by("Ann Vale"), by("Bo Lund", "Ann Vale")],
    ["some", "a guest in common", by("Ann Vale", "Mira"), by("Bo Lund", "Mira")],
    ["main", "other guests", by("Ann Vale", "Mira"), by("Ann Vale", "Bo Lund")],
    ["same", "a band beside its parts", by("Fox, Moon & Rain"), by("Fox", "Moon", "Rain")],
    ["same", "an article", by("The Kites"), by("Kites")],
    ["same", "an orchestra", by("Ann Vale & Her Orchestra"), by("Ann Vale")],
    ["other-script", "scripts without a table", by("鄧麗君"), by("Teresa Teng")],
    ["romanised", "other vowels in Latin letters", by("Мира Соколова"), by("Myra Sokolova")],
    ["close", "initials", by("J. R. Vale"), by("John Robert Vale")],
    ["close", "a name left out", by("Ann Vale"), by("Ann Marie Vale")],
    ["disjoint", "initials of somebody else", by("J. R. Vale"), by("John Peter Vale")],
    ["disjoint", "short names that differ in one letter", by("Mia"), by("Mio")],
    ["unknown", "Various Artists", by("Various Artists"), plain],
    ["same", "a topic channel", by("Ann Vale - Topic"), plain],
    ["same", "an official channel", by("Official Ann Vale"), plain],
    ["romanised", "a Hebrew letter that is v here and o there", by("דנה לוי"), by("Dana Levi")],
    ["romanised", "a Hebrew letter that is p here and f there", by("דפנה ברק"), by("Dafna Barak")],
    ["romanised", "a Hebrew sound that some spell ch", by("חנן ברק"), by("Chanan Barak")],
    ["other-script", "another Hebrew name", by("דנה לוי"), by("Dana Cohen")],
    ["subset", "a guest behind a conjunction", kites("Paper Kites (y Bo Lund)"), by("Ann Vale", "Bo Lund")],
    ["subset", "a guest who is misspelled", by("Ann Vale", "Cy Stoone"), by("Ann Vale", "Cy Stone")],
  ]);

  rules("title", [
    ["exact", "a guest behind a conjunction", kites("Paper Kites (y Bo Lund)"), by("Ann Vale", "Bo Lund")],
    [
      "tail-one-sided",
      "a subtitle that begins with and",
      kites("Paper Kites (And You Alone)"),
      by("Ann Vale", "Bo Lund"),
    ],
    ["close", "letters swapped in a short title", kites("Waeve"), kites("Weave")],
    ["similar", "another last letter", kites("Angel"), kites("Angels")],
    [
      "different",
      "a version without brackets, whatever the album",
      on("Harbour"),
      kites("Paper Kites Live", { album: "Harbour" }),
    ],
  ]);

  rules("album", [
    ["same", "editions", on("Harbour (Deluxe Edition)"), on("Harbour - Single")],
    ["same", "years", on("Harbour (2011 Remaster)"), on("Harbour")],
    ["unknown", "two scripts", on("Гавань"), on("Harbour")],
    ...["[unknown]", "Unknown Album", "[non-album tracks]"].map(
      (nothing) => ["unknown", nothing, on(nothing), on("Harbour")] as const,
    ),
    ["different", "other words", on("Harbour"), on("Summer Hits")],
  ]);

  rules("track", [
    ["unknown", "equal numbers on other albums", on("Harbour", { trackNumber: 4 }), on("Hits", { trackNumber: 4 })],
    [
      "different",
      "another disc",
      on("Harbour", { trackNumber: 4, discNumber: 1 }),
      on("Harbour", { trackNumber: 4, discNumber: 2 }),
    ],
    ["same", "an unknown disc", on("Harbour", { trackNumber: 4, discNumber: 1 }), on("Harbour", { trackNumber: 4 })],
  ]);

  const isrc = "GBXYZ2400123";
  rules("isrc", [
    ["same", "equal codes", kites("Paper Kites", { isrc }), kites("Paper Kites", { isrc: "gb-xyz-24-00123" })],
    ["unknown", "a malformed code", kites("Paper Kites", { isrc }), kites("Paper Kites", { isrc: "GBXYZ24" })],
    ["same-unsound", "a live take", kites("Paper Kites", { isrc }), kites("Paper Kites (Live)", { isrc })],
    [
      "same-unsound",
      "another length",
      kites("Paper Kites", { isrc }),
      kites("Paper Kites", { isrc, durationMs: 300_000 }),
    ],
    ["same-unsound", "another title", kites("Paper Kites", { isrc }), kites("Long Road", { isrc })],
    ["same", "titles in two scripts", kites("紅蓮華", { isrc }), kites("Gurenge", { isrc })],
    [
      "same-unsound",
      "titles and artists in two scripts",
      kites("紅蓮華", { isrc, artists: ["鄧麗君"] }),
      kites("Gurenge", { isrc, artists: ["Teresa Teng"] }),
    ],
  ]);
});

describe("rules of the whole", () => {
  it("lets an equal code confirm a radio edit where a length is missing", () => {
    const isrc = "GBXYZ2400123";
    const [a, b] = [track("Paper Kites", { isrc }), track("Paper Kites - Radio Edit", { isrc })];
    expect(compare(a, b).signs.version.grade).toBe("soft-confirmed");
  });

  it("needs a common name where titles differ, whatever the code", () => {
    const isrc = "GBXYZ2400123";
    const comparison = compare(kites("Paper Kites", { isrc }), kites("Long Road", { isrc, artists: ["Bo Lund"] }));
    expect(comparison).toMatchObject({ confidence: 0, veto: "artists" });
  });

  it("weighs another title of an equal code, without taking it", () => {
    const isrc = "GBXYZ2400123";
    const comparison = compare(kites("Paper Kites", { isrc }), kites("Long Road", { isrc }));
    expect(comparison.veto).toBeUndefined();
    expect(comparison.confidence).toBeLessThan(0.5);
  });

  it("finds the artist in the title of either side, and only the other side's", () => {
    const upload = kites("Ann Vale - Paper Kites", { artists: ["Melody Channel"] });
    expect(confidence(upload, plain)).toBeGreaterThan(0.9);
    expect(confidence(plain, upload)).toBeGreaterThan(0.9);
    expect(confidence(plain, kites("Bo Lund - Paper Kites", { artists: ["Melody Channel"] }))).toBe(0);
  });
});
