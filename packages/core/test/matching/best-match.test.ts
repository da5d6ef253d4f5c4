import {
  type Candidate,
  ConfigurationError,
  createMatcher,
  describeMatch,
  describeVerdict,
  type UniversalTrack,
} from "@syncer/core";
import { describe, expect, it } from "vitest";
import { matcher, track } from "./tracks.ts";

const durationMs = 240_000;
const code = "GBXYZ2400123";
const source = track("Paper Kites", { durationMs, isrc: code, album: "Harbour", explicit: true, trackNumber: 4 });

function offered(
  id: string,
  fields: Parameters<typeof track>[1] = {},
  more: Partial<Candidate> = {},
  title = "Paper Kites",
): Candidate {
  return { id, prepared: matcher.prepare(track(title, { durationMs, ...fields })), ...more };
}

const best = (candidates: readonly Candidate[], from: UniversalTrack = source) =>
  matcher.best(matcher.prepare(from), candidates);

describe("choosing among candidates", () => {
  it("says that there is none when nothing is offered", () => {
    expect(best([])).toEqual({ verdict: "none", margin: 0, reason: { code: "none.no-candidates", params: {} } });
  });

  it("says that there is none, and which sign refused, when everything was refused", () => {
    const none = best([offered("1", { artists: ["Bo Lund"] })]);
    expect(none.verdict).toBe("none");
    expect(none.match).toBeUndefined();
    expect(none.reason).toEqual({ code: "none.refused", params: { candidates: 1, veto: "artists" } });
  });

  it("names the sign that refused the most alike", () => {
    const others = [
      offered("1", {}, {}, "Long Road"),
      offered("2", {}, {}, "Paper Kites (Nova Remix)"),
      offered("3", { artists: ["Bo Lund"] }),
    ];
    expect(best(others, track("Paper Kites (Orbit Remix)")).reason).toMatchObject({ params: { veto: "version" } });
    expect(best([...others].reverse(), track("Paper Kites (Orbit Remix)")).reason).toMatchObject({
      params: { veto: "version" },
    });
  });

  it("reports what may be right but is not sure as uncertain", () => {
    const unsure = best([offered("1", { durationMs: undefined }, {}, "Paper Kites - Radio Edit")]);
    expect(unsure.verdict).toBe("uncertain");
    expect(unsure.match?.confidence).toBeGreaterThanOrEqual(0.5);
    expect(unsure.match?.confidence).toBeLessThan(0.8);
    expect(unsure.reason.code).toBe("uncertain.below-threshold");
  });

  it("does not doubt a recording because it is on several albums", () => {
    const alone = best([offered("1", { album: "Harbour" })]);
    const among = best([offered("1", { album: "Harbour" }), offered("2", { album: "Summer Hits" })]);
    expect(among.match).toEqual(alone.match);
    expect(among.runnerUp).toBeUndefined();
    expect(among.copyChoice).toEqual({ among: 2, by: "album" });
  });

  it("doubts when two different recordings fit equally well", () => {
    const unsure = best(
      [offered("1", { durationMs: 200_000 }), offered("2", { durationMs: 290_000 })],
      track("Paper Kites"),
    );
    expect(unsure.verdict).not.toBe("matched");
    expect(unsure.reason.code).toBe("uncertain.rival");
    expect(unsure.runnerUp?.id).toBe("2");
    expect(unsure.margin).toBeLessThan(0.1);
  });

  it("does not doubt for a runner-up that is clearly worse", () => {
    const sure = best([offered("1"), offered("2", {}, {}, "Paper Kites (Live)")]);
    expect(sure.verdict).toBe("matched");
    expect(sure.match?.id).toBe("1");
    expect(sure.runnerUp?.id).toBe("2");
    expect(sure.match?.confidence).toBeGreaterThan(0.95);
  });

  it.each([
    ["playable", { playable: false, isrc: code }, {}],
    ["isrc", {}, { isrc: code }],
    ["album", { album: "Summer Hits" }, { album: "Harbour (Deluxe)" }],
    ["explicit", { explicit: false }, { explicit: true }],
    ["track-number", { album: "Harbour" }, { album: "Harbour", trackNumber: 4 }],
    ["release-type", { albumType: "compilation" }, { albumType: "album" }],
  ] as const)("takes the copy that is better by %s, whatever the ids", (by, worse, better) => {
    const choice = best([offered("1", worse), offered("2", better)]);
    expect(choice.match?.id).toBe("2");
    expect(choice.copyChoice).toEqual({ among: 2, by });
  });

  it("takes the equal remaster, the song over its video, then the service's order, then the lower id", () => {
    const remastered = track("Paper Kites - 2011 Remaster", { durationMs });
    expect(
      best(
        [offered("1", {}, {}, "Paper Kites - Remastered 2009"), offered("2", {}, {}, "Paper Kites (2011 Remaster)")],
        remastered,
      ).copyChoice?.by,
    ).toBe("remaster");
    expect(best([offered("1", {}, {}, "Paper Kites (Official Video)"), offered("2")]).match?.id).toBe("2");
    expect(best([offered("1", {}, { rank: 5 }), offered("2", {}, { rank: 0 })]).copyChoice?.by).toBe("service-order");
    expect(best([offered("10"), offered("9")]).match?.id).toBe("9");
  });

  it("takes the other explicit flag only if no equal one exists, with less confidence, or never if told so", () => {
    const clean = [offered("1", { explicit: false })];
    const equal = [offered("1", { explicit: true })];
    expect(best(clean).match?.confidence).toBeLessThan(best(equal).match?.confidence ?? 0);
    const strict = createMatcher({ explicit: "require-equal" });
    expect(strict.best(strict.prepare(source), clean).verdict).toBe("none");
    const lax = createMatcher({ explicit: "any" });
    const prepared = lax.prepare(source);
    expect(lax.best(prepared, clean).match?.confidence).toBe(lax.best(prepared, equal).match?.confidence);
  });

  it("reads a flag from the title when the service gives none", () => {
    const unflagged = offered("1", { album: "Harbour [Explicit]" });
    const cleaned = offered("2", {}, {}, "Paper Kites (Clean)");
    expect(best([unflagged]).match?.comparison.signs.explicit.grade).toBe("same");
    expect(best([cleaned]).match?.comparison.signs.explicit.grade).toBe("different");
  });

  it("obeys the caller's threshold", () => {
    const candidates = [offered("1", { durationMs: durationMs + 6_000 })];
    const strict = createMatcher({ threshold: 0.999 });
    expect(best(candidates, track("Paper Kites", { durationMs })).verdict).toBe("matched");
    expect(strict.best(strict.prepare(track("Paper Kites", { durationMs })), candidates).verdict).toBe("uncertain");
  });

  it.each([
    [{ threshold: 0 }],
    [{ threshold: 1.1 }],
    [{ threshold: Number.NaN }],
    [{ uncertainFrom: 0.9 }],
    [{ uncertainFrom: 0 }],
  ])("refuses the bounds %j with all their problems", (options) => {
    expect(() => createMatcher(options)).toThrow(ConfigurationError);
  });

  it("weighs as it is told", () => {
    const deaf = createMatcher({ weights: { title: { exact: -20 } } });
    const prepared = deaf.prepare(source);
    expect(deaf.compare(prepared, prepared).confidence).toBeLessThan(0.01);
  });
});

describe("explaining", () => {
  it("says in one sentence what agrees and what speaks against it", () => {
    const unsure = best([offered("1", {}, {}, "Paper Kites (Live)")]);
    expect(unsure.runnerUp && describeMatch(unsure.runnerUp.comparison)).toBe(
      "Same title, same artists, same length; a version such as “live” or “remix” on one side only.",
    );
    expect(describeVerdict(unsure.reason)).toMatch(/^Not found: the best of 1 offered reaches \d+ %\.$/);
  });

  it("names only the sign that refused", () => {
    const comparison = matcher.compare(matcher.prepare(track("Tide, Pt. 1")), matcher.prepare(track("Tide, Pt. 2")));
    expect(comparison).toMatchObject({ confidence: 0, veto: "numbers" });
    expect(describeMatch(comparison)).toBe("Different numbers.");
  });

  it("speaks another catalogue's language where it has the words", () => {
    const comparison = matcher.compare(matcher.prepare(source), matcher.prepare(source));
    const german = { "title.exact": () => "gleicher Titel", "isrc.same": () => "gleicher ISRC" };
    expect(describeMatch(comparison, german)).toMatch(/^Gleicher ISRC, gleicher Titel, same artists/);
  });
});
