import { type Candidate, ConfigurationError, createMatcher, type MatcherOptions } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { track } from "./tracks.ts";

const durationMs = 240_000;
type Fields = Parameters<typeof track>[1];
const kites = (title: string, fields: Fields = {}) => track(title, { durationMs, album: "Harbour", ...fields });
const plain = kites("Paper Kites");

function best(options: MatcherOptions, source: ReturnType<typeof track>, offered: readonly ReturnType<typeof track>[]) {
  const matcher = createMatcher(options);
  const candidates = offered.map((one, i): Candidate => ({ id: String(i), prepared: matcher.prepare(one), rank: i }));
  return matcher.best(matcher.prepare(source), candidates);
}

const confidence = (options: MatcherOptions, a: ReturnType<typeof track>, b: ReturnType<typeof track>): number => {
  const matcher = createMatcher(options);
  const there = matcher.compare(matcher.prepare(a), matcher.prepare(b)).confidence;
  expect(matcher.compare(matcher.prepare(b), matcher.prepare(a)).confidence).toBe(there);
  return there;
};

describe("live takes", () => {
  const live = kites("Paper Kites (Live at the Dome)", { durationMs: durationMs + 45_000 });

  it("are other recordings by default", () => {
    expect(best({}, plain, [live]).verdict).toBe("none");
  });

  it("stand for the recording if accepted and nothing else is offered, with less confidence", () => {
    const taken = best({ live: "accept" }, plain, [live]);
    expect(taken.verdict).toBe("matched");
    expect(taken.match?.confidence).toBeLessThan(best({}, plain, [plain]).match?.confidence ?? 0);
    expect(taken.match?.comparison.signs.version.grade).toBe("one-sided");
  });

  it("give way to the recording although code, album and order speak for them", () => {
    const code = "GBXYZ2400123";
    const better = kites("Paper Kites (Live)", { isrc: code });
    const recording = kites("Paper Kites", { album: "Summer Hits" });
    const choice = best({ live: "accept" }, kites("Paper Kites", { isrc: code }), [better, recording]);
    expect(choice.match?.id).toBe("1");
    expect(choice.copyChoice).toEqual({ among: 2, by: "version" });
  });

  it("stand for one another if accepted, but never for a live remix, or the song of another artist", () => {
    const oslo = kites("Paper Kites (Live in Oslo)");
    expect(confidence({ live: "accept" }, live, oslo)).toBeGreaterThan(0.8);
    expect(confidence({}, live, oslo)).toBeLessThan(0.5);
    expect(confidence({ live: "accept" }, plain, kites("Paper Kites (Nova Remix) [Live]"))).toBeLessThan(0.5);
    expect(confidence({ live: "accept" }, plain, kites("Paper Kites (Live)", { artists: ["Bo Lund"] }))).toBe(0);
  });

  it("are known by a live album too", () => {
    const onLiveAlbum = kites("Paper Kites", { album: "Live in Oslo" });
    expect(confidence({}, plain, onLiveAlbum)).toBeLessThan(0.5);
    expect(confidence({ live: "accept" }, plain, onLiveAlbum)).toBeGreaterThan(0.8);
  });
});

describe("covers", () => {
  const cover = kites("Paper Kites (Cover)", { artists: ["Bo Lund"] });
  const optionsOf = { cover: "accept-labelled" } as const;

  it("are refused by default, with or without a label", () => {
    expect(confidence({}, plain, cover)).toBe(0);
    expect(confidence({}, plain, kites("Paper Kites", { artists: ["Bo Lund"] }))).toBe(0);
  });

  it("stand for the original if labelled and accepted, with less confidence", () => {
    expect(confidence(optionsOf, plain, cover)).toBeGreaterThan(0.8);
    expect(confidence(optionsOf, plain, cover)).toBeLessThan(confidence(optionsOf, plain, plain));
  });

  it("stand for nothing without a label, or without more in common than a title", () => {
    expect(confidence(optionsOf, plain, kites("Paper Kites", { artists: ["Bo Lund"] }))).toBe(0);
    const bare = { durationMs: undefined, album: undefined };
    expect(
      confidence(optionsOf, plain, { ...kites("Paper Kites (Cover)", { artists: ["Bo Lund"], ...bare }) }),
    ).toBeLessThan(0.3);
  });
});

