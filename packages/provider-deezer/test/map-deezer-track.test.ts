import { describe, expect, it } from "vitest";
import { type DeezerTrack, deezerTrackSchema } from "../src/deezer-schemas.ts";
import { mapDeezerTrack } from "../src/map-deezer-track.ts";

const full: DeezerTrack = {
  id: 2_947_516_331,
  type: "track",
  title: "Harbour Lights (Live)",
  title_version: "(Live)",
  isrc: "gbxyz2400123",
  readable: true,
  duration: 214,
  explicit_lyrics: false,
  rank: 412_873,
  release_date: "2024-05-03",
  track_position: 3,
  disk_number: 1,
  artist: { name: "The Lanterns" },
  contributors: [{ name: "The Lanterns" }, { name: "Mira Holt" }],
  album: { title: "Coastline", release_date: "2023-01-01" },
};

describe("mapDeezerTrack", () => {
  it("maps every field that a full track shows", () => {
    expect(mapDeezerTrack(full)).toEqual({
      title: "Harbour Lights (Live)",
      version: "Live",
      artists: ["The Lanterns", "Mira Holt"],
      album: "Coastline",
      durationMs: 214_000,
      isrc: "GBXYZ2400123",
      explicit: false,
      releaseDate: "2024-05-03",
      discNumber: 1,
      trackNumber: 3,
      externalIds: { deezer: "2947516331" },
      playable: true,
      metadata: { popularity: 412_873 },
    });
  });

  it("says nothing about what a favourite's row does not show", () => {
    const row = deezerTrackSchema.parse({ id: 7, title: "Harbour Lights", artist: { name: "The Lanterns" } });
    expect(mapDeezerTrack(row)).toEqual({
      title: "Harbour Lights",
      artists: ["The Lanterns"],
      externalIds: { deezer: "7" },
    });
  });

  it.each(["", "none", null])("leaves the ISRC %j out", (isrc) => {
    expect(mapDeezerTrack({ ...full, isrc })).not.toHaveProperty("isrc");
  });

  it.each(["1900-01-01", "0000-00-00"])("takes the placeholder %s for no date, and asks the album", (date) => {
    expect(mapDeezerTrack({ ...full, release_date: date }).releaseDate).toBe("2023-01-01");
    expect(mapDeezerTrack({ ...full, release_date: date, album: null })).not.toHaveProperty("releaseDate");
  });

  it("says nothing about a length of 0", () => {
    expect(mapDeezerTrack({ ...full, duration: 0 })).not.toHaveProperty("durationMs");
  });

  it("says nothing about a version of empty brackets", () => {
    expect(mapDeezerTrack({ ...full, title_version: "()" })).not.toHaveProperty("version");
  });
});
