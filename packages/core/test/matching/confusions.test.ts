import { describe, expect, it } from "vitest";
import { confidence, track } from "./tracks.ts";

// Made-up forms of the pairs that the matcher confused in real catalogues; see tools/eval-matching/mine.ts.
describe("what real catalogues made the matcher confuse", () => {
  it("takes no piece of a score for another one that has the same kind of name", () => {
    const score = track("Doctor Vale (Main Title)");
    expect(confidence(score, track("Main Title"))).toBeLessThan(0.1);
    expect(confidence(score, track("Doctor Vale (Main Title)"))).toBeGreaterThan(0.8);
    expect(confidence(track("Papierdrachen (Paper Kites)"), track("Paper Kites"))).toBeGreaterThan(0.8);
  });

  it("lets the length tell whether a cut of a remix is the remix", () => {
    const remix = (title: string, durationMs?: number) =>
      track(title, { artists: ["Ann Vale", "Nova"], ...(durationMs === undefined ? {} : { durationMs }) });
    expect(confidence(remix("Paper Kites - Nova Remix"), remix("Paper Kites - Nova Remix Radio Edit"))).toBeLessThan(
      0.8,
    );
    expect(confidence(remix("Paper Kites - Nova Radio Edit"), remix("Paper Kites - Nova Mix"))).toBeLessThan(0.8);
    expect(
      confidence(remix("Paper Kites - Nova Remix", 200_000), remix("Paper Kites - Nova Remix Radio Edit", 201_000)),
    ).toBeGreaterThan(0.8);
    expect(
      confidence(remix("Paper Kites - Nova Remix", 380_000), remix("Paper Kites - Nova Remix Radio Edit", 201_000)),
    ).toBeLessThan(0.1);
  });
});
