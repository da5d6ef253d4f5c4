import type { UniversalAlbum, UniversalArtist, UniversalTrack } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { equalInWords } from "../../src/engine/membership/equal-in-words.ts";
import { searchQueries } from "../../src/engine/membership/search-queries.ts";
import { inLatin } from "../../src/matching/matcher.ts";

const album: UniversalAlbum = {
  name: "Tide (Deluxe Edition)",
  artists: ["Ann Vale", "Bo Lund"],
  trackCount: 12,
  upc: "724384960650",
  externalIds: {},
};
const artist: UniversalArtist = { name: "Кино", externalIds: {} };

describe("items of one natural key", () => {
  const track: UniversalTrack = { title: "Tide", artists: ["Ann Vale"], durationMs: 200_000, externalIds: {} };

  it("are equal in words where all that is known of both is", () => {
    expect(equalInWords("album", album, { ...album, artists: ["Ann Vale"], explicit: true })).toBe(true);
    expect(equalInWords("track", track, { ...track, durationMs: 201_000 })).toBe(true);
  });

  it.each([
    ["another name", { name: "Tide" }],
    ["another artist", { artists: ["Bo Lund"] }],
    ["another number of tracks", { trackCount: 13 }],
  ])("are weighed where an album has %s", (_, change) => {
    expect(equalInWords("album", album, { ...album, ...change })).toBe(false);
  });

  it("are weighed where nobody tells the number of tracks, or one is explicit", () => {
    const { trackCount: _, ...silent } = album;
    expect(equalInWords("album", silent, silent)).toBe(false);
    expect(equalInWords("album", { ...album, explicit: false }, { ...album, explicit: true })).toBe(false);
  });

  it("are always weighed where a kind has none", () => {
    expect(equalInWords("artist", artist, artist)).toBe(false);
  });
});

describe("queries", () => {
  it("for an album name it without its edition first, and whole where others fill the page", () => {
    expect(searchQueries("album", album, inLatin)).toEqual({
      first: { by: "fields", title: "Tide", artist: "Ann Vale" },
      wider: [
        { by: "words", words: "Ann Vale Tide" },
        { by: "fields", title: "Tide" },
      ],
      narrower: [{ by: "words", words: "Ann Vale Tide (Deluxe Edition)" }],
    });
  });

  it("for an artist have the name, and the name in Latin letters", () => {
    expect(searchQueries("artist", artist, inLatin)).toEqual({
      first: { by: "fields", title: "Кино" },
      wider: [
        { by: "words", words: "Кино" },
        { by: "words", words: "kino" },
      ],
      narrower: [],
    });
  });
});
