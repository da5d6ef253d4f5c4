import { describe, expect, it } from "vitest";
import { compare, track } from "./tracks.ts";

const kites = track("Paper Kites", { artists: ["Ann Vale"], album: "Tide", durationMs: 200_000 });
const given = (title: string, artists: string[], album?: string) =>
  track(title, { artists, durationMs: 200_000, ...(album === undefined ? {} : { album }) });

describe("values in the wrong field", () => {
  it.each([
    ["artist behind the title", given("Paper Kites Ann Vale", [], "Tide")],
    ["artist before the title", given("Ann Vale Paper Kites", [], "Tide")],
    ["album behind the title", given("Paper Kites Tide", ["Ann Vale"])],
    ["everything in the title", given("Paper Kites Ann Vale Tide", [])],
    ["everything, with an album that the other side does not name", given("Paper Kites Ann Vale Summer Hits", [])],
    ["everything in the artist", given("", ["Ann Vale Paper Kites"])],
    ["artist and title swapped", given("Ann Vale", ["Paper Kites"], "Tide")],
    ["swapped, with a neutral tail", given("Ann Vale", ["Paper Kites - 2011 Remaster"], "Tide")],
    ["swapped, with a guest", given("Ann Vale", ["Paper Kites (feat. Bo Lund)"], "Tide")],
    ["a title cut off", given("Paper Ki…", ["Ann Vale"])],
    ["a title cut off with dots", given("Paper Kit...", ["Ann Vale"])],
  ])("is the same recording from either side: %s", (_, spoiled) => {
    expect(compare(kites, spoiled).confidence).toBeGreaterThanOrEqual(0.8);
    expect(compare(spoiled, kites)).toEqual(compare(kites, spoiled));
  });

  it.each([
    ["another artist behind the title", given("Paper Kites Bo Lund", [])],
    ["more title before the artist", given("Paper Kites Return Ann Vale", [])],
    ["a version behind the artist", given("Paper Kites Ann Vale Live in Oslo", [])],
    ["swapped, of a live take", given("Ann Vale", ["Paper Kites (Live)"])],
    ["swapped, of a session", given("Ann Vale", ["Paper Kites (Peel Session)"])],
    ["swapped, of a remix", given("Ann Vale", ["Paper Kites - Nova Remix"])],
    ["swapped, of another artist", given("Bo Lund", ["Paper Kites"])],
    ["another song by the artist", given("", ["Ann Vale Silent Harbour"])],
    ["a title cut off too early to tell", given("Pa…", ["Ann Vale"])],
    ["a longer title that is not cut off", given("Paper Kites Go Home Alone", ["Ann Vale"])],
  ])("is not taken for the same recording: %s", (_, spoiled) => {
    expect(compare(kites, spoiled).confidence).toBeLessThan(0.8);
    expect(compare(spoiled, kites)).toEqual(compare(kites, spoiled));
  });

  it("keeps a version that both sides name, wherever the artist stands", () => {
    const live = track("Paper Kites (Nova Remix)", { artists: ["Ann Vale"], durationMs: 200_000 });
    const spoiled = given("Paper Kites - Nova Remix Ann Vale", []);
    expect(compare(live, spoiled).confidence).toBeGreaterThanOrEqual(0.8);
    expect(compare(kites, spoiled).confidence).toBeLessThan(0.5);
  });

  it("reads “cover by” as a cover, and guests behind a dash tail as guests", () => {
    expect(compare(kites, given("Paper Kites (Cover by Bo Lund)", ["Ann Vale"])).confidence).toBeLessThan(0.3);
    const edit = track("Paper Kites - Radio Edit", { artists: ["Ann Vale", "Bo Lund"], durationMs: 200_000 });
    expect(compare(edit, given("Paper Kites - Radio Edit feat. Bo Lund", ["Ann Vale"])).confidence).toBeGreaterThan(
      0.8,
    );
  });
});
