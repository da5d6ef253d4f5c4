import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deezerQuery } from "../src/deezer-search-terms.ts";
import { cannedSession, provider } from "./support/canned-session.ts";

const track = { id: 1, title: "Harbour Lights", isrc: "GBXYZ2400123", readable: true };

describe("Deezer's catalogue", () => {
  it("gives the track that stands in for an unreadable one beside it", async () => {
    const { session } = cannedSession({ ...track, readable: false, alternative: { ...track, id: 2 } });
    const found = await provider.catalogues?.track?.lookups.isrc?.find(session, ["GBXYZ2400123"]);
    expect(found?.get("GBXYZ2400123")).toMatchObject([{ id: 1 }, { id: 2 }]);
  });

  it("takes a flaw of the alternative for no alternative", async () => {
    const { session } = cannedSession({ ...track, readable: false, alternative: { id: "two" } });
    const found = await provider.catalogues?.track?.lookups.isrc?.find(session, ["GBXYZ2400123"]);
    expect(found?.get("GBXYZ2400123")).toMatchObject([{ id: 1 }]);
  });

  it("keeps a quota answer apart from a missing recording", async () => {
    const quota = { error: { type: "Exception", message: "Quota limit exceeded", code: 4 } };
    const missing = { error: { type: "DataException", message: "no data", code: 800 } };
    const { session, requests } = cannedSession(quota, quota, missing);
    const found = await provider.catalogues?.track?.lookups.isrc?.find(session, ["GBXYZ2400123"]);
    expect(found?.size).toBe(0);
    expect(requests).toHaveLength(3);
  });

  it("asks in the language of its options, so that names do not change with the server", async () => {
    const languages: (string | null)[] = [];
    await provider.catalogues?.track?.get(
      {
        ...cannedSession().session,
        http: {
          request: async (request) => {
            languages.push(new Headers(request.headers).get("accept-language"));
            return request.schema.parse(track);
          },
          exchange: () => Promise.reject(new TypeError("not used")),
        },
      },
      "1",
    );
    expect(languages).toEqual(["en"]);
  });
});

describe("deezerQuery", { timeout: 60_000 }, () => {
  it("writes fields as quoted filters", () => {
    const terms = { by: "fields", title: "Harbour Lights", artist: "The Lanterns", album: "Coastline" } as const;
    expect(deezerQuery(terms)).toBe('artist:"The Lanterns" track:"Harbour Lights" album:"Coastline"');
  });

  it("stays well-formed whatever people call their songs", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.string({ unit: "binary" }), (title, artist) => {
        const fields = deezerQuery({ by: "fields", title, artist });
        if (fields !== undefined) expect(fields).toMatch(/^(artist:"[^":]+" )?track:"[^":]+"$/);
        const words = deezerQuery({ by: "words", words: title });
        if (words !== undefined) expect(words).not.toMatch(/[":]/);
        expect((fields ?? "").isWellFormed() && (words ?? "").isWellFormed()).toBe(true);
      }),
      { seed: 20_261_122, numRuns: 1_000 },
    );
  });
});
