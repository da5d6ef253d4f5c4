import { describe, expect, it } from "vitest";
import { splitArtistLine } from "../src/catalogue/artist-line.ts";
import { createCatalogue, normalisedIsrc } from "../src/catalogue/catalogue.ts";
import { toDeezerTitle } from "../src/catalogue/titles.ts";
import { DISAGREEMENT_RATES } from "../src/index.ts";

const catalogue = createCatalogue(1);
const { spotify, deezer, truth } = catalogue;
/** Spotify tracks with a code that Deezer holds too. */
const linked = spotify.originals.filter((track) => track.isrc !== undefined && truth.deezerFor(track.id) !== undefined);
const share = (part: number, whole: number): number => part / whole;

describe("the extract", () => {
  it("is large, real and complete enough for a demo of 1,000 tracks", () => {
    expect(spotify.originals.length).toBeGreaterThan(3_000);
    expect(linked.length).toBeGreaterThan(3_000);
    expect(spotify.originals.find(({ id }) => id === "003vvx7Niy0yvhvHt4a68B")).toMatchObject({
      title: "Mr. Brightside",
      durationMs: 222_973,
    });
  });

  it("keeps the codes that stand on several releases", () => {
    const codes = Map.groupBy(
      spotify.originals.filter(({ isrc }) => isrc !== undefined),
      ({ isrc }) => normalisedIsrc(isrc ?? ""),
    );
    expect([...codes.values()].filter((tracks) => tracks.length > 1).length).toBeGreaterThan(110);
  });

  it("has one id per track on each side, of each service's form", () => {
    expect(new Set(spotify.tracks.map(({ id }) => id)).size).toBe(spotify.tracks.length);
    expect(new Set(deezer.tracks.map(({ id }) => id)).size).toBe(deezer.tracks.length);
    expect(spotify.tracks.every(({ id }) => /^[0-9A-Za-z]{22}$/.test(id))).toBe(true);
    expect(deezer.tracks.every(({ id }) => Number.isSafeInteger(Number(id)))).toBe(true);
  });

  it("is the same for the same seed, and disagrees elsewhere for another", () => {
    const rates = { ...DISAGREEMENT_RATES };
    const [again, other] = [createCatalogue("1", rates), createCatalogue(2, rates)];
    expect(again.deezer.tracks).toEqual(deezer.tracks);
    expect(other.deezer.tracks).not.toEqual(deezer.tracks);
    expect(other.spotify.originals[0]?.title).toBeDefined();
  });
});

