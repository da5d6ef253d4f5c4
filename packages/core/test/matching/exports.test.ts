import type { UniversalTrack } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { compare, confidence, matcher, track } from "./tracks.ts";

type Fields = Parameters<typeof track>[1];
type Row = readonly [what: string, exported: UniversalTrack, other?: UniversalTrack];

const kites = track("Paper Kites", { album: "Tide", durationMs: 200_000 });
/** With neither artist nor album unless they are given. */
const list = (title: string, fields: Fields = {}) =>
  track(title, { artists: [], album: undefined, durationMs: 200_000, ...fields });
/** The other side is the whole track where a row names none. */
const pairsOf = (rows: readonly Row[]) =>
  rows.map(([what, exported, other = kites]) => [what, exported, other] as const);
const ann = { artists: ["Ann Vale"] };

describe("exports that lost their columns", () => {
  it.each(
    pairsOf([
      ["artist and album behind the title, on one side", list("Paper Kites Ann Vale Tide")],
      [
        "the artist here and the album there",
        list("Paper Kites Ann Vale", { album: "Tide" }),
        list("Paper Kites Tide", ann),
      ],
      ["artist and album here, the album there", list("Paper Kites Ann Vale Tide"), list("Paper Kites Tide", ann)],
      [
        "everything on both sides, in words that only they know",
        list("Paper Kites Ann Vale Tide"),
        list("Paper Kites [Explicit] Ann Vale", { album: "Tide" }),
      ],
      ["an edition behind the album", list("Paper Kites Tide (Deluxe Edition)", ann)],
      ["an album that is a single", list("Paper Kites Tide - Single", ann)],
      ["a title that is the album", list("Tide Tide Ann Vale"), track("Tide", { album: "Tide", durationMs: 200_000 })],
      [
        "a joined list of artists",
        list("Paper Kites Ann Vale & Bo Lund"),
        { ...kites, artists: ["Ann Vale", "Bo Lund"] },
      ],
      ["a word between title and artist", list("Paper Kites by Ann Vale")],
      [
        "names that begin with the same letters",
        list("Paper Kites Anna", { album: "Ann" }),
        { ...kites, artists: ["Anna"] },
      ],
      [
        "an artist and an album that begin with the same letters",
        list("Paper Kites Annie Hall", { album: "Anno" }),
        list("Paper Kites Anno", { artists: ["Annie Hall"] }),
      ],
      [
        "an artist that begins like the title",
        list("Ann Vale Another Kite"),
        track("Another Kite", { durationMs: 200_000 }),
      ],
      ["a price and a day", list("Paper Kites $ 1.29 31-Mar-15", { ...ann, album: "Tide" })],
      [
        "a kind of music and a copyright line",
        list("Paper Kites Hip-Hop/Rap (c) 2012 Meadow Entertainment , LLC", ann),
      ],
      ["the length of the track", list("Paper Kites 3:20", { ...ann, album: "Tide" })],
      ["the artist behind the album", list("Paper Kites", { album: "Greatest Hits Ann Vale" })],
      ["the artist as the album", list("Paper Kites", { album: "Ann Vale" })],
      ["a padded number before the title", list("007-Paper Kites", { ...ann, album: "Tide" })],
      ["a number on a list", list("12 - Paper Kites", { ...ann, album: "Tide" })],
      ["a number and a dot", list("3. Paper Kites", ann)],
      ["the name of a file", list("Ann_Vale_-_Paper_Kites")],
      ["the album behind a dash", list("Paper Kites - Tide", ann)],
      [
        "the album behind a dash, misspelled",
        list("Paper Kites - Northern Harbur", ann),
        { ...kites, album: "Northern Harbour" },
      ],
      [
        "artist before a dash beside nobody, on one album",
        list("Ann Vale - Paper Kites", { album: "Tide" }),
        list("Paper Kites", { album: "Tide" }),
      ],
      ["artist and title swapped, both misspelled", list("Ann Valle", { artists: ["Papier Kites"] })],
      [
        "a version and the album behind it",
        list("Paper Kites - Edit Tide", ann),
        { ...kites, title: "Paper Kites - Edit" },
      ],
    ]),
  )("are the same recording from either side: %s", (_, exported, other) => {
    expect(confidence(exported, other)).toBeGreaterThanOrEqual(0.8);
    expect(compare(other, exported)).toEqual(compare(exported, other));
  });

  it.each(
    pairsOf([
      ["a live take behind the title", list("Paper Kites Live Ann Vale")],
      ["a live take behind a dash, with the artist", list("Paper Kites - Live Ann Vale", { album: "Tide" })],
      ["a version field beside the title", list("Paper Kites", { ...ann, version: "Live" })],
      ["a version that is the name of an album", list("Paper Kites (Live)", ann), { ...kites, album: "Live" }],
      ["a remix behind the artist", list("Paper Kites Ann Vale Nova Remix")],
      ["a single version without a length", track("Paper Kites (Single Version)"), track("Paper Kites")],
      ["a single that may be another cut", track("Paper Kites Single"), track("Paper Kites")],
      [
        "a live take of an album, behind a dash",
        list("Paper Kites - Live Northern Harbour Lights", ann),
        { ...kites, album: "Northern Harbour Lights" },
      ],
      ["another artist behind the title", list("Paper Kites Bo Lund", { album: "Tide" })],
      ["another title before the artist", list("Paper Moon Ann Vale Tide")],
      ["a live album behind a dash", list("Paper Kites - Live Harbour", ann), { ...kites, album: "Harbour" }],
      [
        "a remix on the album behind a dash",
        list("Paper Kites [Nova Remix] - Tide", ann),
        list("Ann Vale - Paper Kites", { album: "Tide" }),
      ],
      [
        "two lists that name other artists",
        list("Ann Vale - Paper Kites"),
        list("Paper Kites - Tide", { artists: ["Bo Lund"] }),
      ],
      ["another artist as the album", list("Paper Kites", { album: "Greatest Hits Bo Lund", durationMs: undefined })],
      ["artist and title swapped, of a live take", list("Ann Valle", { artists: ["Paper Kites (Live)"] })],
      ["artist and title swapped, of another title", list("Ann Valle", { artists: ["Papier Kites (Slow Lantern)"] })],
    ]),
  )("are no proof of the same recording: %s", (_, exported, other) => {
    expect(confidence(exported, other)).toBeLessThan(0.8);
    expect(compare(other, exported)).toEqual(compare(exported, other));
  });

  it.each<readonly [what: string, exported: UniversalTrack, sign: "title" | "artists" | "album", grade: string]>([
    ["an album in the title is the album", list("Paper Kites Ann Vale Tide"), "album", "same"],
    ["an artist in the title is the artist", list("Paper Kites Ann Vale Tide"), "artists", "in-title"],
    [
      "an artist behind the album is the artist",
      list("Paper Kites", { album: "Hits Ann Vale" }),
      "artists",
      "in-title",
    ],
    [
      "an artist before the album is the artist",
      list("Paper Kites", { album: "Ann Vale Hits" }),
      "artists",
      "in-title",
    ],
    ["an album behind a dash is the album", list("Paper Kites - Tide", ann), "album", "same"],
    ["a place on a list is no title", list("12 - Paper Kites", ann), "title", "exact"],
    ["a file's name has words", list("Ann_Vale_-_Paper_Kites_-_Radio_Edit"), "title", "exact"],
  ])("are read: %s", (_, exported, sign, grade) => {
    expect(compare(exported, kites).signs[sign].grade).toBe(grade);
  });

  it("are read although the album behind the dash is misspelled", () => {
    const other = { ...kites, album: "Northern Harbour" };
    expect(compare(list("Paper Kites - Northern Harbur", ann), other).signs).toMatchObject({
      title: { grade: "exact" },
      album: { grade: "similar" },
    });
  });

  it("keep their numbers where these are words of the title", () => {
    const balloons = track("99 - Red Balloons", { durationMs: 200_000 });
    expect(confidence(balloons, balloons)).toBeGreaterThan(0.9);
    expect(
      confidence(track("John 3:16", { durationMs: 250_000 }), track("John", { durationMs: 250_000 })),
    ).toBeLessThan(0.8);
    expect(matcher.prepare(track("24.11.94")).title).toBe("241194");
  });

  it("tell a length that stands in the title, if none stands elsewhere", () => {
    const { title, durationMs } = matcher.prepare(track("Paper Kites $ 1.29 3:20"));
    expect([title, durationMs]).toEqual(["paperkites", 200_000]);
    expect(matcher.prepare(track("Paper Kites $ 1.29 3:20", { durationMs: 190_000 })).durationMs).toBe(190_000);
  });
});

