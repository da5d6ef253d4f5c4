import type { SearchQuery } from "@syncer/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spotifyQuery } from "../src/spotify-search-terms.ts";

const SEED = 20_261_122;

const query: fc.Arbitrary<SearchQuery> = fc.oneof(
  fc.record({ by: fc.constant("words" as const), words: fc.string({ unit: "binary" }) }),
  fc.record(
    {
      by: fc.constant("fields" as const),
      title: fc.string({ unit: "binary", maxLength: 400 }),
      artist: fc.string({ unit: "binary", maxLength: 400 }),
      album: fc.string({ unit: "binary", maxLength: 400 }),
    },
    { requiredKeys: ["by", "title"] },
  ),
);

describe("spotifyQuery", { timeout: 60_000 }, () => {
  it("writes fields as quoted filters", () => {
    const terms = { by: "fields", title: "Harbour Lights", artist: "The Lanterns", album: "Coastline" } as const;
    expect(spotifyQuery(terms)).toBe('track:"Harbour Lights" artist:"The Lanterns" album:"Coastline"');
  });

  it.each([
    ['Say "Hello": A Song', "Say Hello A Song"],
    ["isrc:GBXYZ2400123", "isrc GBXYZ2400123"],
    ["Black NOT White OR Grey", "Black not White or Grey"],
    ["-1 - One", "1 One"],
    ["Not Or And", "Not Or And"],
  ])("defuses the plain words %j", (words, expected) => {
    expect(spotifyQuery({ by: "words", words })).toBe(expected);
  });

  it.each(["", "  ", '"', ":", "-", '": -'])("has nothing to ask for %j", (words) => {
    expect(spotifyQuery({ by: "words", words })).toBeUndefined();
    expect(spotifyQuery({ by: "fields", title: words, artist: "The Lanterns" })).toBeUndefined();
  });

  it("leaves out a field of which nothing is left", () => {
    expect(spotifyQuery({ by: "fields", title: "Harbour Lights", artist: '"' })).toBe('track:"Harbour Lights"');
  });

  it("stays one well-formed query of at most 250 characters, whatever people call their songs", () => {
    fc.assert(
      fc.property(query, (terms) => {
        const text = spotifyQuery(terms);
        if (text === undefined) return;
        expect(text.length).toBeLessThanOrEqual(250);
        expect(text.isWellFormed()).toBe(true);
        if (terms.by === "words") expect(text).not.toMatch(/[":*]|(^|\s)-|\b(AND|OR|NOT)(\s|$)/);
        else expect(text).toMatch(/^track:"[^":]*"( artist:"[^":]*")?( album:"[^":]*")?$/);
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });
});
