import { artistSignGrades, createArtistMatcher, describeMatch, type UniversalArtist } from "@syncer/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const matcher = createArtistMatcher();

function artist(name: string, followers?: number): UniversalArtist {
  return { name, externalIds: {}, ...(followers === undefined ? {} : { followers }) };
}

function best(source: UniversalArtist, ...candidates: readonly UniversalArtist[]) {
  return matcher.best(
    matcher.prepare(source),
    candidates.map((candidate, index) => ({ id: String(index), prepared: matcher.prepare(candidate), rank: index })),
  );
}

const names: readonly (readonly [why: string, a: string, b: string, verdict: "matched" | "uncertain" | "none"])[] = [
  ["the same", "Ann Vale", "Ann Vale", "matched"],
  ["case and marks", "Beyoncé", "BEYONCE", "matched"],
  ["an article", "The Kites", "Kites", "matched"],
  ["and, and its sign", "Simon & Garfunkel", "Simon and Garfunkel", "matched"],
  ["dots", "A.B.C.", "ABC", "matched"],
  ["a dollar", "A$AP Kite", "ASAP Kite", "matched"],
  ["a slash", "AC/DC", "AC DC", "matched"],
  ["a country in brackets", "Nirvana", "Nirvana (UK)", "uncertain"],
  ["two countries in brackets", "Nirvana (US)", "Nirvana (UK)", "uncertain"],
  ["an orchestra", "Kites Orchestra", "Kites", "uncertain"],
  ["a disc jockey", "DJ Shadow", "Shadow", "uncertain"],
  ["native and romanised", "Кино", "Kino", "uncertain"],
  ["native and both", "아이유", "IU (아이유)", "uncertain"],
  ["another script without a table", "椎名林檎", "Sheena Ringo", "none"],
  ["a slip of the hand", "Ann Valle", "Ann Vale", "none"],
  ["another name", "Ann Vale", "Bo Lund", "none"],
  ["a longer name", "Ann Vale", "Ann Vale Quartet", "none"],
  ["a tribute", "Ann Vale", "Tribute to Ann Vale", "none"],
  ["a karaoke band", "Ann Vale", "Ann Vale's Karaoke Band", "none"],
  ["one of two", "Ann Vale", "Ann Vale & Bo Lund", "none"],
  ["nobody", "Various Artists", "Various Artists", "none"],
  ["an empty name", "", "", "none"],
];

describe("artists", () => {
  it.each(names)("%s: %s, %s", (_, a, b, expected) => {
    expect(best(artist(a), artist(b)).verdict).toBe(expected);
    expect(best(artist(b), artist(a)).verdict).toBe(expected);
  });

  it("are not found where nothing is offered", () => {
    expect(best(artist("Ann Vale"))).toMatchObject({ verdict: "none", reason: { code: "none.no-candidates" } });
  });

  it("with namesakes are uncertain, with odds that are shared, whatever the threshold", () => {
    const two = best(artist("Kites"), artist("Kites"), artist("The Kites"));
    expect(two).toMatchObject({
      verdict: "uncertain",
      match: { confidence: 0.5 },
      reason: { code: "uncertain.rival" },
    });
    expect(two.match?.comparison.signs.namesakes.grade).toBe("several");
    const three = best(artist("Kites"), artist("Kites"), artist("Kites"), artist("Kites"));
    expect(three).toMatchObject({ verdict: "uncertain", match: { confidence: 1 / 3 } });
    const lenient = createArtistMatcher({ threshold: 0.3, uncertainFrom: 0.1 });
    const prepared = lenient.prepare(artist("Kites"));
    expect(
      lenient.best(prepared, [
        { id: "1", prepared },
        { id: "2", prepared },
      ]).verdict,
    ).toBe("uncertain");
  });

  it("that lead all namesakes by twenty times, from a thousand followers on, are taken", () => {
    const among = (...followers: (number | undefined)[]) =>
      best(artist("Kites"), ...followers.map((each) => artist("Kites", each)));
    expect(among(300, 20_000, 600)).toMatchObject({ verdict: "matched", match: { id: "1", confidence: 0.85 } });
    expect(among(300, 20_000, 600).match?.comparison.signs.namesakes.grade).toBe("leads");
    expect(among(20_000, 1_001).verdict).toBe("uncertain");
    expect(among(20_000, 600, 500).verdict).toBe("uncertain");
    expect(among(999, 2).verdict).toBe("uncertain");
    expect(among(1_000, 2).verdict).toBe("matched");
    expect(among(20_000, undefined).verdict).toBe("uncertain");
  });

  it("are somebody else where the numbers of followers are a world apart", () => {
    expect(best(artist("Kites", 4_000_000), artist("Kites", 12))).toMatchObject({
      verdict: "uncertain",
      match: { confidence: 0.6 },
    });
    expect(best(artist("Kites", 4_000_000), artist("Kites", 12_000)).verdict).toBe("matched");
    // The well-known one leads, but it is not who is meant.
    expect(best(artist("Kites", 12), artist("Kites", 4_000_000), artist("Kites", 20)).verdict).not.toBe("matched");
  });

  it("are told apart from the same name with more: one exact name is enough", () => {
    const found = best(artist("Nirvana"), artist("Nirvana (UK)"), artist("Nirvana"));
    expect(found).toMatchObject({ verdict: "matched", match: { id: "1" } });
  });

  it("say in words what decided, without a name", () => {
    const several = best(artist("Kites"), artist("Kites"), artist("Kites")).match?.comparison;
    expect(several && describeMatch(several)).toBe("Same name; several of that name, and nothing tells which.");
    const other = matcher.compare(matcher.prepare(artist("Ann")), matcher.prepare(artist("Bo")));
    expect(describeMatch(other)).toBe("Different names.");
  });

  it("take bounds as tracks do, and tell those that are out of range", () => {
    const strict = createArtistMatcher({ strictness: "strict" });
    const prepared = strict.prepare(artist("Kites"));
    expect(strict.best(prepared, [{ id: "1", prepared }]).verdict).toBe("matched");
    expect(() => createArtistMatcher({ uncertainFrom: 0.9 })).toThrow(
      expect.objectContaining({ code: "config.invalid" }),
    );
  });
});

