import { albumSignGrades, createAlbumMatcher, describeMatch, type UniversalAlbum } from "@syncer/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const matcher = createAlbumMatcher();
const UPC = "724384960650";
const OTHER_UPC = "5060000000016";

type Fields = Partial<Omit<UniversalAlbum, "name" | "externalIds">>;

function album(name: string, fields: Fields = {}): UniversalAlbum {
  return { name, artists: ["Ann Vale"], externalIds: {}, ...fields };
}

const compare = (a: UniversalAlbum, b: UniversalAlbum) => matcher.compare(matcher.prepare(a), matcher.prepare(b));

function verdict(a: UniversalAlbum, b: UniversalAlbum) {
  return matcher.best(matcher.prepare(a), [{ id: "1", prepared: matcher.prepare(b) }]).verdict;
}

const full: Fields = { type: "album", trackCount: 12, releaseDate: "2014-05-03" };
const deezer: Fields = { type: "album", trackCount: 12, releaseDate: "2014" };

/** Pairs as services show them, and what a person would say. */
const examples: readonly (readonly [
  why: string,
  a: UniversalAlbum,
  b: UniversalAlbum,
  verdict: "matched" | "uncertain" | "none",
])[] = [
  ["equal in everything", album("Tide", full), album("Tide", deezer), "matched"],
  ["nothing known but name and artist", album("Tide"), album("Tide"), "matched"],
  ["case, marks and an article", album("The Tidé", full), album("the tide", deezer), "matched"],
  ["a reissue of another year", album("Tide", full), album("Tide", { ...deezer, releaseDate: "1999" }), "matched"],
  ["another number of tracks", album("Tide", full), album("Tide", { ...deezer, trackCount: 19 }), "uncertain"],
  ["one hidden track more", album("Tide", full), album("Tide", { ...deezer, trackCount: 13 }), "matched"],
  [
    "deluxe and standard",
    album("Tide (Deluxe Edition)", { ...full, trackCount: 18 }),
    album("Tide", deezer),
    "uncertain",
  ],
  ["deluxe and standard of one length", album("Tide (Deluxe Edition)", full), album("Tide", deezer), "uncertain"],
  ["deluxe without brackets and standard", album("Tide Deluxe", full), album("Tide", deezer), "uncertain"],
  [
    "deluxe on both sides, written otherwise",
    album("Tide (Deluxe)", full),
    album("Tide [Deluxe Edition]", deezer),
    "matched",
  ],
  [
    "deluxe and anniversary",
    album("Tide (Deluxe)", full),
    album("Tide (25th Anniversary Edition)", deezer),
    "uncertain",
  ],
  ["a remaster of the same tracks", album("Tide (2011 Remaster)", full), album("Tide", deezer), "matched"],
  [
    "a remaster with other tracks",
    album("Tide (Remastered)", full),
    album("Tide", { ...deezer, trackCount: 20 }),
    "uncertain",
  ],
  ["mono and stereo", album("Tide (Mono)", full), album("Tide", deezer), "uncertain"],
  ["live and studio", album("Tide (Live)", full), album("Tide", deezer), "none"],
  ["live at a place, behind a dash", album("Tide - Live in Oslo", full), album("Tide", deezer), "none"],
  ["remixes and the album", album("Tide (The Remixes)", full), album("Tide", deezer), "none"],
  ["instrumentals and the album", album("Tide (Instrumental)", full), album("Tide", deezer), "none"],
  ["single and album", album("Tide", { type: "single", trackCount: 1 }), album("Tide", deezer), "none"],
  ["single by its name, and album", album("Tide - Single", { trackCount: 1 }), album("Tide", deezer), "none"],
  [
    "single here, EP there",
    album("Tide", { type: "single", trackCount: 4 }),
    album("Tide", { type: "ep", trackCount: 4 }),
    "matched",
  ],
  [
    "single here, EP with one track more there",
    album("Tide", { type: "single", trackCount: 5 }),
    album("Tide", { type: "ep", trackCount: 6 }),
    "matched",
  ],
  [
    "one code, a single here and an album there",
    album("Tide", { type: "single", trackCount: 1, upc: UPC }),
    album("Tide", { type: "album", trackCount: 4, upc: UPC }),
    "uncertain",
  ],
  [
    "EP by its name, and as a kind",
    album("Tide EP", { trackCount: 5 }),
    album("Tide", { type: "ep", trackCount: 5 }),
    "matched",
  ],
  [
    "compilation here, album there",
    album("Best of Ann Vale", { ...full, type: "compilation" }),
    album("Best of Ann Vale", deezer),
    "matched",
  ],
  ["a single that is a word of the name", album("The Last Single", full), album("The Last", deezer), "none"],
  ["volumes", album("Tide, Vol. 1", full), album("Tide, Vol. 2", deezer), "none"],
  ["a volume on one side", album("Greatest Hits", full), album("Greatest Hits, Vol. 2", deezer), "none"],
  ["another artist", album("Tide", full), album("Tide", { ...deezer, artists: ["Bo Lund"] }), "none"],
  ["a tribute act", album("Tide", full), album("Tide", { ...deezer, artists: ["The Ann Vale Tribute Band"] }), "none"],
  [
    "a karaoke album",
    album("Tide", full),
    album("Tide (Karaoke Version)", { ...deezer, artists: ["Zing Along"] }),
    "none",
  ],
  [
    "one of two artists",
    album("Tide", { ...full, artists: ["Ann Vale", "Bo Lund"] }),
    album("Tide", deezer),
    "matched",
  ],
  ["another album", album("Tide", full), album("Coastline", deezer), "none"],
  [
    "a name of the artist's, in another year",
    album("Ann Vale", full),
    album("Ann Vale", { ...deezer, releaseDate: "2001" }),
    "uncertain",
  ],
  ["a name of the artist's, in no year", album("Ann Vale"), album("Ann Vale"), "uncertain"],
  ["a name of the artist's, in the same year", album("Ann Vale", full), album("Ann Vale", deezer), "matched"],
  [
    "hits of another year",
    album("Greatest Hits", full),
    album("Greatest Hits", { ...deezer, releaseDate: "1999" }),
    "uncertain",
  ],
  [
    "hits of another year under one code",
    album("Greatest Hits", { ...full, upc: UPC }),
    album("Greatest Hits", { ...deezer, releaseDate: "1999", upc: UPC }),
    "matched",
  ],
  [
    "a number for a name, of another year",
    album("25", full),
    album("25", { ...deezer, releaseDate: "1999" }),
    "matched",
  ],
  [
    "two concerts",
    album("Live at the Dome", { ...full, artists: ["Ann Vale"] }),
    album("Live at the Dome", { ...deezer, artists: ["Lucas & Ann"] }),
    "none",
  ],
  [
    "other guests",
    album("Tide", { ...full, artists: ["Ann Vale", "Bo Lund"] }),
    album("Tide", { ...deezer, releaseDate: "1999", artists: ["Ann Vale", "Mira Holt"] }),
    "uncertain",
  ],
  [
    "names two letters apart, of other years",
    album("A Tribute to Sido", full),
    album("A Tribute to SiM", { ...deezer, releaseDate: "1999" }),
    "uncertain",
  ],
  ["a longer name", album("Tide", full), album("Tide of Glass", deezer), "none"],
  ["a subtitle on one side", album("Tide (Songs from the Sea)", full), album("Tide", deezer), "matched"],
  ["a subtitle on one side, and no more", album("Tide (Songs from the Sea)"), album("Tide"), "uncertain"],
  [
    "various artists, equal otherwise",
    album("Now 45", { ...full, artists: ["Various Artists"] }),
    album("Now 45", { ...deezer, artists: ["Various Artists"] }),
    "matched",
  ],
  [
    "various artists, and no more",
    album("Christmas Hits", { artists: ["Various Artists"] }),
    album("Christmas Hits", { artists: [] }),
    "uncertain",
  ],
  [
    "various artists, other tracks",
    album("Christmas Hits", { ...full, artists: ["Various Artists"] }),
    album("Christmas Hits", { ...deezer, trackCount: 40, artists: ["Various Artists"] }),
    "none",
  ],
  ["numbers", album("1989", full), album("1988", deezer), "none"],
  [
    "another script, same tracks",
    album("Группа крови", { ...full, artists: ["Кино"] }),
    album("Gruppa krovi", { ...deezer, artists: ["Kino"] }),
    "matched",
  ],
  [
    "a script without a table",
    album("無罪モラトリアム", { ...full, artists: ["椎名林檎"] }),
    album("Muzai Moratorium", { ...deezer, artists: ["Sheena Ringo"] }),
    "none",
  ],
  [
    "explicit and clean",
    album("Tide", { ...full, explicit: true }),
    album("Tide", { ...deezer, explicit: false }),
    "matched",
  ],
  [
    "one code, deluxe on one side",
    album("Tide (Deluxe)", { ...full, upc: UPC }),
    album("Tide", { ...deezer, upc: UPC }),
    "matched",
  ],
  [
    "one code, another script",
    album("無罪モラトリアム", { ...full, upc: UPC, artists: ["椎名林檎"] }),
    album("Muzai Moratorium", { ...deezer, upc: UPC, artists: ["椎名林檎"] }),
    "matched",
  ],
  [
    "one code on another album",
    album("Tide", { ...full, upc: UPC }),
    album("Coastline", { ...deezer, upc: UPC, artists: ["Bo Lund"] }),
    "none",
  ],
  [
    "one code on another album of the artist",
    album("Tide", { ...full, upc: UPC }),
    album("Coastline", { ...deezer, upc: UPC }),
    "none",
  ],
  [
    "one code, live on one side",
    album("Tide", { ...full, upc: UPC }),
    album("Tide (Live)", { ...deezer, upc: UPC, trackCount: 9 }),
    "none",
  ],
  [
    "two codes of one release",
    album("Tide", { ...full, upc: UPC }),
    album("Tide", { ...deezer, upc: OTHER_UPC }),
    "matched",
  ],
];

