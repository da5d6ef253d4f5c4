import type { GradeOf, UniversalTrack } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { compare, track } from "./tracks.ts";

type Fields = Parameters<typeof track>[1];
const kites = (title: string, fields: Fields = {}) => track(title, { durationMs: 240_000, ...fields });
const plain = kites("Paper Kites");
const guest = kites("Paper Kites", { artists: ["Ann Vale", "Bo Lund"] });

function grades(a: UniversalTrack, b: UniversalTrack) {
  const { signs } = compare(a, b);
  expect(compare(b, a).signs).toEqual(signs);
  return signs;
}

describe("what a tail says", () => {
  it.each<readonly [title: string, version: GradeOf<"version">]>([
    ["Paper Kites (Re Recorded)", "one-sided"],
    ["Paper Kites (8 D Audio)", "one-sided"],
    ["Paper Kites (A Cappella)", "one-sided"],
    ["Paper Kites (Sped Up)", "one-sided"],
    ["Paper Kites (In the Style of Ann Vale)", "one-sided"],
    ["Paper Kites (Live at the Dome)", "one-sided"],
    ["Paper Kites (Live 1999)", "one-sided"],
    ["Paper Kites (Live Your Dream)", "both-plain"],
    ["Paper Kites (Take)", "one-sided"],
    ["Paper Kites (Take 3)", "one-sided"],
    ["Paper Kites (Take Me Home Tonight)", "both-plain"],
    ["Paper Kites (Under Cover of Night)", "both-plain"],
    ["Paper Kites - Original Mix", "both-plain"],
    ["Paper Kites (Nova Mix)", "one-sided"],
    ["Paper Kites (Ann's Version)", "one-sided"],
    ["Paper Kites (Edit)", "soft-confirmed"],
    ["Paper Kites (Mono)", "soft-confirmed"],
    ["Paper Kites - 2012 Abbey Road Remaster", "both-plain"],
    ["Paper Kites [Official Video]", "both-plain"],
    ["Paper Kites Karaoke Version", "one-sided"],
    ["Paper Kites Nova Remix", "one-sided"],
  ])("%s beside the plain title is %s", (title, version) => {
    expect(grades(kites(title), plain).version.grade).toBe(version);
  });

  it.each([
    "Paper Kites [Official Video]",
    "Paper Kites (Album Version)",
    "Paper Kites - 2012 Abbey Road Remaster",
    "Paper Kites (prod. Nova)",
    'Paper Kites (From "The Harbour")',
    "Paper Kites - Mono",
  ])("%s has no other title than Paper Kites", (title) => {
    expect(grades(kites(title), plain).title.grade).toBe("exact");
  });

  it.each([
    "Paper Kites (feat. Bo Lund)",
    "Paper Kites (with Bo Lund)",
    "Paper Kites [mit Bo Lund]",
    "Paper Kites (+ Bo Lund)",

    "Paper Kites feat. Bo Lund",
    "Paper Kites ft Bo Lund",
  ])("%s names a guest", (title) => {
    const signs = grades(kites(title), guest);
    expect(signs.artists.grade).toBe("same");
    expect(signs.title.grade).toBe("exact");
  });

  it("keeps words after a dash and phrases in brackets in the title", () => {
    expect(grades(kites("Paper Kites - And Then the Rain"), plain).title.grade).toBe("tail-one-sided");
    expect(grades(kites("Paper Kites (Songs of Rain)"), plain).title.grade).toBe("tail-one-sided");
  });

  it("takes an original mix for the plain recording where every field is known", () => {
    const known = (title: string) => kites(title, { album: "Tide" });
    expect(grades(known("Paper Kites - Original Mix"), known("Paper Kites")).version.grade).toBe("both-plain");
  });

  it("reads the service's own version field", () => {
    expect(grades(kites("Paper Kites", { version: "Live" }), plain).version.grade).toBe("one-sided");
  });

  it("reads flags", () => {
    const explicit = kites("Paper Kites", { explicit: true });
    expect(grades(kites("Paper Kites (Clean)"), explicit).explicit.grade).toBe("different");
    expect(grades(kites("Paper Kites [Explicit]"), explicit).explicit.grade).toBe("same");
  });
});

describe("numerals", () => {
  it.each<readonly [a: string, b: string, numbers: GradeOf<"numbers">]>([
    ["Tide, Pt. 1", "Tide (Part One)", "same"],
    ["Tide, Pt. 1", "Tide, Pt. 2", "different"],
    ["Tide, Pt. II", "Tide, Part 2", "same"],
    ["Tide II", "Tide III", "different"],
    ["Tide II", "Tide", "one-sided"],
    ["You and I", "You and", "none"],
    ["Tide, Parts 1 & 2", "Tide, Parts 1 & 3", "different"],
    ["Interlude 1", "Interlude 2", "different"],
    ["Interlude 01", "Interlude 1", "same"],
    ["Xii", "Xii", "none"],
    ["Op. 67 No. 5", "Op. 67 No. 6", "different"],
  ])("of %s and %s are %s", (a, b, numbers) => {
    expect(grades(kites(a), kites(b)).numbers.grade).toBe(numbers);
  });
});

describe("titles", () => {
  it.each<readonly [a: string, b: string, title: GradeOf<"title">]>([
    ["Paper Kites (We Can Fly)", "Paper Kites We Can Fly", "exact"],
    ["Papierdrachen (Paper Kites)", "Paper Kites", "variant"],
    ["Кукушка", "Kukushka", "romanised"],
    ["Шостакович", "Schostakovich", "romanised"],
    ["ירושלים", "Yerushalayim", "romanised"],
    ["紅蓮華", "Gurenge", "other-script"],
    ["Grüne Häuser", "Gruene Haeuser", "close"],
    ["Paper Kites (We Can Fly)", "Paper Kites (Songs of Rain)", "tail-different"],
    ["Paper Kites Live", "Paper Kites", "different"],
    ["Paper Kites Over Town", "Paper Kites", "contained"],
    ["Go Away From Here", "Go", "different"],
    ["Łódź nocą", "Lodz noca", "exact"],
    ["Café Déjà Vu", "Cafe Deja Vu", "exact"],
    ["ライラック", "らいらっく", "exact"],
    ["Rock 'n' Roll", "Rock and Roll", "exact"],
    ["Kiteflight", "Kite Flight", "exact"],
    ["🔥", "💧", "different"],
    ["🔥", "🔥", "exact"],
    ["שלום עולם", "שלום עולם", "exact"],
  ])("%s beside %s is %s", (a, b, title) => {
    expect(grades(kites(a), kites(b)).title.grade).toBe(title);
  });

  it("that are empty say nothing", () => {
    const nobody = kites("", { artists: [] });
    expect(grades(nobody, nobody).title.grade).toBe("unknown");
  });
});
