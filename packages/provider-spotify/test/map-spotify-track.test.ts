import { universalTrackSchema } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { libraryId, mapSpotifyTrack } from "../src/map-spotify-track.ts";
import { type SpotifyTrack, spotifyTrackSchema } from "../src/spotify-schemas.ts";

const full: SpotifyTrack = {
  id: "5kQ1xT0aWm3nP7cY9bR2dE",
  uri: "spotify:track:5kQ1xT0aWm3nP7cY9bR2dE",
  type: "track",
  name: "Harbour Lights",
  artists: [{ name: "The Lanterns" }, { name: "Mira Holt" }],
  album: {
    name: "Coastline",
    album_type: "compilation",
    release_date: "2024-05-03",
    artists: [{ name: "Various Artists" }],
  },
  duration_ms: 214_320,
  explicit: false,
  disc_number: 1,
  track_number: 3,
  external_ids: { isrc: "gb-xyz-24-00123" },
  is_playable: true,
  popularity: 41,
};

describe("mapSpotifyTrack", () => {
  it("maps every field that Spotify shows", () => {
    expect(mapSpotifyTrack(full)).toEqual({
      title: "Harbour Lights",
      artists: ["The Lanterns", "Mira Holt"],
      album: "Coastline",
      albumArtists: ["Various Artists"],
      albumType: "compilation",
      durationMs: 214_320,
      isrc: "GBXYZ2400123",
      explicit: false,
      releaseDate: "2024-05-03",
      discNumber: 1,
      trackNumber: 3,
      externalIds: { spotify: "5kQ1xT0aWm3nP7cY9bR2dE" },
      playable: true,
      metadata: { popularity: 41 },
    });
  });

  it("says nothing about what Spotify leaves out or sends as null", () => {
    const bare = spotifyTrackSchema.parse({
      id: "5kQ1xT0aWm3nP7cY9bR2dE",
      name: "",
      artists: [{ name: null }],
      album: { name: null, album_type: null, release_date: null, artists: null },
      duration_ms: 0,
      disc_number: 0,
      track_number: null,
      external_ids: {},
      preview_url: null,
    });
    expect(mapSpotifyTrack(bare)).toEqual({
      title: "",
      artists: [],
      externalIds: { spotify: "5kQ1xT0aWm3nP7cY9bR2dE" },
    });
  });

  it.each(["0000", "0000-00-00", "soon", ""])("takes the release date %j for unknown", (date) => {
    expect(mapSpotifyTrack({ ...full, album: { release_date: date } })).not.toHaveProperty("releaseDate");
  });

  it.each(["1999", "1999-12", "1999-12-31"])("keeps the precision of the release date %s", (date) => {
    expect(mapSpotifyTrack({ ...full, album: { release_date: date } }).releaseDate).toBe(date);
  });

  it("rounds lengths, which must be whole milliseconds", () => {
    const track = mapSpotifyTrack({ ...full, duration_ms: 214_320.6 });
    expect(track.durationMs).toBe(214_321);
    expect(universalTrackSchema.safeParse(track).success).toBe(true);
  });

  it("leaves a malformed ISRC out", () => {
    expect(mapSpotifyTrack({ ...full, external_ids: { isrc: "none" } })).not.toHaveProperty("isrc");
  });

  it("names the track that the library holds, where a substitute is shown in its place", () => {
    const relinked = { ...full, id: "1SubstituteXXXXXXXXXXX", linked_from: { id: full.id } };
    expect(libraryId(relinked)).toBe(full.id);
    expect(mapSpotifyTrack(relinked).externalIds).toEqual({ spotify: full.id });
  });
});
