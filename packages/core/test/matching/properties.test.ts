import type { UniversalTrack } from "@syncer/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadRecordings, trackOf } from "../../../../tools/eval-matching/recordings.ts";
import { compare, confidence, matcher, track } from "./tracks.ts";

const word = fc.oneof(
  fc.constantFrom(
    "Paper",
    "Kites",
    "Tide",
    "Live",
    "Remix",
    "Pt. 2",
    "II",
    "(Part One)",
    "feat. Bo Lund",
    "- Radio Edit",
    "[Nova Remix]",
    "Кино",
    "紅蓮華",
    "ホタル",
    "🔥",
    "&",
    "007-",
    "12 -",
    "$ 1.29",
    "3:20",
    "(c) 2012 Tide Records",
    "(And You Alone)",
    "Ann Vale",
    "- Tide",
  ),
  fc.string({ unit: "grapheme", maxLength: 8 }),
);
const title = fc.array(word, { maxLength: 5 }).map((words) => words.join(" "));
const optional = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(values, { nil: undefined });
const anyTrack: fc.Arbitrary<UniversalTrack> = fc
  .record({
    title,
    artists: fc.array(
      fc.oneof(title, fc.constantFrom("Ann Vale", "Bo Lund", "Various Artists", "Ann Vale & Bo Lund")),
      { maxLength: 3 },
    ),
    album: optional(title),
    durationMs: optional(fc.integer({ min: 0, max: 600_000 })),
    isrc: optional(fc.constantFrom("GBXYZ2400123", "USABC0100001")),
    explicit: optional(fc.boolean()),
    releaseDate: optional(fc.constantFrom("1999", "2000-05", "2014-01-31")),
    trackNumber: optional(fc.integer({ min: 1, max: 20 })),
    version: optional(fc.constantFrom("Live", "Nova Remix", "Remastered")),
  })
  .map(({ title: text, ...fields }) => track(text, fields));

/** Real titles with no tail of their own, so that an added tag is the only one. */
const recordings = loadRecordings();
const plainTracks = recordings
  .filter(({ title: text }) => !/[-–([|~]|feat|remix|version|edit|live/i.test(text))
  .map(trackOf);
/** With and without an album: where a field is missing, the title is searched for it. */
const realTrack = fc
  .tuple(fc.constantFrom(...plainTracks), fc.constantFrom("whole", "no album", "no artist"))
  .map(([{ album, ...rest }, kind]): UniversalTrack => {
    const kept = kind === "no album" || album === undefined ? rest : { ...rest, album };
    return kind === "no artist" ? { ...kept, artists: [] } : kept;
  });
const neutralTag = fc.constantFrom(
  " - Remastered",
  " - 2011 Remaster",
  " (Remastered 2009)",
  " (Album Version)",
  " [Official Video]",
  " (Bonus Track)",
  " - Original Mix",
  " (Official Audio)",
  " (Lyric Video)",
  " (Deluxe Edition)",
);
const versionTag = fc.constantFrom(
  " (Live)",
  " - Live at the Dome",
  " [Nova Remix]",
  " - Acoustic",
  " (Instrumental)",
  " (Karaoke Version)",
  " - Extended Mix",
  " (Demo)",
  " (Sped Up)",
  " (Piano Version)",
  " (Ann's Version)",
  " - Radio Edit",
  " (Mono)",
);
const runs = { numRuns: 1_000 };

describe("what holds for every pair of tracks", { timeout: 60_000 }, () => {
  it("gives a number from 0 to 1 that does not depend on the order of sides", () => {
    fc.assert(
      fc.property(anyTrack, anyTrack, (a, b) => {
        const there = compare(a, b);
        expect(there.confidence).toBeGreaterThanOrEqual(0);
        expect(there.confidence).toBeLessThanOrEqual(1);
        expect(compare(b, a)).toEqual(there);
      }),
      runs,
    );
  });

  it.each([
    ["names of one length of which one repeats the other's word", ["Paper ㈀𐊀0"], ["Paper Paper"]],
    [
      "credits of which one pair is romanised and another spelled alike",
      ["Мира", "Kestrel Avenue"],
      ["Kestrel Avenu", "Mira"],
    ],
  ])("does not depend on the order of sides for %s", (_, artistsA, artistsB) => {
    const [a, b] = [track("", { artists: artistsA }), track("", { artists: artistsB })];
    expect(compare(b, a)).toEqual(compare(a, b));
  });

  it("gives the same verdict with a neutral tag on either side", () => {
    fc.assert(
      fc.property(realTrack, realTrack, neutralTag, fc.boolean(), (a, other, tag, same) => {
        const b = same ? a : other;
        const tagged = { ...a, title: a.title + tag };
        expect(confidence(tagged, b)).toBe(confidence(a, b));
        expect(confidence(tagged, { ...b, title: b.title + tag })).toBe(confidence(a, b));
      }),
      runs,
    );
  });

  it("never trusts a pair more for a version tag on one side", () => {
    fc.assert(
      fc.property(realTrack, realTrack, versionTag, fc.boolean(), (a, other, tag, same) => {
        const b = same ? a : other;
        expect(confidence({ ...a, title: a.title + tag }, b)).toBeLessThanOrEqual(confidence(a, b));
      }),
      runs,
    );
  });

  it("never trusts a pair less for an ISRC that differs", () => {
    fc.assert(
      fc.property(realTrack, (a) => {
        const { isrc: _, ...without } = a;
        const [one, two] = [
          { ...a, isrc: "GBXYZ2400123" },
          { ...a, isrc: "USABC0100001" },
        ];
        expect(confidence(one, two)).toBe(confidence(without, a));
      }),
      runs,
    );
  });

  it("picks the same candidate in every order", () => {
    fc.assert(
      fc.property(
        anyTrack,
        fc.array(anyTrack, { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.nat()),
        (source, tracks, keys) => {
          const candidates = [source, source, ...tracks].map((one, i) => ({
            id: String(i),
            prepared: matcher.prepare(one),
          }));
          const shuffled = candidates
            .map((candidate) => ({ candidate, key: keys.next().value ?? 0 }))
            .sort((x, y) => x.key - y.key)
            .map(({ candidate }) => candidate);
          const prepared = matcher.prepare(source);
          expect(matcher.best(prepared, shuffled)).toEqual(matcher.best(prepared, candidates));
        },
      ),
      { numRuns: 400 },
    );
  });
});