describe("remasters", () => {
  const older = kites("Paper Kites - 2009 Remaster");
  const newer = kites("Paper Kites (Remastered 2011)");
  const undated = kites("Paper Kites (Remastered)");
  const only = { remaster: "require-equal" } as const;

  it("are the same recording by default", () => {
    for (const other of [older, newer, undated])
      expect(confidence({}, plain, other)).toBe(confidence({}, plain, plain));
  });

  it("are another recording if told so: where one side is none, or the years differ", () => {
    expect(confidence(only, plain, older)).toBe(0);
    expect(confidence(only, older, newer)).toBe(0);
    expect(confidence(only, plain, undated)).toBe(0);
    expect(confidence(only, older, undated)).toBeGreaterThan(0.9);
    expect(confidence(only, older, kites("Paper Kites (2009 Remastered Version)"))).toBeGreaterThan(0.9);
  });

  it("decide between copies before the album if told so, and after it if not", () => {
    const elsewhere = { ...newer, album: "Summer Hits" };
    const offered = [older, elsewhere];
    expect(best({}, newer, offered).copyChoice).toEqual({ among: 2, by: "album" });
    const preferred = best({ remaster: "prefer-equal" }, newer, offered);
    expect(preferred.copyChoice).toEqual({ among: 2, by: "remaster" });
    expect(preferred.match?.id).toBe("1");
  });

  it("are known by the word: a year beside other words is none", () => {
    expect(confidence(only, plain, kites("Paper Kites (Deluxe Edition 2011)"))).toBeGreaterThan(0.9);
  });
});

describe("compilations", () => {
  const hits = kites("Paper Kites", { album: "Summer Hits", albumType: "compilation" });
  const other = kites("Paper Kites", { album: "Other", albumType: "album" });

  it("come after albums by default, and in the service's order if told so", () => {
    expect(best({}, plain, [hits, other]).match?.id).toBe("1");
    expect(best({ compilation: "any" }, plain, [hits, other]).match?.id).toBe("0");
  });
});

describe("strictness", () => {
  it.each([
    ["strict", 0.9, 0.5],
    ["balanced", 0.8, 0.5],
    ["lenient", 0.65, 0.4],
  ] as const)("%s matches from %d and shows from %d", (strictness, threshold, uncertainFrom) => {
    expect(createMatcher({ strictness })).toMatchObject({ threshold, uncertainFrom });
  });

  it("is balanced by default, and gives way to the caller's bounds", () => {
    expect(createMatcher()).toMatchObject({ threshold: 0.8, uncertainFrom: 0.5 });
    expect(createMatcher({ strictness: "strict", threshold: 0.7 }).threshold).toBe(0.7);
    expect(createMatcher({ strictness: "lenient", uncertainFrom: 0.6 }).uncertainFrom).toBe(0.6);
    expect(createMatcher({ strictness: "lenient", threshold: 0.3 }).uncertainFrom).toBe(0.3);
  });

  it("refuses the other explicit flag only if strict, unless the caller says otherwise", () => {
    const [clean, explicit] = [kites("Paper Kites", { explicit: false }), kites("Paper Kites", { explicit: true })];
    expect(confidence({ strictness: "strict" }, clean, explicit)).toBe(0);
    expect(confidence({ strictness: "lenient" }, clean, explicit)).toBeGreaterThan(0.8);
    expect(confidence({ strictness: "strict", explicit: "any" }, clean, explicit)).toBeGreaterThan(0.9);
  });
});

describe("options that cannot be right", () => {
  it.each([
    ["strictness", { strictness: "harsh" }],
    ["explicit", { explicit: true }],
    ["remaster", { remaster: "never" }],
    ["live", { live: "prefer" }],
    ["cover", { cover: "accept" }],
    ["compilation", { compilation: null }],
    ["threshold", { threshold: "0.8" }],
    ["threshold", { threshold: -1, strictness: "lenient" }],
    ["uncertainFrom", { strictness: "lenient", uncertainFrom: 0.7 }],
  ])("are refused with the path %s: %j", (path, options) => {
    const make = () => createMatcher(options as MatcherOptions);
    expect(make).toThrow(ConfigurationError);
    try {
      make();
    } catch (error) {
      expect((error as ConfigurationError).problems.map((problem) => problem.path)).toEqual([path]);
    }
  });

  it("are all named at once", () => {
    const wrong = { live: "no", cover: "no", threshold: 2 } as unknown as MatcherOptions;
    expect(() => createMatcher(wrong)).toThrow(/live[\s\S]*cover[\s\S]*threshold/);
  });
});