const word = fc.oneof(
  fc.constantFrom("The", "Kites", "Ann", "Vale", "(UK)", "&", "and", "DJ", "Кино", "Various Artists", "Orchestra"),
  fc.string({ unit: "grapheme", maxLength: 6 }),
);
const anyArtist = fc
  .record({
    name: fc.array(word, { maxLength: 4 }).map((words) => words.join(" ")),
    followers: fc.option(fc.integer({ min: 0, max: 10_000_000 }), { nil: undefined }),
  })
  .map(({ name, followers }) => artist(name, followers));

describe("any artists", () => {
  it("compare alike from both sides, with a probability and a known grade for every sign", () => {
    fc.assert(
      fc.property(anyArtist, anyArtist, (a, b) => {
        const [one, other] = [matcher.prepare(a), matcher.prepare(b)];
        const there = matcher.compare(one, other);
        expect(matcher.compare(other, one)).toEqual(there);
        expect(there.confidence).toBeGreaterThanOrEqual(0);
        expect(there.confidence).toBeLessThan(1);
        for (const [name, grades] of Object.entries(artistSignGrades)) {
          expect(Object.keys(grades)).toContain(there.signs[name as keyof typeof artistSignGrades].grade);
        }
      }),
    );
  });

  it("of which two have the name that is looked for are never both good enough", () => {
    fc.assert(
      fc.property(anyArtist, fc.array(anyArtist, { maxLength: 5 }), (source, others) => {
        const { followers: _, ...silent } = source;
        const found = best(silent, silent, ...others, silent);
        expect(found.verdict).not.toBe("matched");
      }),
    );
  });

  it("are chosen from in no order but the service's", () => {
    fc.assert(
      fc.property(anyArtist, fc.array(anyArtist, { maxLength: 6 }), (source, others) => {
        const candidates = others.map((each, rank) => ({ id: String(rank), prepared: matcher.prepare(each), rank }));
        const prepared = matcher.prepare(source);
        expect(matcher.best(prepared, candidates.toReversed())).toEqual(matcher.best(prepared, candidates));
      }),
    );
  });

  it("of one name share a key of the index", () => {
    fc.assert(
      fc.property(anyArtist, (each) => {
        const prepared = matcher.prepare(each);
        const other = matcher.prepare(artist(`THE ${each.name}`));
        fc.pre(matcher.compare(prepared, other).signs.name.grade === "exact");
        const keys = matcher.blockingKeys(prepared);
        expect(matcher.blockingKeys(other).some((key) => keys.includes(key))).toBe(true);
      }),
    );
  });
});
