import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runEvaluation } from "../../../../tools/eval-matching/run-evaluation.ts";

const folder = mkdtempSync(join(tmpdir(), "eval-matching-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What `npm run eval:matching -- cases.jsonl …` does. */
function evaluate(lines: readonly (object | string)[], ...options: readonly string[]) {
  const file = join(folder, "cases.jsonl");
  writeFileSync(file, lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
  const printed: string[] = [];
  const complaints: string[] = [];
  const status = runEvaluation([file, ...options], {
    print: (line) => printed.push(line),
    complain: (line) => complaints.push(line),
  });
  return { status, stdout: printed.join("\n"), stderr: complaints.join("\n").replaceAll(folder, "") };
}

const kites = { title: "Paper Kites", artists: ["Ann Vale"], durationMs: 200_000 };
const live = { title: "Paper Kites (Live)", artist: "Ann Vale", durationMs: 200_000 };
const same = { a: kites, b: { ...kites, isrc: null, unheardOf: 1 }, same: true, class: "plain" };
const other = { a: kites, b: live, same: false, class: "live" };
const set = { source: kites, candidates: [live, kites], right: [1] };

describe("evaluating a foreign file", () => {
  it("judges pairs and pick-one sets of one file, with and without the right answers", () => {
    const { status, stdout } = evaluate([same, other, "", set, { ...set, candidates: [live], right: [] }], "--json");
    expect(status).toBe(0);
    const [matcher] = JSON.parse(stdout).judges;
    expect(matcher.pairs.at).toMatchObject({ pairs: 2, precision: 1, recall: 1, f1: 1 });
    expect(matcher.pairs.classes).toEqual({
      live: { found: 0, missed: 0, refused: 1, falsePicks: 0 },
      plain: { found: 1, missed: 0, refused: 0, falsePicks: 0 },
    });
    expect(matcher.picks).toEqual({ sets: 1, right: 1, wrong: 0, none: 0, withoutRight: 2, falsePicks: 0 });
  });

  it("sets the baselines beside it, and tells the worst errors with their reason", () => {
    const { stdout } = evaluate([same, { ...other, same: true }], "--baselines");
    for (const name of ["matcher", "formula", "beets", "music-assistant", "spotify-to-tidal"])
      expect(stdout).toMatch(new RegExp(`^${name} `, "m"));
    expect(stdout).toMatch(/worst errors\n0\.\d\d live \(same\): Same title, .*on one side only/);
  });

  it("names file, line and field of what is wrong, and exits with 2", () => {
    const wrong = [same, "{", { a: { artists: 1 }, b: kites }, { source: kites, candidates: [kites], right: [1] }, {}];
    const { status, stderr } = evaluate(wrong);
    expect(status).toBe(2);
    expect(stderr).toContain("/cases.jsonl:2: not a JSON object");
    expect(stderr).toMatch(/cases\.jsonl:3: a\.title: .*\n.*cases\.jsonl:3: a\.artists: .*\n.*cases\.jsonl:3: same: /);
    expect(stderr).toContain("/cases.jsonl:4: right.0: there is no candidate 1");
    expect(stderr).toContain("/cases.jsonl:5: neither a pair");
  });

  it("exits with 1 below a floor only, and with 2 at a floor that means nothing", () => {
    expect(evaluate([same, other], "--floor", "precision=0.99,recall=0.96").status).toBe(0);
    const missed = evaluate([{ ...same, same: false }, other], "--floor", "precision=0.99");
    expect(missed).toMatchObject({ status: 1, stderr: expect.stringContaining("precision: 0.0000 is below 0.99") });
    expect(evaluate([same], "--floor", "picks-right=0.9").status).toBe(1);
    expect(evaluate([same], "--floor", "beauty=1").status).toBe(2);
    expect(evaluate([same], "--threshold", "much").status).toBe(2);
    expect(evaluate([same], "--nonsense").status).toBe(2);
  });

  it("obeys the threshold", () => {
    const unsure = { a: { title: "Paper Kites" }, b: { title: "Paper Kites" }, same: true };
    const at = (threshold: string) =>
      JSON.parse(evaluate([unsure], "--json", "--threshold", threshold).stdout).judges[0].pairs.at.recall;
    expect([at("0.05"), at("1")]).toEqual([1, 0]);
  });
});