describe("slips of the hand", () => {
  it.each([
    ["a letter too many", "Light Blue", "Liaght Blue"],
    ["two letters swapped", "Linoleum", "Lionleum"],
    ["two letters swapped in a short title", "Waeve", "Weave"],
    ["two letters swapped at the end", "Adrenalien", "Adrenaline"],
    ["a letter too many in a short title", "Weaave", "Weave"],
  ])("make no other title: %s", (_, a, b) => {
    expect(compare(track(a), track(b)).signs.title.grade).toBe("close");
    expect(confidence(track(a), track(b))).toBeGreaterThanOrEqual(0.8);
  });

  it.each([
    ["Remxi", "a remix"],
    ["Nov aRemix", "a remix, with a space in the wrong place"],
    ["Clubremix", "a remix, in one word"],
    ["Spe dUp", "a faster copy"],
    ["Lve", "a live take, alone in its bracket"],
    ["Instruemntal", "an instrumental"],
    ["Acousti", "an acoustic take, without its last letter"],
  ])("do not hide in a tail that %s is %s", (tail) => {
    expect(confidence(track(`Paper Kites (${tail})`), track("Paper Kites"))).toBeLessThan(0.1);
  });

  it.each(["Love", "Demon", "Olive", "Acoustics of Rain at the Harbour"])("are not seen where %s is a word", (tail) => {
    expect(compare(track(`Paper Kites (${tail})`), track("Paper Kites")).signs.version.grade).toBe("both-plain");
  });

  it("make no other artist of a short name, unless the first or the last letter differs", () => {
    const by = (name: string) => track("Paper Kites", { artists: [name], durationMs: 200_000 });
    expect(compare(by("Kraat"), by("Karat")).signs.artists.grade).toBe("close");
    expect(compare(by("Dadu"), by("Dadju")).signs.artists.grade).toBe("close");
    expect(compare(by("Mara"), by("Marah")).signs.artists.grade).toBe("disjoint");
    expect(compare(by("Nara"), by("Mara")).signs.artists.grade).toBe("disjoint");
  });
});
