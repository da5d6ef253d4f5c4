import type { UniversalTrack } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { beetsScore, musicAssistantScore, spotifyToTidalScore } from "../../../../tools/eval-matching/known-tools.ts";
import { bestThreshold, calibrationOf, confusionAt, qualityAt } from "../../../../tools/eval-matching/measures.ts";

const track = (fields: Partial<UniversalTrack> = {}): UniversalTrack => ({
  title: "Paper Kites",
  artists: ["Ann Vale"],
  durationMs: 200_000,
  externalIds: {},
  ...fields,
});

describe("the rules of known tools", () => {
  it("beets: ten seconds are free, forty cost all of the length, brackets a part of the title", () => {
    expect(beetsScore(track(), track({ durationMs: 210_000 }))).toBe(1);
    expect(beetsScore(track(), track({ durationMs: 260_000 }))).toBeCloseTo(1 - 2 / 7);
    expect(beetsScore(track(), track({ durationMs: 225_000 }))).toBeCloseTo(1 - 1 / 7);
    const live = beetsScore(track(), track({ title: "Paper Kites (Live at the Dome)" }));
    expect(live).toBeLessThan(1);
    expect(live).toBeGreaterThan(beetsScore(track(), track({ title: "Paper Kites Live at the Dome" })));
    expect(beetsScore(track(), track({ title: "Silent Harbour", artists: ["Bo Lund"] }))).toBeLessThan(0.5);
  });

  it("Music Assistant: every gate has to open, and an equal code opens them all but the length", () => {
    expect(musicAssistantScore(track(), track({ durationMs: 203_000 }))).toBe(1);
    expect(musicAssistantScore(track(), track({ durationMs: 203_500 }))).toBe(0);
    expect(musicAssistantScore(track(), track({ title: "Paper Kites (Live)" }))).toBe(0);
    expect(musicAssistantScore(track({ explicit: true }), track({ explicit: false }))).toBe(0);
    const album = { album: "Tide", trackNumber: 3 };
    expect(musicAssistantScore(track(album), track({ ...album, durationMs: 230_000 }))).toBe(1);
    const coded = track({ isrc: "GBAAA0000001", title: "Kites" });
    expect(musicAssistantScore(coded, track({ isrc: "GB-AAA-00-00001", durationMs: 208_000 }))).toBe(1);
    expect(musicAssistantScore(coded, track({ isrc: "GBAAA0000001", durationMs: 209_000 }))).toBe(0);
  });

  it("spotify_to_tidal: two seconds, a contained title, three words on both sides, one artist", () => {
    expect(spotifyToTidalScore(track(), track({ title: "Paper Kites Return", durationMs: 202_000 }))).toBe(1);
    expect(spotifyToTidalScore(track(), track({ durationMs: 202_001 }))).toBe(0);
    expect(spotifyToTidalScore(track(), track({ title: "Paper Kites (Nova Remix)" }))).toBe(0);
    expect(spotifyToTidalScore(track(), track({ artists: ["Bo Lund & Ann Vale"] }))).toBe(1);
    expect(spotifyToTidalScore(track(), track({ artists: ["Bo Lund"] }))).toBe(0);
  });
});

describe("the measures", () => {
  const scored = [
    [0.9, true],
    [0.9, false],
    [0.6, true],
    [0.1, false],
  ].map(([score, same]) => ({ class: "c", score: Number(score), same: Boolean(same) }));

  it("count what a threshold finds, misses, refuses and takes falsely", () => {
    expect(confusionAt(scored, 0.8)).toEqual({ found: 1, missed: 1, refused: 1, falsePicks: 1 });
    expect(qualityAt(scored, 0.8)).toMatchObject({ precision: 0.5, recall: 0.5, f1: 0.5, right: 0.5 });
    expect(qualityAt(scored, bestThreshold(scored))).toMatchObject({ precision: 2 / 3, recall: 1 });
  });

  it("set what was said against what was true, in bins of equal mass", () => {
    const { bins, error } = calibrationOf(scored, 2);
    expect(bins.map(({ pairs, said, was }) => [pairs, said, was])).toEqual([
      [2, 0.35, 0.5],
      [2, 0.9, 0.5],
    ]);
    expect(error).toBeCloseTo((0.15 + 0.4) / 2);
    const fair = Array.from({ length: 100 }, (_, i) => ({ class: "c", score: 0.5, same: i % 2 === 0 }));
    expect(calibrationOf(fair).twoErrors).toBeCloseTo(2 * Math.sqrt(0.25 / 20));
    expect(calibrationOf(fair).error).toBe(0);
  });
});