describe("albums", () => {
  it.each(examples)("%s", (_, a, b, expected) => {
    expect(verdict(a, b)).toBe(expected);
    expect(verdict(b, a)).toBe(expected);
  });

  it("of which several are the same release give the one with the code, then the equal edition, flag, tracks and year", () => {
    const choose = (source: UniversalAlbum, ...copies: UniversalAlbum[]) => {
      const candidates = copies.map((copy, index) => ({ id: String(index), prepared: matcher.prepare(copy) }));
      const found = matcher.best(matcher.prepare(source), candidates);
      return [found.match?.id, found.copyChoice?.by];
    };
    const plain = album("Tide", deezer);
    expect(choose(album("Tide", { ...full, upc: UPC }), plain, album("Tide", { ...deezer, upc: UPC }))).toEqual([
      "1",
      "upc",
    ]);
    expect(choose(album("Tide", full), album("Tide (Remastered)", deezer), plain)).toEqual(["1", "version"]);
    const marked = album("Tide", { ...full, explicit: true });
    expect(
      choose(marked, album("Tide", { ...deezer, explicit: false }), album("Tide", { ...deezer, explicit: true })),
    ).toEqual(["1", "explicit"]);
    expect(choose(album("Tide", full), album("Tide", { ...deezer, trackCount: 13 }), plain)).toEqual([
      "1",
      "track-count",
    ]);
    expect(choose(album("Tide", full), album("Tide", { ...deezer, releaseDate: "1999" }), plain)).toEqual([
      "1",
      "year",
    ]);
    expect(choose(album("Tide", full), album("Tide", { ...deezer, playable: false }), plain)).toEqual([
      "1",
      "playable",
    ]);
  });

  it("say in words what decided, without a name", () => {
    const deluxe = compare(album("Tide (Deluxe)", full), album("Tide", deezer));
    expect(describeMatch(deluxe)).toBe(
      "Same title, same artists, same number of tracks, same kind of release; an edition such as “deluxe” on one side only.",
    );
    expect(describeMatch(compare(album("Tide", full), album("Coastline", deezer)))).toBe("Different titles.");
    const single = compare(album("Tide", { type: "single", trackCount: 1 }), album("Tide", deezer));
    expect(describeMatch(single)).toBe("A single on one side, an album on the other.");
  });

  it("are refused by a stricter threshold, and bounds out of range are told", () => {
    const strict = createAlbumMatcher({ threshold: 0.999 });
    const prepared = strict.prepare(album("Tide"));
    expect(strict.best(prepared, [{ id: "1", prepared }]).verdict).toBe("uncertain");
    expect(() => createAlbumMatcher({ threshold: 2 })).toThrow(expect.objectContaining({ code: "config.invalid" }));
  });
});