describe("disagreement at the measured rates", () => {
  it("other ISRCs on about 21.5 % of the same recordings", () => {
    const differing = linked.filter((track) => {
      const codes = truth.deezerCopies(track.id).map((id) => deezer.byId(id)?.isrc);
      return !codes.includes(normalisedIsrc(track.isrc ?? ""));
    });
    expect(share(differing.length, linked.length)).toBeGreaterThan(0.19);
    expect(share(differing.length, linked.length)).toBeLessThan(0.24);
  });

  it("an ISRC lookup finds nothing for about 23 %, although nearly all are there by name", () => {
    const withCode = spotify.originals.filter(({ isrc }) => isrc !== undefined);
    const missed = withCode.filter(({ isrc }) => deezer.byIsrc(normalisedIsrc(isrc ?? "")).length === 0);
    expect(share(missed.length, withCode.length)).toBeGreaterThan(0.2);
    expect(share(missed.length, withCode.length)).toBeLessThan(0.27);
    const thereAfterAll = missed.filter(({ id }) => truth.deezerFor(id) !== undefined);
    expect(share(thereAfterAll.length, missed.length)).toBeGreaterThan(0.8);
  });

  it("of the lookups that find something, 1 to 4 % find another song", () => {
    const answers = linked.flatMap((track) => {
      const [first] = deezer.byIsrc(normalisedIsrc(track.isrc ?? ""));
      return first === undefined ? [] : [truth.deezerCopies(track.id).includes(first.id)];
    });
    const wrong = answers.filter((right) => !right).length;
    expect(share(wrong, answers.length)).toBeGreaterThan(0.01);
    expect(share(wrong, answers.length)).toBeLessThan(0.045);
  });

  it("other songs beside the right one for about a third of the ISRC searches at Spotify", () => {
    const withCode = spotify.originals.filter(({ isrc }) => isrc !== undefined);
    const crowded = withCode.filter(({ isrc }) =>
      spotify.byIsrc(normalisedIsrc(isrc ?? "")).some(({ decoy }) => decoy !== undefined),
    );
    expect(share(crowded.length, withCode.length)).toBeGreaterThan(0.28);
    expect(share(crowded.length, withCode.length)).toBeLessThan(0.37);
  });

  it("lengths of the same recording differ by rounding and at most two seconds", () => {
    const offs = linked.flatMap((track) => {
      const copy = deezer.byId(truth.deezerFor(track.id) ?? "");
      // Several Spotify releases share one Deezer track; its length follows the first of them.
      return copy === undefined || spotify.releases(track).length > 1
        ? []
        : [copy.duration - Math.round(track.durationMs / 1_000)];
    });
    expect(Math.max(...offs.map(Math.abs))).toBe(2);
    expect(share(offs.filter((off) => off === 0).length, offs.length)).toBeGreaterThan(0.5);
  });
});

describe("the truth", () => {
  it("names a readable copy first where there is one, and never a decoy of the song", () => {
    for (const track of linked) {
      const chosen = deezer.byId(truth.deezerFor(track.id) ?? "");
      expect(chosen?.alternativeId).toBeUndefined();
      expect(chosen?.decoy === undefined || chosen.decoy === "wrong-code").toBe(true);
    }
  });

  it("leads back to a release of the same recording", () => {
    for (const track of linked.slice(0, 500)) {
      expect(truth.spotifyCopies(truth.deezerFor(track.id) ?? "")).toContain(track.id);
    }
  });

  it("knows recordings that the other side lacks, in both directions", () => {
    const onlySpotify = spotify.originals.filter(({ id }) => truth.deezerFor(id) === undefined);
    const onlyDeezer = deezer.originals.filter(({ id }) => truth.spotifyFor(id) === undefined);
    expect(onlySpotify.length).toBeGreaterThan(60);
    expect(onlyDeezer.length).toBeGreaterThan(40);
    for (const { id } of onlySpotify) expect(truth.deezerCopies(id)).toEqual([]);
  });
});

describe("how names are written", () => {
  const known = new Set(["Beyoncé", "JAY-Z", "Fire"]);
  it.each([
    ["Beyoncé & JAY-Z", ["Beyoncé", "JAY-Z"]],
    ["Earth, Wind & Fire", ["Earth, Wind & Fire"]],
    ["Kool & The Gang", ["Kool & The Gang"]],
    ["A, B", ["A", "B"]],
    ["Gotye ft. Kimbra", ["Gotye", "Kimbra"]],
  ])("artists: %s", (line, names) => {
    expect(splitArtistLine(line, known)).toEqual(names);
  });

  it.each([
    ["Back - 2011 Remaster", [], false, "Back (2011 Remaster)", "(2011 Remaster)"],
    ["Back - 2011 Remaster", [], true, "Back", ""],
    ["Back - Radio Edit", ["Ann"], false, "Back (feat. Ann) (Radio Edit)", "(feat. Ann) (Radio Edit)"],
    ["Mallorca - Mein Herz", [], false, "Mallorca - Mein Herz", ""],
    ["Back (Nova Remix)", [], false, "Back (Nova Remix)", "(Nova Remix)"],
  ] as const)("titles: %s", (title, guests, omit, full, version) => {
    expect(toDeezerTitle(title, guests, omit)).toMatchObject({ title: full, titleVersion: version });
  });
});
