import { createItemIndex } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { labelledPairs } from "../../../../tools/eval-matching/labelled-pairs.ts";
import { loadRecordings, trackOf } from "../../../../tools/eval-matching/recordings.ts";
import { compare, matcher, track } from "./tracks.ts";

describe("an index of a library", { timeout: 60_000 }, () => {
  it("finds a recording under the key that the other service shares", () => {
    const index = createItemIndex(matcher);
    index.add("code", matcher.prepare(track("Anything", { isrc: "GBXYZ2400123", artists: ["Bo Lund"] })));
    index.add("script", matcher.prepare(track("紅蓮華", { artists: ["LiSA"], durationMs: 238_000 })));
    index.add("upload", matcher.prepare(track("Ann Vale - Paper Kites", { artists: ["Melody Channel"] })));
    const ids = (fields: Parameters<typeof track>[1], title: string): string[] =>
      index.candidates(matcher.prepare(track(title, fields))).map(({ id }) => id);
    expect(ids({ isrc: "GBXYZ2400123" }, "Other")).toEqual(["code"]);
    expect(ids({ artists: ["LiSA"], durationMs: 241_500 }, "Gurenge")).toEqual(["script"]);
    expect(ids({}, "Paper Kites")).toEqual(["upload"]);
    expect(ids({}, "Nothing of the Kind")).toEqual([]);
    expect(index.size).toBe(3);
  });

  it("shares a key between the sides of nearly every pair that the matcher would accept", () => {
    // A library does not hold its titles in the artist field; single comparisons live with that, keys need not.
    const clean = labelledPairs().filter((pair) => pair.same && !pair.class.startsWith("dirty"));
    const accepted = clean.filter(({ a, b }) => compare(a, b).confidence >= 0.8);
    const found = accepted.filter(({ a, b }) => {
      const keys = new Set(matcher.blockingKeys(matcher.prepare(a)));
      return matcher.blockingKeys(matcher.prepare(b)).some((key) => keys.has(key));
    });
    expect(accepted.length).toBeGreaterThan(3_000);
    expect(found.length / accepted.length).toBeGreaterThan(0.995);
  });

  it("offers a bounded number of candidates, the most telling first", () => {
    const index = createItemIndex(matcher);
    for (let i = 0; i < 500; i++) index.add(`other-${i}`, matcher.prepare(track("Intro", { artists: [`Act ${i}`] })));
    index.add("right", matcher.prepare(track("Intro", { artists: ["Ann Vale"] })));
    const candidates = index.candidates(matcher.prepare(track("Intro")));
    expect(candidates.length).toBeLessThanOrEqual(60);
    expect(candidates[0]?.id).toBe("right");
  });

  it("finds no match in a real library from which the recording was taken", () => {
    const rows = loadRecordings().filter((row) => row.recording === undefined);
    const seen = new Map<string, number>();
    const baseOf = (row: (typeof rows)[number]): string =>
      `${row.title.replace(/ - .*| ?[([].*/, "")}|${row.artist.split(/[,&]/)[0]}`.toLowerCase();
    for (const row of rows) seen.set(baseOf(row), (seen.get(baseOf(row)) ?? 0) + 1);
    const index = createItemIndex(matcher);
    rows.forEach((row, i) => {
      index.add(String(i), matcher.prepare(trackOf(row)));
    });
    // Rows whose title and artist stand alone: what else is in the library is certainly another recording.
    const alone = rows.map((row, i) => ({ row, id: String(i) })).filter(({ row }) => seen.get(baseOf(row)) === 1);
    const wrong = alone.filter(({ row, id }) => {
      const source = matcher.prepare(trackOf(row));
      const others = index.candidates(source).filter((candidate) => candidate.id !== id);
      return matcher.best(source, others).verdict === "matched";
    });
    expect(alone.length).toBeGreaterThan(1_500);
    expect(wrong.length).toBeLessThanOrEqual(5);
  });
});