const word = fc.oneof(
  fc.constantFrom(
    "Tide",
    "Coastline",
    "(Deluxe Edition)",
    "- Single",
    "EP",
    "Deluxe",
    "(Live)",
    "Vol. 2",
    "Кино",
    "(2011 Remaster)",
    "[Mono]",
    "&",
  ),
  fc.string({ unit: "grapheme", maxLength: 8 }),
);
const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const anyAlbum: fc.Arbitrary<UniversalAlbum> = fc
  .record({
    name: fc.array(word, { maxLength: 4 }).map((words) => words.join(" ")),
    artists: fc.array(fc.oneof(word, fc.constantFrom("Ann Vale", "Various Artists")), { maxLength: 3 }),
    upc: optional(fc.constantFrom(UPC, OTHER_UPC)),
    type: optional(fc.constantFrom("album", "single", "ep", "compilation")),
    trackCount: optional(fc.integer({ min: 1, max: 30 })),
    releaseDate: optional(fc.constantFrom("1999", "2014-05-03")),
    explicit: optional(fc.boolean()),
  })
  .map(({ name, ...fields }) =>
    album(name, Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields),
  );

describe("any two albums", () => {
  it("compare alike from both sides, with a probability and a known grade for every sign", () => {
    fc.assert(
      fc.property(anyAlbum, anyAlbum, (a, b) => {
        const there = compare(a, b);
        expect(compare(b, a)).toEqual(there);
        expect(there.confidence).toBeGreaterThanOrEqual(0);
        expect(there.confidence).toBeLessThanOrEqual(1);
        if (there.veto !== undefined) expect(there.confidence).toBe(0);
        for (const [name, grades] of Object.entries(albumSignGrades)) {
          expect(Object.keys(grades)).toContain(there.signs[name as keyof typeof albumSignGrades].grade);
        }
        expect(describeMatch(there)).not.toMatch(/undefined/);
      }),
    );
  });

  it("of which one is the other are never ruled out by what they say, and share a key", () => {
    fc.assert(
      fc.property(anyAlbum, (each) => {
        const { confidence, signs } = compare(each, each);
        const isNamed = signs.title.grade === "exact";
        // Nobody knows which "Greatest Hits" it is if not even the year is told.
        const isTold = !matcher.prepare(each).isGeneric || each.releaseDate !== undefined || each.upc !== undefined;
        fc.pre(isNamed && signs.artists.state === "agree" && isTold);
        expect(confidence).toBeGreaterThan(0.8);
        const keys = matcher.blockingKeys(matcher.prepare(each));
        expect(keys.length).toBeGreaterThan(0);
      }),
    );
  });

  it("are chosen from in no order", () => {
    fc.assert(
      fc.property(anyAlbum, fc.array(anyAlbum, { maxLength: 6 }), fc.integer(), (source, copies, turn) => {
        const candidates = copies.map((copy, index) => ({ id: String(index), prepared: matcher.prepare(copy) }));
        const at = candidates.length === 0 ? 0 : Math.abs(turn) % candidates.length;
        const turned = [...candidates.slice(at), ...candidates.slice(0, at)].reverse();
        const prepared = matcher.prepare(source);
        expect(matcher.best(prepared, turned)).toEqual(matcher.best(prepared, candidates));
      }),
    );
  });

  it("of another edition are never above the cap without a common code", () => {
    fc.assert(
      fc.property(anyAlbum, anyAlbum, (a, b) => {
        const { confidence, signs } = compare(a, b);
        if (signs.edition.state === "disagree" && (a.upc === undefined || a.upc !== b.upc)) {
          expect(confidence).toBeLessThanOrEqual(0.7);
        }
      }),
    );
  });
});
